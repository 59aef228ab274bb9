"""Claim what is due, and mark what became of it.

The state "sending" is committed before anything is handed over. From then on a message is never
claimed again: a crash leaves it behind, and the sweep calls it uncertain.

Every statement takes a batch as arrays and finds its rows by key alone, never by a join with the
arrays: whatever the planner believes about a table, it cannot read more of it than the batch.
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
from app.outreach import waiting
from app.outreach.models import MessageClass, MessageState
from tenants import bulk
from tenants.clock import now

MOST_ATTEMPTS = 5
"""Hand-overs that were refused for the moment, before the message fails."""


class Due(NamedTuple):
    """A message that may leave, as it was written."""

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


_DUE = """
SELECT id FROM deliveries
WHERE tenant_id = $1 AND message_class = $2 AND send_after <= $3 AND claimed_at IS NULL
ORDER BY send_after, id LIMIT $4 FOR UPDATE SKIP LOCKED"""
_MESSAGES = """
SELECT id, debtor_id, contact_point_id, channel, intent, message_class, locale, variant,
  brand_version_id, facts, verification_code
FROM messages WHERE tenant_id = $1 AND id = ANY($2::uuid[])"""


def due(session: Session, limit: int) -> list[Due]:
    """Lock up to `limit` due messages that no other worker holds: requested ones first."""
    writer, at = waiting.writer(session), bulk.moment(now())
    ids: list[uuid.UUID] = []
    for message_class in (MessageClass.REQUESTED, MessageClass.OUTBOUND):
        room = limit - len(ids)
        if room > 0:
            found = writer.select(_DUE, message_class.encode(), at, struct.pack("!q", room))
            ids.extend([row[0] for row in found])
    if not ids:
        return []
    found = writer.select(_MESSAGES, waiting.packed(ids))
    by_id = {row[0]: Due._make(row) for row in found}
    rows = [by_id[one] for one in ids]
    _one_at_a_time(session, writer, rows)
    return rows


# Asked person by person: a planner that takes a creditor's messages to be few would read them all.
_CROWDED = """
SELECT p.id FROM unnest($2::uuid[]) AS p(id)
WHERE (SELECT true FROM messages m WHERE m.tenant_id = $1 AND m.debtor_id = p.id
  AND m.id <> ALL($3::uuid[]) AND m.state = 'queued' AND m.message_class = 'outbound' LIMIT 1)"""


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
    sent_from: str = ""


_SEND = """
UPDATE messages SET state = 'sending', reasons = (SELECT $4::text::jsonb),
  sent_at = $5::timestamptz, sent_from = $6::text,
  body = ($3::bytea[])[array_position($2::uuid[], id)]
WHERE tenant_id = $1 AND id = ANY($2::uuid[]) RETURNING id"""
_KEEP_BACK = """
UPDATE messages SET state = ($3::text[])[array_position($2::uuid[], id)],
  reasons = ($4::text[])[array_position($2::uuid[], id)]::jsonb,
  body = nullif(($5::bytea[])[array_position($2::uuid[], id)], ''),
  send_after = coalesce(
    nullif(($6::text[])[array_position($2::uuid[], id)], '')::timestamptz, send_after)
WHERE tenant_id = $1 AND id = ANY($2::uuid[]) RETURNING id"""


def claim(session: Session, claims: Sequence[Claim]) -> None:
    """Write what was decided about locked messages: sending, withheld, failed or queued again."""
    writer = waiting.writer(session)
    written = {key: json.dumps(r) for key, r in {id(c.reasons): c.reasons for c in claims}.items()}
    sending: dict[tuple[str, str], list[Claim]] = defaultdict(list)
    kept_back = []
    for one in claims:
        if one.state == MessageState.SENDING:
            sending[written[id(one.reasons)], one.sent_from].append(one)
        else:
            kept_back.append(one)
    for (reasons, sent_from), alike in sending.items():
        _send(writer, reasons, sent_from, alike)
    if kept_back:
        _keep_back(writer, kept_back)


def _send(writer: bulk.Writer, reasons: str, sent_from: str, claims: Sequence[Claim]) -> None:
    """Messages with the same reasons and sender, nearly always the whole batch."""
    ids = [c.message_id for c in claims]
    writer.select(
        _SEND,
        waiting.packed(ids),
        bulk.binaries([c.body or b"" for c in claims]),
        reasons.encode(),
        bulk.moment(now()),
        sent_from.encode(),
    )
    waiting.hold(writer, ids)


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
    detail: str = ""
    """Why it failed, as a code: added to the reasons."""


class Marked(NamedTuple):
    """A message in its new state."""

    id: uuid.UUID
    debtor_id: uuid.UUID
    state: str
    message_class: str
    send_after: datetime


_MARK = """
WITH marked AS (
  UPDATE messages SET
    provider_message_id = nullif(($3::text[])[array_position($2::uuid[], id)], ''),
    state = CASE WHEN $5 <> '' AND attempts + 1 >= $6::int THEN 'failed' ELSE $4::text END,
    send_after = coalesce(nullif($5, '')::timestamptz, send_after),
    attempts = attempts + CASE WHEN $5 = '' THEN 0 ELSE 1 END,
    sent_at = CASE WHEN $4::text IN ('sent', 'uncertain') THEN sent_at END,
    reasons = CASE WHEN $4::text <> 'failed' THEN reasons ELSE reasons || jsonb_build_object(
      'effect', 'FAILED', 'detail', ($7::text[])[array_position($2::uuid[], id)]) END
  WHERE tenant_id = $1 AND id = ANY($2::uuid[]) AND state IN ('sending', 'uncertain')
  RETURNING id, debtor_id, state, message_class, send_after),
ended AS (DELETE FROM deliveries WHERE tenant_id = $1 AND id = ANY($2::uuid[]))
SELECT id, debtor_id, state, message_class, send_after FROM marked"""


def mark(session: Session, marks: Sequence[Mark]) -> list[Marked]:
    """Write what became of messages in hand-over; those that were, as they are now."""
    writer = waiting.writer(session)
    alike: dict[tuple[str, str], list[Mark]] = defaultdict(list)
    for one in marks:
        alike[str(one.state), one.retry_at.isoformat() if one.retry_at else ""].append(one)
    marked = [
        Marked._make(row)
        for (state, retry_at), group in alike.items()
        for row in writer.select(
            _MARK,
            waiting.packed([m.message_id for m in group]),
            bulk.texts([m.provider_id or "" for m in group]),
            state.encode(),
            retry_at.encode(),
            struct.pack("!i", MOST_ATTEMPTS),
            bulk.texts([m.detail for m in group]),
        )
    ]
    again = [m for m in marked if m.state == MessageState.QUEUED]
    waiting.add(writer, [waiting.Wait(m.id.bytes, m.message_class, m.send_after) for m in again])
    return marked
