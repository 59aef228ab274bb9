"""Jobs of payments. Ids alone as arguments; each is safe to run twice."""

import uuid

from procrastinate import RetryStrategy
from sqlalchemy import select

from app.jobs import enqueue, queue
from tenants import resolve
from tenants.models import Tenant, TenantState
from tenants.scope import platform, within

AGAIN = RetryStrategy(max_attempts=6, exponential_wait=3)
SWEPT = (TenantState.LIVE, TenantState.SUSPENDED)


@queue.task(name="payments.apply", queue="payments", retry=AGAIN)
def apply(tenant_id: str, event_id: str) -> None:
    """Apply a stored event."""
    from app.payments.actions import apply_event

    tenant = resolve.by_id(uuid.UUID(tenant_id))
    with within(tenant) as session:
        apply_event(session, tenant, uuid.UUID(event_id))


@queue.task(name="payments.look", queue="payments", retry=AGAIN)
def look(tenant_id: str, payment_id: str) -> None:
    """Ask the provider how a payment stands, and take what it says."""
    from app.payments.reconciling import look_at

    look_at(resolve.by_id(uuid.UUID(tenant_id)), uuid.UUID(payment_id))


@queue.task(name="payments.withdraw", queue="payments", retry=AGAIN)
def withdraw(tenant_id: str, agreement_id: str) -> None:
    """Make other codes and pages for what is now paid unpayable."""
    from app.payments.reconciling import withdraw_paid

    withdraw_paid(resolve.by_id(uuid.UUID(tenant_id)), uuid.UUID(agreement_id))


@queue.task(name="payments.acknowledge", queue="payments", retry=AGAIN)
def acknowledge(tenant_id: str, settlement_id: str) -> None:
    """Make the PDFs of a settlement's receipts and write the messages that carry them."""
    from app.payments.acknowledging import acknowledge as write

    tenant = resolve.by_id(uuid.UUID(tenant_id))
    with within(tenant) as session:
        write(session, tenant, uuid.UUID(settlement_id))


@queue.task(name="payments.notify", queue="payments", retry=AGAIN)
def notify(tenant_id: str, reversal_id: str, settlement_id: str = "") -> None:
    """Tell somebody whose payment went back what is open again, after a settlement anew."""
    from app.payments.notifying import notify as write

    tenant = resolve.by_id(uuid.UUID(tenant_id))
    with within(tenant) as session:
        after = uuid.UUID(settlement_id) if settlement_id else None
        write(session, tenant, uuid.UUID(reversal_id), after)


@queue.periodic(cron="*/2 * * * *")
@queue.task(name="payments.sweep", queue="upkeep")
def sweep(timestamp: int) -> None:
    """Start a sweep for every tenant whose codes may be paid: a suspended one's, too."""
    with platform() as session:
        for tenant_id in session.scalars(select(Tenant.id).where(Tenant.state.in_(SWEPT))):
            enqueue(
                session,
                sweep_tenant,
                queueing_lock=f"payments.sweep:{tenant_id}",
                tenant_id=str(tenant_id),
            )


@queue.task(name="payments.sweep_tenant", queue="payments")
def sweep_tenant(tenant_id: str) -> None:
    """Apply events whose job was lost; ask about payments whose time is over."""
    from app.payments.reconciling import sweep as walk

    walk(resolve.by_id(uuid.UUID(tenant_id)))
