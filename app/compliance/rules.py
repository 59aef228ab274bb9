"""May this person be contacted at this address, now? Pure: facts in, a verdict with reasons out.

`columns.decide_columns` gives the same answer for many people at once.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from app.compliance import dates, numbers
from app.compliance.facts import (
    ContactFacts,
    Finding,
    PersonFacts,
    Reason,
    Verdict,
    pattern_of,
)
from app.compliance.hours import Opening, next_slot, opening
from app.compliance.places import places_of
from app.compliance.policy import STRENGTH, Effect, Policy, Rule
from app.compliance.questions import CLOSED_THEN, NO_COMMON_HOUR, PLAIN, finding, findings
from app.compliance.questions import EVERY_CHANNEL as EVERY_CHANNEL

Found = dict[Finding, datetime | None]


def decide(person: PersonFacts, contact: ContactFacts, at: datetime, policy: Policy) -> Verdict:
    """The verdict at `at` (timezone-aware). All matching rules are collected; the strongest wins.

    `until` of a DELAY is the first moment at which hours and numbers of contact both allow. Raises
    ValueError for a channel or class of messages that the rules do not know.
    """
    pattern = pattern_of(person, contact)
    pattern.check()
    today = at.astimezone(ZoneInfo(person.time_zone)).date()
    found: Found = {}
    bound = [
        rule for rule in policy.contact_rules if rule.binds(contact.channel, contact.message_class)
    ]
    for rule in bound:
        for question in rule.asks:
            if question in PLAIN:
                for detail, until in PLAIN[question](rule, pattern, at):
                    found[finding(rule, question, detail)] = until
        for detail in dates.one(rule, person, today):
            found[finding(rule, "dates", detail)] = None
        if "numbers" in rule.asks:
            for detail, until in numbers.one(rule, person, contact, at).items():
                found[finding(rule, "numbers", detail)] = until
    found |= _about_hours(person, contact, at, policy, bound, found)
    return _verdict(found, policy)


def _verdict(found: Found, policy: Policy) -> Verdict:
    listed = tuple(
        Reason(one.rule, one.effect, one.detail, found[one])
        for one in findings(policy)
        if one in found
    )
    effect = max((r.effect for r in listed), key=STRENGTH.__getitem__, default=Effect.ALLOW)
    until = max((r.until for r in listed if r.until and r.effect is Effect.DELAY), default=None)
    return Verdict(effect, until if effect is Effect.DELAY else None, listed)


def _about_hours(
    person: PersonFacts,
    contact: ContactFacts,
    at: datetime,
    policy: Policy,
    bound: list[Rule],
    others: Found,
) -> Found:
    if not any("hours" in rule.asks for rule in bound):
        return {}
    places = places_of(
        person.time_zone, person.uf, contact.area_code, person.convenient, policy.jurisdiction
    )
    now = opening(places, at, policy)
    delays = [until for one, until in others.items() if until and one.effect is Effect.DELAY]
    free_at = max(delays, default=at)
    slot = now.slot if free_at <= at else next_slot(places, free_at, policy)
    return hours_findings(now, slot, policy, moved=slot is not None and slot > free_at > at)


def hours_findings(now: Opening, slot: datetime | None, policy: Policy, *, moved: bool) -> Found:
    """The reasons of hours: closed now, or closed when the numbers of contact would allow.

    `slot` is where the message lands; `moved` tells that it would be free before the hours are.
    """
    found: Found = {}
    for rule in policy.asking("hours"):
        if slot is None:
            found[finding(rule, "hours", NO_COMMON_HOUR)] = None
        elif now.base_closed or moved:
            found[finding(rule, "hours", "" if now.base_closed else CLOSED_THEN)] = slot
    for rule in policy.asking("state_hours"):
        if slot is not None and now.state_closed:
            found[finding(rule, "state_hours", "")] = slot
    return found
