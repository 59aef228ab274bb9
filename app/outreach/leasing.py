"""Messages on their way: leased before they are handed over, settled when it is known what became
of them.

A lease is one row a batch, committed before anything is handed over: a crash leaves it behind, and
the sweep calls its messages uncertain. Their own, wide rows are written once: when it is settled.
"""

import json
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.compliance.queries import among
from app.history.actions import Happening, record_many
from app.outreach import waiting
from app.outreach.claiming import Due
from app.outreach.models import Lease, Message, MessageState
from tenants import bulk
from tenants.clock import now
from tenants.database import new_ids
from tenants.scope import current_tenant_id

LEASE = timedelta(minutes=5)
"""How long a hand-over of one batch may take before its worker counts as dead."""
MOST_ATTEMPTS = 5
"""Hand-overs that were refused for the moment, before the message fails."""


class Leaving(NamedTuple):
    """A claimed message that is to be handed over, and what will be kept of it."""

    row: Due
    reasons: Sequence[Mapping[str, Any]]
    """The same object where many messages share it: it is then written once."""
    body: bytes
    sent_from: str


@dataclass(frozen=True, slots=True)
class Leased:
    """Messages with the same reasons and sender, nearly always the whole batch: one lease."""

    id: bytes
    leaving: list[Leaving]
    """In the order of their ids."""
    reasons: str
    """As JSON."""
    sent_from: str
    at: datetime
    ids: bytes
    bodies: bytes


_LEASE = """
INSERT INTO leases
  (tenant_id, id, began_at, message_ids, bodies, reasons, sent_from, sent_at)
VALUES ($1, $2, now(), $3, $4, $5::text::jsonb, $6, $7) RETURNING id"""


def lease(session: Session, leaving: Sequence[Leaving]) -> list[Leased]:
    """Put claimed messages into leases. Commit before handing any of them over."""
    said = {key: json.dumps(r) for key, r in {id(o.reasons): o.reasons for o in leaving}.items()}
    alike: dict[tuple[str, str], list[Leaving]] = defaultdict(list)
    for one in sorted(leaving, key=lambda one: one.row.id.int):
        alike[said[id(one.reasons)], one.sent_from].append(one)
    at = now()
    leases = [
        Leased(lease_id, group, reasons, sent_from, at, *_packed(group))
        for lease_id, ((reasons, sent_from), group) in zip(
            new_ids(len(alike)), alike.items(), strict=True
        )
    ]
    writer = waiting.writer(session)
    for each in leases:
        reasons, sent_from = each.reasons.encode(), each.sent_from.encode()
        writer.select(_LEASE, each.id, each.ids, each.bodies, reasons, sent_from, bulk.moment(at))
    return leases


def _packed(leaving: Sequence[Leaving]) -> tuple[bytes, bytes]:
    """Ids and bodies as arrays."""
    ids = waiting.packed([one.row.id for one in leaving])
    return ids, bulk.binaries([one.body for one in leaving])


class Outcome(NamedTuple):
    """What the hand-over of a message came to."""

    message_id: uuid.UUID
    state: str
    """Sent, uncertain, failed, or queued again."""
    provider_id: str | None = None
    retry_at: datetime | None = None
    """Of one that is queued again."""
    detail: str = ""
    """Why it failed, as a code: added to the reasons."""


class Settled(NamedTuple):
    """A message in its new state."""

    row: Due
    state: str


def settle(
    session: Session, leases: Sequence[Leased], outcomes: Sequence[Outcome]
) -> list[Settled]:
    """Write what became of leased messages, and end their leases; those settled by this.

    What the sweep took for uncertain meanwhile is settled all the same. A message without an
    outcome stays leased.
    """
    writer = waiting.writer(session)
    by_number = {one.message_id.int: one for one in outcomes}  # hashed faster than an id
    settled: list[Settled] = []
    for each in leases:
        groups: dict[tuple[str, datetime | None, str], list[tuple[Leaving, Outcome]]]
        groups = defaultdict(list)
        silent = []
        for one in each.leaving:
            outcome = by_number.get(one.row.id.int)
            if outcome is None:
                silent.append(one)
            else:
                groups[outcome.state, outcome.retry_at, outcome.detail].append((one, outcome))
        for (state, retry_at, detail), group in groups.items():
            if retry_at is not None:
                settled += _again(writer, each, [one for one, _ in group], retry_at)
            else:
                settled += _settle(writer, each, state, detail, group)
        if silent and groups:
            lease(session, silent)
    return settled


_SETTLE = """
WITH ended AS (DELETE FROM leases WHERE tenant_id = $1 AND id = $3),
settled AS (
  UPDATE messages SET state = $4::text, reasons = (SELECT $5::text::jsonb),
    sent_at = CASE WHEN $4::text <> 'failed' THEN $6::timestamptz END, sent_from = $7::text,
    body = nullif(($8::bytea[])[width_bucket(id, $2::uuid[])], ''),
    provider_message_id = nullif(($9::text[])[width_bucket(id, $2::uuid[])], '')
  WHERE tenant_id = $1 AND id = ANY($2::uuid[]) AND state IN ('queued', 'uncertain')
  RETURNING id)
SELECT string_agg(uuid_send(id), '') FROM settled"""
_AGAIN = """
WITH ended AS (DELETE FROM leases WHERE tenant_id = $1 AND id = $3)
UPDATE messages SET state = CASE WHEN attempts + 1 < $4::int THEN 'queued' ELSE 'failed' END,
  attempts = attempts + 1, send_after = $5::timestamptz, sent_at = NULL,
  reasons = (SELECT $6::text::jsonb)
WHERE tenant_id = $1 AND id = ANY($2::uuid[]) AND state IN ('queued', 'uncertain')
RETURNING id, state"""


def _settle(
    writer: bulk.Writer,
    leased: Leased,
    state: str,
    detail: str,
    group: Sequence[tuple[Leaving, Outcome]],
) -> list[Settled]:
    reasons = leased.reasons
    if state == MessageState.FAILED:
        reasons = json.dumps([*json.loads(reasons), {"effect": "FAILED", "detail": detail}])
    is_whole = len(group) == len(leased.leaving)
    ids, bodies = (leased.ids, leased.bodies) if is_whole else _packed([one for one, _ in group])
    [[found]] = writer.select(
        _SETTLE,
        ids,
        leased.id,
        state.encode(),
        reasons.encode(),
        bulk.moment(leased.at),
        leased.sent_from.encode(),
        bodies,
        bulk.texts([outcome.provider_id or "" for _, outcome in group]),
    )
    were = _split(found or b"")
    if len(were) == len(group):
        return [Settled(one.row, state) for one, _ in group]
    return [Settled(one.row, state) for one, _ in group if one.row.id.bytes in were]


def _split(ids: bytes) -> set[bytes]:
    return {ids[start : start + 16] for start in range(0, len(ids), 16)}


def _again(
    writer: bulk.Writer, leased: Leased, group: Sequence[Leaving], at: datetime
) -> list[Settled]:
    """Refused for the moment: they wait once more, or were refused often enough."""
    attempts = bulk.int4(MOST_ATTEMPTS)
    assert attempts is not None
    found = writer.select(
        _AGAIN,
        waiting.packed([one.row.id for one in group]),
        leased.id,
        attempts,
        bulk.moment(at),
        leased.reasons.encode(),
    )
    rows = {one.row.id: one.row for one in group}
    settled = [Settled(rows[message_id], state) for message_id, state in found]
    again = [one.row for one in settled if one.state == MessageState.QUEUED]
    waiting.add(writer, [waiting.Wait(row.id.bytes, row.message_class, at) for row in again])
    return settled


def leave_uncertain(session: Session, lease: timedelta = LEASE) -> int:
    """Messages whose worker died in the hand-over: perhaps sent, never repeated. How many."""
    expired = session.scalars(
        select(Lease)
        .where(Lease.tenant_id == current_tenant_id(), Lease.began_at < func.now() - lease)
        .with_for_update(skip_locked=True)
    ).all()
    writer = waiting.writer(session)
    left: set[bytes] = set()
    for each in expired:
        [[found]] = writer.select(
            _SETTLE,
            waiting.packed(each.message_ids),
            each.id.bytes,
            MessageState.UNCERTAIN.encode(),
            json.dumps(each.reasons).encode(),
            bulk.moment(each.sent_at),
            each.sent_from.encode(),
            bulk.binaries(each.bodies),
            bulk.texts([""] * len(each.message_ids)),
        )
        left |= _split(found or b"")
    ids = [uuid.UUID(bytes=one) for one in left]
    rows = session.execute(select(Message.id, Message.debtor_id).where(among(Message.id, ids)))
    record_many(session, [Happening(row.debtor_id, "message.uncertain", row.id) for row in rows])
    return len(left)
