"""On which days payments fall due: a due day of the month, moved to a business day of the state.

Rule: a date that is no business day in the person's state moves to the next business day, without
interest for the days between. Optional holidays on which banks stay closed (Carnival, Corpus
Christi…) count as holidays too: a later date never harms the person.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import holidays

from app.offers.terms import PlanRules

SATURDAY = 5
MONTH_DAYS = 30
"""An interest-bearing plan begins at least this long after it is accepted."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """Where and when a plan would begin."""

    today: date
    uf: str | None
    jurisdiction: str = "BR"


@cache
def _closed(jurisdiction: str, uf: str | None, year: int) -> frozenset[date]:
    """A year's holidays: whole years, since the library's own calendars grow while they are asked,
    which is not safe among threads."""
    if jurisdiction == "EU":  # no country: the days on which the banks' own system rests
        return frozenset(holidays.financial_holidays("ECB", years=year))
    country = holidays.country_holidays(jurisdiction)
    wanted = {"public", "optional"} & set(country.supported_categories)
    subdivision = uf if uf in country.subdivisions else None
    return frozenset(
        holidays.country_holidays(
            jurisdiction, subdiv=subdivision, categories=tuple(sorted(wanted)), years=year
        )
    )


def is_business_day(day: date, uf: str | None, jurisdiction: str = "BR") -> bool:
    """Whether banks of the state (e.g. "SP"; None = the whole country only) open on `day`."""
    return day.weekday() < SATURDAY and day not in _closed(jurisdiction, uf, day.year)


@cache
def next_business_day(day: date, uf: str | None, jurisdiction: str = "BR") -> date:
    """`day` itself, or the first business day of the state after it."""
    while not is_business_day(day, uf, jurisdiction):
        day += timedelta(days=1)
    return day


def add_months(year: int, month: int, count: int) -> tuple[int, int]:
    """Year and month, `count` months later."""
    index = year * 12 + month - 1 + count
    return index // 12, index % 12 + 1


def first_due_day(
    today: date, due_day: int, *, first_instalment_days: int, bears_interest: bool
) -> date:
    """The first `due_day` (1–28) at least `first_instalment_days` after today, before moving it.

    With interest it is at least 30 days away: a month's interest is never asked for fewer days,
    and the days beyond the month are free.
    """
    wait = max(first_instalment_days, MONTH_DAYS) if bears_interest else first_instalment_days
    earliest = today + timedelta(days=wait)
    year, month = earliest.year, earliest.month
    if earliest.day > due_day:
        year, month = add_months(year, month, 1)
    return date(year, month, due_day)


def soonest_due_day(
    today: date, choices: Sequence[int], *, first_instalment_days: int, bears_interest: bool
) -> int:
    """The choice that comes first in the calendar."""
    return min(
        choices,
        key=lambda day: first_due_day(
            today, day, first_instalment_days=first_instalment_days, bears_interest=bears_interest
        ),
    )


def monthly(first: date, count: int, uf: str | None, jurisdiction: str = "BR") -> list[date]:
    """`count` due dates from `first` (not yet moved; day 1–28), each on a business day."""
    months = [add_months(first.year, first.month, index) for index in range(count)]
    return [
        next_business_day(date(year, month, first.day), uf, jurisdiction) for year, month in months
    ]


def dates(
    plan: PlanRules, when: Calendar, *, count: int, down: bool, interest: bool, due_day: int | None
) -> list[date]:
    """Every due date of a plan, the down payment's first; each a business day of the state."""
    first = when.today + timedelta(days=plan.first_payment_days)
    at_first = [next_business_day(first, when.uf, when.jurisdiction)]
    if due_day is None:
        return at_first
    wait = plan.first_instalment_days if down else plan.first_payment_days
    start = first_due_day(when.today, due_day, first_instalment_days=wait, bears_interest=interest)
    later = monthly(start, count, when.uf, when.jurisdiction)
    return at_first + later if down else later


def default_due_day(plan: PlanRules, today: date, *, down: bool, interest: bool) -> int:
    """The due day that comes first."""
    wait = plan.first_instalment_days if down else plan.first_payment_days
    return soonest_due_day(
        today, plan.due_days, first_instalment_days=wait, bears_interest=interest
    )
