"""Who owes what to a creditor, and its terms for arrears."""

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from tenants.clock import now
from tenants.database import Cents, TenantScoped, belongs_to, one_of


class DocumentKind(StrEnum):
    CPF = "cpf"
    CNPJ = "cnpj"


class Debtor(TenantScoped):
    """A person or company with at least one debt. Personal data is sealed.

    `sealed` opens (context "debtor") to JSON: {"name", "document", "birth_date" | null} with the
    document as digits (or alphanumeric CNPJ) and the date in ISO form.
    """

    __tablename__ = "debtors"
    __table_args__ = (
        one_of("document_kind", DocumentKind),
        Index(None, "tenant_id", "document_index", unique=True),
    )

    document_kind: Mapped[str]
    document_index: Mapped[bytes]
    """Blind index (kind "document") of the normalised CPF or CNPJ."""
    sealed: Mapped[bytes]
    uf: Mapped[str | None]
    """State of domicile, in clear: planning needs it."""
    time_zone: Mapped[str] = mapped_column(default="America/Sao_Paulo")
    adult_on: Mapped[date | None]
    """The day they turn 18, in clear: planning needs it."""
    locale: Mapped[str] = mapped_column(default="pt_BR")
    preferred_channel: Mapped[str | None]
    preferred_hour: Mapped[int | None]
    """Local hour, 0–23."""
    payday: Mapped[int | None]
    """Day of the month they are paid on, 1–31, as the creditor knows it. Used only where its record
    of processing names the column."""
    session_epoch: Mapped[int] = mapped_column(default=0)
    """Raised to end every portal session of this person."""
    created_by_import_id: Mapped[uuid.UUID | None]
    changed_in_import_id: Mapped[uuid.UUID | None]
    """The last import that made or changed this row: inside one file the first name stands."""
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)


class ContactKind(StrEnum):
    EMAIL = "email"
    PHONE = "phone"


class ContactState(StrEnum):
    ACTIVE = "active"
    BOUNCED = "bounced"
    WRONG_PERSON = "wrong_person"
    REPLACED = "replaced"


class Whose(StrEnum):
    """Who else reads what is sent to an address: nothing about a debt goes where others do."""

    OWN = "own"
    WORKPLACE = "workplace"
    SHARED = "shared"


class ContactPoint(TenantScoped):
    """An address of a debtor. `sealed` opens (context "contact") to the normalised address."""

    __tablename__ = "contact_points"
    __table_args__ = (
        one_of("kind", ContactKind),
        one_of("state", ContactState),
        one_of("whose", Whose),
        belongs_to("debtors", ondelete="CASCADE"),
        Index(None, "tenant_id", "debtor_id", "kind", "address_index", unique=True),
        Index(None, "tenant_id", "address_index"),
    )

    debtor_id: Mapped[uuid.UUID]
    kind: Mapped[str]
    sealed: Mapped[bytes]
    address_index: Mapped[bytes]
    """Blind index (kind "email" or "phone") of the lower-case address or E.164 number."""
    area_code: Mapped[str | None]
    """DDD of a Brazilian phone, in clear."""
    is_mobile: Mapped[bool | None]
    position: Mapped[int] = mapped_column(default=0)
    """Order in the creditor's file: 0 is tried first."""
    whose: Mapped[str] = mapped_column(default=Whose.OWN)
    state: Mapped[str] = mapped_column(default=ContactState.ACTIVE)
    created_by_import_id: Mapped[uuid.UUID | None]
    created_at: Mapped[datetime] = mapped_column(default=now)


class DebtState(StrEnum):
    OPEN = "open"
    AGREED = "agreed"
    SETTLED = "settled"
    RECALLED = "recalled"
    DISMISSED = "dismissed"
    """A dispute over it was upheld: it left for good, whatever a later file says."""


class Instrument(StrEnum):
    """What proves the debt: it decides the prescription period."""

    DOCUMENTED = "documented"
    RENT = "rent"
    PROMISSORY_NOTE = "promissory_note"
    RESIDUAL = "residual"


class Debt(TenantScoped):
    """One contract in arrears."""

    __tablename__ = "debts"
    __table_args__ = (
        one_of("state", DebtState),
        one_of("instrument", Instrument),
        belongs_to("debtors"),
        Index(None, "tenant_id", "contract", unique=True),
        Index(None, "tenant_id", "debtor_id"),
        CheckConstraint("principal_cents >= 0", name="principal_cents"),
    )

    debtor_id: Mapped[uuid.UUID]
    contract: Mapped[str]
    """The creditor's own number of the contract."""
    product: Mapped[str]
    origin: Mapped[str | None]
    """Where it came from, in the creditor's words: a store, a card, a service."""
    principal_cents: Mapped[Cents]
    paid_here_cents: Mapped[Cents] = mapped_column(default=0)
    """What payments here took off the principal: from then on no file overwrites it."""
    currency: Mapped[str] = mapped_column(default="BRL")
    due_on: Mapped[date]
    contracted_on: Mapped[date | None]
    instrument: Mapped[str] = mapped_column(default=Instrument.DOCUMENTED)
    acquisition_channel: Mapped[str | None]
    """Through which channel the credit was acquired: store, web, app, phone, email, sms…"""
    interruption_on: Mapped[date | None]
    """Last act that interrupted prescription, if any."""
    store_visits: Mapped[int | None]
    """As the creditor counts them. Used only where its record of processing names the column."""
    purchases: Mapped[int | None]
    """Likewise."""
    state: Mapped[str] = mapped_column(default=DebtState.OPEN)
    state_before_recall: Mapped[str | None]
    row_hash: Mapped[bytes]
    """Blind index (kind "row") of the normalised row, person included: an equal row changes
    nothing. Keyed, because a plain hash of a CPF can be guessed."""
    created_by_import_id: Mapped[uuid.UUID | None]
    changed_in_import_id: Mapped[uuid.UUID | None]
    """The last import that made or changed this row; a row that stayed equal is not touched."""
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)


class ChargeTerms(TenantScoped):
    """The creditor's terms for charges on arrears, versioned. Rates are fractions."""

    __tablename__ = "charge_terms"
    __table_args__ = (Index(None, "tenant_id", "version", unique=True),)

    version: Mapped[int]
    terms: Mapped[dict[str, Any]]
    """fine, interest_per_month, index (or null), creditor_type, per product where it differs."""
    created_at: Mapped[datetime] = mapped_column(default=now)
