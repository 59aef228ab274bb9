"""What stops, delays or obliges contact."""

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from tenants.clock import now
from tenants.database import TenantScoped, belongs_to, one_of


class HoldKind(StrEnum):
    DISPUTE = "dispute"
    FRAUD = "fraud"
    PAID_CLAIM = "paid_claim"
    OVERINDEBTEDNESS = "overindebtedness"
    DECEASED = "deceased"
    INCAPACITY = "incapacity"
    MINOR = "minor"
    DELETION = "deletion"
    ATTORNEY = "attorney"
    CEASE = "cease"
    BREATHING_SPACE = "breathing_space"
    MENTAL_HEALTH_CRISIS = "mental_health_crisis"
    STATUTE_BARRED = "statute_barred"
    """The person refuses to pay what is statute-barred."""


ENDING_HOLDS = frozenset({HoldKind.BREATHING_SPACE})
"""Holds that end by themselves, days after they were opened (parameter `<kind>_days`)."""


class Hold(TenantScoped):
    """Outbound contact with a person is stopped until it is resolved."""

    __tablename__ = "holds"
    __table_args__ = (
        one_of("kind", HoldKind),
        belongs_to("debtors"),
        Index(None, "tenant_id", "debtor_id"),
    )

    debtor_id: Mapped[uuid.UUID]
    debt_id: Mapped[uuid.UUID | None]
    """The debt it is about; contact with the person stops all the same."""
    kind: Mapped[str]
    note: Mapped[bytes | None]
    """Sealed (context "hold"): the person's own words."""
    opened_at: Mapped[datetime] = mapped_column(default=now)
    resolved_at: Mapped[datetime | None]
    resolution: Mapped[str | None]
    """A code: upheld or rejected."""
    answer: Mapped[bytes | None]
    """Sealed (context "hold"): what the team noted when it was resolved."""


class OptOut(TenantScoped):
    """A person, or an address, wants no outbound contact on a channel ("*" is every channel)."""

    __tablename__ = "opt_outs"
    __table_args__ = (
        belongs_to("debtors"),
        Index(
            "uq_opt_outs_active",
            "tenant_id",
            "debtor_id",
            "channel",
            unique=True,
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )

    debtor_id: Mapped[uuid.UUID]
    channel: Mapped[str]
    origin: Mapped[str]
    """portal, sms_reply, one_click, complaint, staff…"""
    at: Mapped[datetime] = mapped_column(default=now)
    withdrawn_at: Mapped[datetime | None]


class DoNotCallList(TenantScoped):
    """A list of lines or people that may not be called, as it was loaded last."""

    __tablename__ = "do_not_call_lists"
    __table_args__ = (Index(None, "tenant_id", "name", unique=True),)

    name: Mapped[str]
    """Whose list: as rules name it (parameter `registries`)."""
    source: Mapped[str]
    """Where the file came from, in the words of whoever loaded it."""
    as_of: Mapped[date]
    """The day it was published."""
    entries: Mapped[int]
    loaded_at: Mapped[datetime] = mapped_column(default=now)


class DoNotCallEntry(TenantScoped):
    """A line or a person on a list."""

    __tablename__ = "do_not_call_entries"
    __table_args__ = (
        belongs_to("do_not_call_lists", ondelete="CASCADE"),
        Index(
            "uq_do_not_call_entries",
            "tenant_id",
            "do_not_call_list_id",
            "entry_index",
            unique=True,
        ),
        Index(None, "tenant_id", "entry_index"),
    )

    do_not_call_list_id: Mapped[uuid.UUID]
    entry_index: Mapped[bytes]
    """Blind index (kind "phone" or "document") of an E.164 number, a CPF or a CNPJ."""
    since: Mapped[date | None]


class PolicyOverride(TenantScoped):
    """A tenant's own, stricter parameters of a rule of the contact policy."""

    __tablename__ = "policy_overrides"
    __table_args__ = (Index(None, "tenant_id", "rule", unique=True),)

    rule: Mapped[str]
    parameters: Mapped[dict[str, Any]]
    set_at: Mapped[datetime] = mapped_column(default=now)


class SenderPause(TenantScoped):
    """The creditor's outbound messages of a channel rest, because its reputation is at risk."""

    __tablename__ = "sender_pauses"
    __table_args__ = (
        Index(
            "uq_sender_pauses_active",
            "tenant_id",
            "channel",
            unique=True,
            postgresql_where=text("resumed_at IS NULL"),
        ),
    )

    channel: Mapped[str]
    rule: Mapped[str]
    reason: Mapped[str]
    """bounces or complaints."""
    paused_at: Mapped[datetime] = mapped_column(default=now)
    resumed_at: Mapped[datetime | None]


class SenderDomain(TenantScoped):
    """What is proven of a domain that the creditor's e-mail leaves from (BR-29)."""

    __tablename__ = "sender_domains"
    __table_args__ = (Index(None, "tenant_id", "domain", unique=True),)

    domain: Mapped[str]
    proofs: Mapped[dict[str, Any]]
    """dkim, spf, dmarc: whether each is there."""
    checked_at: Mapped[datetime] = mapped_column(default=now)


class Task(TenantScoped):
    """Something a person must do by a deadline."""

    __tablename__ = "tasks"
    __table_args__ = (
        belongs_to("debtors"),
        Index(None, "tenant_id", "done_at", "due_at"),
        Index(None, "tenant_id", "cause", unique=True),
    )

    debtor_id: Mapped[uuid.UUID | None]
    """None where it is about the creditor's house: an incident."""
    kind: Mapped[str]
    """answer_dispute, answer_reply, bureau_removal, quitacao, access_request, refund…"""
    rule: Mapped[str | None]
    cause: Mapped[str]
    """kind:id of what made it: the same cause makes one task."""
    due_at: Mapped[datetime]
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime] = mapped_column(default=now)
    done_at: Mapped[datetime | None]


class AuditEntry(TenantScoped):
    """Who did what, when. Append-only."""

    __tablename__ = "audit_entries"
    __table_args__ = (Index(None, "tenant_id", "at"),)

    actor: Mapped[str]
    action: Mapped[str]
    subject_id: Mapped[uuid.UUID | None]
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    at: Mapped[datetime] = mapped_column(default=now)
