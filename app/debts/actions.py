"""What can be done with a portfolio and with the terms of its charges."""

import gzip
import uuid
from collections.abc import Mapping as MappingType
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.debts import terms as charge_terms
from app.debts.models import ChargeTerms
from app.debts.portfolio import ledger, running, undoing
from app.debts.portfolio import mapping as mappings
from app.debts.portfolio.ledger import Outcome, Request
from app.debts.portfolio.mapping import Mapping
from app.debts.portfolio.models import (
    ImportState,
    PortfolioChange,
    PortfolioDifference,
    PortfolioImport,
)
from app.debts.portfolio.previewing import Preview
from app.debts.portfolio.previewing import preview as preview_file
from app.debts.portfolio.problems import NotThere, NotWaiting
from app.debts.portfolio.running import Progress
from tenants import clock, files
from tenants.resolve import Resolved
from tenants.scope import within
from themes import tomlfile


def import_portfolio(
    tenant: Resolved,
    content: Path | bytes,
    *,
    file_name: str | None = None,
    mapping: Mapping | None = None,
    is_full: bool = True,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> Outcome:
    """Import a CSV or XLSX file. It opens its own transactions: call it outside `within`.

    `is_full`: the file is the whole portfolio, and what it lacks is recalled; more than a tenth of
    the open debts waits for `confirm`. `dry_run`: everything is tried and nothing kept. Raises
    problems.FileRefused, problems.ImportRunning.
    """
    name = file_name or (content.name if isinstance(content, Path) else "portfolio")
    request = Request(content, name, mapping or Mapping(), is_full=is_full, dry_run=dry_run)
    return running.run(tenant, request, progress)


def preview(tenant: Resolved, content: Path | bytes, mapping: Mapping | None = None) -> Preview:
    """How the file would be understood; nothing is stored. Raises problems.FileRefused."""
    return preview_file(content, mapping or Mapping(), clock.today(tenant.time_zone))


def confirm(tenant: Resolved, import_id: uuid.UUID, progress: Progress | None = None) -> Outcome:
    """Apply a waiting import with all its recalls, as a new import. Raises NotWaiting."""
    with within(tenant) as session:
        waiting = session.scalar(
            select(PortfolioImport).where(
                PortfolioImport.id == import_id, PortfolioImport.state == ImportState.WAITING
            )
        )
        if waiting is None or waiting.file_id is None:
            raise NotWaiting
        _, packed = files.read(session, waiting.file_id)
        request = Request(
            gzip.decompress(packed),
            waiting.file_name,
            mappings.from_data(waiting.mapping),
            is_full=waiting.is_full,
        )
    outcome = running.run(tenant, replace(request, confirmed=True), progress)
    with within(tenant) as session:
        confirmed = session.scalar(select(PortfolioImport).where(PortfolioImport.id == import_id))
        if confirmed is not None:
            confirmed.state, confirmed.finished_at = ImportState.CONFIRMED, clock.now()
            confirmed.failure = None
            ledger.forget_file(session, confirmed)
    return outcome


def resolve(session: Session, difference_id: uuid.UUID) -> PortfolioDifference:
    """Settle a difference: somebody looked, and what stands here stays. It is listed again only
    when a file says something else. Raises NotThere for one that is not open."""
    row = session.scalar(
        select(PortfolioDifference)
        .where(PortfolioDifference.id == difference_id, PortfolioDifference.resolved_at.is_(None))
        .with_for_update()
    )
    if row is None:
        raise NotThere("no_difference")
    row.resolved_at = clock.now()
    session.flush()
    return row


def undo(session: Session, import_id: uuid.UUID) -> PortfolioImport:
    """Take the latest applied import back. Raises NotThere, problems.UndoRefused."""
    return undoing.undo(session, import_id)


def addresses_changed(session: Session, import_id: uuid.UUID) -> int:
    """How many addresses an import retired, moved or brought back: what an undo puts back."""
    changed = select(func.count(PortfolioChange.id)).where(
        PortfolioChange.portfolio_import_id == import_id,
        PortfolioChange.table_name == "contact_points",
    )
    return session.scalar(changed) or 0


def set_terms(session: Session, data: MappingType[str, Any]) -> ChargeTerms:
    """Store a new version of the terms for charges. Raises FileInvalid for what the law does
    not allow or nobody can read; the terms in force then stay."""
    charge_terms.from_data(data)
    latest = session.scalar(select(func.max(ChargeTerms.version))) or 0
    row = ChargeTerms(version=latest + 1, terms=dict(data))
    session.add(row)
    session.flush()
    return row


def set_terms_from_toml(session: Session, source: bytes) -> ChargeTerms:
    """The same from a TOML file. Raises FileInvalid."""
    return set_terms(session, tomlfile.parse(source))
