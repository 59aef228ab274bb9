"""A night computed again from what it fixed, against the decisions that were stored."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from app.journeys.arms import number_of
from app.journeys.models import Decision, DecisionKind, Night, NightState
from app.nights import night as nights
from app.nights.choosing import Choice
from app.nights.deciding import Action, signed
from tenants.resolve import Resolved
from tenants.scope import within

CONTACT = ("channel", "hour", "intent", "wording", "intensity")
EITHER = ("arm", "propensity", "eligible", "worth", "terms")


@dataclass(frozen=True, slots=True)
class Replayed:
    """How many decisions were compared, and how many are others now; prices count as one."""

    decisions: int
    differences: int


def replay(tenant: Resolved, day: date) -> Replayed:
    """Compute a night again: its contacts and its offers, not what was planned anew by day.

    Raises LookupError without a night, or when its snapshot is gone.
    """
    night = nights.of_day(tenant, day)
    choice = nights.chosen(tenant, night)
    with within(tenant) as session:
        stored = session.scalars(
            select(Decision).where(Decision.night_id == night.id, Decision.round == 0)
        ).all()
    contacts = [one for one in stored if one.kind == DecisionKind.CONTACT]
    offers = [one for one in stored if one.kind == DecisionKind.OFFER]
    different = _contacts(choice, contacts, night) + _offers(choice, offers)
    return Replayed(len(stored), different + _moved(choice, night))


def _contacts(choice: Choice, stored: list[Decision], night: Night) -> int:
    again = nights.actions_of(choice)
    known = {number_of(one.debtor_id): one for one in stored}
    missing = set(again) - set(known) if night.state == NightState.COMPLETE else set()
    return len(missing) + sum(
        number not in again or _told(one) != _expected(again[number])
        for number, one in known.items()
    )


def _offers(choice: Choice, stored: list[Decision]) -> int:
    offering = nights.offering_of(choice)
    again = offering.of([one.debtor_id for one in stored]) if offering else {}
    return sum(
        one.debtor_id not in again
        or _told(one) != _expected(again[one.debtor_id].action, again[one.debtor_id].terms)
        for one in stored
    )


def _moved(choice: Choice, night: Night) -> bool:
    prices = dict(zip(choice.state.spec.channels, choice.night.prices.tolist(), strict=True))
    return bool(prices != night.prices["cents"])


def _told(decision: Decision) -> tuple[Any, ...]:
    return tuple(getattr(decision, name) for name in (*CONTACT, *EITHER))


def _expected(action: Action, terms: Mapping[str, Any] | None = None) -> tuple[Any, ...]:
    eligible = action.get("eligible")
    return (
        *(action.get(name) for name in CONTACT),
        action["arm"],
        action["propensity"],
        None if eligible is None else signed(eligible),
        action["value_cents"],
        terms,
    )
