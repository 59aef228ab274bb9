"""Somebody's plan is made anew after everything they do: a job beside the event."""

import uuid
from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.compliance.models import HoldKind
from app.history.actions import tell
from app.jobs import enqueue, queue
from app.journeys.models import Night, ReplanDue
from tenants import resolve
from tenants.clock import now
from tenants.scope import current_tenant_id, within

ANSWERED = frozenset(
    {
        "portal.left", "link.opened", "message.clicked", "message.replied", "message.bounced",
        "message.complained", "payment.received", "opt_out.made", "agreement.accepted",
        "agreement.broken", "agreement.cancelled", "agreement.settled", "agreement.reopened",
        "debt.dismissed",
        *(f"{kind}.opened" for kind in HoldKind), *(f"{kind}.resolved" for kind in HoldKind),
    }
)  # fmt: skip
"""Events after which the rest of the day may look otherwise."""
LATER = timedelta(minutes=1)
RECENT = timedelta(days=2)


@queue.task(name="journeys.replan", queue="journeys", priority=1)
def replan(tenant_id: str) -> dict[str, int]:
    """Plan the rest of the day anew, under the night's prices, for everybody of a creditor to whom
    something happened; what came of it."""
    from app.nights import answering, replanning  # only a worker loads the engine

    tenant = resolve.by_id(uuid.UUID(tenant_id))
    became = answering.answer_all(tenant)
    if became[replanning.Became.TOO_EARLY]:
        with within(tenant) as session:
            later = f"journeys.replan:{tenant_id}"
            enqueue(
                session,
                replan,
                queueing_lock=later,
                schedule_in=LATER,
                tenant_id=tenant_id,
            )
    return dict(became)


def answer(session: Session, debtor_ids: Collection[uuid.UUID]) -> None:
    """Have people planned anew, once the caller's transaction is committed; of a creditor without
    nights nobody is."""
    since = now().date() - RECENT
    if session.scalar(select(Night.id).where(Night.day > since).limit(1)) is None:
        return
    session.add_all([ReplanDue(debtor_id=one) for one in debtor_ids])
    # A job for each event, though one plans whoever waits: one that waits already may begin before
    # this transaction is committed. Who finds nobody left is done at once.
    enqueue(session, replan, tenant_id=str(current_tenant_id()))


tell(ANSWERED, answer)
