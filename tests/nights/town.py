"""A creditor's days with an engine: nights planned, messages delivered, people who react."""

import random
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from app.history.actions import record
from app.journeys.actions import deliver
from app.nights import night
from app.outreach.models import Message
from tenants.clock import stopped_at
from tenants.scope import within

PEOPLE = 96
"""So many that some of them hear on the first day, late in it too, whoever is drawn."""
SETTINGS = {"holdout": 0.35, "untouched": 0.0, "cost_cents": {"email": 0.5, "sms": 5}}
START = datetime(2026, 3, 9, 13, 0, tzinfo=UTC)
"""A Monday, ten in the morning in São Paulo."""


def silent(_what, _count):
    """Nobody is told how far it is."""


@dataclass
class Town:
    """A creditor and its people."""

    tenant: object
    people: list[uuid.UUID]
    through: object
    kept: object

    @staticmethod
    def morning(day: int) -> datetime:
        """Ten o'clock of a day."""
        return START + timedelta(days=day)

    def plan(self, day: int):
        """The night of a day, nothing delivered."""
        with stopped_at(self.morning(day)):
            return night.plan(self.tenant, progress=silent)

    def live(self, day: int, seed: int = 7) -> None:
        """A day: planned, delivered, and some people react in the evening."""
        self.plan(day)
        with stopped_at(self.morning(day) + timedelta(hours=9)):
            deliver(self.tenant, through=self.through)
        with stopped_at(self.morning(day) + timedelta(hours=10)), within(self.tenant) as session:
            self._react(session, random.Random(seed * 1000 + day), day)

    def _react(self, session, chance, day: int) -> None:
        since = self.morning(day) - timedelta(hours=10)
        for message in session.scalars(
            select(Message).where(Message.sent_at >= since).order_by(Message.debtor_id)
        ).all():
            if chance.random() < 0.8:
                self._happens(session, message, "message.delivered")
            if chance.random() < 0.4:
                self._happens(session, message, "link.opened")
                record(session, debtor_id=message.debtor_id, kind="identity.proved", by="link")
                if chance.random() < 0.3:
                    self._agrees(session, message.debtor_id)
            if chance.random() < 0.1:
                self._happens(session, message, "message.complained")

    def _agrees(self, session, person) -> None:
        told = {"option": "instalments", "total_cents": 60_000, "instalments": 6}
        record(session, debtor_id=person, kind="agreement.accepted", saved_cents=40_000, **told)
        record(session, debtor_id=person, kind="payment.received", applied_cents=10_000)

    def _happens(self, session, message, kind: str) -> None:
        record(session, debtor_id=message.debtor_id, kind=kind, subject_id=message.id)

    def messages(self) -> list[Message]:
        """Everything that was written, in its order."""
        with within(self.tenant) as session:
            return session.scalars(select(Message).order_by(Message.created_at, Message.id)).all()
