"""Agreements at night, and their documents."""

from uuid import UUID

from app.jobs import enqueue, queue
from tenants import resolve
from tenants.clock import today
from tenants.scope import within


@queue.task(name="agreements.document", queue="documents")
def document(tenant_id: str, agreement_id: str) -> None:
    """Make the PDF of an agreement, unless it exists."""
    from app.agreements import documents  # only a worker loads the PDF library

    tenant = resolve.by_id(UUID(tenant_id))
    with within(tenant) as session:
        documents.agreement_file(session, tenant, UUID(agreement_id))


@queue.periodic(cron="10 4 * * *")
@queue.task(name="agreements.nightly", queue="upkeep")
def nightly(timestamp: int) -> None:
    """After midnight in Brazil: one job per creditor looks for agreements that were not kept."""
    for tenant in resolve.all_live():
        with within(tenant) as session:
            enqueue(
                session,
                break_overdue,
                queueing_lock=f"agreements.break_overdue:{tenant.id}",
                tenant_id=str(tenant.id),
            )


@queue.task(name="agreements.break_overdue", queue="upkeep")
def break_overdue(tenant_id: str) -> int:
    """Break a creditor's overdue agreements, each in a transaction of its own; how many broke."""
    from app.agreements import breaking  # breaking writes messages, which know this queue

    tenant = resolve.by_id(UUID(tenant_id))
    day = today(tenant.time_zone)
    with within(tenant) as session:
        overdue = breaking.overdue(session, tenant, day)
    broken = 0
    for agreement_id in overdue:
        with within(tenant) as session:
            broken += breaking.break_one(session, tenant, agreement_id, day)
    return broken
