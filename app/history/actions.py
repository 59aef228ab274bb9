"""Record what happened."""

import uuid
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from psycopg.types.json import Jsonb
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
    """Append events in multi-row inserts, in the caller's transaction.

    The statement goes to the driver as it is: building it anew for every batch would cost more than
    the database takes to run it.
    """
    tenant_id, at = current_tenant_id(), now()
    connection = session.connection()
    for start in range(0, len(happenings), ROWS_PER_INSERT):
        part = happenings[start : start + ROWS_PER_INSERT]
        values = tuple(
            value
            for happening in part
            for value in (
                tenant_id,
                new_id(),
                happening.debtor_id,
                happening.kind,
                at,
                happening.subject_id,
                Jsonb(dict(happening.data)),
            )
        )
        connection.exec_driver_sql(_insert(len(part)), values)


@lru_cache(maxsize=2_048)
def _insert(rows: int) -> str:
    columns = "tenant_id, id, debtor_id, kind, at, subject_id, data"
    row = "(%s, %s, %s, %s, %s, %s, %s)"
    return f"INSERT INTO events ({columns}) VALUES {', '.join([row] * rows)}"  # noqa: S608 - no value is in it
