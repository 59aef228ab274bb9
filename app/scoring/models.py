"""What is known of each person, packed; and what was learned from everybody."""

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Index
from sqlalchemy.orm import Mapped, mapped_column

from tenants.clock import now
from tenants.database import TenantScoped, belongs_to, one_of


class PersonState(TenantScoped):
    """One person's history and effects as the scores keep them; nobody of whom nothing happened.

    Everything up to the end of `folded_on` is in it: a night reads only what came after.
    """

    __tablename__ = "person_states"
    __table_args__ = (
        belongs_to("debtors"),
        Index(None, "tenant_id", "debtor_id", unique=True),
        Index(None, "tenant_id", "number", unique=True),
    )

    debtor_id: Mapped[uuid.UUID]
    number: Mapped[int] = mapped_column(BigInteger)
    """The person's number inside the engine: 63 bits of a hash of the id."""
    layout: Mapped[int] = mapped_column(BigInteger)
    """Of the record; one of another layout is made again from the events."""
    record: Mapped[bytes]
    folded_on: Mapped[date]
    """A day where the creditor is."""


class LearnedState(TenantScoped):
    """What was learned from everybody up to the end of a day: one row a folding, never changed.

    Where the clock was put back a day is there twice; the later row counts.
    """

    __tablename__ = "learned_states"
    __table_args__ = (Index(None, "tenant_id", "layout", "day"),)

    day: Mapped[date]
    layout: Mapped[int] = mapped_column(BigInteger)
    learned: Mapped[bytes]
    created_at: Mapped[datetime] = mapped_column(default=now)


class ScoreState(StrEnum):
    ACTIVE = "active"
    RETIRED = "retired"
    """Another version took its place."""
    FALLBACK = "fallback"
    """It did not hold on days it never saw, or the people are others by now: not used."""


class ScoreModel(TenantScoped):
    """A version of a score trained on a creditor's own history, with what it is worth."""

    __tablename__ = "score_models"
    __table_args__ = (
        one_of("state", ScoreState),
        Index(None, "tenant_id", "kind", "version", unique=True),
    )

    kind: Mapped[str]
    """Of app.nights.training: what is foretold."""
    version: Mapped[int]
    trained_from: Mapped[date]
    trained_to: Mapped[date]
    """First and last morning whose outcome is in it."""
    card: Mapped[dict[str, Any]]
    """Of app.scoring.examples: span, calibration, AUC out of time, fairness, why it fell back."""
    artefact: Mapped[bytes | None]
    """Sealed (context "score"); None where nothing calibrated."""
    state: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=now)
