"""What left, what waits, and what a person may still be sent."""

import uuid
from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import any_, literal, select
from sqlalchemy.orm import Session

from app.compliance import queries as compliance
from app.compliance.facts import PersonFacts, Sent
from app.outreach.models import Lease, Message, MessageState
from tenants import bulk
from tenants.clock import now

COUNTED = (MessageState.SENT, MessageState.UNCERTAIN)
"""What counts against the numbers of contact: it left, or may have left. So does what is leased."""
WINDOW = timedelta(days=8)


_SENT = """
SELECT debtor_id, channel, coalesce(sent_at, $4::timestamptz) AS at FROM messages
WHERE tenant_id = $1 AND debtor_id = ANY($2::uuid[]) AND message_class = 'outbound'
  AND (state IN ('sent', 'uncertain') AND sent_at > $3::timestamptz OR state = 'queued'
    AND id IN (SELECT unnest(message_ids) FROM leases WHERE tenant_id = $1))
ORDER BY at"""


def recently_sent(
    session: Session, debtor_ids: Collection[uuid.UUID], at: datetime
) -> dict[uuid.UUID, tuple[Sent, ...]]:
    """Outbound messages of the last days by person, newest last; uncertain ones included, and
    those that are being handed over now."""
    ids = bulk.identifiers([debtor_id.bytes for debtor_id in debtor_ids])
    moments = bulk.moment(at - WINDOW), bulk.moment(now())
    rows = bulk.Writer.of(session).select(_SENT, ids, *moments)
    found: dict[uuid.UUID, list[Sent]] = defaultdict(list)
    for debtor_id, channel, sent_at in rows:
        found[debtor_id].append(Sent(channel, sent_at))
    return {debtor_id: tuple(sent) for debtor_id, sent in found.items()}


def left_at(session: Session, message: Message) -> datetime | None:
    """When a message left, or may have left; None while it waits."""
    if message.sent_at is not None or message.state != MessageState.QUEUED:
        return message.sent_at
    there = literal(message.id) == any_(Lease.message_ids)
    return session.scalar(select(Lease.sent_at).where(there))


def person_facts(
    session: Session, debtor_ids: Collection[uuid.UUID], at: datetime | None = None
) -> dict[uuid.UUID, PersonFacts]:
    """All the contact policy needs of these people, numbers of contact included."""
    sent = recently_sent(session, debtor_ids, at or now())
    return compliance.person_facts(session, debtor_ids, sent)


def message_by_verification_code(session: Session, code: str) -> Message | None:
    """The message a code was printed on, however the person typed it."""
    plain = "".join(character for character in code.upper() if character.isalnum())
    if not plain:
        return None
    return session.scalar(select(Message).where(Message.verification_code == plain).limit(1))
