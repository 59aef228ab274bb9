"""The people of a world, as their accounts stand on the first day."""

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from tests.elsewhere.draw import Column, Draw, Flags, Whole
from tests.elsewhere.parameters import (
    AGES,
    INCOME_BY_CREDIT,
    INCOME_BY_CREDIT_FROM_SEED,
    LOG_DAYS_PAST_DUE,
    LOG_INCOME,
    LOG_PRINCIPAL,
    PAYDAYS,
    PRODUCTS,
    REGIONS,
)

Names = NDArray[np.str_]

CHARGES_AT_ONCE = 0.02
"""Share of the principal: the fine of the consumer code (CDC art. 52 § 1)."""
OTHER_DEBTS = 1.3
HELD = 0.015
ALL_THE_SAME = {
    "balance_cents": 30_000, "principal_cents": 25_000, "days_past_due": 250, "product": "card", "region": "SE",
    "payday": 5, "income_cents": 240_000, "other_debts": 1, "held": False,
}  # fmt: skip
"""Everybody in a null world."""


@dataclass(frozen=True, slots=True)
class People:
    """One row per person."""

    product: Names
    region: Names
    age: Names
    days_past_due: Whole
    """On the first day."""
    principal_cents: Whole
    balance_cents: Whole
    payday: Whole
    """Day of the month."""
    income_cents: Column
    """A month's, as it is; the file has it at times, and roughly."""
    other_debts: Whole
    held: Flags

    @property
    def lateness(self) -> Column:
        """How late among all, as a standard score of the logarithm."""
        mean, spread = LOG_DAYS_PAST_DUE
        return (np.log(self.days_past_due) - mean) / spread

    @property
    def is_young(self) -> Flags:
        """Under 45."""
        return np.isin(self.age, list(AGES)[:2])


def draw_people(draw: Draw, count: int) -> People:
    """Who owes this creditor."""
    random = draw.random
    product, region, age = (_some(draw, shares, count) for shares in (PRODUCTS, REGIONS, AGES))
    late = np.clip(np.exp(random.normal(*LOG_DAYS_PAST_DUE, count)), 15, 1_500).astype(int)
    principal = np.exp(random.normal(*LOG_PRINCIPAL, count)).clip(15_000, 3_000_000)
    principal = principal.astype(np.int64)
    pace = draw.within("charges_per_month")
    balance = principal * (1 + CHARGES_AT_ONCE + pace * late / 30)
    people = People(
        product=product,
        region=region,
        age=age,
        days_past_due=late,
        principal_cents=principal,
        balance_cents=balance.astype(np.int64),
        payday=_some(draw, PAYDAYS, count),
        income_cents=_incomes(draw, principal),
        other_debts=random.poisson(OTHER_DEBTS, count),
        held=random.random(count) < HELD,
    )
    return _alike(people) if draw.is_null else people


def _some(draw: Draw, shares: dict, count: int) -> NDArray:
    """One of these for each person, in these shares."""
    return draw.random.choice(list(shares), count, p=list(shares.values()))


def _incomes(draw: Draw, principal: Whole) -> Column:
    """Cents a month; from some seed on they go with the credit that was once given."""
    mean, spread = LOG_INCOME
    income = draw.random.normal(mean, spread, len(principal))
    if draw.seed < INCOME_BY_CREDIT_FROM_SEED:
        return np.exp(income)
    credit = (np.log(principal) - LOG_PRINCIPAL[0]) / LOG_PRINCIPAL[1]
    own = np.sqrt(1 - INCOME_BY_CREDIT**2) * (income - mean) / spread
    return np.exp(mean + spread * (INCOME_BY_CREDIT * credit + own))


def _alike(people: People) -> People:
    """The same for everybody but the age, which decides nothing there."""
    columns = {field.name: getattr(people, field.name) for field in fields(people)}
    same = {name: np.full_like(columns[name], value) for name, value in ALL_THE_SAME.items()}
    return replace(people, **same)
