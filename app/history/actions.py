"""Record what happened."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from psycopg import Connection
from sqlalchemy.orm import Session

from app.debts.portfolio import bulk
from app.history.models import Event
from tenants.clock import now
from tenants.database import new_ids
from tenants.scope import current_tenant_id


class Happening(NamedTuple):
    """An event to be recorded among many."""

    debtor_id: uuid.UUID
    kind: str
    subject_id: uuid.UUID | None = None
    data: Mapping[str, Any] = {}


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
