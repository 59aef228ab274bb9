"""Claim what is due, and write what the claim decides to keep back.

A claim deletes the rows by which messages wait. Once that is committed nobody claims them again and
nobody takes them back: those that leave are in a lease then (`app.outreach.leasing`), the others
have got their new state.

Every statement takes a batch as arrays and finds its rows by key alone, never by a join with the
arrays: whatever the planner believes about a table, it cannot read more of it than the batch. Ids
are in their order, so that the place of one is found by halving (`width_bucket`).
"""

import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.compliance.queries import among
from app.debts.models import Debtor
from app.outreach import waiting
from app.outreach.models import MessageClass
from tenants import bulk
from tenants.clock import now


class Due(NamedTuple):
    """A message that may leave, as it was written."""

    id: uuid.UUID
    debtor_id: uuid.UUID
    contact_point_id: uuid.UUID
    channel: str
    intent: str
    message_class: str
    cause: str
    locale: str
    variant: str
    brand_version_id: uuid.UUID
    facts: bytes
    verification_code: str | None
    send_after: datetime
    has_company: bool | None
    """Whether a further outbound message to the person is not known to have left."""


# Others of the person are looked for one by one: a planner that takes a creditor's messages to be
# few would read them all.
_CLAIM = """
WITH requested AS (
  SELECT id FROM deliveries
  WHERE tenant_id = $1 AND message_class = 'requested' AND send_after <= $2
  ORDER BY send_after, id LIMIT (SELECT $3::int) FOR UPDATE SKIP LOCKED),
outbound AS (
  SELECT id FROM deliveries
  WHERE tenant_id = $1 AND message_class = 'outbound' AND send_after <= $2
  ORDER BY send_after, id LIMIT (SELECT $3::int - count(*) FROM requested)
  FOR UPDATE SKIP LOCKED),
claimed AS (
  DELETE FROM deliveries WHERE tenant_id = $1
    AND id = ANY(ARRAY(SELECT id FROM requested UNION ALL SELECT id FROM outbound))
  RETURNING id)
SELECT id, debtor_id, contact_point_id, channel, intent, message_class, cause, locale, variant,
  brand_version_id, facts, verification_code, send_after,
  (SELECT true FROM messages o WHERE o.tenant_id = $1 AND o.debtor_id = m.debtor_id
    AND o.id <> m.id AND o.state = 'queued' AND o.message_class = 'outbound' LIMIT 1)
FROM messages m WHERE m.tenant_id = $1 AND m.id = ANY(ARRAY(SELECT id FROM claimed))
ORDER BY message_class DESC, send_after, id"""


def claim(session: Session, limit: int) -> list[Due]:
    """Up to `limit` due messages that no other worker holds, requested ones first: they wait no
    more. In the same transaction, those that leave are leased and all others kept back."""
    writer = waiting.writer(session)
    rows = [Due._make(row) for row in writer.select(_CLAIM, bulk.moment(now()), _count(limit))]
    _one_at_a_time(session, rows)
    return rows


def _count(limit: int) -> bytes:
    packed = bulk.int4(limit)
    assert packed is not None
    return packed


def _one_at_a_time(session: Session, rows: Sequence[Due]) -> None:
    """Two workers never decide about one person at once: the numbers of contact would miscount.

    Only somebody with a further message waiting (which another worker may just be claiming: its
    claim is not visible yet) can be decided about twice, so only they are locked.
    """
    crowded = {r.debtor_id for r in rows if r.has_company and r.message_class == _OUTBOUND}
    if crowded:
        session.execute(
            select(Debtor.id)
            .where(among(Debtor.id, crowded))
            .order_by(Debtor.id)
            .with_for_update(key_share=True)
        ).all()


_OUTBOUND = str(MessageClass.OUTBOUND)


class KeptBack(NamedTuple):
    """A claimed message that does not leave now, and why."""

    row: Due
    state: str
    """Withheld, failed or queued again."""
    reasons: Sequence[Mapping[str, Any]]
    body: bytes | None = None
    send_after: datetime | None = None
    """Of one that is queued again."""


_KEEP_BACK = """
UPDATE messages SET state = ($3::text[])[width_bucket(id, $2::uuid[])],
  reasons = ($4::text[])[width_bucket(id, $2::uuid[])]::jsonb,
  body = nullif(($5::bytea[])[width_bucket(id, $2::uuid[])], ''),
  send_after = coalesce(
    nullif(($6::text[])[width_bucket(id, $2::uuid[])], '')::timestamptz, send_after)
WHERE tenant_id = $1 AND id = ANY($2::uuid[]) RETURNING id"""


def keep_back(session: Session, kept: Sequence[KeptBack]) -> None:
    """Write what was decided about claimed messages that do not leave now."""
    if not kept:
        return
    writer = waiting.writer(session)
    ordered = sorted(kept, key=lambda one: one.row.id.int)
    writer.select(
        _KEEP_BACK,
        waiting.packed([one.row.id for one in ordered]),
        bulk.texts([str(one.state) for one in ordered]),
        bulk.texts([json.dumps(one.reasons) for one in ordered]),
        bulk.binaries([one.body or b"" for one in ordered]),
        bulk.texts([one.send_after.isoformat() if one.send_after else "" for one in ordered]),
    )
    waits = [(one.row, one.send_after) for one in ordered if one.send_after]
    waiting.add(writer, [waiting.Wait(r.id.bytes, r.message_class, at) for r, at in waits])
