"""A portfolio's columns as arrays: one position per person, checked once."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from app.scoring import columns

REQUIRED = {
    "person": pl.Int64,
    "balance_cents": pl.Int64,
    "principal_cents": pl.Int64,
    "days_past_due": pl.Int32,
    "product": pl.String,
    "region": pl.String,
}
"""`person`: a whole number of at most 63 bits, once each; `days_past_due` of the oldest debt;
`region` as in the spec's legal hours (one that is in none of them has no legal hour)."""
OPTIONAL = {
    "age_band": pl.String,
    "acquired_through": pl.String,
    "preferred_channel": pl.String,
    "preferred_hour": pl.Int8,
    "other_debts": pl.Int32,
    "credit_days": pl.Int32,
    "income_cents": pl.Int64,
    "held": pl.Boolean,
    "in_agreement": pl.Boolean,
    "payday": pl.Int8,
}
"""`age_band` is for the fairness report alone; `acquired_through` and `preferred_channel` are names
of the spec's channels; `preferred_hour` 0–23; `other_debts` how many; `credit_days` since the
latest credit was granted; `income_cents` a month; `payday` 1–31. Besides: `reachable`, a list of
the channels with a usable address (no list: all of them), and columns of the creditor's own, as
numbers: the spec's `features_allowed` names those that may be looked at."""
MOST_CENTS = 10**12
"""Beyond R$ 10 billion a balance is a mistake of the file."""
RANGES = {
    "preferred_hour": (0, 23),
    "other_debts": (0, 1_000_000),
    "credit_days": (0, 100_000),
    "income_cents": (0, MOST_CENTS),
    "payday": (1, 31),
}
"""What an optional figure may be; empty is unknown."""
MOST_FIGURE = 1e100
"""Beyond it a figure is none, and unknown: its square is more than a number can hold."""
MOST_NAMES = 32_767
"""Products, and regions: their places are kept in two bytes."""


@dataclass(frozen=True, slots=True)
class People:
    """Columns of `n` people; −1 stands for unknown positions, nan for unknown amounts."""

    ids: NDArray[np.int64]
    order: NDArray[np.int64]
    """Positions sorted by id, to find a person."""
    balance: NDArray[np.int64]
    principal: NDArray[np.int64]
    days_past_due: NDArray[np.int32]
    product: NDArray[np.int16]
    products: tuple[str, ...]
    region: NDArray[np.int16]
    regions: tuple[str, ...]
    acquired: NDArray[np.int8]
    preferred: NDArray[np.int8]
    preferred_hour: NDArray[np.int8]
    reachable: NDArray[np.bool_]
    """(n, C): channels with a usable address."""
    other_debts: NDArray[np.float32]
    credit_days: NDArray[np.float32]
    income: NDArray[np.float32]
    held: NDArray[np.bool_]
    agreed: NDArray[np.bool_]
    payday: NDArray[np.int8]
    age_band: tuple[str | None, ...] | None
    """For the fairness report only; never a feature."""
    extra: NDArray[np.float64]
    """(n, E): creditor-supplied columns that may be used; nan unknown."""

    def __len__(self) -> int:
        return len(self.ids)

    def find(self, people: NDArray[np.int64]) -> NDArray[np.int64]:
        """The position of each id; −1 for somebody unknown."""
        if not len(self.ids) or not len(people):
            return np.full(len(people), -1, dtype=np.int64)
        spots = np.searchsorted(self.ids, people, sorter=self.order)
        found = self.order[np.minimum(spots, len(self.ids) - 1)]
        return np.where(self.ids[found] == people, found, -1)

    def rows(self, positions: NDArray[np.int64]) -> "People":
        """Some people, in the given order."""
        bands = self.age_band
        taken = {
            one.name: getattr(self, one.name)[positions]
            for one in fields(self)
            if one.name not in ("products", "regions", "age_band", "order")
        }
        return replace(
            self,
            **taken,
            order=np.argsort(taken["ids"], kind="stable"),
            age_band=tuple(bands[at] for at in positions) if bands else None,
        )


def people_of(
    portfolio: pl.DataFrame,
    channels: Sequence[str],
    allowed: Sequence[str] = (),
    withheld: Sequence[str] = (),
) -> People:
    """The arrays of a portfolio: its own columns that are `allowed`, none that is `withheld`.

    Raises ValueError naming the column that is wrong.
    """
    for name in withheld:
        if name not in OPTIONAL:
            raise ValueError(f"withheld: {name} is no optional column of a portfolio")
    portfolio = portfolio.drop(withheld, strict=False)
    frame = _checked(portfolio)
    product, products = _coded(frame["product"])
    region, regions = _coded(frame["region"])
    places = {name: at for at, name in enumerate(channels)}
    ids = frame["person"].to_numpy()
    return People(
        ids=ids,
        order=np.argsort(ids, kind="stable"),
        balance=frame["balance_cents"].to_numpy(),
        principal=frame["principal_cents"].to_numpy(),
        days_past_due=frame["days_past_due"].to_numpy(),
        product=product,
        products=products,
        region=region,
        regions=regions,
        acquired=columns.codes(frame["acquired_through"], places),
        preferred=columns.codes(frame["preferred_channel"], places),
        preferred_hour=frame["preferred_hour"].fill_null(-1).to_numpy(),
        reachable=_reachable(frame, channels),
        other_debts=frame["other_debts"].fill_null(0).to_numpy().astype(np.float32),
        credit_days=frame["credit_days"].cast(pl.Float32).fill_null(np.nan).to_numpy(),
        income=frame["income_cents"].cast(pl.Float32).fill_null(np.nan).to_numpy(),
        held=frame["held"].fill_null(False).to_numpy(),
        agreed=frame["in_agreement"].fill_null(False).to_numpy(),
        payday=frame["payday"].fill_null(-1).to_numpy(),
        age_band=tuple(portfolio["age_band"]) if "age_band" in portfolio.columns else None,
        extra=_extra(frame, allowed),
    )


def _checked(portfolio: pl.DataFrame) -> pl.DataFrame:
    columns.check_filled(portfolio, REQUIRED, "portfolio")
    frame = columns.typed(portfolio, {**REQUIRED, **OPTIONAL}, "portfolio")
    _check_values(frame)
    return frame


def _check_values(frame: pl.DataFrame) -> None:
    if frame["person"].n_unique() < frame.height:
        raise ValueError("portfolio: person is not unique")
    for name in ("balance_cents", "principal_cents", "days_past_due"):
        if (frame[name] < 0).any():
            raise ValueError(f"portfolio: {name} below zero")
    if (frame["balance_cents"] > MOST_CENTS).any():
        raise ValueError("portfolio: balance_cents beyond any balance")
    if (frame["principal_cents"] > frame["balance_cents"]).any():
        raise ValueError("portfolio: principal_cents above balance_cents")
    columns.check_ranges(frame, RANGES, "portfolio")


def _coded(values: pl.Series) -> tuple[NDArray[np.int16], tuple[str, ...]]:
    """Positions among the distinct values, the most frequent first (ties by name)."""
    if values.n_unique() > MOST_NAMES:
        raise ValueError(f"portfolio: {values.name} has more than {MOST_NAMES} different values")
    counts = values.value_counts().sort(["count", values.name], descending=[True, False])
    names = tuple(counts[values.name].to_list())
    lookup = pl.DataFrame(
        {"name": list(names), "at": range(len(names))}, schema={"name": pl.String, "at": pl.Int16}
    )
    joined = (
        values.rename("name").to_frame().join(lookup, on="name", how="left", maintain_order="left")
    )
    return joined["at"].to_numpy().astype(np.int16), names


def _reachable(frame: pl.DataFrame, channels: Sequence[str]) -> NDArray[np.bool_]:
    usable = np.ones((frame.height, len(channels)), dtype=bool)
    if "reachable" not in frame.columns or frame["reachable"].dtype == pl.Null:
        return usable
    lists = columns.typed(frame, {"reachable": pl.List(pl.String)}, "portfolio")["reachable"]
    known = lists.is_not_null().to_numpy()
    for at, channel in enumerate(channels):
        has = lists.list.contains(channel).fill_null(True).to_numpy()
        usable[:, at] = has | ~known
    return usable


def _extra(frame: pl.DataFrame, allowed: Sequence[str]) -> NDArray[np.float64]:
    found = []
    for name in allowed:
        if name in REQUIRED or name in OPTIONAL:
            raise ValueError(f"features_allowed: {name} is no column of the creditor's own")
        if name not in frame.columns:
            raise ValueError(f"features_allowed: the portfolio has no column {name}")
        told = columns.typed(frame, {name: pl.Float64}, "portfolio")[name]
        values = told.fill_null(np.nan).to_numpy()
        found.append(np.where(np.abs(values) > MOST_FIGURE, np.nan, values))
    return np.stack(found, axis=1) if found else np.zeros((frame.height, 0))
