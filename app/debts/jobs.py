"""Stored files that nothing refers to any more."""

from uuid import UUID

from sqlalchemy import select

from app.jobs import enqueue, queue
from tenants import files, resolve
from tenants.clock import now
from tenants.models import Tenant
from tenants.scope import platform, within


@queue.task(name="debts.erase_file", queue="upkeep")
def erase_file(tenant_id: str, file_id: str) -> None:
    """Delete the bytes of a file whose row is gone. Safe to repeat."""
    with within(resolve.by_id(UUID(tenant_id))) as session:
        files.erase(session, UUID(file_id))


@queue.periodic(cron="23 5 * * *")
@queue.task(name="debts.sweep_files", queue="upkeep")
def sweep_files(timestamp: int) -> None:
    """Each night, creditor by creditor, whatever its state: files that never got their row."""
    with platform() as session:
        for tenant_id in session.scalars(select(Tenant.id)).all():
            enqueue(
                session,
                sweep_files_of,
                queueing_lock=f"debts.sweep_files:{tenant_id}",
                tenant_id=str(tenant_id),
            )


@queue.task(name="debts.sweep_files_of", queue="upkeep")
def sweep_files_of(tenant_id: str) -> int:
    """Delete what a creditor's failed transactions left in the store; how many files."""
    with within(UUID(tenant_id)) as session:
        return files.sweep(session, now())
