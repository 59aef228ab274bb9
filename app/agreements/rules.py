"""What an agreement asks for and what money does to it. Pure: values in, values out, in cents."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from app import money
from app.offers import due_dates, price
from app.offers.due_dates import Calendar
from app.offers.terms import Limits, Option, PlanRules


@dataclass(frozen=True, slots=True)
class Row:
    """One payment of a schedule; number 0 is the down payment."""

    number: int
    due_on: date
    amount_cents: int
    principal_cents: int
    interest_cents: int


def schedule(limits: Limits, option: Option, when: Calendar) -> list[Row]:
    """Every payment of an option accepted on `when.today`; amounts sum to its total exactly."""
    count, down = option.instalments, option.down_payment_cents
    days = due_dates.dates(
        limits.plan,
        when,
        count=count,
        down=down > 0,
        interest=option.interest_cents > 0,
        due_day=option.due_day,
    )
    parts = price.schedule(
        option.net_cents - down, option.monthly_ppm, count, option.total_cents - down
    )
    first = [Row(0, days[0], down, down, 0)] if down else []
    return first + [
        Row(number, day, part.amount_cents, part.principal_cents, part.interest_cents)
        for number, (day, part) in enumerate(zip(days[-count:], parts, strict=True), start=1)
    ]


def dated(limits: Limits, option: Option, when: Calendar) -> Option:
    """The same option beginning on `when.today`: its money stays, its dates and CET follow."""
    rows = schedule(limits, option, when)
    cost = None
    if option.interest_cents > 0:
        flows = [((row.due_on - when.today).days, row.amount_cents) for row in rows if row.number]
        financed = option.net_cents - option.down_payment_cents
        cost = int(price.annual_cost(financed, flows) * 10_000)
    return replace(option, first_due_on=rows[0].due_on, annual_cost_bp=cost)


@dataclass(frozen=True, slots=True)
class Open:
    """A payment of the schedule that is not made yet, and what was paid of it so far."""

    number: int
    due_on: date
    amount_cents: int
    interest_cents: int
    paid_cents: int = 0

    @property
    def left_cents(self) -> int:
        """What is still to pay of it."""
        return self.amount_cents - self.paid_cents

    @property
    def interest_left_cents(self) -> int:
        """How much of that is interest: what was paid went to interest first."""
        return max(0, self.interest_cents - self.paid_cents)


@dataclass(frozen=True, slots=True)
class Quote:
    """What pays an agreement off on a day."""

    total_cents: int
    saved_cents: int
    """Interest that is no longer asked for."""
    as_of: date


def payoff(open_rows: Sequence[Open], monthly_ppm: int, today: date) -> Quote:
    """The early payoff: every open payment at its present value (CDC 52 § 2).

    Each is discounted by the agreement's own rate for the days that are left, a month being 30
    days; what is overdue counts in full. The reduction takes interest alone, never principal.
    """
    whole = sum(row.left_cents for row in open_rows)
    flows = [((row.due_on - today).days, row.left_cents) for row in open_rows]
    principal = whole - sum(row.interest_left_cents for row in open_rows)
    total = min(whole, max(principal, price.present_value(flows, monthly_ppm)))
    return Quote(total, whole - total, today)


class Outcome(StrEnum):
    """What a payment turned out to be."""

    EXACT = "exact"
    OVER = "over"
    UNDER = "under"
    LATE = "late"
    ON_BROKEN = "on_broken"
    DUPLICATE = "duplicate"


def outcome(due_cents: int, received_cents: int, *, is_late: bool) -> Outcome:
    """Of a payment towards `due_cents`: too little or too much says more than late."""
    if received_cents < due_cents:
        return Outcome.UNDER
    if received_cents > due_cents:
        return Outcome.OVER
    return Outcome.LATE if is_late else Outcome.EXACT


@dataclass(frozen=True, slots=True)
class Returned:
    """A debt that comes back from a broken agreement."""

    debt_id: str
    principal_cents: int
    """As it is now."""
    owed_cents: int
    """What was owed on it when the agreement was made, charges included."""


def deducted(debts: Sequence[Returned], paid_cents: int) -> list[int]:
    """By how much each debt's principal falls for `paid_cents` that were paid.

    The money is divided among the debts in proportion to what was owed on each, and within a debt
    between principal and charges in the same proportion: principal falls by the share that was paid
    of what was owed, and the charges, being of the principal, fall with it. Half up to the cent;
    never below zero.
    """
    owed = sum(debt.owed_cents for debt in debts)
    if not owed or paid_cents <= 0:
        return [0] * len(debts)
    parts = money.in_proportion(min(paid_cents, owed), [debt.owed_cents for debt in debts])
    return [
        min(
            debt.principal_cents,
            (2 * debt.principal_cents * part + debt.owed_cents) // (2 * max(debt.owed_cents, 1)),
        )
        for debt, part in zip(debts, parts, strict=True)
    ]


def date_choices(plan: PlanRules, current: date, when: Calendar, changes: int) -> list[date]:
    """To which dates a payment due on `current` may move; none once the changes are used up.

    The creditor's due days, on business days, after today, at most `due_date_change_days` later; an
    overdue payment still moves as long as its agreement stands.
    """
    if changes >= plan.due_date_changes:
        return []
    latest = current + timedelta(days=plan.due_date_change_days)
    found = set()
    for offset in range(plan.due_date_change_days + 1):
        day = current + timedelta(days=offset)
        moved = due_dates.next_business_day(day, when.uf, when.jurisdiction)
        if day.day in plan.due_days and when.today < moved <= latest and moved != current:
            found.add(moved)
    return sorted(found)


def due_day_of(plan: PlanRules, to: date, when: Calendar) -> int:
    """Which of the creditor's due days a date stands for: itself, or the day it was moved from."""
    for offset in range(10):
        day = to - timedelta(days=offset)
        if day.day in plan.due_days:
            moved_to = due_dates.next_business_day(day, when.uf, when.jurisdiction)
            if moved_to == to:
                return day.day
    raise ValueError("no due day leads to this date")


def moved(rows: Sequence[Open], to: date, day: int, when: Calendar) -> list[date]:
    """New due dates of the open payments when the first of them moves to `to`.

    The later ones follow a month apart on the same due day, none before its old date.
    """
    nominal = to if to.day == day else to - timedelta(days=(to.day - day) % 31)
    dates = [to]
    for count, row in enumerate(rows[1:], start=1):
        year, month = due_dates.add_months(nominal.year, nominal.month, count)
        following = due_dates.next_business_day(date(year, month, day), when.uf, when.jurisdiction)
        dates.append(max(following, row.due_on))
    return dates


def interest_of_moving(rows: Sequence[Open], dates: Sequence[date], monthly_ppm: int) -> int:
    """Interest for the days that open payments move later, pro rata; none without a rate."""
    if not monthly_ppm:
        return 0
    balance = sum(row.left_cents - row.interest_left_cents for row in rows)
    days = max((dates[0] - rows[0].due_on).days, 0)
    return price.days_interest(balance, monthly_ppm, days)
