"""How an open hold stops an agreement's clock. Pure: days in, days out.

While a hold that concerns an agreement is open, nothing is due in it. The days on hold do not count
towards a break. When the hold ends, a payment that fell due meanwhile, or would fall due within
`NOTICE_DAYS`, gets a new date free of charge: its own due day in a later month, and the payments
after it make room for it, a month after each other. What was late before the hold keeps its date;
of its grace period only the days on hold are given back.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.offers import due_dates
from app.offers.due_dates import Calendar

NOTICE_DAYS = 5
"""The least time between the end of a hold and the next payment."""
A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Held:
    """A stretch of days on hold, the first and the last included; `last` None: still open."""

    first: date
    last: date | None


def joined(stretches: Iterable[Held]) -> list[Held]:
    """The same days as stretches that neither overlap nor touch, the earliest first."""
    found: list[Held] = []
    for held in sorted(stretches, key=lambda one: one.first):
        before = found[-1] if found else None
        if before is None or (before.last is not None and before.last + A_DAY < held.first):
            found.append(held)
        elif before.last is not None:
            last = None if held.last is None else max(before.last, held.last)
            found[-1] = Held(before.first, last)
    return found


def days_held(stretches: Iterable[Held], after: date, today: date) -> int:
    """How many of the days after `after`, up to and with `today`, were on hold."""
    days = 0
    for held in joined(stretches):
        first = max(held.first, after + A_DAY)
        last = today if held.last is None else min(held.last, today)
        days += max((last - first).days + 1, 0)
    return days


def is_overdue(due_on: date, grace_days: int, today: date, stretches: Iterable[Held] = ()) -> bool:
    """Whether the grace period after a due date has passed, days on hold not counted."""
    ends = due_on + timedelta(days=grace_days)
    return today > ends and today > ends + timedelta(days=days_held(stretches, due_on, today))


def resumed(
    dates: Sequence[date], due_day: int | None, held: Held, when: Calendar, *, down: bool = False
) -> list[date]:
    """The due dates of the open payments, in order, once a hold has ended: as `later`.

    Raises ValueError for a hold that is still open.
    """
    if held.last is None:
        raise ValueError("the hold is still open")
    soonest = held.last + timedelta(days=NOTICE_DAYS)
    return later(dates, due_day, soonest, when, since=held.first, down=down)


def later(
    dates: Sequence[date],
    due_day: int | None,
    soonest: date,
    when: Calendar,
    *,
    since: date = date.min,
    down: bool = False,
) -> list[date]:
    """The due dates of open payments, in order, when none from `since` on may be before `soonest`.

    `due_day` (1-28) is the agreement's own: a payment moves to it in the first month that will do,
    and of those after it each moves only as far as the one before it needs. A payment without one,
    or the first where `down` says that it is the down payment, moves alone, to the first business
    day from `soonest` on.
    """
    before: date | None = None
    moved = []
    for place, day in enumerate(dates):
        nominal = None if down and place == 0 else _nominal(day, due_day, when)
        hit = since <= day < soonest
        if nominal is None:
            alone = due_dates.next_business_day(soonest, when.uf, when.jurisdiction)
            moved.append(alone if hit else day)
            continue
        least = max(soonest if hit else day, before + A_DAY if before else day)
        months = 0
        while _later(nominal, months, when) < least:
            months += 1
        before = _later(nominal, months, when)
        moved.append(before)
    return moved


def _nominal(day: date, due_day: int | None, when: Calendar) -> date | None:
    """The due day that a date stands for: itself, or the one it was moved from; None for none."""
    for offset in range(10):
        nominal = day - timedelta(days=offset)
        if nominal.day == due_day:
            lands = due_dates.next_business_day(nominal, when.uf, when.jurisdiction)
            return nominal if lands == day else None
    return None


def _later(nominal: date, months: int, when: Calendar) -> date:
    year, month = due_dates.add_months(nominal.year, nominal.month, months)
    day = date(year, month, nominal.day)
    return due_dates.next_business_day(day, when.uf, when.jurisdiction)
