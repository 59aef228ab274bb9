"""What waits for its hand-over: one narrow row a message, beside the wide row of the message."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.compliance.queries import among
from app.history.actions import Happening, record_many
from app.outreach.models import Delivery, Message, MessageState
from tenants import bulk
from tenants.clock import now
from tenants.scope import current_tenant_id

LEASE = timedelta(minutes=5)
"""How long a hand-over of one batch may take before its worker counts as dead."""


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


_HOLD = """
UPDATE deliveries SET claimed_at = now()
WHERE tenant_id = $1 AND id = ANY($2::uuid[]) RETURNING id"""
_DELAY = """
UPDATE deliveries SET claimed_at = NULL,
  send_after = (($3::text[])[array_position($2::uuid[], id)])::timestamptz
WHERE tenant_id = $1 AND id = ANY($2::uuid[]) RETURNING id"""
_END = "DELETE FROM deliveries WHERE tenant_id = $1 AND id = ANY($2::uuid[]) RETURNING id"


def hold(writer: bulk.Writer, ids: Sequence[uuid.UUID]) -> None:
    """These are being handed over: nobody else may claim them, from the next commit on."""
    if ids:
        writer.select(_HOLD, packed(ids))


def delay(writer: bulk.Writer, waits: Sequence[tuple[uuid.UUID, datetime]]) -> None:
    """These wait until a moment of their own."""
    if waits:
        moments = bulk.texts([moment.isoformat() for _, moment in waits])
        writer.select(_DELAY, packed([one for one, _ in waits]), moments)


def end(writer: bulk.Writer, ids: Sequence[uuid.UUID]) -> None:
    """These wait no more: it is known what became of them."""
    if ids:
        writer.select(_END, packed(ids))


def packed(ids: Sequence[uuid.UUID]) -> bytes:
    """Ids as one uuid[]."""
    return bulk.identifiers([one.bytes for one in ids])


def is_any_due(session: Session) -> bool:
    """Whether some message may leave now."""
    found = session.scalar(
        select(Delivery.id)
        .where(Delivery.claimed_at.is_(None), Delivery.send_after <= now())
        .limit(1)
    )
    return found is not None


def leave_uncertain(session: Session, lease: timedelta = LEASE) -> int:
    """Messages whose worker died in the hand-over: perhaps sent, never repeated. How many."""
    expired = session.scalars(
        select(Delivery.id)
        .where(
            Delivery.tenant_id == current_tenant_id(),
            Delivery.claimed_at < func.now() - lease,
        )
        .with_for_update(skip_locked=True)
    ).all()
    if not expired:
        return 0
    left = session.execute(
        update(Message)
        .where(
            Message.tenant_id == current_tenant_id(),
            among(Message.id, expired),
            Message.state == MessageState.SENDING,
        )
        .values(state=MessageState.UNCERTAIN)
        .returning(Message.id, Message.debtor_id)
    ).all()
    record_many(session, [Happening(row.debtor_id, "message.uncertain", row.id) for row in left])
    end(writer(session), expired)
    return len(left)
