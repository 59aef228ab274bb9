"""What is known of each person, packed; and what was learned from everybody."""

import uuid
from datetime import date, datetime

from sqlalchemy import BigInteger, Index
from sqlalchemy.orm import Mapped, mapped_column

from tenants.clock import now
from tenants.database import TenantScoped, belongs_to


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
