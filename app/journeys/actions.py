"""A creditor's day of operation: agreements checked, offers made, messages planned and sent."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from app.agreements.actions import break_overdue
from app.compliance.places import is_business_day
from app.journeys.hands import overlapping, rare_collections
from app.journeys.planning import plan_day
from app.journeys.queries import CHUNK, debtor_chunks
from app.offers.actions import make_offers
from app.outreach.channels import Transports
from app.outreach.delivery import deliver_due
from app.outreach.models import Delivery, MessageState
from tenants.clock import now, stopped_at, today
from tenants.resolve import Resolved
from tenants.scope import within

START = time(10)
"""When a day that is run for a date begins, where the creditor is."""
EVENING = time(22)
"""When nothing of a day leaves any more anywhere in the country, where the creditor is."""

Progress = Callable[[str, int], None]
"""Told what is being done and how many people it was done for."""


def _silent(_what: str, _count: int) -> None:
    return None


def plan(tenant: Resolved, *, progress: Progress = _silent, chunk: int = CHUNK) -> Counter[str]:
    """Break what is overdue, make offers and write the day's messages; nothing leaves yet."""
    day = today(tenant.time_zone)
    totals: Counter[str] = Counter()
    with within(tenant) as session:
        totals["broken"] = break_overdue(session, tenant, day)
    people = 0
    work = partial(_plan_chunk, tenant, day)
    with rare_collections() as collect:
        for count, written in overlapping(work, debtor_chunks(tenant, chunk)):
            totals += written
            people += count
            progress("planned", people)
            collect()
    return totals


def _plan_chunk(tenant: Resolved, day: date, debtor_ids: list[UUID]) -> tuple[int, Counter[str]]:
    """How many people were looked at, and what was written for them in one transaction."""
    with within(tenant) as session:
        made = make_offers(session, tenant, debtor_ids, day)
        return len(debtor_ids), plan_day(session, tenant, debtor_ids) + Counter(offers=made)


def run_day(
    tenant: Resolved, *, through: Transports | None = None, progress: Progress = _silent
) -> Counter[str]:
    """Plan the day and deliver what is due by now. A second run writes and sends nothing twice."""
    return plan(tenant, progress=progress) + deliver(tenant, through=through, progress=progress)


def deliver(
    tenant: Resolved, *, through: Transports | None = None, progress: Progress = _silent
) -> Counter[str]:
    """Deliver what is due by now."""
    delivered = deliver_due(tenant, through=through)
    progress("delivered", delivered[MessageState.SENT])
    return delivered


def deliver_the_day(
    tenant: Resolved, *, through: Transports | None = None, progress: Progress = _silent
) -> Counter[str]:
    """Deliver what is due by now, and hour by hour what is due until the evening: for a day that no
    worker lives through, whose messages would lapse with it."""
    at, delivered = now(), Counter[str]()
    evening = datetime.combine(today(tenant.time_zone), EVENING, ZoneInfo(tenant.time_zone))
    while at <= evening:
        with stopped_at(at):
            delivered += deliver_due(tenant, through=through)
        at += timedelta(hours=1)
    with within(tenant) as session:
        # An hour counts what it puts off, and so does each hour that meets it again.
        delivered[MessageState.QUEUED] = session.scalar(select(func.count(Delivery.id))) or 0
    progress("delivered", delivered[MessageState.SENT])
    return delivered


def beginning_of(day: date, time_zone: str) -> datetime:
    """Ten in the morning of a day, where the creditor is."""
    return datetime.combine(day, START, ZoneInfo(time_zone)).astimezone(UTC)


def last_business_day(day: date) -> date:
    """`day` or the nearest before it that is a business day all over the country."""
    while not is_business_day(None, day):
        day -= timedelta(days=1)
    return day
