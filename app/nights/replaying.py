"""A night computed again from what it fixed, and whoever was planned anew on its day from what was
known of them then: against the decisions that were stored."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.journeys.arms import number_of
from app.journeys.models import Decision, DecisionKind, Night, NightState, ReplanInputs
from app.nights import choosing, specs
from app.nights import night as nights
from app.nights.choosing import Choice, Inputs
from app.nights.deciding import NOTHING, Action, signed
from app.nights.replanning import why_silent
from app.nights.standing import CONTEXT
from app.nights.writing import CHANGED
from tenants.keys import vault
from tenants.resolve import Resolved
from tenants.scope import within

CONTACT = ("channel", "hour", "intent", "wording", "intensity")
EITHER = ("arm", "propensity", "eligible", "worth")


@dataclass(frozen=True, slots=True)
class Replayed:
    """How many decisions were compared, and how many are others now; prices count as one."""

    decisions: int
    differences: int


def replay(tenant: Resolved, day: date) -> Replayed:
    """Compute a day's contacts and offers again, those planned anew too.

    Raises Lacking without a night, or when its snapshot is gone.
    """
    night = nights.of_day(tenant, day)
    inputs = nights.inputs_of(tenant, night)
    choice = choosing.choose(inputs)
    with within(tenant) as session:
        stored = session.scalars(select(Decision).where(Decision.night_id == night.id)).all()
        anew = _anew(session, inputs, night, [one for one in stored if one.round])
    contacts = [one for one in stored if one.kind == DecisionKind.CONTACT]
    offers = [one for one in stored if one.kind == DecisionKind.OFFER and not one.round]
    different = _contacts(choice, contacts, night) + _offers(choice, offers)
    return Replayed(len(stored), different + anew + _moved(choice, night))


def _anew(session: Session, inputs: Inputs, night: Night, stored: Sequence[Decision]) -> int:
    """How many decisions of re-plans come out otherwise; all those whose inputs are not there."""
    opened, different = vault(session), 0
    by_round: dict[tuple[int, int], list[Decision]] = defaultdict(list)
    for one in stored:
        by_round[number_of(one.debtor_id), one.round].append(one)
    for sealed in session.scalars(
        select(ReplanInputs.known).where(ReplanInputs.night_id == night.id)
    ).all():
        head, frame = choosing.unpacked(opened.unseal(sealed, CONTEXT))
        kept = orjson.loads(head)
        spec = specs.with_legal_hours(inputs.spec, specs.legal_hours_from(kept["legal_hours"]))
        theirs = replace(inputs, portfolio=frame, spec=spec)
        choice = choosing.choose(theirs, specs.prices_from(night.prices, spec))
        keys = [(int(number), round) for number, round in kept["rounds"].items()]
        different += _replans(choice, [one for key in keys for one in by_round.pop(key, [])])
    return different + sum(len(decided) for decided in by_round.values())


def _replans(choice: Choice, decided: Sequence[Decision]) -> int:
    again = {row["person"]: row for row in choice.actions.iter_rows(named=True)}
    different = 0
    for one in decided:
        if one.kind == DecisionKind.REPLAN:
            number = number_of(one.debtor_id)
            silence = {**NOTHING, "reasons": [why_silent(choice, number)]}
            # Which message was taken back (the terms) is no choice.
            different += _told(one)[:-1] != _expected(again.get(number, silence))[:-1]
    return different + _offers(choice, [one for one in decided if one.kind == DecisionKind.OFFER])


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
    # That something stood against it when it was to be written is no reason of the choice.
    reasons = [code for code in decision.reasons if code != CHANGED]
    told = [getattr(decision, name) for name in (*CONTACT, *EITHER)]
    return (*told, reasons, decision.terms)


def _expected(action: Action, terms: Mapping[str, Any] | None = None) -> tuple[Any, ...]:
    eligible = action.get("eligible")
    return (
        *(action.get(name) for name in CONTACT),
        action["arm"],
        action["propensity"],
        None if eligible is None else signed(eligible),
        action["value_cents"],
        list(action["reasons"]),
        terms,
    )
