"""Offer rules as the creditor's data, and the offers made from them."""

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Double, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from tenants.clock import now
from tenants.database import Cents, TenantScoped, belongs_to, one_of


class OfferRules(TenantScoped):
    """A version of the creditor's rules; the highest version is in force."""

    __tablename__ = "offer_rules"
    __table_args__ = (Index(None, "tenant_id", "version", unique=True),)

    version: Mapped[int]
    rules: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(default=now)


class OfferState(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


PAST_STATES = (OfferState.ACCEPTED, OfferState.REPLACED, OfferState.WITHDRAWN)


class Offer(TenantScoped):
    """What one person may accept until a date. Never worse within its validity."""

    __tablename__ = "offers"
    __table_args__ = (
        one_of("state", OfferState),
        belongs_to("debtors"),
        Index(
            "uq_offers_open",
            "tenant_id",
            "debtor_id",
            unique=True,
            postgresql_where=text("state = 'open'"),
        ),
        Index(
            "ix_offers_past",
            "tenant_id",
            "debtor_id",
            postgresql_where=text("state IN ('accepted', 'replaced', 'withdrawn')"),
        ),
    )

    debtor_id: Mapped[uuid.UUID]
    rules_version: Mapped[int]
    debts: Mapped[list[Any]]
    """One object per debt: id, principal, fine, interest, index in cents, and its band."""
    basis: Mapped[bytes]
    """SHA-256 of the person's open debts and principals when it was made: unchanged, it stays."""
    total_cents: Mapped[Cents]
    """What is owed today, charges included, before any discount."""
    options: Mapped[list[Any]]
    """Of offers.rules.Option, as data."""
    limits: Mapped[dict[str, Any]]
    """The floor, ceiling and choices the simulator and a counter-offer move within."""
    reasons: Mapped[list[Any]]
    valid_until: Mapped[date]
    """The last day, in the debtor's time zone."""
    state: Mapped[str] = mapped_column(default=OfferState.OPEN)
    created_at: Mapped[datetime] = mapped_column(default=now)
    first_seen_at: Mapped[datetime | None]
    step: Mapped[int] = mapped_column(SmallInteger, default=0)
    """How often something was conceded to this person before and with this offer."""
    arm: Mapped[str | None]
    """The group of the comparison the person belongs to; None without an engine."""
    propensity: Mapped[float | None] = mapped_column(Double)
    """The exact probability of this choice, 0…1."""
    final: Mapped[bool] = mapped_column(default=False)
    """Nothing better comes, and the person is told so."""
