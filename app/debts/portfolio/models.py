"""The files a portfolio comes in: what was read, what it changed, what it contradicts."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from tenants.clock import now
from tenants.database import TenantScoped, belongs_to, one_of


class ImportState(StrEnum):
    RUNNING = "running"
    WAITING = "waiting"
    """It would recall more than the share that is safe: somebody must confirm."""
    CONFIRMED = "confirmed"
    """It waited; the import that took its place was applied."""
    APPLIED = "applied"
    UNDONE = "undone"
    FAILED = "failed"


class PortfolioImport(TenantScoped):
    """A portfolio file and what came of it. Counts are rows."""

    __tablename__ = "portfolio_imports"
    __table_args__ = (
        one_of("state", ImportState),
        Index(
            "uq_portfolio_imports_running",
            "tenant_id",
            unique=True,
            postgresql_where=text("state = 'running'"),
        ),
    )

    file_name: Mapped[str]
    file_sha256: Mapped[bytes]
    file_id: Mapped[uuid.UUID | None]
    """The file itself, gzipped and sealed: kept only while it waits for a confirmation."""
    is_full: Mapped[bool] = mapped_column(default=True)
    """A full file is the whole portfolio: what it no longer holds is recalled."""
    mapping: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(default=ImportState.RUNNING)
    rows_total: Mapped[int] = mapped_column(default=0)
    rows_created: Mapped[int] = mapped_column(default=0)
    rows_updated: Mapped[int] = mapped_column(default=0)
    rows_unchanged: Mapped[int] = mapped_column(default=0)
    rows_refused: Mapped[int] = mapped_column(default=0)
    cells_left_out: Mapped[int] = mapped_column(default=0)
    """Unreadable optional cells of rows that were taken all the same."""
    debts_recalled: Mapped[int] = mapped_column(default=0)
    debts_returned: Mapped[int] = mapped_column(default=0)
    differences: Mapped[int] = mapped_column(default=0)
    error_file_id: Mapped[uuid.UUID | None]
    failure: Mapped[str | None]
    """Why it failed: a code of portfolio.problems, the name of an exception, "died", or
    "superseded" (it waited for a confirmation until a newer full file was applied)."""
    started_at: Mapped[datetime] = mapped_column(default=now)
    finished_at: Mapped[datetime | None]


class PortfolioChange(TenantScoped):
    """What an import changed on a row that existed: enough to undo it."""

    __tablename__ = "portfolio_changes"
    __table_args__ = (
        belongs_to("portfolio_imports", ondelete="CASCADE"),
        Index(None, "tenant_id", "portfolio_import_id"),
    )

    portfolio_import_id: Mapped[uuid.UUID]
    table_name: Mapped[str]
    row_id: Mapped[uuid.UUID]
    before: Mapped[bytes]
    """Sealed JSON (context "change") of the columns as they were."""


class PortfolioDifference(TenantScoped):
    """The file contradicts an open agreement or a payment made here: listed, never applied."""

    __tablename__ = "portfolio_differences"
    __table_args__ = (
        belongs_to("portfolio_imports", ondelete="CASCADE"),
        belongs_to("debts"),
        Index(None, "tenant_id", "portfolio_import_id"),
        Index(None, "tenant_id", "debt_id"),
    )

    portfolio_import_id: Mapped[uuid.UUID]
    debt_id: Mapped[uuid.UUID]
    column: Mapped[str]
    in_file: Mapped[str]
    here: Mapped[str]
    reason: Mapped[str]
    resolved_at: Mapped[datetime | None]
