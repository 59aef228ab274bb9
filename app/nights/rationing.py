"""What a night's engine leaves of the creditor's capacity to the journey of the comparison."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from app.journeys import settings as intents
from app.journeys.bounds import Bounds
from app.journeys.models import Decision, DecisionKind, Night
from app.journeys.planning import OFFER
from app.nights import budget
from app.nights.choosing import Choice
from app.outreach.models import Message, MessageState
from tenants.clock import bounds
from tenants.resolve import Resolved


def bounds_of(
    session: Session, tenant: Resolved, night: Night, choice: Choice | None, *, begun: bool
) -> Bounds | None:
    """The settings in force, less what the engine plans (`choice`; None: it has written all of it)
    and what the journey wrote already, if the night was `begun` before. None without settings.
    """
    stored = intents.in_force(session)
    if stored is None:
        return None
    settings, used = intents.parse(stored.data), Counter[str]()
    if settings.capacity or settings.budget_cents is not None:
        used += Counter(choice.actions["channel"].to_list()) if choice else _decided(session, night)
        if begun:
            used += _by_the_journey(session, tenant, night)
    return Bounds.of(settings, used, budget.of_day(session, settings, night.day))


def _decided(session: Session, night: Night) -> Counter[str]:
    rows = session.execute(
        select(Decision.channel, func.count())
        .where(
            Decision.night_id == night.id,
            Decision.kind == DecisionKind.CONTACT,
            Decision.subject_id.is_not(None),
        )
        .group_by(Decision.channel)
    )
    return _counted(rows)


def _by_the_journey(session: Session, tenant: Resolved, night: Night) -> Counter[str]:
    """Messages about offers of the night's day that no decision stands behind."""
    since, until = bounds(night.day, tenant.time_zone)
    rows = session.execute(
        select(Message.channel, func.count())
        .outerjoin(Decision, and_(Decision.subject_id == Message.id, Decision.night_id == night.id))
        .where(
            Message.created_at >= since,
            Message.created_at < until,
            Message.cause.startswith(OFFER),
            Message.state != MessageState.WITHHELD,
            Decision.id.is_(None),
        )
        .group_by(Message.channel)
    )
    return _counted(rows)


def _counted(rows: Iterable[Any]) -> Counter[str]:
    return Counter({channel: count for channel, count in rows if channel is not None})
