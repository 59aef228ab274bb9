"""Why the journey did not even plan a message: kept once per cause, not again every night.

Somebody whose debts are all on hold or prescribed, or who is under age, has no offer to be written
about; somebody whose addresses all came back or belong to others has nowhere to be written to. No
message row can say so, hence the event `contact.withheld`: the ids of the rules, and of the holds
and addresses they rest on.
"""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.compliance import dates
from app.compliance.columns import decide_columns, from_facts
from app.compliance.deadlines import answer_by
from app.compliance.facts import ContactFacts, Verdict
from app.compliance.models import Hold
from app.compliance.policy import Effect, Policy
from app.compliance.queries import among, identifiers
from app.compliance.tasks import add_task
from app.debts.models import ContactPoint, ContactState
from app.history.actions import Happening, record_many
from app.history.models import Event
from app.journeys.queries import Known
from app.outreach.models import Channel, MessageClass
from app.outreach.rules import KIND_OF_ADDRESS

KIND = "contact.withheld"
NO_ADDRESS = "no_address"
CHANNEL_OF = {kind: channel for channel, kind in KIND_OF_ADDRESS.items()}


def is_stopped(person: Known, at: datetime, policy: Policy) -> bool:
    """Whether somebody who owes has no offer because of a hold, their age or the age of what they
    owe (BR-01, BR-10 to BR-12)."""
    facts = person.facts
    if person.offer is not None or person.has_open_agreement or not facts.debts:
        return False
    today = at.astimezone(ZoneInfo(person.time_zone)).date()
    if facts.holds or (facts.adult_on is not None and facts.adult_on > today):
        return True
    return bool(dates.prescribed(facts.debts, today, policy).all())


def note(session: Session, stopped: Sequence[Known], at: datetime, policy: Policy) -> int:
    """Record why these people are not written to, unless the last event says the same; how many."""
    if not stopped:
        return 0
    ids = identifiers([person.debtor_id for person in stopped])
    holds = _holds(session, ids)
    refused = _refused_points(session, [p.debtor_id for p in stopped if not p.points])
    contacts = [_contact(person, refused.get(person.debtor_id)) for person in stopped]
    columns = from_facts([person.facts for person in stopped], contacts, policy)
    verdicts = decide_columns(columns, at, policy)
    before = _last(session, ids)
    happened = []
    for row, person in enumerate(stopped):
        points = refused.get(person.debtor_id, [])
        causes = [*holds.get(person.debtor_id, []), *(str(point.id) for point in points)]
        data = _told(verdicts.verdict(row), causes, has_address=bool(person.points or points))
        if before.get(person.debtor_id) != data:
            happened.append(Happening(person.debtor_id, KIND, None, data))
            if person.debtor_id not in holds:  # what opened a hold made its own task
                _let_review(session, person, data["rules"], at, policy)
    record_many(session, happened)
    return len(happened)


def _let_review(
    session: Session, person: Known, rules: Sequence[str], at: datetime, policy: Policy
) -> None:
    """A rule that wants a person to look makes the task to do so (BR-10: somebody under 18)."""
    for rule in rules:
        if policy.rules[rule].also is Effect.REVIEW:
            add_task(
                session,
                debtor_id=person.debtor_id,
                kind="review_person",
                rule=rule,
                cause=f"review:{person.debtor_id}:{rule}",
                due_at=answer_by(at, person.time_zone, policy),
            )


def _told(verdict: Verdict, causes: list[str], *, has_address: bool) -> dict[str, Any]:
    """What stands until somebody changes something; hours and numbers of contact do not."""
    lasting = [r for r in verdict.reasons if r.effect in (Effect.BLOCK, Effect.REVIEW)]
    data: dict[str, Any] = {
        "rules": [reason.rule for reason in lasting],
        "causes": sorted(causes),
    }
    if not has_address:
        data["detail"] = NO_ADDRESS
    return data


def _last(session: Session, ids: Any) -> dict[uuid.UUID, dict[str, Any]]:
    """What the last such event told, by person."""
    rows = session.execute(
        select(Event.debtor_id, Event.data)
        .where(among(Event.debtor_id, ids), Event.kind == KIND)
        .order_by(Event.at, Event.id)
    )
    return {row.debtor_id: row.data for row in rows}


def _holds(session: Session, ids: Any) -> dict[uuid.UUID, list[str]]:
    found: dict[uuid.UUID, list[str]] = defaultdict(list)
    for debtor_id, hold_id in session.execute(
        select(Hold.debtor_id, Hold.id).where(
            among(Hold.debtor_id, ids), Hold.resolved_at.is_(None)
        )
    ):
        found[debtor_id].append(str(hold_id))
    return found


def _refused_points(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[Any]]:
    """The addresses that are not used any more, of people who have no other."""
    found: dict[uuid.UUID, list[Any]] = defaultdict(list)
    if not ids:
        return found
    for point in session.execute(
        select(
            ContactPoint.id,
            ContactPoint.debtor_id,
            ContactPoint.kind,
            ContactPoint.area_code,
            ContactPoint.state,
            ContactPoint.whose,
        )
        .where(among(ContactPoint.debtor_id, ids), ContactPoint.state != ContactState.ACTIVE)
        .order_by(ContactPoint.position, ContactPoint.id)
    ):
        found[point.debtor_id].append(point)
    return found


def _contact(person: Known, refused: list[Any] | None) -> ContactFacts:
    """The address that would have been asked about: one that works, else one that does not."""
    point = next(iter(person.points or refused or ()), None)
    if point is None:
        return ContactFacts(Channel.EMAIL, MessageClass.OUTBOUND)
    return ContactFacts(
        channel=CHANNEL_OF[point.kind],
        message_class=MessageClass.OUTBOUND,
        area_code=point.area_code,
        state=getattr(point, "state", ContactState.ACTIVE),
        whose=point.whose,
        line=point.id,
    )
