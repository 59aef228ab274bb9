"""May this person be contacted at this address, now? Pure: facts in, a verdict with reasons out.

`columns.decide_columns` gives the same answer for many people at once.
"""

import calendar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.compliance.facts import ContactFacts, DebtFacts, Finding, PersonFacts, Reason, Verdict
from app.compliance.hours import Opening, next_slot, opening, places_of
from app.compliance.policy import STRENGTH, Effect, Policy

WEEK = timedelta(days=7)
EVERY_CHANNEL = "*"

HOLD_RULES = ("BR-10", "BR-11", "BR-12", "TR-02")
ADDRESS_RULES = ("BR-09", "TR-03")

FINDINGS: tuple[Finding, ...] = (
    Finding("BR-01", Effect.BLOCK, ""),
    Finding("BR-03", Effect.DELAY, ""),
    Finding("BR-03", Effect.REVIEW, "no_common_hour"),
    Finding("BR-04", Effect.DELAY, ""),
    Finding("BR-07", Effect.BLOCK, ""),
    Finding("BR-08", Effect.DELAY, "day"),
    Finding("BR-08", Effect.DELAY, "seven_days"),
    Finding("BR-09", Effect.BLOCK, ""),
    Finding("BR-10", Effect.BLOCK, "minor"),
    Finding("BR-10", Effect.BLOCK, "hold"),
    Finding("BR-11", Effect.BLOCK, "hold"),
    Finding("BR-12", Effect.BLOCK, "hold"),
    Finding("BR-29", Effect.BLOCK, ""),
    Finding("TR-01", Effect.BLOCK, ""),
    Finding("TR-02", Effect.BLOCK, "hold"),
    Finding("TR-03", Effect.BLOCK, ""),
)
"""Every way in which a contact rule can match, in the order reasons are given."""


def decide(person: PersonFacts, contact: ContactFacts, at: datetime, policy: Policy) -> Verdict:
    """The verdict at `at` (timezone-aware). All matching rules are collected; the strongest wins.

    `until` of a DELAY is the first moment at which hours and numbers of contact both allow.
    """
    matched: dict[Finding, datetime | None] = dict.fromkeys(
        (
            *_about_debts(person, at, policy),
            *_about_person(person, at, policy),
            *_about_address(person, contact, policy),
        )
    )
    reasons: dict[Finding, datetime | None] = {
        f: u for f, u in matched.items() if policy.binds(f.rule, contact.message_class)
    }
    if policy.binds("BR-08", contact.message_class):
        reasons |= _about_numbers(person, contact, at, policy)
    if policy.binds("BR-03", contact.message_class):
        reasons |= _about_hours(person, contact, at, policy, reasons)
    return _verdict(reasons)


def _verdict(reasons: dict[Finding, datetime | None]) -> Verdict:
    listed = tuple(
        Reason(finding.rule, finding.effect, finding.detail, reasons[finding])
        for finding in FINDINGS
        if finding in reasons
    )
    effect = max((r.effect for r in listed), key=STRENGTH.__getitem__, default=Effect.ALLOW)
    until = max((r.until for r in listed if r.until), default=None)
    return Verdict(effect, until if effect is Effect.DELAY else None, listed)


def _about_debts(person: PersonFacts, at: datetime, policy: Policy) -> list[Finding]:
    if not person.debts:
        return [Finding("TR-01", Effect.BLOCK, "")]
    today = at.astimezone(ZoneInfo(person.time_zone)).date()
    if all(is_prescribed(debt, today, policy) for debt in person.debts):
        return [Finding("BR-01", Effect.BLOCK, "")]
    return []


def is_prescribed(debt: DebtFacts, today: date, policy: Policy) -> bool:
    """Whether the period of its instrument is over; an interruption starts it anew (CC 202)."""
    if debt.acknowledged:
        return False
    years = int(policy.parameter("BR-01", f"{debt.instrument}_years"))
    start = max(debt.due_on, debt.interruption_on or debt.due_on)
    return today >= years_later(start, years)


def years_later(day: date, years: int) -> date:
    """The same day of a later year; 29 February becomes the 28th."""
    last = calendar.monthrange(day.year + years, day.month)[1]
    return day.replace(year=day.year + years, day=min(day.day, last))


def _about_person(person: PersonFacts, at: datetime, policy: Policy) -> list[Finding]:
    found = []
    today = at.astimezone(ZoneInfo(person.time_zone)).date()
    if person.adult_on is not None and today < person.adult_on:
        found.append(Finding("BR-10", Effect.BLOCK, "minor"))
    for rule in HOLD_RULES:
        if person.holds.intersection(policy.parameter(rule, "holds")):
            found.append(Finding(rule, Effect.BLOCK, "hold"))
    return found


def _about_address(person: PersonFacts, contact: ContactFacts, policy: Policy) -> list[Finding]:
    found = []
    if person.opted_out & {contact.channel, EVERY_CHANNEL}:
        found.append(Finding("BR-07", Effect.BLOCK, ""))
    for rule in ADDRESS_RULES:
        if contact.state in policy.parameter(rule, "refused_states"):
            found.append(Finding(rule, Effect.BLOCK, ""))
    if contact.sender_paused:
        found.append(Finding("BR-29", Effect.BLOCK, ""))
    return found


def day_bounds(at: datetime, time_zone: str) -> tuple[datetime, datetime]:
    """Midnight before and midnight after `at` where the person is, in UTC."""
    zone = ZoneInfo(time_zone)
    today = at.astimezone(zone).date()
    bounds = (datetime.combine(day, time(), zone) for day in (today, today + timedelta(days=1)))
    start, end = (bound.astimezone(UTC) for bound in bounds)
    return start, end


def _about_numbers(
    person: PersonFacts, contact: ContactFacts, at: datetime, policy: Policy
) -> dict[Finding, datetime | None]:
    found: dict[Finding, datetime | None] = {}
    start, end = day_bounds(at, person.time_zone)
    today = [sent for sent in person.sent if start <= sent.at <= at]
    on_channel = [sent for sent in today if sent.channel == contact.channel]
    if len(on_channel) >= policy.parameter("BR-08", "per_day_and_channel") or (
        len(today) >= policy.parameter("BR-08", "per_day")
    ):
        found[Finding("BR-08", Effect.DELAY, "day")] = end
    cap = int(policy.parameter("BR-08", "per_seven_days"))
    week = sorted((s.at for s in person.sent if at - WEEK < s.at <= at), reverse=True)
    if len(week) >= cap:
        found[Finding("BR-08", Effect.DELAY, "seven_days")] = (
            week[cap - 1] + WEEK if cap else at + WEEK
        )
    return found


def _about_hours(
    person: PersonFacts,
    contact: ContactFacts,
    at: datetime,
    policy: Policy,
    others: dict[Finding, datetime | None],
) -> dict[Finding, datetime | None]:
    places = places_of(person.time_zone, person.uf, contact.area_code)
    now = opening(places, at, policy)
    free_at = max((until for until in others.values() if until), default=at)
    slot = now.slot if free_at <= at else next_slot(places, free_at, policy)
    return hours_findings(now, slot, moved=slot is not None and slot > free_at > at)


def hours_findings(
    now: Opening, slot: datetime | None, *, moved: bool
) -> dict[Finding, datetime | None]:
    """The reasons of hours: closed now, or closed when the numbers of contact would allow.

    `slot` is where the message lands; `moved` tells that it would be free before the hours are.
    """
    if slot is None:
        return {Finding("BR-03", Effect.REVIEW, "no_common_hour"): None}
    found: dict[Finding, datetime | None] = {}
    if now.base_closed or moved:
        found[Finding("BR-03", Effect.DELAY, "")] = slot
    if now.state_closed:
        found[Finding("BR-04", Effect.DELAY, "")] = slot
    return found
