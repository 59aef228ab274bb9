"""Events of a time with the message each is about: what nights and reports are told from."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, select

from app.history.models import Event
from app.outreach.models import Message


def happened(kinds: Collection[str], since: datetime, until: datetime) -> Select[Any]:
    """Events of these kinds (since ≤ at < until) in their order: `debtor_id`, `kind`, `at`,
    `subject_id`, `data`, and `channel`, `variant`, `message_class`, `sent_at` of the message, None
    where it is about none."""
    about = and_(Message.tenant_id == Event.tenant_id, Message.id == Event.subject_id)
    return (
        select(
            Event.debtor_id,
            Event.kind,
            Event.at,
            Event.subject_id,
            Event.data,
            Message.channel,
            Message.variant,
            Message.message_class,
            Message.sent_at,
        )
        .outerjoin(Message, about)
        .where(Event.kind.in_(kinds), Event.at >= since, Event.at < until)
        .order_by(Event.at, Event.id)
    )
