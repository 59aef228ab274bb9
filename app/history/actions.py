"""Record what happened."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.history.models import Event
from tenants.clock import now
from tenants.database import new_id
from tenants.scope import current_tenant_id

ROWS_PER_INSERT = 1_000


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


def record_many(session: Session, happenings: Sequence[Happening]) -> None:
    """Append events in multi-row inserts."""
    tenant_id, at = current_tenant_id(), now()
    for start in range(0, len(happenings), ROWS_PER_INSERT):
        session.execute(
            insert(Event).values(
                [
                    {
                        "tenant_id": tenant_id,
                        "id": new_id(),
                        "debtor_id": happening.debtor_id,
                        "kind": happening.kind,
                        "at": at,
                        "subject_id": happening.subject_id,
                        "data": dict(happening.data),
                    }
                    for happening in happenings[start : start + ROWS_PER_INSERT]
                ]
            )
        )
