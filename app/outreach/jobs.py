"""Jobs of outreach: deliver what is due, notice what was left behind."""

from uuid import UUID

import structlog

from app import config
from app.jobs import enqueue, queue
from app.outreach import leasing, sender_domains, waiting
from tenants import resolve
from tenants.scope import within

log = structlog.get_logger(__name__)


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
            leasing.leave_uncertain(session)
            if waiting.is_any_due(session):
                enqueue(
                    session,
                    deliver,
                    queueing_lock=f"outreach.deliver:{tenant.id}",
                    tenant_id=str(tenant.id),
                )


@queue.periodic(cron="23 * * * *")
@queue.task(name="outreach.check_domains", queue="upkeep")
def check_domains(timestamp: int) -> None:
    """Each hour: sender domains that nobody looked up for a day, each by a job of its own."""
    if config.settings().email_transport == "outbox":
        return
    for tenant in resolve.all_live():
        with within(tenant) as session:
            if sender_domains.is_due(session, tenant):
                enqueue(
                    session,
                    check_domain,
                    queueing_lock=f"outreach.check_domain:{tenant.id}",
                    tenant_id=str(tenant.id),
                )


@queue.task(name="outreach.check_domain", queue="upkeep")
def check_domain(tenant_id: str) -> None:
    """Look one creditor's sender domain up; without an answer the next hour asks again."""
    tenant = resolve.by_id(UUID(tenant_id))
    with within(tenant) as session:
        try:
            sender_domains.check(session, tenant)
        except sender_domains.NoAnswer as error:
            log.warning("sender_domain.no_answer", tenant=tenant.slug, error=str(error))


@queue.task(name="outreach.apply_event", queue="outreach")
def apply_event(tenant_id: str, event_id: str) -> None:
    """Apply a provider's stored event, once."""
    from app.outreach import events  # events enqueues this job

    tenant = resolve.by_id(UUID(tenant_id))
    with within(tenant) as session:
        events.apply(session, tenant, UUID(event_id))
