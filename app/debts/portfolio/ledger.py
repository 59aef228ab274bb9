"""The row of an import: what was asked, that it runs, and what came of it."""

import gzip
import io
import shutil
import uuid
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.debts.jobs import erase_file
from app.debts.portfolio.context import Tally
from app.debts.portfolio.mapping import Mapping
from app.debts.portfolio.models import ImportState, PortfolioImport
from app.debts.portfolio.problems import ImportRunning, PortfolioProblem
from app.debts.portfolio.source import Source, open_bytes
from app.jobs import enqueue
from tenants import clock, files
from tenants.resolve import Resolved
from tenants.scope import current_tenant_id, within


@dataclass(slots=True)
class Outcome:
    """What an import did, or in a dry run would do."""

    import_id: uuid.UUID | None
    state: ImportState
    rows: int = 0
    tally: Tally = field(default_factory=Tally)
    refused: int = 0
    left_out: int = 0
    recalled: int = 0
    live: int = 0
    """Open debts before the import: what the share of recalled ones is of."""
    retired: int = 0
    """Addresses that a full file no longer carries: they are not used any more."""
    locale: str = "pt_BR"
    error_file: bytes | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be imported, and how."""

    content: Path | bytes
    file_name: str
    mapping: Mapping = field(default_factory=Mapping)
    is_full: bool = True
    dry_run: bool = False
    confirmed: bool = False
    """Somebody agreed to recall more than the safe share."""


def begin(session: Session, request: Request, source: Source) -> uuid.UUID:
    """Add the row of an import that begins. Raises ImportRunning beside another."""
    row = PortfolioImport(
        file_name=request.file_name,
        file_sha256=source.sha256,
        is_full=request.is_full,
        mapping=request.mapping.as_data(),
    )
    session.add(row)
    try:
        session.flush()
    except IntegrityError as error:
        raise ImportRunning from error
    return row.id


def start(tenant: Resolved, request: Request, source: Source) -> uuid.UUID:
    """Commit the row of a running import. A row whose process died is marked failed first."""
    with within(tenant) as session:
        dead = session.scalars(
            select(PortfolioImport)
            .where(PortfolioImport.state == ImportState.RUNNING)
            .with_for_update(skip_locked=True)
        ).all()
        for left in dead:
            left.state, left.failure, left.finished_at = ImportState.FAILED, "died", clock.now()
        session.flush()
        return begin(session, request, source)


def fail(tenant: Resolved, import_id: uuid.UUID, error: BaseException) -> None:
    """Mark an import failed, with the code or the kind of what went wrong."""
    with within(tenant) as session:
        row = session.scalar(select(PortfolioImport).where(PortfolioImport.id == import_id))
        if row is not None and row.state == ImportState.RUNNING:
            row.state, row.finished_at = ImportState.FAILED, clock.now()
            row.failure = (
                error.code if isinstance(error, PortfolioProblem) else type(error).__name__
            )


def keep_file(session: Session, request: Request) -> uuid.UUID:
    """The waiting file, gzipped (a portfolio shrinks to a fifth) and sealed."""
    held = io.BytesIO()
    with open_bytes(request.content) as file, gzip.open(held, "wb", compresslevel=3) as packed:
        shutil.copyfileobj(file, packed)
    kept = files.save(
        session, name=request.file_name, content_type="application/gzip", content=held.getvalue()
    )
    return kept.id


def forget_file(session: Session, row: PortfolioImport) -> None:
    """Let go of a file that waits no longer: it holds the data of everybody in it. The row goes
    with the caller's transaction, the bytes by a job of the same transaction."""
    if row.file_id is not None:
        files.delete(session, row.file_id)
        enqueue(session, erase_file, tenant_id=str(current_tenant_id()), file_id=str(row.file_id))
        row.file_id = None


def supersede(session: Session, applied: uuid.UUID) -> None:
    """A newer full file was applied: what still waits is out of date, and would undo it."""
    for row in session.scalars(
        select(PortfolioImport).where(
            PortfolioImport.id < applied, PortfolioImport.state == ImportState.WAITING
        )
    ):
        row.state, row.failure, row.finished_at = ImportState.FAILED, "superseded", clock.now()
        forget_file(session, row)


def close(row: PortfolioImport, outcome: Outcome) -> None:
    """Write what came of an import into its row."""
    row.state = outcome.state
    row.rows_total = outcome.rows
    row.rows_created = outcome.tally.created
    row.rows_updated = outcome.tally.updated
    row.rows_unchanged = outcome.tally.unchanged
    row.rows_refused = outcome.refused
    row.cells_left_out = outcome.left_out
    row.debts_recalled = outcome.recalled
    row.debts_returned = outcome.tally.returned
    row.differences = outcome.tally.differences
    row.finished_at = clock.now()
