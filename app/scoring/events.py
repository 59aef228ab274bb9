"""A day's events as columns of positions: contacts with what came of them, visits, money, stops."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from app.scoring.people import People

COLUMNS = {
    "person": pl.Int64,
    "kind": pl.String,
    "channel": pl.String,
    "hour": pl.Int8,
    "wording": pl.String,
    "amount_cents": pl.Int64,
    "discount": pl.Float64,
    "instalments": pl.Int16,
    "committed": pl.Boolean,
}
REQUIRED = ("person", "kind")
OF_CONTACT = ("sent", "delivered", "bounced", "read", "right_party", "engaged")
KINDS = (
    *OF_CONTACT,
    *("visit", "payment", "broken", "opt_out", "complaint"),
    *("promise", "held", "released", "settled"),
)

Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Contacts:
    """Contacts of a day (m,), one row per person × channel × hour × wording that was sent."""

    rows: Rows
    channel: NDArray[np.int8]
    hour: NDArray[np.int8]
    """Position in the spec's hours; −1 unknown."""
    wording: NDArray[np.int8]
    delivered: NDArray[np.bool_]
    bounced: NDArray[np.bool_]
    reached: NDArray[np.bool_]
    """Read, answered by the right party, or engaged."""
    engaged: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Visits:
    """Visits to the portal (v,), one per person; with the offer that was seen."""

    rows: Rows
    hour: NDArray[np.int8]
    discount: NDArray[np.float64]
    """nan where no offer was seen."""
    instalments: NDArray[np.int16]
    committed: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Day:
    """Everything of one day by position; `ignored` counts unknown people and kinds."""

    contacts: Contacts
    visits: Visits
    paid: tuple[Rows, NDArray[np.float64]]
    stops: tuple[Rows, NDArray[np.int8]]
    """Opt-outs: position, channel (−1: all)."""
    simple: Mapping[str, Rows]
    """complaint, broken, promise, held, released, settled."""
    ignored: int


def day_of(
    events: pl.DataFrame,
    people: People,
    channels: Mapping[str, int],
    hours: Mapping[int, int],
    wordings: Mapping[str, int],
) -> Day:
    """The day's events by position. Raises ValueError naming a column that is missing or wrong.

    Unknown people and kinds are counted, not guessed at. Identical rows count as often as they
    are given, save visits: one a person and day.
    """
    frame = _checked(events)
    places = people.find(frame["person"].to_numpy())
    known = (places >= 0) & frame["kind"].is_in(KINDS).to_numpy()
    frame = frame.with_columns(
        pl.Series("row", places),
        _codes(frame["channel"], channels).alias("at_channel"),
        _codes(frame["hour"], hours).alias("at_hour"),
        _codes(frame["wording"], wordings).alias("at_wording"),
    ).filter(pl.Series(known))
    money = frame.filter((pl.col("kind") == "payment") & (pl.col("amount_cents") > 0))
    stopped = frame.filter(pl.col("kind") == "opt_out")
    all_or_known = stopped.filter(pl.col("channel").is_null() | (pl.col("at_channel") >= 0))
    return Day(
        contacts=_contacts(frame),
        visits=_visits(frame),
        paid=(money["row"].to_numpy(), money["amount_cents"].to_numpy().astype(np.float64)),
        stops=(all_or_known["row"].to_numpy(), all_or_known["at_channel"].to_numpy()),
        simple={
            kind: frame.filter(pl.col("kind") == kind)["row"].to_numpy()
            for kind in ("complaint", "broken", "promise", "held", "released", "settled")
        },
        ignored=int((~known).sum()),
    )


def _checked(events: pl.DataFrame) -> pl.DataFrame:
    for name in REQUIRED:
        if name not in events.columns:
            raise ValueError(f"events: the column {name} is missing")
        if events[name].null_count():
            raise ValueError(f"events: {name} has empty values")
    frame = events
    for name, kind in COLUMNS.items():
        if name not in frame.columns:
            frame = frame.with_columns(pl.lit(None, dtype=kind).alias(name))
            continue
        try:
            frame = frame.with_columns(pl.col(name).cast(kind))
        except pl.exceptions.PolarsError as wrong:
            raise ValueError(f"events: {name} is no {kind}") from wrong
    return frame.select(*COLUMNS)


def _codes(values: pl.Series, places: Mapping[str, int] | Mapping[int, int]) -> pl.Series:
    return values.replace_strict(dict(places), default=-1, return_dtype=pl.Int8).fill_null(-1)


def _contacts(frame: pl.DataFrame) -> Contacts:
    """One row per person and channel; what came of it comes from rows of the same channel."""
    mine = frame.filter(pl.col("kind").is_in(OF_CONTACT) & (pl.col("at_channel") >= 0))
    has = {kind: (pl.col("kind") == kind).any().alias(kind) for kind in OF_CONTACT}
    sent = pl.col("kind") == "sent"
    grouped = mine.group_by("row", "at_channel", maintain_order=True).agg(
        *has.values(),
        pl.col("at_hour").filter(sent).max().alias("hour_sent"),
        pl.col("at_hour").max(),
        pl.col("at_wording").filter(sent).max().alias("wording_sent"),
        pl.col("at_wording").max(),
    )
    visited = frame.filter((pl.col("kind") == "visit") & (pl.col("at_channel") >= 0))
    came = visited.select("row", "at_channel").unique().with_columns(came=pl.lit(True))
    grouped = grouped.join(came, on=["row", "at_channel"], how="left", maintain_order="left")
    engaged = (grouped["engaged"] | grouped["came"].fill_null(False)).to_numpy()
    reached = (grouped["read"] | grouped["right_party"]).to_numpy() | engaged
    return Contacts(
        rows=grouped["row"].to_numpy(),
        channel=grouped["at_channel"].to_numpy(),
        hour=grouped["hour_sent"].fill_null(grouped["at_hour"]).to_numpy(),
        wording=grouped["wording_sent"].fill_null(grouped["at_wording"]).to_numpy(),
        delivered=grouped["delivered"].to_numpy() | reached,
        bounced=grouped["bounced"].to_numpy(),
        reached=reached,
        engaged=engaged,
    )


def _visits(frame: pl.DataFrame) -> Visits:
    mine = (
        frame.filter(pl.col("kind") == "visit")
        .group_by("row", maintain_order=True)
        .agg(
            pl.col("at_hour").max(),
            pl.col("discount").max(),
            pl.col("instalments").max(),
            pl.col("committed").fill_null(False).any(),
        )
    )
    return Visits(
        rows=mine["row"].to_numpy(),
        hour=mine["at_hour"].to_numpy(),
        discount=mine["discount"].fill_null(np.nan).to_numpy(),
        instalments=mine["instalments"].fill_null(0).to_numpy(),
        committed=mine["committed"].to_numpy(),
    )
