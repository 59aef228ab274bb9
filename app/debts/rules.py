"""Charges on arrears: fine, interest and index, itemised to the cent; one debt or columns of them.

Conventions, each the milder one where the law leaves a choice:
- the fine falls once, on the first day of arrears; interest is simple, day by day, a month being
  30 days; both are of the principal alone, not of each other;
- the index compounds over whole months after the month it fell due and before the month of the
  day asked for; deflation over the whole time counts as zero;
- every item is rounded half up, once.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.debts.terms import PARTS, ProductTerms, Terms
from app.money import cents

MONTH_DAYS = 30
MOST_PRINCIPAL = 10**12
MOST_DAYS = 36_600

Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the itemisation. `key` names its explanation, `source` its rule."""

    key: str
    cents: int
    source: str


@dataclass(frozen=True, slots=True)
class Charges:
    """What is owed on one debt on a day, in cents."""

    principal: int
    fine: int
    interest: int
    """Arrears, contract and legal interest together; `items` has them apart."""
    index: int
    days_past_due: int
    items: tuple[Item, ...]

    @property
    def total(self) -> int:
        """Principal and all charges."""
        return self.principal + self.fine + self.interest + self.index


@dataclass(frozen=True, slots=True)
class ChargeColumns:
    """The same for many debts: int64 columns of cents and days."""

    principal: Integers
    fine: Integers
    interest: Integers
    index: Integers
    days_past_due: Integers

    @property
    def total(self) -> Integers:
        """Principal and all charges."""
        return self.principal + self.fine + self.interest + self.index


def charges(
    terms: Terms,
    *,
    principal_cents: int,
    due_on: date,
    product: str,
    as_of: date,
    contracted_on: date | None = None,
) -> Charges:
    """The charges on one debt on the day `as_of`; none before it is overdue.

    `contracted_on` is taken for the record: today's limits hold for every contract date, being the
    strictest. Raises ValueError for a principal that is not positive.
    """
    if not 0 < principal_cents <= MOST_PRINCIPAL:
        raise ValueError("a principal is between one cent and ten billion")
    own = terms.for_product(product)
    days = min(max((as_of - due_on).days, 0), MOST_DAYS)
    if days == 0:
        return Charges(
            principal_cents, 0, 0, 0, 0, (Item("charges.principal", principal_cents, ""),)
        )

    def share(parts: int, per: int = PARTS) -> int:
        return cents(Decimal(principal_cents) * Decimal(parts) / Decimal(per))

    fine = share(own.fine)
    interest = {
        "charges.contract_interest": share(own.contract_rate_per_month * days, MONTH_DAYS * PARTS)
    }
    if own.interest_per_month is None:
        interest["charges.legal_interest"] = share(_legal_interest(terms, due_on, as_of))
    else:
        interest["charges.arrears_interest"] = share(
            own.interest_per_month * days, MONTH_DAYS * PARTS
        )
    index = share(_index_factor(terms, own, due_on, as_of))
    if own.is_card:
        fine, interest, index = _within_ceiling(principal_cents, fine, interest, index)
    items = (
        Item("charges.principal", principal_cents, ""),
        Item("charges.fine", fine, "BR-17"),
        *(Item(key, amount, "BR-17") for key, amount in interest.items()),
        Item("charges.index", index, "BR-17"),
    )
    shown = tuple(item for item in items if item.cents)
    return Charges(principal_cents, fine, sum(interest.values()), index, days, shown)


def _within_ceiling(
    ceiling: int, fine: int, interest: dict[str, int], index: int
) -> tuple[int, dict[str, int], int]:
    """BR-18: what is above the original debt falls away: interest first, then index, then fine."""
    fine = min(fine, ceiling)
    index = min(index, ceiling - fine)
    room = ceiling - fine - index
    kept = {}
    for key, amount in interest.items():
        kept[key] = min(amount, room)
        room -= kept[key]
    return fine, kept, index


def charge_columns(
    terms: Terms,
    *,
    principal: Integers,
    due_on: NDArray[np.datetime64],
    products: NDArray[np.object_],
    as_of: date,
) -> ChargeColumns:
    """`charges` on columns: principal in cents, due_on as datetime64[D], products as texts.

    Equal to the cent to doing them one by one. Raises ValueError like `charges`.
    """
    if principal.size and not (principal.min() > 0 and principal.max() <= MOST_PRINCIPAL):
        raise ValueError("a principal is between one cent and ten billion")
    due = due_on.astype("datetime64[D]")
    days = np.clip((np.datetime64(as_of) - due).astype(np.int64), 0, MOST_DAYS)
    fine, interest, index = (np.zeros_like(principal) for _ in range(3))
    for own, chosen in _by_terms(terms, products):
        amount, overdue = principal[chosen], days[chosen]
        part_fine = _share(amount, np.where(overdue > 0, own.fine, 0))
        part_interest = _share(amount, own.contract_rate_per_month * overdue, MONTH_DAYS * PARTS)
        if own.interest_per_month is None:
            legal = _per_date(due[chosen], as_of, lambda day: _legal_interest(terms, day, as_of))
            part_interest += _share(amount, legal)
        else:
            part_interest += _share(amount, own.interest_per_month * overdue, MONTH_DAYS * PARTS)
        factor = _per_date(due[chosen], as_of, lambda day: _index_factor(terms, own, day, as_of))  # noqa: B023 - called at once
        part_index = _share(amount, factor)
        if own.is_card:
            part_fine = np.minimum(part_fine, amount)
            part_index = np.minimum(part_index, amount - part_fine)
            part_interest = np.minimum(part_interest, amount - part_fine - part_index)
        fine[chosen], interest[chosen], index[chosen] = part_fine, part_interest, part_index
    return ChargeColumns(principal, fine, interest, index, days)


def _by_terms(terms: Terms, products: NDArray[np.object_]) -> list[tuple[ProductTerms, Any]]:
    if not terms.products:
        return [(terms.common, slice(None))]
    names, places = np.unique(products.astype(str), return_inverse=True)
    return [(terms.for_product(str(name)), places == at) for at, name in enumerate(names)]


def _share(amount: Integers, parts: Integers, per: int = PARTS) -> Integers:
    """amount × parts ÷ per, half up, exact in int64: the amount is taken apart by `per` first, and
    what could still overflow is done in Python's own integers."""
    whole, rest = np.divmod(amount, per)
    most = int(parts.max()) if parts.size else 0
    if most * per > 2**62:
        exact = amount.astype(object) * parts.astype(object)
        slow: Integers = ((exact * 2 + per) // (2 * per)).astype(np.int64)
        return slow
    return whole * parts + (rest * parts + per // 2) // per


def _per_date(due: NDArray[np.datetime64], as_of: date, rate: Any) -> Integers:
    """A rate that depends on the due date alone, once per distinct date."""
    dates, places = np.unique(due, return_inverse=True)
    rates = [rate(day) if day < as_of else 0 for day in dates.tolist()]
    found: Integers = np.array(rates, dtype=np.int64)[places]
    return found


def _legal_interest(terms: Terms, due_on: date, as_of: date) -> int:
    """The legal rate from the due date on, in PARTS: max(Selic − IPCA, 0) by days, and IPCA."""
    return _legal(_table(terms, "SELIC"), _table(terms, "IPCA"), due_on, as_of)


def _index_factor(terms: Terms, own: ProductTerms, due_on: date, as_of: date) -> int:
    return _compounded(_table(terms, own.index), due_on, as_of) if own.index else 0


def _table(terms: Terms, name: str) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(terms.indices[name].items()))


@lru_cache(maxsize=100_000)
def _legal(
    selic: tuple[tuple[str, int], ...], ipca: tuple[tuple[str, int], ...], due_on: date, as_of: date
) -> int:
    selic_by_month, ipca_by_month = dict(selic), dict(ipca)
    total = Decimal(_compounded(ipca, due_on, as_of))
    first, end = due_on, as_of
    while first < end:
        following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
        month = f"{first.year}-{first.month:02}"
        rate = max(selic_by_month.get(month, 0) - ipca_by_month.get(month, 0), 0)
        length = (following - first.replace(day=1)).days
        total += Decimal(rate) * (min(following, end) - first).days / length
        first = following
    return cents(total)


@lru_cache(maxsize=100_000)
def _compounded(rates: tuple[tuple[str, int], ...], due_on: date, as_of: date) -> int:
    """Growth over the whole months between, in PARTS; never below zero."""
    after, before = f"{due_on.year}-{due_on.month:02}", f"{as_of.year}-{as_of.month:02}"
    factor = Decimal(1)
    for month, rate in rates:
        if after < month < before:
            factor *= 1 + Decimal(rate) / PARTS
    return max(cents((factor - 1) * PARTS), 0)
