"""What happened between a person and a brand, read back."""

import uuid
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.history.models import Event


def of_person(session: Session, debtor_id: uuid.UUID, *, limit: int = 200) -> list[Event]:
    """A person's events, the newest first."""
    return list(
        session.scalars(
            select(Event)
            .where(Event.debtor_id == debtor_id)
            .order_by(Event.at.desc(), Event.id.desc())
            .limit(limit)
        )
    )


def last_of_kind(
    session: Session, debtor_ids: Collection[uuid.UUID], kind: str
) -> dict[uuid.UUID, datetime]:
    """When an event of a kind last happened to each of these people."""
    rows = session.execute(
        select(Event.debtor_id, Event.at)
        .where(Event.debtor_id.in_(list(debtor_ids)), Event.kind == kind)
        .order_by(Event.at)
    )
    return {row.debtor_id: row.at for row in rows}


def count_since(session: Session, debtor_id: uuid.UUID, kind: str, since: datetime) -> int:
    """How often an event of a kind happened to a person after `since`."""
    happened = select(func.count(Event.id)).where(
        Event.debtor_id == debtor_id, Event.kind == kind, Event.at > since
    )
    return int(session.scalar(happened) or 0)
