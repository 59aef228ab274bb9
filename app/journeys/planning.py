"""A day's plan: for each person at most one message, by the journey and the contact policy."""

import uuid
from collections import Counter
from collections.abc import Container, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.compliance.policy import Policy
from app.compliance.queries import identifiers, paused_channels, policy_in_force
from app.history.actions import Happening, record_many
from app.journeys import withheld
from app.journeys.addresses import address_for
from app.journeys.bounds import Bounds
from app.journeys.drafting import Planned, decided
from app.journeys.queries import Known, known
from app.journeys.rules import Journey, Step, first, instalment_moment, offer_step, step_of
from app.outreach.lapsing import INSTALMENT
from app.outreach.lapsing import OFFER as OFFER
from app.outreach.models import MessageState
from app.outreach.writing import Draft, write
from tenants.clock import now
from tenants.keys import vault
from tenants.resolve import Resolved
from themes import brands


def plan_day(
    session: Session,
    tenant: Resolved,
    debtor_ids: Sequence[uuid.UUID],
    *,
    journey: Journey | None = None,
    spared: Container[uuid.UUID] = (),
    bounds: Bounds | None = None,
) -> Counter[str]:
    """Write today's messages to these people. Writing twice on a day writes nothing twice.

    Those `spared` hear about instalments only: about offers somebody else writes to them. What is
    written about offers stays within `bounds`; for whom there is no place today, there is another
    day.

    Returns how many messages were queued and withheld, and how many people are newly stopped
    before one could be planned. Raises LookupError without a brand.
    """
    at, journey = now(), journey or first()
    policy = policy_in_force(session)
    people = known(session, identifiers(debtor_ids), at, journey)
    planned, stopped = _plans(people, at, journey, policy, spared, bounds)
    counts = Counter({"stopped": withheld.note(session, stopped, at, policy)})
    if not planned:
        return counts
    drafts = _placed(decided(planned, at, policy, paused_channels(session)), bounds)
    ids = write(session, vault(session), tenant.id, brands.published(session), drafts)
    refused = [
        Happening(draft.debtor_id, "message.withheld", ids[draft.cause], _rules(draft))
        for draft in drafts
        if draft.state == MessageState.WITHHELD and draft.cause in ids
    ]
    record_many(session, refused)
    return counts + Counter({"queued": len(ids) - len(refused), "withheld": len(refused)})


def _placed(drafts: list[Draft], bounds: Bounds | None) -> list[Draft]:
    """Those for whom their channel has a place today."""
    if bounds is None:
        return drafts
    return [
        draft
        for draft in drafts
        if draft.state != MessageState.QUEUED
        or not draft.cause.startswith(OFFER)
        or bounds.places.take(draft.channel)
    ]


def _rules(draft: Draft) -> dict[str, Any]:
    return {"rules": [reason.get("rule") for reason in draft.reasons]}


def _plans(
    people: Sequence[Known],
    at: datetime,
    journey: Journey,
    policy: Policy,
    spared: Container[uuid.UUID],
    bounds: Bounds | None,
) -> tuple[list[Planned], list[Known]]:
    """Whom to write to today, and who would be written to if nothing stood against it."""
    planned, stopped = [], []
    for person in people:
        today = at.astimezone(ZoneInfo(person.time_zone)).date()
        step = next_step(person, today, journey)
        if step is None:
            if withheld.is_stopped(person, at, policy):
                stopped.append(person)
            continue
        address = address_for(person)
        if address is None:
            stopped.append(person)
        elif not step.cause.startswith(OFFER):
            planned.append(Planned(person, step, *address))
        elif person.debtor_id not in spared and (bounds is None or bounds.may_hear(person, today)):
            planned += _about_offer(person, step, address, bounds)
    return planned, stopped


def _about_offer(
    person: Known, step: Step, address: tuple[str, Any], bounds: Bounds | None
) -> list[Planned]:
    """The one contact, or none where the creditor writes on no channel that reaches the person."""
    if bounds is None:
        return [Planned(person, step, *address)]
    allowed = address_for(person, bounds.channels)
    return [] if allowed is None else [Planned(bounds.around(person), step, *allowed, True)]


def next_step(person: Known, today: date, journey: Journey) -> Step | None:
    """What to write today: an instalment near its day, or the offer; nothing on top of another."""
    if person.has_open_agreement:
        return _instalment_step(person, today, journey)
    if person.offer is None or today in person.written.values():
        return None
    days = [day for cause, day in person.written.items() if cause.startswith(OFFER)]
    number = offer_step(journey, days, today)
    if number is None:
        return None
    intent = "reminder" if number else "first_contact"
    facts = {"valid_until": person.offer.valid_until}
    return step_of(intent, f"{OFFER}{person.offer.id}:{number}", facts, person.causes, today)


def _instalment_step(person: Known, today: date, journey: Journey) -> Step | None:
    for instalment, number in person.instalments:
        moment = instalment_moment(journey, instalment.due_on, today)
        if moment is None:
            continue
        intent, name = moment
        # With its date: an instalment that was moved is reminded of anew.
        cause = f"{INSTALMENT}{instalment.id}:{instalment.due_on:%Y%m%d}:{name}"
        if _is_written(person, cause):
            continue
        facts = {
            "instalment_number": instalment.number,
            "instalments_count": max(instalment.count, 1),
            "instalment_amount_cents": instalment.amount_cents - instalment.paid_cents,
            "due_on": instalment.due_on,
            "agreement_number": number,
        }
        return step_of(intent, cause, facts, person.causes, today)
    return None


def _is_written(person: Known, cause: str) -> bool:
    """Whether a message left or waits for a cause; written again, it has its day (`step_of`)."""
    return any(one == cause or one.startswith(f"{cause}:") for one in person.written)
