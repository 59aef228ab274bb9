"""What a day's plan becomes: messages with their moment and what the contact policy says of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from app.compliance.columns import decide_columns, from_facts
from app.compliance.facts import ContactFacts, Verdict, stored_reasons
from app.compliance.policy import Effect, Policy
from app.compliance.rules import decide
from app.journeys.queries import Known
from app.journeys.rules import Step
from app.outreach.models import MessageClass, MessageState
from app.outreach.writing import Draft


class Planned(NamedTuple):
    """A step for a person, on a channel, to an address."""

    person: Known
    step: Step
    channel: str
    point: Any
    today_only: bool = False
    """What cannot leave today is not written: it would take a place of another day."""


def decided(
    planned: Sequence[Planned], at: datetime, policy: Policy, paused: Mapping[str, str]
) -> list[Draft]:
    """The messages that may be written at a moment; `paused` are channels whose sender is stopped,
    each with why."""
    contacts = [
        ContactFacts(
            channel=plan.channel,
            message_class=MessageClass.OUTBOUND,
            area_code=plan.point.area_code,
            whose=plan.point.whose,
            sender_paused=paused.get(plan.channel, ""),
            line=plan.point.id,
        )
        for plan in planned
    ]
    people = [plan.person.facts for plan in planned]
    verdicts = decide_columns(from_facts(people, contacts, policy), at, policy).each()
    reasons = _Reasons(policy)
    drafts = [
        _draft(plan, contact, verdict, at, reasons)
        for plan, contact, verdict in zip(planned, contacts, verdicts, strict=True)
    ]
    return [draft for plan, draft in zip(planned, drafts, strict=True) if _is_kept(plan, draft, at)]


def _is_kept(plan: Planned, draft: Draft, at: datetime) -> bool:
    if draft.state != MessageState.QUEUED:
        return not plan.step.again
    return not plan.today_only or _is_same_day(plan.person, draft.send_after, at)


class _Reasons:
    """What rows keep of verdicts; many people share one."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self._known: dict[Verdict, list[dict[str, Any]]] = {}

    def of(self, verdict: Verdict) -> list[dict[str, Any]]:
        """As `stored_reasons`."""
        if verdict not in self._known:
            self._known[verdict] = stored_reasons(verdict, self.policy, MessageClass.OUTBOUND)
        return self._known[verdict]


def _draft(
    plan: Planned, contact: ContactFacts, verdict: Verdict, at: datetime, reasons: _Reasons
) -> Draft:
    when, verdict = _timed(plan, contact, verdict, at, reasons.policy)
    stopped = not verdict.allows and verdict.effect is not Effect.DELAY
    person = plan.person
    return Draft(
        debtor_id=person.debtor_id,
        contact_point_id=plan.point.id,
        channel=plan.channel,
        intent=plan.step.intent,
        message_class=MessageClass.OUTBOUND,
        cause=plan.step.cause,
        locale=person.locale,
        send_after=when,
        facts=plan.step.facts,
        state=MessageState.WITHHELD if stopped else MessageState.QUEUED,
        reasons=reasons.of(verdict),
    )


def _timed(
    plan: Planned, contact: ContactFacts, verdict: Verdict, at: datetime, policy: Policy
) -> tuple[datetime, Verdict]:
    """When it may leave, at the person's hour if that may be, and what is decided of then."""
    soonest = verdict.until or at
    wished = max(soonest, _preferred(plan.person, at))
    if wished == soonest or not (verdict.allows or verdict.until):
        return wished, verdict
    later = decide(plan.person.facts, contact, wished, policy)
    when = later.until or wished
    if plan.today_only and not _is_same_day(plan.person, when, at):
        return soonest, verdict
    return when, later


def _is_same_day(person: Known, one: datetime, other: datetime) -> bool:
    zone = ZoneInfo(person.time_zone)
    return one.astimezone(zone).date() == other.astimezone(zone).date()


def _preferred(person: Known, at: datetime) -> datetime:
    """The person's hour today where they are, when it is still to come."""
    if person.preferred_hour is None:
        return at
    zone = ZoneInfo(person.time_zone)
    today = at.astimezone(zone).date()
    return max(at, datetime.combine(today, time(person.preferred_hour), zone).astimezone(at.tzinfo))
