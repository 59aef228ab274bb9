"""An import from the opened file to its last row.

One transaction holds the whole of it: readers see the portfolio as it was until the import is
complete, and whatever goes wrong leaves nothing behind. Rows that stayed equal are not written, so
that a daily file locks only what it changes. Beside it, in transactions of its own, stands the row
of the import: *running* (one at a time per creditor), then applied, waiting or failed.
"""

import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any, Literal

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.debts.portfolio import recalling
from app.debts.portfolio.applying import Applied, apply
from app.debts.portfolio.contacts import Contacts
from app.debts.portfolio.context import Context
from app.debts.portfolio.errors import Errors
from app.debts.portfolio.ledger import (
    Outcome,
    Request,
    begin,
    close,
    fail,
    keep_file,
    start,
    supersede,
)
from app.debts.portfolio.models import ImportState, PortfolioImport
from app.debts.portfolio.problems import FileRefused, ImportRunning
from app.debts.portfolio.reading import Checked, Checker
from app.debts.portfolio.recalling import Recall
from app.debts.portfolio.scanning import Scan, scan
from app.debts.portfolio.source import Source, open_source
from tenants import clock, files
from tenants.bulk import Writer
from tenants.keys import vault
from tenants.resolve import Resolved
from tenants.scope import within

Progress = Callable[[Literal["reading", "writing"], int, int], None]
"""Called with the phase, rows done and rows in all (0 while unknown)."""


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
    import_id = start(tenant, request, source)
    try:
        with within(tenant) as session:
            return _carry_out(session, tenant, request, source, scanned, import_id, progress)
    except BaseException as error:
        fail(tenant, import_id, error)
        raise


def _rehearse(
    tenant: Resolved, request: Request, source: Source, scanned: Scan, progress: Progress | None
) -> Outcome:
    """The whole import, rolled back: its figures are not an estimate."""
    outcome = None
    try:
        with within(tenant) as session:
            import_id = begin(session, request, source)
            outcome = _carry_out(session, tenant, request, source, scanned, import_id, progress)
            raise _DryRun
    except _DryRun:
        assert outcome is not None
        outcome.import_id = None
        return outcome


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
            row.file_id = keep_file(session, request)
        close(row, outcome)
        return outcome
    contacts = Contacts(context, is_full=request.is_full)
    batches = Checker(source, request.mapping, scanned, _today(tenant)).batches()
    errors = _apply_all(
        partial(apply, context=context, contacts=contacts),
        batches,
        outcome,
        _phase(progress, "writing", scanned.rows),
    )
    outcome.retired = contacts.retire()
    outcome.tally.differences += recalling.carry_out(recall, context)
    outcome.left_out, outcome.error_file = errors.left_out, errors.as_csv(source)
    if outcome.error_file is not None and not request.dry_run:
        row.error_file_id = files.save(
            session, name="errors.csv", content_type="text/csv", content=outcome.error_file
        ).id
    if request.is_full and not request.dry_run:
        supersede(session, import_id)
    close(row, outcome)
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
    write: Callable[[Checked], Applied],
    batches: Iterator[Checked],
    outcome: Outcome,
    done: Callable[[int], None],
) -> Errors:
    """Check one batch while the one before is being written: the database works beside us."""
    errors, rows = Errors(), 0
    for checked, applied in _overlapped(write, batches):
        outcome.tally.add(applied.tally)
        outcome.refused += checked.refused
        errors.add(checked.problems)
        errors.add(applied.problems)
        rows += checked.rows
        done(rows)
    if rows != outcome.rows:
        raise FileRefused("file_changed")
    return errors


def _overlapped(
    write: Callable[[Checked], Applied], batches: Iterator[Checked]
) -> Iterator[tuple[Checked, Applied]]:
    with ThreadPoolExecutor(1) as pool:
        pending: tuple[Checked, Future[Applied]] | None = None
        for checked in batches:
            if pending is not None:
                yield pending[0], pending[1].result()
            pending = checked, pool.submit(write, checked)
        if pending is not None:
            yield pending[0], pending[1].result()


def _today(tenant: Resolved) -> Any:
    return clock.today(tenant.time_zone)


def _phase(
    progress: Progress | None, phase: Literal["reading", "writing"], total: int = 0
) -> Callable[[int], None]:
    return lambda rows: progress(phase, rows, total) if progress else None
