"""Many people of a creditor to whom payments happen, without a portal or a provider."""

import random
import uuid
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import insert

from app.history.models import Event
from app.insights.groups import comparison
from app.journeys.arms import Arm
from app.journeys.spec import Incumbent, Spec
from app.nights.specs import as_data
from tenants.database import new_id
from tenants.scope import within
from tests.nights.town import Town

SPEC = as_data(
    Spec(
        channels=("email", "sms"),
        hours=(9, 10, 11),
        wordings=("a", "b", "c"),
        cost_cents={"email": 0.5, "sms": 5.0},
        capacity={},
        legal_hours={},
        incumbent=Incumbent(("email", "sms"), 10, 3, "a"),
        holdout=0.3,
        untouched=0.02,
        seed=11,
    )
)


@dataclass
class Crowd:
    """A creditor and its people."""

    tenant: object
    people: list[uuid.UUID]

    def arms(self):
        """Everybody's group."""
        with within(self.tenant) as session:
            return comparison(session, Town.morning(1).date()).of(self.people)

    def pay(self, days: int, *, share: float, more: float = 1.0, seed: int = 1) -> None:
        """Each day a share of the people pays, of the engine's `more` times as many."""
        chance, rows = random.Random(seed), []
        arms = self.arms().tolist()
        for day in range(days):
            at = Town.morning(day) + timedelta(hours=5)
            for person, arm in zip(self.people, arms, strict=True):
                if chance.random() < share * (more if arm == Arm.ENGINE else 1.0):
                    rows.append(
                        self._event(person, at, applied_cents=chance.randint(8_000, 12_000))
                    )
        with within(self.tenant) as session:
            session.execute(insert(Event), rows)

    def pay_evenly(self, days: int, *, share: float, more: float) -> None:
        """The same without chance: the means of both groups differ by just what is planted."""
        rows, met = [], Counter()
        for person, arm in zip(self.people, self.arms().tolist(), strict=True):
            each = days * share * (more if arm == Arm.ENGINE else 1.0)
            before, met[arm] = met[arm], met[arm] + 1
            for number in range(int(met[arm] * each) - int(before * each)):
                at = Town.morning((met[arm] + number) % days) + timedelta(hours=5)
                cents = 8_000 if (met[arm] + number) % 2 else 12_000
                rows.append(self._event(person, at, applied_cents=cents))
        with within(self.tenant) as session:
            session.execute(insert(Event), rows)

    def _event(self, person, at, kind="payment.received", **data):
        return {
            "tenant_id": self.tenant.id, "id": new_id(), "debtor_id": person, "kind": kind,
            "at": at, "subject_id": None, "data": data,
        }  # fmt: skip

    def happens(self, kind: str, people, day: int, **data) -> None:
        """Something happens to some people on a day."""
        at = Town.morning(day) + timedelta(hours=6)
        with within(self.tenant) as session:
            session.execute(insert(Event), [self._event(one, at, kind, **data) for one in people])
