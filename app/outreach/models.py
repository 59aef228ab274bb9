"""Messages that leave, the links they carry, and what came back."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ARRAY, Index, LargeBinary, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from tenants.clock import now
from tenants.database import TenantScoped, belongs_to, one_of


class Channel(StrEnum):
    EMAIL = "email"
    SMS = "sms"


class MessageClass(StrEnum):
    OUTBOUND = "outbound"
    """Under the whole contact policy."""
    REQUESTED = "requested"
    """Asked for by the person: leaves at any hour, outside caps and opt-outs."""


class MessageState(StrEnum):
    QUEUED = "queued"
    """Waits (there is a `Delivery`), or is being handed over (it is in a `Lease`)."""
    SENT = "sent"
    WITHHELD = "withheld"
    UNCERTAIN = "uncertain"
    """A crash between hand-over and mark: counts against the caps, is never repeated."""
    FAILED = "failed"


class Message(TenantScoped):
    """One message to one person, written with its cause.

    A wide row that changes once on its way, when it is known what became of it. No index, not even
    the condition of one, is over a column that changes then, and pages keep room: the new version
    stays beside the old one and touches no index. What waits is found through `Delivery`, what is
    on its way through `Lease`.
    """

    __tablename__ = "messages"
    __table_args__ = (
        one_of("channel", Channel),
        one_of("message_class", MessageClass),
        one_of("state", MessageState),
        belongs_to("debtors"),
        belongs_to("contact_points"),
        belongs_to("brand_versions"),
        Index(None, "tenant_id", "cause", "channel", unique=True),
        Index(None, "tenant_id", "debtor_id", "created_at"),
        Index(None, "tenant_id", "verification_code"),
        {"postgresql_with": {"fillfactor": 50}},
    )

    debtor_id: Mapped[uuid.UUID]
    contact_point_id: Mapped[uuid.UUID]
    channel: Mapped[str]
    intent: Mapped[str]
    message_class: Mapped[str]
    cause: Mapped[str]
    """kind:id of what made it; one message per cause and channel."""
    locale: Mapped[str]
    variant: Mapped[str]
    """The explicit key that chooses among the wordings."""
    brand_version_id: Mapped[uuid.UUID]
    facts: Mapped[bytes]
    """Sealed JSON (context "facts"): the values the words rest on."""
    body: Mapped[bytes | None]
    """Sealed JSON (context "body"): subject and text as handed over, without the foot that a brand
    version's mails share, and a digest of the HTML.

    The HTML of an e-mail follows from these, the facts and the brand version.
    """
    verification_code: Mapped[str | None]
    """What the person types on the authenticity page."""
    send_after: Mapped[datetime]
    state: Mapped[str] = mapped_column(default=MessageState.QUEUED)
    reasons: Mapped[list[Any]] = mapped_column(default=list)
    """Why it was sent or withheld: the policy's verdicts, rule by rule."""
    attempts: Mapped[int] = mapped_column(default=0)
    """Hand-overs the provider refused for the moment; each is tried again later, a few times."""
    sent_at: Mapped[datetime | None]
    """When it was handed over, or may have been."""
    sent_from: Mapped[str | None]
    """The address or number it left from: several creditors may share a number."""
    provider_message_id: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(default=now)


class Delivery(TenantScoped):
    """A message that waits. Whoever deletes this row decides what becomes of the message: a worker
    that claims it, or whoever takes it back.

    `id` is the message's.
    """

    __tablename__ = "deliveries"
    __table_args__ = (Index(None, "tenant_id", "message_class", "send_after", "id"),)

    message_class: Mapped[str]
    send_after: Mapped[datetime]


class Lease(TenantScoped):
    """Messages that a worker is handing over, with all that their rows are to say then: should the
    worker die, it is what is known of them."""

    __tablename__ = "leases"

    message_ids: Mapped[list[uuid.UUID]] = mapped_column(ARRAY(Uuid()))
    bodies: Mapped[list[bytes]] = mapped_column(ARRAY(LargeBinary()))
    """Of each message, sealed as `Message.body` is; empty where there is none."""
    reasons: Mapped[list[Any]]
    """Of all of them, as `Message.reasons`."""
    sent_from: Mapped[str]
    sent_at: Mapped[datetime]
    began_at: Mapped[datetime]
    """By the database's own clock: what runs out is not a fact about the person."""


class AccessLink(TenantScoped):
    """A link to the portal inside a message: the first factor of identification."""

    __tablename__ = "access_links"
    __table_args__ = (
        belongs_to("debtors"),
        Index(None, "tenant_id", "token_hash", unique=True),
        Index(None, "tenant_id", "debtor_id"),
    )

    debtor_id: Mapped[uuid.UUID]
    message_id: Mapped[uuid.UUID | None]
    token_hash: Mapped[bytes]
    """SHA-256 of the token; the token itself is only in the message (see outreach.links)."""
    purpose: Mapped[str] = mapped_column(default="portal")
    """portal; what a one-click unsubscribe needs is derived and has no row."""
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    first_used_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)


class DeliveryEvent(TenantScoped):
    """What a provider reported about a message, stored once."""

    __tablename__ = "delivery_events"
    __table_args__ = (
        Index(None, "tenant_id", "provider_event_id", unique=True),
        Index(None, "tenant_id", "message_id"),
    )

    provider_event_id: Mapped[str]
    message_id: Mapped[uuid.UUID | None]
    kind: Mapped[str]
    """delivered, bounced, complained, opened, clicked, replied, failed."""
    payload: Mapped[bytes]
    """Sealed (context "delivery")."""
    received_at: Mapped[datetime] = mapped_column(default=now)
    applied_at: Mapped[datetime | None]
