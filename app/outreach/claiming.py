"""Claim what is due, and mark what became of it.

The state "sending" is committed before anything is handed over. From then on a message is never
claimed again: a crash leaves it behind, and the sweep calls it uncertain.
"""

import json
import struct
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.compliance.queries import among
from app.debts.models import Debtor
from app.debts.portfolio import bulk
from app.outreach.models import Message, MessageClass, MessageState
from tenants.clock import now
from tenants.scope import current_tenant_id

MOST_ATTEMPTS = 5
"""Hand-overs that were refused for the moment, before the message fails."""

LEASE = timedelta(minutes=5)
"""How long a hand-over of one batch may take before its worker counts as dead."""

CLAIMED_COLUMNS = (
    Message.id,
    Message.debtor_id,
    Message.contact_point_id,
    Message.channel,
    Message.intent,
    Message.message_class,
    Message.locale,
    Message.variant,
    Message.brand_version_id,
    Message.facts,
    Message.verification_code,
    Message.attempts,
)


@dataclass(frozen=True, slots=True)
class Claim:
    """What the claim decides about one message."""

    message_id: uuid.UUID
    state: str
    reasons: Sequence[dict[str, Any]]
    """The same object where many messages share it: it is then written out once."""
    body: bytes | None = None
    send_after: datetime | None = None


def due(session: Session, limit: int) -> list[Any]:
    """Lock up to `limit` due messages that no other worker holds: requested ones first."""
    rows: list[Any] = []
    for message_class in (MessageClass.REQUESTED, MessageClass.OUTBOUND):
        if len(rows) < limit:
            rows.extend(
                session.execute(
                    select(*CLAIMED_COLUMNS)
                    .where(
                        Message.state == MessageState.QUEUED,
                        Message.message_class == message_class,
                        Message.send_after <= now(),
                    )
                    .order_by(Message.send_after, Message.id)
                    .limit(limit - len(rows))
                    .with_for_update(skip_locked=True)
                ).all()
            )
    _one_at_a_time(session, rows)
    return rows


def _one_at_a_time(session: Session, rows: Sequence[Any]) -> None:
    """Two workers never decide about one person at once: the numbers of contact would miscount.

    Only somebody with a further message waiting (which another worker may just be claiming: its
    claim is not visible yet) can be decided about twice, so only they are locked.
    """
    outbound = [row for row in rows if row.message_class == MessageClass.OUTBOUND]
    if not outbound:
        return
    mine = {row.id for row in outbound}
    waiting = session.execute(
        select(Message.id, Message.debtor_id).where(
            among(Message.debtor_id, {row.debtor_id for row in outbound}),
            Message.state == MessageState.QUEUED,
            Message.message_class == MessageClass.OUTBOUND,
        )
    )
    crowded = sorted({row.debtor_id for row in waiting if row.id not in mine})
    if crowded:
        session.execute(
            select(Debtor.id)
            .where(among(Debtor.id, crowded))
            .order_by(Debtor.id)
            .with_for_update(key_share=True)
        ).all()


_CLAIM = """
UPDATE messages SET state = v.state, reasons = v.reasons::jsonb, body = nullif(v.body, ''),
  send_after = coalesce(nullif(v.send_after, '')::timestamptz, messages.send_after),
  claimed_at = now(), sent_at = CASE WHEN v.state = 'sending' THEN $7::timestamptz END
FROM unnest($2::uuid[], $3::text[], $4::text[], $5::bytea[], $6::text[])
  AS v (id, state, reasons, body, send_after)
WHERE messages.tenant_id = $1 AND messages.id = v.id
RETURNING messages.id"""


def claim(session: Session, claims: Sequence[Claim]) -> None:
    """Write what was decided about locked messages: sending, withheld, failed or queued again."""
    if not claims:
        return
    reasons = {id(c.reasons): c.reasons for c in claims}
    written = {key: json.dumps(value) for key, value in reasons.items()}
    _writer(session).select(
        _CLAIM,
        bulk.identifiers([c.message_id.bytes for c in claims]),
        bulk.texts([str(c.state) for c in claims]),
        bulk.texts([written[id(c.reasons)] for c in claims]),
        bulk.binaries([c.body or b"" for c in claims]),
        bulk.texts([c.send_after.isoformat() if c.send_after else "" for c in claims]),
        bulk.moment(now()),
    )


def _writer(session: Session) -> bulk.Writer:
    """Arrays packed here: a batch costs one statement that stays prepared."""
    driver: Any = session.connection().connection.driver_connection
    return bulk.Writer(driver, current_tenant_id())


@dataclass(frozen=True, slots=True)
class Mark:
    """What the hand-over came to."""

    message_id: uuid.UUID
    state: str
    provider_id: str | None = None
    retry_at: datetime | None = None


_MARK = """
UPDATE messages SET provider_message_id = nullif(v.provider_id, ''),
  state = CASE WHEN v.retry_at <> '' AND messages.attempts + 1 >= $6::int
    THEN 'failed' ELSE v.state END,
  send_after = coalesce(nullif(v.retry_at, '')::timestamptz, messages.send_after),
  attempts = messages.attempts + CASE WHEN v.retry_at = '' THEN 0 ELSE 1 END,
  sent_at = CASE WHEN v.state IN ('sent', 'uncertain') THEN messages.sent_at END
FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[])
  AS v (id, state, provider_id, retry_at)
WHERE messages.tenant_id = $1 AND messages.id = v.id
  AND messages.state IN ('sending', 'uncertain')
RETURNING messages.id, messages.debtor_id"""


def mark(session: Session, marks: Sequence[Mark]) -> dict[uuid.UUID, uuid.UUID]:
    """Write what became of messages in hand-over: those that were, each with its person."""
    if not marks:
        return {}
    marked = _writer(session).select(
        _MARK,
        bulk.identifiers([m.message_id.bytes for m in marks]),
        bulk.texts([str(m.state) for m in marks]),
        bulk.texts([m.provider_id or "" for m in marks]),
        bulk.texts([m.retry_at.isoformat() if m.retry_at else "" for m in marks]),
        struct.pack("!i", MOST_ATTEMPTS),
    )
    return dict(marked)


def leave_uncertain(session: Session, lease: timedelta = LEASE) -> int:
    """Messages whose worker died in the hand-over: perhaps sent, never repeated. How many."""
    left = session.scalars(
        update(Message)
        .where(
            Message.tenant_id == current_tenant_id(),
            Message.state == MessageState.SENDING,
            Message.claimed_at < func.now() - lease,
        )
        .values(state=MessageState.UNCERTAIN)
        .returning(Message.id)
    ).all()
    return len(left)
