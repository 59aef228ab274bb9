"""Record what happened."""

import uuid
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, NamedTuple

from psycopg import Connection
from sqlalchemy.orm import Session

from app.history.models import Event
from tenants import bulk
from tenants.clock import now
from tenants.database import new_ids
from tenants.scope import current_tenant_id


class Happening(NamedTuple):
    """An event to be recorded among many."""

    debtor_id: uuid.UUID
    kind: str
    subject_id: uuid.UUID | None = None
    data: Mapping[str, Any] = {}


Told = Callable[[Session, Collection[uuid.UUID]], None]
"""Answers events of some people in the transaction that records them."""
_told: dict[str, Told] = {}


def tell(kinds: Collection[str], told: Told) -> None:
    """Have every event of these kinds answered by `told`: this is how a later capability learns
    of what happened wherever it is recorded. One answer a kind; the same again changes nothing.
    """
    for kind in kinds:
        assert _told.setdefault(kind, told) is told, f"{kind} is answered already"


def record(
    session: Session,
    *,
    debtor_id: uuid.UUID,
    kind: str,
    subject_id: uuid.UUID | None = None,
    **data: object,
) -> Event:
    """Append an event; `data` holds ids, numbers and codes, never a name or an address."""
    event = Event(debtor_id=debtor_id, kind=kind, subject_id=subject_id, data=data)
    session.add(event)
    if kind in _told:
        _told[kind](session, [debtor_id])
    return event


EVENTS = bulk.Insert("events", ("at",), ("id", "debtor_id", "kind", "subject_id", "data"))


def record_many(session: Session, happenings: Sequence[Happening]) -> None:
    """Append many events, in the caller's transaction."""
    if not happenings:
        return
    session.flush()
    driver = session.connection().connection.driver_connection
    assert isinstance(driver, Connection)
    rows = [
        (
            event_id,
            happening.debtor_id.bytes,
            bulk.text(happening.kind),
            happening.subject_id.bytes if happening.subject_id else None,
            bulk.jsonb(dict(happening.data)),
        )
        for event_id, happening in zip(new_ids(len(happenings)), happenings, strict=True)
    ]
    bulk.Writer(driver, current_tenant_id()).insert(EVENTS, (bulk.moment(now()),), rows)
    people: dict[Told, dict[uuid.UUID, None]] = defaultdict(dict)
    for happening in happenings:
        if happening.kind in _told:
            people[_told[happening.kind]][happening.debtor_id] = None
    for told, ids in people.items():
        told(session, list(ids))
