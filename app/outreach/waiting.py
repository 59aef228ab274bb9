"""What waits for its hand-over: one narrow row a message, beside the wide row of the message."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.outreach.models import Delivery
from tenants import bulk
from tenants.clock import now


class Wait(NamedTuple):
    """A message that may leave from a moment on."""

    message_id: bytes
    message_class: str
    send_after: datetime


DELIVERIES = bulk.Insert(
    "deliveries", (), ("id", "message_class", "send_after"), ("tenant_id", "id")
)


def writer(session: Session) -> bulk.Writer:
    """Arrays packed here: a batch costs few statements, and each stays prepared."""
    return bulk.Writer.of(session)


def add(writer: bulk.Writer, waits: Iterable[Wait]) -> None:
    """Let messages wait; those that wait already are left as they are."""
    rows = [
        (one.message_id, bulk.text(one.message_class), bulk.moment(one.send_after)) for one in waits
    ]
    if rows:
        writer.insert(DELIVERIES, (), rows)


def packed(ids: Sequence[uuid.UUID]) -> bytes:
    """Ids as one uuid[]."""
    return bulk.identifiers([one.bytes for one in ids])


def is_any_due(session: Session) -> bool:
    """Whether some message may leave now."""
    due = select(Delivery.id).where(Delivery.send_after <= now()).limit(1)
    return session.scalar(due) is not None
