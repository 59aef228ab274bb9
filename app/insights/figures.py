"""A creditor's days rolled up: each finished day once, from its events, by the creditor's own job.

Written again, a day is the same: it is replaced as a whole, in one transaction.
"""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from app.history.models import Event
from app.insights.groups import rules_of
from app.insights.models import DailyFigure
from app.insights.rolling import OF_MESSAGE, OF_PERSON, Day
from tenants.clock import today
from tenants.resolve import Resolved
from tenants.scope import within

LATE = timedelta(days=2)
"""The last days are rolled up again: what was being written at midnight, or by a clock that was
behind, is in them then."""
COLUMNS = (
    "people", "sent", "delivered", "bounced", "answered", "visits", "agreements", "broken",
    "payments", "complaints", "opt_outs", "cash_cents", "agreed_cents", "conceded_cents",
    "cost_thousandths",
)  # fmt: skip
ROWS = 500


def bring_up(tenant: Resolved, *, since: date | None = None) -> int:
    """Roll up every finished day that is not yet, the last ones and those from `since` on again;
    how many days were written."""
    written, last = 0, today(tenant.time_zone) - timedelta(days=1)
    with within(tenant) as session:
        start = _next(session, tenant, since, last)
    while start is not None and start <= last:
        with within(tenant) as session:
            write(session, tenant, start)
        start, written = start + timedelta(days=1), written + 1
    return written


def _next(session: Session, tenant: Resolved, since: date | None, last: date) -> date | None:
    """The first day to roll up; None while nothing happened."""
    missing = _missing(session, tenant, last)
    return min(since, missing) if since and missing else missing


def _missing(session: Session, tenant: Resolved, last: date) -> date | None:
    """Days to come may have been rolled up (a day run for a date): they say nothing of `last`."""
    latest: date | None = session.scalar(
        select(func.max(DailyFigure.day)).where(DailyFigure.day <= last)
    )
    if latest is not None:
        return latest + timedelta(days=1) - LATE
    kinds = (*OF_MESSAGE, *OF_PERSON)
    first = session.scalar(select(func.min(Event.at)).where(Event.kind.in_(kinds)))
    if first is None:
        return None
    day: date = first.astimezone(ZoneInfo(tenant.time_zone)).date()
    return day


def write(session: Session, tenant: Resolved, day: date) -> None:
    """Roll a day up, in the caller's transaction; what was rolled up of it before is replaced."""
    # One at a time: a second one would write beside what it does not see yet.
    key = func.hashtextextended(f"figures {tenant.id}", 0)
    session.execute(select(func.pg_advisory_xact_lock(key)))
    figures = Day(session, tenant, day, rules_of(session, day)).figures()
    session.execute(delete(DailyFigure).where(DailyFigure.day == day))
    rows = [
        {
            "tenant_id": tenant.id,
            "day": day,
            "arm": arm,
            **place._asdict(),
            "step": step,
            **dict.fromkeys(COLUMNS, 0),
            **counts,
        }
        for (arm, place, step), counts in sorted(figures.items())
    ]
    for at in range(0, len(rows), ROWS):
        session.execute(insert(DailyFigure), rows[at : at + ROWS])
