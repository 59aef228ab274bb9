"""Affordability first: the plan that fits into somebody's month, and when none may be offered."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from app.offers.plans import Calendar
from app.offers.simulator import simulate
from app.offers.terms import Limits, Option

SOURCE = Path(__file__).with_name("means.toml")


@dataclass(frozen=True, slots=True)
class Minimum:
    """The part of a month's income that no plan may touch (mínimo existencial)."""

    least_left_cents: int
    source: str
    uncertain: bool


@cache
def _minimums() -> dict[str, Minimum]:
    data = tomllib.loads(SOURCE.read_text(encoding="utf-8"))
    return {place: Minimum(**values) for place, values in data.items()}


def minimum(jurisdiction: str) -> Minimum | None:
    """The minimum where one is known."""
    return _minimums().get(jurisdiction)


@dataclass(frozen=True, slots=True)
class Month:
    """What somebody says of their month, in cents, by their own word."""

    budget_cents: int
    """What fits."""
    income_cents: int | None = None
    committed_cents: int = 0
    """Instalments they pay each month by agreements made here already."""

    def room_cents(self, jurisdiction: str) -> int | None:
        """The largest instalment that leaves the minimum; None where that cannot be said."""
        least = minimum(jurisdiction)
        if least is None or self.income_cents is None:
            return None
        return self.income_cents - self.committed_cents - least.least_left_cents


def fitting_plan(limits: Limits, when: Calendar, month: Month) -> Option | None:
    """The plan with the fewest instalments that fits, else the smallest one there is.

    None where even that would leave less than the minimum of the income: then no plan is offered.
    The due day and the down payment are the creditor's own; `limits` are of the person's offer.
    """
    room = month.room_cents(when.jurisdiction)
    if room is None:
        return simulate(limits, when, budget_cents=month.budget_cents)
    if room <= 0:
        return None
    found = simulate(limits, when, budget_cents=min(month.budget_cents, room))
    heaviest = max(found.instalment_cents, found.last_instalment_cents, found.down_payment_cents)
    return found if heaviest <= room else None
