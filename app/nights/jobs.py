"""Somebody's plan is made anew after everything they do: a job beside the event."""

import uuid
from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.compliance.models import HoldKind
from app.history.actions import tell
from app.jobs import enqueue, queue
from app.journeys.models import Night
from tenants import resolve
from tenants.clock import now
from tenants.scope import current_tenant_id, within

ANSWERED = frozenset(
    {
        "portal.left", "link.opened", "message.clicked", "message.replied", "message.bounced",
        "message.complained", "payment.received", "opt_out.made", "agreement.accepted",
        "agreement.broken", "agreement.cancelled", "agreement.settled", "debt.dismissed",
        *(f"{kind}.opened" for kind in HoldKind), *(f"{kind}.resolved" for kind in HoldKind),
    }
)  # fmt: skip
"""Events after which the rest of the day may look otherwise."""
LATER = timedelta(minutes=1)
RECENT = timedelta(days=2)


@queue.task(name="journeys.replan", queue="journeys", priority=1)
def replan(tenant_id: str, debtor_id: str) -> str:
    """Plan the rest of somebody's day anew under the night's prices; what came of it."""
    from app.nights import replanning  # only a worker loads the engine

    tenant, person = resolve.by_id(uuid.UUID(tenant_id)), uuid.UUID(debtor_id)
    became = replanning.replan(tenant, person)
    if became is replanning.Became.TOO_EARLY:
        with within(tenant) as session:
            _defer(session, person, later=True)
    return str(became)


def answer(session: Session, debtor_ids: Collection[uuid.UUID]) -> None:
    """Have people planned anew, once the caller's transaction is committed; of a creditor without
    nights nobody is."""
    since = now().date() - RECENT
    if session.scalar(select(Night.id).where(Night.day > since).limit(1)) is None:
        return
    for debtor_id in debtor_ids:
        _defer(session, debtor_id)


def _defer(session: Session, debtor_id: uuid.UUID, *, later: bool = False) -> None:
    name = f"journeys.replan:{debtor_id}"
    enqueue(
        session,
        replan,
        lock=name,
        queueing_lock=name,
        schedule_at=now() + LATER if later else None,
        tenant_id=str(current_tenant_id()),
        debtor_id=str(debtor_id),
    )


tell(ANSWERED, answer)
