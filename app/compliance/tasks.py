"""What people of the creditor must do, and by when. The caller owns the transaction."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.compliance.deadlines import DISPUTE_TASK, incident_by
from app.compliance.models import Task
from app.compliance.queries import policy_in_force
from tenants.clock import now
from tenants.database import new_id
from tenants.resolve import Resolved
from tenants.scope import current_tenant_id
from themes.lacking import Lacking, Refused

INCIDENT_TASKS = ("report_incident", "tell_people_of_incident")
"""The authority and the people concerned are both told (LGPD art. 48, ANPD 15/2024; GDPR arts. 33
and 34)."""
BY_HOLD = "It is ticked off by the answer: flask holds resolve."
BY_REVERSAL = (
    "It is ticked off by flask payments reverse, with --keep where nothing is to be owed again."
)
DONE_BY = {
    DISPUTE_TASK: BY_HOLD,
    "review_hold": BY_HOLD,
    "refund": "It is ticked off by flask payments give-back, or returned for a boleto.",
    "payment_dispute": BY_REVERSAL,
    "payment_refund_review": BY_REVERSAL,
    "quitacao": "It is ticked off by the letter, written when the last payment is settled.",
}
"""Tasks that are ticked off by what does them."""


class NotByHand(Refused, ValueError):
    """The task is ticked off by what does it; the message names that."""


def add_task(
    session: Session,
    *,
    debtor_id: uuid.UUID | None,
    kind: str,
    rule: str | None,
    cause: str,
    due_at: datetime,
    **data: Any,
) -> bool:
    """Something a person must do by `due_at`; the same cause makes one task (else False)."""
    made = session.scalar(
        insert(Task)
        .values(
            tenant_id=current_tenant_id(),
            id=new_id(),
            debtor_id=debtor_id,
            kind=kind,
            rule=rule,
            cause=cause,
            due_at=due_at,
            data=data,
            created_at=now(),
        )
        .on_conflict_do_nothing(index_elements=["tenant_id", "cause"])
        .returning(Task.id)
    )
    return made is not None


def open_tasks(session: Session) -> Sequence[Task]:
    """What is still to be done, the soonest first."""
    return session.scalars(
        select(Task).where(Task.done_at.is_(None)).order_by(Task.due_at, Task.id)
    ).all()


def finish(session: Session, task_id: uuid.UUID) -> Task:
    """Tick a task off. Raises Lacking for none that is open, NotByHand."""
    task = session.scalar(
        select(Task).where(Task.id == task_id, Task.done_at.is_(None)).with_for_update()
    )
    if task is None:
        raise Lacking("There is no such open task.")
    if task.kind in DONE_BY:
        raise NotByHand(DONE_BY[task.kind])
    task.done_at = now()
    return task


def report_incident(
    session: Session, tenant: Resolved, *, known_at: datetime, nature: str, people: int
) -> tuple[uuid.UUID, datetime]:
    """Personal data may have been harmed: the tasks to tell the authority and the people (BR-32).

    `known_at` is when the creditor learnt that personal data is affected, `nature` a code, `people`
    how many are concerned, as far as known. Returns the incident's id and the deadline.
    """
    incident_id = new_id()
    due_at = incident_by(known_at, tenant.time_zone, policy_in_force(session))
    for kind in INCIDENT_TASKS:
        add_task(
            session,
            debtor_id=None,
            kind=kind,
            rule="BR-32",
            cause=f"{kind}:{incident_id}",
            due_at=due_at,
            incident=str(incident_id),
            nature=nature,
            people=people,
        )
    return incident_id, due_at
