"""Payments, the provider's events, and what they settled."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.agreements.rules import Outcome
from tenants.clock import now
from tenants.database import Cents, TenantScoped, belongs_to, one_of


class Method(StrEnum):
    PIX = "pix"
    BOLETO = "boleto"
    CARD = "card"


class PaymentState(StrEnum):
    CREATED = "created"
    """Our row exists; the provider may not know yet."""
    PENDING = "pending"
    PAID = "paid"
    EXPIRED = "expired"
    FAILED = "failed"
    REFUNDED = "refunded"


class Cause(StrEnum):
    """How money went back to its payer."""

    REFUND = "refund"
    DISPUTE = "dispute"


class Payment(TenantScoped):
    """One attempt to pay one or more instalments of an agreement."""

    __tablename__ = "payments"
    __table_args__ = (
        one_of("method", Method),
        one_of("state", PaymentState),
        belongs_to("debtors"),
        belongs_to("agreements"),
        Index(None, "tenant_id", "agreement_id"),
        Index(None, "tenant_id", "provider_id", unique=True),
        Index(None, "tenant_id", "verification_code"),
        Index(
            "ix_payments_open",
            "tenant_id",
            "expires_at",
            postgresql_where=text("state IN ('created', 'pending')"),
        ),
    )

    debtor_id: Mapped[uuid.UUID]
    agreement_id: Mapped[uuid.UUID]
    instalment_id: Mapped[uuid.UUID | None]
    """None: an early payoff of all that is open."""
    method: Mapped[str]
    amount_cents: Mapped[Cents]
    currency: Mapped[str] = mapped_column(default="BRL")
    fee_cents: Mapped[Cents] = mapped_column(default=0)
    """The platform's application fee."""
    state: Mapped[str] = mapped_column(default=PaymentState.CREATED)
    attempt: Mapped[int] = mapped_column(default=1)
    """With the id it makes the idempotency key of the request to the provider."""
    is_simulated: Mapped[bool] = mapped_column(default=False)
    """Made with the local twin: no money moves."""
    payer: Mapped[bytes | None]
    """Sealed JSON (context "payer"): who is named on a boleto, as told to the provider."""
    provider_id: Mapped[str | None]
    """PaymentIntent or Checkout Session id on the connected account."""
    pix_code: Mapped[str | None]
    """BR Code to copy and paste; holds the creditor's name, none of the payer's data."""
    boleto_line: Mapped[str | None]
    hosted_url: Mapped[str | None]
    """Boleto PDF, Checkout page, or the provider's hosted instructions."""
    verification_code: Mapped[str | None]
    expires_at: Mapped[datetime | None]
    received_cents: Mapped[Cents] = mapped_column(default=0)
    paid_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)


class ProviderEventState(StrEnum):
    STORED = "stored"
    APPLIED = "applied"
    IGNORED = "ignored"


class ProviderEvent(TenantScoped):
    """A verified webhook event, stored once and applied exactly once."""

    __tablename__ = "provider_events"
    __table_args__ = (
        one_of("state", ProviderEventState),
        Index(None, "tenant_id", "provider_event_id", unique=True),
        Index(None, "tenant_id", "state"),
    )

    provider_event_id: Mapped[str]
    type: Mapped[str]
    payload: Mapped[bytes]
    """Sealed (context "provider_event")."""
    state: Mapped[str] = mapped_column(default=ProviderEventState.STORED)
    outcome: Mapped[str | None]
    created_at: Mapped[datetime]
    """The provider's time of the event."""
    received_at: Mapped[datetime] = mapped_column(default=now)
    applied_at: Mapped[datetime | None]


class Settlement(TenantScoped):
    """Money that arrived, and what it did. Append-only; one per payment and provider charge."""

    __tablename__ = "settlements"
    __table_args__ = (
        one_of("outcome", Outcome),
        belongs_to("payments"),
        Index(None, "tenant_id", "provider_charge_id", unique=True),
        Index(None, "tenant_id", "payment_id"),
    )

    payment_id: Mapped[uuid.UUID]
    provider_charge_id: Mapped[str]
    received_cents: Mapped[Cents]
    applied_cents: Mapped[Cents]
    credit_cents: Mapped[Cents]
    """Received beyond what was due: to be returned, a refund task exists."""
    outcome: Mapped[str]
    parts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Where what was applied went: instalment id → [cents paid, cents of interest saved]; empty
    where it lowered the debts of an agreement that had ended."""
    received_at: Mapped[datetime]


class Reversal(TenantScoped):
    """What a person decided about money of a settlement that went back. Append-only."""

    __tablename__ = "reversals"
    __table_args__ = (
        one_of("cause", Cause),
        belongs_to("settlements"),
        belongs_to("tasks"),
        Index(None, "tenant_id", "settlement_id"),
    )

    settlement_id: Mapped[uuid.UUID]
    task_id: Mapped[uuid.UUID]
    cause: Mapped[str]
    returned_cents: Mapped[Cents]
    """What had gone back and was decided about."""
    reversed_cents: Mapped[Cents]
    """How much of it was taken off the agreement again: all of it, or 0 where the creditor accepts
    that it is gone."""
    parts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """From where it was taken, as in a settlement."""
    decided_at: Mapped[datetime] = mapped_column(default=now)


class Receipt(TenantScoped):
    """A receipt for a payment, or the quitação letter of an agreement."""

    __tablename__ = "receipts"
    __table_args__ = (
        one_of("kind", ("receipt", "quitacao")),
        belongs_to("agreements"),
        Index(None, "tenant_id", "agreement_id"),
        Index(None, "tenant_id", "number", unique=True),
        Index(None, "tenant_id", "cause", unique=True),
    )

    number: Mapped[str]
    kind: Mapped[str]
    cause: Mapped[str]
    agreement_id: Mapped[uuid.UUID]
    settlement_id: Mapped[uuid.UUID | None]
    amount_cents: Mapped[Cents]
    file_id: Mapped[uuid.UUID | None]
    issued_at: Mapped[datetime] = mapped_column(default=now)
    returned_cents: Mapped[Cents] = mapped_column(default=0)
    """How much of the money went back to the payer and is owed again."""
    returned_at: Mapped[datetime | None]

    @property
    def is_void(self) -> bool:
        """Whether it proves nothing any more: a letter by any return, a receipt by a whole one."""
        if self.kind == "quitacao":
            return self.returned_at is not None
        return 0 < self.amount_cents <= (self.returned_cents or 0)
