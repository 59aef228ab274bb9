"""Jobs of outreach: deliver what is due, notice what was left behind."""

from uuid import UUID

from app.jobs import enqueue, queue
from app.outreach import waiting
from tenants import resolve
from tenants.scope import within


@queue.task(name="outreach.deliver", queue="outreach")
def deliver(tenant_id: str) -> None:
    """Hand over every message of a tenant that is due, batch by batch."""
    from app.outreach import delivery  # only a worker loads the composer and the transports

    delivery.deliver_due(resolve.by_id(UUID(tenant_id)))


@queue.periodic(cron="* * * * *")
@queue.task(name="outreach.sweep", queue="upkeep")
def sweep(timestamp: int) -> None:
    """Each minute: messages whose time has come, and those whose worker died at the hand-over."""
    for tenant in resolve.all_live():
        with within(tenant) as session:
            waiting.leave_uncertain(session)
            if waiting.is_any_due(session):
                enqueue(
                    session,
                    deliver,
                    queueing_lock=f"outreach.deliver:{tenant.id}",
                    tenant_id=str(tenant.id),
                )


@queue.task(name="outreach.apply_event", queue="outreach")
def apply_event(tenant_id: str, event_id: str) -> None:
    """Apply a provider's stored event, once."""
    from app.outreach import events  # events enqueues this job

    tenant = resolve.by_id(UUID(tenant_id))
    with within(tenant) as session:
        events.apply(session, tenant, UUID(event_id))
