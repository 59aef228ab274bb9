"""Claim what is due, and mark what became of it.

The state "sending" is committed before anything is handed over. From then on a message is never
claimed again: a crash leaves it behind, and the sweep calls it uncertain.

Every statement takes the batch as arrays and names the ids it is about twice, once for the join and
once alone: the second leads the planner to the key, whatever it believes about the table.
"""

import json
import struct
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.compliance.queries import among
from app.debts.models import Debtor
from app.debts.portfolio import bulk
from app.outreach import waiting
from app.outreach.models import MessageClass, MessageState
from tenants.clock import now

MOST_ATTEMPTS = 5
"""Hand-overs that were refused for the moment, before the message fails."""


class Due(NamedTuple):
    """A message that may leave, with the address meant and what is sealed of its person."""

    id: uuid.UUID
    debtor_id: uuid.UUID
    contact_point_id: uuid.UUID
    channel: str
    intent: str
    message_class: str
    locale: str
    variant: str
    brand_version_id: uuid.UUID
    facts: bytes
    verification_code: str | None
    address: bytes
    area_code: str | None
    address_state: str
    person: bytes


_DUE = """
WITH due AS MATERIALIZED (
  SELECT id, send_after FROM deliveries
  WHERE tenant_id = $1 AND message_class = $2 AND send_after <= $3 AND claimed_at IS NULL
  ORDER BY send_after, id LIMIT $4 FOR UPDATE SKIP LOCKED
)
SELECT m.id, m.debtor_id, m.contact_point_id, m.channel, m.intent, m.message_class, m.locale,
  m.variant, m.brand_version_id, m.facts, m.verification_code,
  p.sealed, p.area_code, p.state, d.sealed
FROM due
JOIN messages m ON m.tenant_id = $1 AND m.id = due.id
JOIN contact_points p ON p.tenant_id = $1 AND p.id = m.contact_point_id
JOIN debtors d ON d.tenant_id = $1 AND d.id = m.debtor_id
ORDER BY due.send_after, due.id"""


def due(session: Session, limit: int) -> list[Due]:
    """Lock up to `limit` due messages that no other worker holds: requested ones first."""
    writer, at = waiting.writer(session), bulk.moment(now())
    rows: list[Due] = []
    for message_class in (MessageClass.REQUESTED, MessageClass.OUTBOUND):
        room = limit - len(rows)
        if room > 0:
            found = writer.select(_DUE, message_class.encode(), at, struct.pack("!q", room))
            rows.extend([Due._make(row) for row in found])
    _one_at_a_time(session, writer, rows)
    return rows


_CROWDED = """
SELECT DISTINCT m.debtor_id
FROM messages m JOIN deliveries w ON w.tenant_id = $1 AND w.id = m.id
WHERE m.tenant_id = $1 AND m.debtor_id = ANY($2::uuid[]) AND m.id <> ALL($3::uuid[])
  AND m.state = 'queued' AND m.message_class = 'outbound'"""


def _one_at_a_time(session: Session, writer: bulk.Writer, rows: Sequence[Due]) -> None:
    """Two workers never decide about one person at once: the numbers of contact would miscount.

    Only somebody with a further message waiting (which another worker may just be claiming: its
    claim is not visible yet) can be decided about twice, so only they are locked.
    """
    outbound = [row for row in rows if row.message_class == MessageClass.OUTBOUND]
    if not outbound:
        return
    people = list({row.debtor_id for row in outbound})
    mine = waiting.packed([row.id for row in outbound])
    crowded = sorted(row[0] for row in writer.select(_CROWDED, waiting.packed(people), mine))
    if crowded:
        session.execute(
            select(Debtor.id)
            .where(among(Debtor.id, crowded))
            .order_by(Debtor.id)
            .with_for_update(key_share=True)
        ).all()


@dataclass(frozen=True, slots=True)
class Claim:
    """What the claim decides about one message."""

    message_id: uuid.UUID
    state: str
    reasons: Sequence[Mapping[str, Any]]
    """The same object where many messages share it: it is then written once."""
    body: bytes | None = None
    send_after: datetime | None = None
    sent_from: str | None = None


_SEND = """
UPDATE messages SET state = 'sending', reasons = $4::text::jsonb, sent_at = $5::timestamptz,
  body = nullif(v.body, ''), sent_from = nullif(v.sent_from, '')
FROM unnest($2::uuid[], $3::bytea[], $6::text[]) AS v (id, body, sent_from)
WHERE messages.tenant_id = $1 AND messages.id = ANY($2::uuid[]) AND messages.id = v.id
RETURNING messages.id"""
_KEEP_BACK = """
UPDATE messages SET state = v.state, reasons = v.reasons::jsonb, body = nullif(v.body, ''),
  send_after = coalesce(nullif(v.send_after, '')::timestamptz, messages.send_after)
FROM unnest($2::uuid[], $3::text[], $4::text[], $5::bytea[], $6::text[])
  AS v (id, state, reasons, body, send_after)
WHERE messages.tenant_id = $1 AND messages.id = ANY($2::uuid[]) AND messages.id = v.id
RETURNING messages.id"""


def claim(session: Session, claims: Sequence[Claim]) -> None:
    """Write what was decided about locked messages: sending, withheld, failed or queued again."""
    writer = waiting.writer(session)
    sending = [c for c in claims if c.state == MessageState.SENDING]
    others = [c for c in claims if c.state != MessageState.SENDING]
    written = {key: json.dumps(r) for key, r in {id(c.reasons): c.reasons for c in claims}.items()}
    alike: dict[str, list[Claim]] = defaultdict(list)
    for one in sending:
        alike[written[id(one.reasons)]].append(one)
    for reasons, group in alike.items():
        _send(writer, reasons, group)
    waiting.hold(writer, [c.message_id for c in sending])
    if others:
        _keep_back(writer, others)


def _send(writer: bulk.Writer, reasons: str, claims: Sequence[Claim]) -> None:
    """Messages with the same reasons, nearly always the whole batch."""
    writer.select(
        _SEND,
        waiting.packed([c.message_id for c in claims]),
        bulk.binaries([c.body or b"" for c in claims]),
        reasons.encode(),
        bulk.moment(now()),
        bulk.texts([c.sent_from or "" for c in claims]),
    )


def _keep_back(writer: bulk.Writer, claims: Sequence[Claim]) -> None:
    writer.select(
        _KEEP_BACK,
        waiting.packed([c.message_id for c in claims]),
        bulk.texts([str(c.state) for c in claims]),
        bulk.texts([json.dumps(c.reasons) for c in claims]),
        bulk.binaries([c.body or b"" for c in claims]),
        bulk.texts([c.send_after.isoformat() if c.send_after else "" for c in claims]),
    )
    waiting.delay(writer, [(c.message_id, c.send_after) for c in claims if c.send_after])
    waiting.end(writer, [c.message_id for c in claims if not c.send_after])


@dataclass(frozen=True, slots=True)
class Mark:
    """What the hand-over came to."""

    message_id: uuid.UUID
    state: str
    provider_id: str | None = None
    retry_at: datetime | None = None


class Marked(NamedTuple):
    """A message in its new state."""

    id: uuid.UUID
    debtor_id: uuid.UUID
    state: str
    message_class: str
    send_after: datetime


_MARK = """
UPDATE messages SET provider_message_id = nullif(v.provider_id, ''),
  state = CASE WHEN v.retry_at <> '' AND messages.attempts + 1 >= $6::int
    THEN 'failed' ELSE v.state END,
  send_after = coalesce(nullif(v.retry_at, '')::timestamptz, messages.send_after),
  attempts = messages.attempts + CASE WHEN v.retry_at = '' THEN 0 ELSE 1 END,
  sent_at = CASE WHEN v.state IN ('sent', 'uncertain') THEN messages.sent_at END
FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[])
  AS v (id, state, provider_id, retry_at)
WHERE messages.tenant_id = $1 AND messages.id = ANY($2::uuid[]) AND messages.id = v.id
  AND messages.state IN ('sending', 'uncertain')
RETURNING messages.id, messages.debtor_id, messages.state, messages.message_class,
  messages.send_after"""


def mark(session: Session, marks: Sequence[Mark]) -> list[Marked]:
    """Write what became of messages in hand-over; those that were, as they are now."""
    if not marks:
        return []
    writer = waiting.writer(session)
    rows = writer.select(
        _MARK,
        waiting.packed([m.message_id for m in marks]),
        bulk.texts([str(m.state) for m in marks]),
        bulk.texts([m.provider_id or "" for m in marks]),
        bulk.texts([m.retry_at.isoformat() if m.retry_at else "" for m in marks]),
        struct.pack("!i", MOST_ATTEMPTS),
    )
    marked = [Marked._make(row) for row in rows]
    waiting.end(writer, [m.id for m in marked])
    again = [m for m in marked if m.state == MessageState.QUEUED]
    waiting.add(writer, [waiting.Wait(m.id.bytes, m.message_class, m.send_after) for m in again])
    return marked
