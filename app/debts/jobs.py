"""Files that portfolios leave behind."""

from uuid import UUID

from app.jobs import queue
from tenants import files, resolve
from tenants.scope import within


@queue.task(name="debts.erase_file", queue="upkeep")
def erase_file(tenant_id: str, file_id: str) -> None:
    """Delete the bytes of a file whose row is gone. Safe to repeat."""
    with within(resolve.by_id(UUID(tenant_id))) as session:
        files.erase(session, UUID(file_id))
