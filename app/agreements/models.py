"""Agreements and their instalments."""

import uuid
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import Index, Numeric, text
from sqlalchemy.orm import Mapped, mapped_column

from tenants.clock import now
from tenants.database import Cents, TenantScoped, belongs_to, one_of


class AgreementState(StrEnum):
    OPEN = "open"
    SETTLED = "settled"
    BROKEN = "broken"
    CANCELLED = "cancelled"


class Agreement(TenantScoped):
    """What a person accepted. Rates are monthly and annual fractions; None without interest."""

    __tablename__ = "agreements"
    __table_args__ = (
        one_of("state", AgreementState),
        belongs_to("debtors"),
        belongs_to("offers"),
        belongs_to("brand_versions"),
        Index(None, "tenant_id", "offer_id", "acceptance_key", unique=True),
        Index(None, "tenant_id", "debtor_id"),
        Index(None, "tenant_id", "state"),
        Index(None, "tenant_id", "number", unique=True),
    )

    number: Mapped[str]
    """What the person reads and says on the phone, e.g. A-2026-000123."""
    debtor_id: Mapped[uuid.UUID]
    offer_id: Mapped[uuid.UUID]
    acceptance_key: Mapped[str]
    """From the accept form: a double submit is one agreement."""
    brand_version_id: Mapped[uuid.UUID]
    owed_cents: Mapped[Cents]
    total_cents: Mapped[Cents]
    saved_cents: Mapped[Cents]
    down_payment_cents: Mapped[Cents]
    currency: Mapped[str] = mapped_column(default="BRL")
    interest_cents: Mapped[Cents]
    """In `total_cents`; grows when a due date is moved."""
    monthly_rate: Mapped[Decimal | None] = mapped_column(Numeric(9, 6))
    annual_cost: Mapped[Decimal | None] = mapped_column(Numeric(9, 4))
    """CET, as an annual fraction."""
    due_day: Mapped[int | None]
    due_date_changes: Mapped[int] = mapped_column(default=0)
    """How many of the allowed changes of due date were used."""
    terms: Mapped[bytes]
    """Sealed (context "terms"): what was accepted, as canonical JSON of contents.Contents."""
    evidence: Mapped[bytes]
    """Sealed JSON (context "evidence"): time, address, agent, document hash, offer."""
    document_sha256: Mapped[bytes]
    """Of that JSON; the PDF prints it."""
    file_id: Mapped[uuid.UUID | None]
    locale: Mapped[str]
    state: Mapped[str] = mapped_column(default=AgreementState.OPEN)
    accepted_at: Mapped[datetime] = mapped_column(default=now)
    closed_at: Mapped[datetime | None]


class AgreementDebt(TenantScoped):
    """A debt inside an agreement; at most one open agreement per debt."""

    __tablename__ = "agreement_debts"
    __table_args__ = (
        belongs_to("agreements", ondelete="CASCADE"),
        belongs_to("debts"),
        Index(
            "uq_agreement_debts_open",
            "tenant_id",
            "debt_id",
            unique=True,
            postgresql_where=text("is_open"),
        ),
        Index(None, "tenant_id", "agreement_id"),
    )

    agreement_id: Mapped[uuid.UUID]
    debt_id: Mapped[uuid.UUID]
    owed_cents: Mapped[Cents]
    """What was owed on it when the agreement was made, charges included."""
    principal_cents: Mapped[Cents]
    """The debt's principal at that time: how much came off since is told by the difference."""
    is_open: Mapped[bool] = mapped_column(default=True)


class InstalmentState(StrEnum):
    OPEN = "open"
    PAID = "paid"
    CANCELLED = "cancelled"


class Instalment(TenantScoped):
    """One payment of the schedule; number 0 is the down payment."""

    __tablename__ = "instalments"
    __table_args__ = (
        one_of("state", InstalmentState),
        belongs_to("agreements", ondelete="CASCADE"),
        Index(None, "tenant_id", "agreement_id", "number", unique=True),
        Index(None, "tenant_id", "state", "due_on"),
    )

    agreement_id: Mapped[uuid.UUID]
    number: Mapped[int]
    due_on: Mapped[date]
    amount_cents: Mapped[Cents]
    principal_cents: Mapped[Cents]
    interest_cents: Mapped[Cents]
    paid_cents: Mapped[Cents] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(default=InstalmentState.OPEN)
    paid_at: Mapped[datetime | None]


class NumberSeries(TenantScoped):
    """Per-tenant counters, taken by upsert RETURNING."""

    __tablename__ = "number_series"
    __table_args__ = (Index(None, "tenant_id", "series", unique=True),)

    series: Mapped[str]
    last: Mapped[int]
