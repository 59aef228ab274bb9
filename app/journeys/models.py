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
    scale: Mapped[dict[str, Any]]
    """What people were measured against: so that one of them can be looked at alone."""
    snapshot_id: Mapped[uuid.UUID | None]
    """The stored file with what was known of everybody; gone after some weeks."""
    state: Mapped[str] = mapped_column(default=NightState.PLANNED)
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime] = mapped_column(default=now)
    completed_at: Mapped[datetime | None]


class DecisionKind(StrEnum):
    CONTACT = "contact"
    OFFER = "offer"
    """An offer that was made at night, by the engine or as the creditor's rules say."""
    REPLAN = "replan"
    """A contact, or none any more, decided after something happened during the day."""


class Decision(TenantScoped):
    """Why somebody is contacted now, here, with these words, and why this offer. Never changed.

    What is said of a contact is None for an offer, and where a re-plan found none to be better.
    """

    __tablename__ = "decisions"
    __table_args__ = (
        one_of("kind", DecisionKind),
        belongs_to("nights"),
        belongs_to("debtors"),
        Index(None, "tenant_id", "night_id", "debtor_id", "kind", "round", unique=True),
        Index(None, "tenant_id", "subject_id"),
    )

    night_id: Mapped[uuid.UUID]
    debtor_id: Mapped[uuid.UUID]
    kind: Mapped[str]
    round: Mapped[int] = mapped_column(SmallInteger, default=0)
    """0: the night's own; n: of the n-th time the person was planned anew on that day."""
    subject_id: Mapped[uuid.UUID | None]
    """The message or the offer; None where something stood against writing it at the last moment,
    and where a re-plan wrote none."""
    channel: Mapped[str | None]
    hour: Mapped[int | None] = mapped_column(SmallInteger)
    """Where the person is."""
    intent: Mapped[str | None]
    wording: Mapped[str | None]
    intensity: Mapped[int | None] = mapped_column(SmallInteger)
    arm: Mapped[str]
    propensity: Mapped[float]
    """The exact chance of this choice among all that was eligible."""
    eligible: Mapped[int | None] = mapped_column(BigInteger)
    """Bits: channel × number of hours + hour, by place in the night's spec."""
    worth: Mapped[float]
    """Expected incremental money, in cents and their fractions: an estimate, never an amount."""
    terms: Mapped[dict[str, Any] | None]
    """Of an offer: what the ladder chose (discount of what is owed, instalments, step, final). Of a
    re-plan: the message it withdrew, if any."""
    reasons: Mapped[list[Any]]
    """Codes."""
    created_at: Mapped[datetime] = mapped_column(default=now)


class ReplanDue(TenantScoped):
    """Something happened to somebody, and the rest of their day is to be planned anew. Gone once it
    is; the same person may be there twice."""

    __tablename__ = "replans_due"
    __table_args__ = (belongs_to("debtors"),)

    debtor_id: Mapped[uuid.UUID]


class ReplanInputs(TenantScoped):
    """What was known of people when they were planned anew, together: with what their night kept,
    all it needs to be computed again. Let go of with the night's snapshot."""

    __tablename__ = "replan_inputs"
    __table_args__ = (belongs_to("nights"), Index(None, "tenant_id", "night_id"))

    night_id: Mapped[uuid.UUID]
    known: Mapped[bytes]
    """Sealed (context "replan"): the engine's columns of each, the hours still legal, and the round
    of those decided on."""
