"""What a creditor wants of the journeys, the nights that were planned, and every decision."""

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Index, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from tenants.clock import now
from tenants.database import TenantScoped, belongs_to, one_of


class JourneySettings(TenantScoped):
    """A version of a creditor's intent and limits; the highest version is in force."""

    __tablename__ = "journey_settings"
    __table_args__ = (Index(None, "tenant_id", "version", unique=True),)

    version: Mapped[int]
    data: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(default=now)


class NightState(StrEnum):
    PLANNED = "planned"
    """Fixed, not all of it written yet: whoever runs next writes the rest."""
    COMPLETE = "complete"


class Night(TenantScoped):
    """One day's plan for everybody: all it needs to be computed again, identically."""

    __tablename__ = "nights"
    __table_args__ = (
        one_of("state", NightState),
        Index(None, "tenant_id", "day", unique=True),
    )

    day: Mapped[date]
    """Where the creditor is."""
    seed: Mapped[int] = mapped_column(BigInteger)
    versions: Mapped[dict[str, Any]]
    """Of the settings, the offer rules, the policy, the brand and the engine's layout."""
    spec: Mapped[dict[str, Any]]
    prices: Mapped[dict[str, Any]]
    """Cents for a place on each scarce channel, and the chances of trying it to learn."""
    snapshot_id: Mapped[uuid.UUID | None]
    """The stored file with what was known of everybody; gone after some weeks."""
    state: Mapped[str] = mapped_column(default=NightState.PLANNED)
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime] = mapped_column(default=now)
    completed_at: Mapped[datetime | None]


class DecisionKind(StrEnum):
    CONTACT = "contact"


class Decision(TenantScoped):
    """Why somebody is contacted now, here, with these words. Never changed."""

    __tablename__ = "decisions"
    __table_args__ = (
        one_of("kind", DecisionKind),
        belongs_to("nights"),
        belongs_to("debtors"),
        Index(None, "tenant_id", "night_id", "debtor_id", "kind", unique=True),
        Index(None, "tenant_id", "subject_id"),
    )

    night_id: Mapped[uuid.UUID]
    debtor_id: Mapped[uuid.UUID]
    kind: Mapped[str]
    subject_id: Mapped[uuid.UUID | None]
    """The message; None where something stood against writing it at the last moment."""
    channel: Mapped[str]
    hour: Mapped[int] = mapped_column(SmallInteger)
    """Where the person is."""
    intent: Mapped[str]
    wording: Mapped[str]
    intensity: Mapped[int] = mapped_column(SmallInteger)
    arm: Mapped[str]
    propensity: Mapped[float]
    """The exact chance of this choice among all that was eligible."""
    eligible: Mapped[int] = mapped_column(BigInteger)
    """Bits: channel × number of hours + hour, by place in the night's spec."""
    worth: Mapped[float]
    """Expected incremental money, in cents and their fractions: an estimate, never an amount."""
    reasons: Mapped[list[Any]]
    """Codes."""
