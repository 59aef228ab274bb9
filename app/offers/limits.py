"""How far a creditor's rules let an offer go, for many people at once, in whole cents."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.offers import price
from app.offers.schema import Rules, parse
from app.offers.terms import MILLION, discount, kept_ppm

Column = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class LimitColumns:
    """The terms of each person's band (n,); a person in no band gets no discount and one payment.

    `principal` and `whole` are what the portfolio says. The balance now is given to the functions:
    what was paid since is taken from principal and charges alike, so that the maximum stays the
    same share of what is owed.
    """

    principal: Column
    whole: Column
    principal_ppm: Column
    charges_ppm: Column
    opening_ppm: Column
    keep_ppm: Column
    longest: Column
    opening_longest: Column
    """The longest plan of the creditor's own first offer."""
    least_cents: Column
    comfortable_cents: Column
    monthly_ppm: Column
    banded: NDArray[np.bool_]

    def rows(self, positions: NDArray[np.int64] | slice) -> "LimitColumns":
        """The limits of some people."""
        return LimitColumns(*(getattr(self, name)[positions] for name in self.__slots__))

    def where(self, mine: NDArray[np.bool_], others: "LimitColumns") -> "LimitColumns":
        """These where `mine` (m,), else the others."""
        columns = ((getattr(self, name), getattr(others, name)) for name in self.__slots__)
        return LimitColumns(*(np.where(mine, own, other) for own, other in columns))

    def most_cents(self, balance: Column, count: Column, share_ppm: Column | int) -> Column:
        """The discount in cents that `share_ppm` of the maximum is, in a plan of `count`, rounded
        down; every array (m, …) with people first."""
        more = (1,) * (np.ndim(count) - 1)

        def wide(values: NDArray[Any]) -> NDArray[Any]:
            return values.reshape(-1, *more)

        principal, charges = wide(self.principal), wide(self.whole - self.principal)
        kept = kept_ppm(wide(self.keep_ppm), count, wide(self.longest))
        share = kept * share_ppm // MILLION
        found: Column = discount(principal, wide(self.principal_ppm), share) + discount(
            charges, wide(self.charges_ppm), share
        )
        same = balance == self.whole
        if same.all():
            return found
        # In floats, because cents times cents overflow; rounded down with a margin.
        left = wide(balance / np.maximum(self.whole, 1))
        fallen = np.maximum(np.floor(found * left - 1e-6).astype(np.int64), 0)
        return np.where(wide(same), found, fallen)

    def instalment(self, net: Column, count: Column) -> Column:
        """The regular instalment of `net` cents in `count` payments, interest included."""
        plain = net // np.maximum(count, 1)
        if not self.monthly_ppm.any():
            return plain
        more = (1,) * (np.ndim(net) - 1)
        monthly = np.broadcast_to(self.monthly_ppm.reshape(-1, *more), net.shape)
        found = plain.copy()
        counts = np.broadcast_to(count, net.shape)
        for rate, number in {*zip(monthly.ravel().tolist(), counts.ravel().tolist(), strict=True)}:
            if rate and number > 1:
                here = (monthly == rate) & (counts == number)
                found[here] = price.instalment(net[here], rate, number)
        return found

    def fewest(self, net: Column, instalment_cents: Column) -> Column:
        """The fewest payments of `net` with an instalment of at most `instalment_cents`, within
        the longest plan and the least instalment (m, …)."""
        more = (1,) * (np.ndim(net) - 1)
        wanted = -(-net // np.maximum(instalment_cents, 1))
        allowed = net // np.maximum(self.least_cents.reshape(-1, *more), 1)
        most = np.minimum(self.longest.reshape(-1, *more), np.maximum(allowed, 1))
        return np.maximum(np.minimum(wanted, most), 1)


def limits_of(
    rules: Mapping[str, Any] | Rules,
    *,
    principal: Column,
    whole: Column,
    days_past_due: NDArray[np.int32],
    product: NDArray[np.int16],
    products: tuple[str, ...],
) -> LimitColumns:
    """The first band of the rules that fits each person. Raises FileInvalid naming the field."""
    typed = rules if isinstance(rules, Rules) else parse(rules)
    count = len(principal)
    chosen = np.full(count, -1, dtype=np.int64)
    names = tuple(name.casefold() for name in products)
    for at, band in enumerate(typed.bands):
        fits = (days_past_due >= band.days_past_due[0]) & (days_past_due <= band.days_past_due[1])
        fits &= (principal >= band.amount_cents[0]) & (principal <= band.amount_cents[1])
        if band.products:
            codes = [code for code, name in enumerate(names) if name in band.products]
            fits &= np.isin(product, codes)
        chosen[fits & (chosen < 0)] = at

    def column(name: str, otherwise: int) -> Column:
        values = [getattr(band, name) for band in typed.bands]
        return np.array([*values, otherwise], dtype=np.int64)[chosen]

    return LimitColumns(
        principal=principal.astype(np.int64),
        whole=whole.astype(np.int64),
        principal_ppm=column("principal_discount", 0),
        charges_ppm=column("charges_discount", 0),
        opening_ppm=column("opening", 0),
        keep_ppm=column("keep", MILLION),
        longest=column("longest", 1),
        opening_longest=column("opening_longest", 1),
        least_cents=column("min_instalment_cents", 1),
        comfortable_cents=column("comfortable_instalment_cents", 15_000),
        monthly_ppm=column("monthly_rate", 0),
        banded=chosen >= 0,
    )
