"""What a night planned lapses with its day: what has not left by the next night never does."""

from datetime import date
from uuid import UUID

from sqlalchemy import Select, func, select

from app.journeys.models import Decision, Night
from app.nights.replanning import Because
from app.outreach.models import Delivery
from app.outreach.withdrawing import withdraw
from tenants.resolve import Resolved
from tenants.scope import within

AT_ONCE = 2_000


def let_lapse(tenant: Resolved, day: date) -> int:
    """Take back the engine's messages of nights before a day that still wait, in transactions of
    their own; how many they were. What is on its way at this moment leaves, and counts."""
    lapsed = 0
    while True:
        with within(tenant) as session:
            left = session.scalars(_waiting(day).limit(AT_ONCE)).all()
            if not left:
                return lapsed
            lapsed += len(withdraw(session, dict.fromkeys(left, Because.LAPSED)))


def waiting(tenant: Resolved, since: date, before: date) -> int:
    """How many of the engine's messages of nights from a day on, before another, still wait."""
    with within(tenant) as session:
        wait = _waiting(before).where(Night.day >= since).subquery()
        return session.scalar(select(func.count()).select_from(wait)) or 0


def _waiting(before: date) -> Select[UUID]:
    return (
        select(Delivery.id)
        .join(Decision, Decision.subject_id == Delivery.id)
        .join(Night, Night.id == Decision.night_id)
        .where(Night.day < before)
    )
