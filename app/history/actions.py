"""Record what happened."""

import uuid

from sqlalchemy.orm import Session

from app.history.models import Event


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
