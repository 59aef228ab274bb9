"""A night computed again from what it fixed, against the decisions that were stored."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from app.journeys.arms import number_of
from app.journeys.models import Decision, NightState
from app.nights import night as nights
from app.nights.writing import Action, signed
from tenants.resolve import Resolved
from tenants.scope import within

COMPARED = (
    "channel", "hour", "intent", "wording", "intensity", "arm", "propensity", "eligible", "worth",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Replayed:
    """How many decisions were compared, and how many are others now; prices count as one."""

    decisions: int
    differences: int


def replay(tenant: Resolved, day: date) -> Replayed:
    """Compute a night again. Raises LookupError without a night, or when its snapshot is gone."""
    night = nights.of_day(tenant, day)
    choice = nights.chosen(tenant, night)
    again = nights.actions_of(choice)
    with within(tenant) as session:
        stored = session.scalars(select(Decision).where(Decision.night_id == night.id)).all()
    known = {number_of(one.debtor_id): one for one in stored}
    missing = set(again) - set(known) if night.state == NightState.COMPLETE else set()
    different = sum(
        number not in again or _told(one) != _expected(again[number])
        for number, one in known.items()
    )
    spec = choice.state.spec
    prices = dict(zip(spec.channels, choice.night.prices.tolist(), strict=True))
    moved = prices != night.prices["cents"]
    return Replayed(len(known), different + len(missing) + moved)


def _told(decision: Decision) -> tuple[Any, ...]:
    return tuple(getattr(decision, name) for name in COMPARED)


def _expected(action: Action) -> tuple[Any, ...]:
    row = {**action, "eligible": signed(action["eligible"]), "worth": action["value_cents"]}
    return tuple(row[name] for name in COMPARED)
