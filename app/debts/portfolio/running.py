"""An import from the opened file to its last row.

One transaction holds the whole of it: readers see the portfolio as it was until the import is
complete, and whatever goes wrong leaves nothing behind. Rows that stayed equal are not written, so
that a daily file locks only what it changes. Beside it, in transactions of its own, stands the row
of the import: *running* (one at a time per creditor), then applied, waiting or failed.
"""

import gzip
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.debts.models import ImportState, PortfolioImport
from app.debts.portfolio import recalling
from app.debts.portfolio.applying import Applied, Context, Tally, apply
from app.debts.portfolio.bulk import Writer
from app.debts.portfolio.errors import Errors
from app.debts.portfolio.mapping import Mapping
from app.debts.portfolio.problems import FileRefused, ImportRunning, PortfolioProblem
from app.debts.portfolio.reading import Checked, Checker, Scan, scan
from app.debts.portfolio.recalling import Recall
from app.debts.portfolio.source import Source, open_bytes, open_source
from tenants import clock, files
from tenants.keys import vault
from tenants.resolve import Resolved
from tenants.scope import within

Progress = Callable[[Literal["reading", "writing"], int, int], None]
"""Called with the phase, rows done and rows in all (0 while unknown)."""


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


class _DryRun(Exception):
    """Rolls the transaction of a dry run back."""


def run(tenant: Resolved, request: Request, progress: Progress | None = None) -> Outcome:
    """Import a file. Raises FileRefused (nothing was started), ImportRunning, and whatever went
    wrong on the way (the import is then marked failed, and nothing of it stays)."""
    source = open_source(request.content, request.mapping)
    scanned = scan(source, request.mapping, _phase(progress, "reading"))
    if scanned.rows == 0:
        raise FileRefused("file_no_rows")
    if request.dry_run:
        return _rehearse(tenant, request, source, scanned, progress)
    import_id = _start(tenant, request, source)
    try:
        with within(tenant) as session:
            return _carry_out(session, tenant, request, source, scanned, import_id, progress)
    except BaseException as error:
        _fail(tenant, import_id, error)
        raise


def _rehearse(
    tenant: Resolved, request: Request, source: Source, scanned: Scan, progress: Progress | None
) -> Outcome:
    """The whole import, rolled back: its figures are not an estimate."""
    outcome = None
    try:
        with within(tenant) as session:
            row = _row(request, source)
            session.add(row)
            try:
                session.flush()
            except IntegrityError as error:
                raise ImportRunning from error
            outcome = _carry_out(session, tenant, request, source, scanned, row.id, progress)
            raise _DryRun
    except _DryRun:
        assert outcome is not None
        outcome.import_id = None
        return outcome


def _row(request: Request, source: Source) -> PortfolioImport:
    return PortfolioImport(
        file_name=request.file_name,
        file_sha256=source.sha256,
        is_full=request.is_full,
        mapping=request.mapping.as_data(),
    )


def _start(tenant: Resolved, request: Request, source: Source) -> uuid.UUID:
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
        row = _row(request, source)
        session.add(row)
        try:
            session.flush()
        except IntegrityError as error:
            raise ImportRunning from error
        return row.id


def _fail(tenant: Resolved, import_id: uuid.UUID, error: BaseException) -> None:
    with within(tenant) as session:
        row = session.scalar(select(PortfolioImport).where(PortfolioImport.id == import_id))
        if row is not None and row.state == ImportState.RUNNING:
            row.state, row.finished_at = ImportState.FAILED, clock.now()
            row.failure = (
                error.code if isinstance(error, PortfolioProblem) else type(error).__name__
            )


def _carry_out(
    session: Session,
    tenant: Resolved,
    request: Request,
    source: Source,
    scanned: Scan,
    import_id: uuid.UUID,
    progress: Progress | None,
) -> Outcome:
    row = session.scalar(
        select(PortfolioImport).where(PortfolioImport.id == import_id).with_for_update()
    )
    if row is None or row.state != ImportState.RUNNING:
        raise ImportRunning
    context = _context(session, tenant, import_id)
    recall = recalling.plan(context.writer, scanned) if request.is_full else Recall()
    outcome = Outcome(
        import_id,
        ImportState.APPLIED,
        rows=scanned.rows,
        recalled=len(recall.missing),
        live=recall.live,
        locale=source.understood.locale,
    )
    if not (recall.is_safe or request.confirmed):
        outcome.state = ImportState.WAITING
        if not request.dry_run:
            row.file_id = _keep_file(session, request)
        _close(row, outcome)
        return outcome
    errors = _apply_all(context, Checker(source, request.mapping, scanned, _today(tenant)), outcome,
                        _phase(progress, "writing", scanned.rows))  # fmt: skip
    outcome.tally.differences += recalling.carry_out(recall, context)
    outcome.left_out, outcome.error_file = errors.left_out, errors.as_csv(source)
    if outcome.error_file is not None and not request.dry_run:
        row.error_file_id = files.save(
            session, name="errors.csv", content_type="text/csv", content=outcome.error_file
        ).id
    _close(row, outcome)
    return outcome


def _context(session: Session, tenant: Resolved, import_id: uuid.UUID) -> Context:
    # Plans made while a table was small would walk through all of it for every row.
    session.execute(text("DISCARD PLANS"))
    session.execute(text("SET LOCAL enable_seqscan = off"))
    connection: Any = session.connection().connection.driver_connection
    return Context(
        writer=Writer(connection, tenant.id),
        vault=vault(session),
        import_id=import_id,
        moment=clock.now(),
        time_zone=tenant.time_zone,
        currency=tenant.currency,
    )


def _apply_all(
    context: Context, checker: Checker, outcome: Outcome, done: Callable[[int], None]
) -> Errors:
    """Check one batch while the one before is being written: the database works beside us."""
    errors, rows = Errors(), 0
    for checked, applied in _overlapped(context, checker.batches()):
        outcome.tally.add(applied.tally)
        outcome.refused += checked.refused
        errors.add(checked.problems)
        errors.add(applied.problems)
        rows += checked.rows
        done(rows)
    if rows != outcome.rows:
        raise FileRefused("file_changed")
    return errors


def _overlapped(context: Context, batches: Iterator[Checked]) -> Iterator[tuple[Checked, Applied]]:
    with ThreadPoolExecutor(1) as pool:
        pending: tuple[Checked, Future[Applied]] | None = None
        for checked in batches:
            if pending is not None:
                yield pending[0], pending[1].result()
            pending = checked, pool.submit(apply, checked, context)
        if pending is not None:
            yield pending[0], pending[1].result()


def _keep_file(session: Session, request: Request) -> uuid.UUID:
    """The waiting file, gzipped (a portfolio shrinks to a fifth) and sealed."""
    with open_bytes(request.content) as file:
        packed = gzip.compress(file.read(), compresslevel=3)
    kept = files.save(
        session, name=request.file_name, content_type="application/gzip", content=packed
    )
    return kept.id


def _close(row: PortfolioImport, outcome: Outcome) -> None:
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


def _today(tenant: Resolved) -> Any:
    return clock.today(tenant.time_zone)


def _phase(
    progress: Progress | None, phase: Literal["reading", "writing"], total: int = 0
) -> Callable[[int], None]:
    return lambda rows: progress(phase, rows, total) if progress else None
