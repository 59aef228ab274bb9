"""What contact rules ask, by name; each answers with the details that match, and until when.

The questions of this module look at what many people have in common (`facts.Pattern`); those about
dates, numbers and hours of contact are in `dates`, `numbers` and `hours`. Pure.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from app.compliance import numbers
from app.compliance.facts import Finding, Pattern
from app.compliance.policy import Effect, Policy, Rule

EVERY_CHANNEL = "*"
NO_COMMON_HOUR, CLOSED_THEN = "no_common_hour", "closed_then"
UNPROVEN = "alignment"
"""Of a sender: its domain is not proven, rather than its reputation spoilt."""

Answer = tuple[str, datetime | None]
"""A detail, and the moment at which this ends where that is known."""


def _nothing_owed(_rule: Rule, pattern: Pattern, _at: datetime) -> Iterator[Answer]:
    if not pattern.owes:
        yield "", None


def _opt_out(_rule: Rule, pattern: Pattern, _at: datetime) -> Iterator[Answer]:
    if pattern.opted_out & {pattern.channel, EVERY_CHANNEL}:
        yield "", None


def _address(rule: Rule, pattern: Pattern, _at: datetime) -> Iterator[Answer]:
    if pattern.state in rule.parameters["refused_states"]:
        yield "", None


def _whose(rule: Rule, pattern: Pattern, _at: datetime) -> Iterator[Answer]:
    """What a person asks for themselves goes where they asked for it."""
    if pattern.message_class != "requested" and pattern.whose in rule.parameters["refused_whose"]:
        yield pattern.whose, None


def _reputation(_rule: Rule, pattern: Pattern, _at: datetime) -> Iterator[Answer]:
    if pattern.sender_paused:
        yield UNPROVEN if pattern.sender_paused == UNPROVEN else "", None


def _holds(rule: Rule, pattern: Pattern, at: datetime) -> Iterator[Answer]:
    """Open holds; one whose days are over stops nothing any more."""
    since = dict(pattern.held_since)
    ends: list[datetime | None] = []
    for kind in pattern.holds.intersection(rule.parameters["holds"]):
        days = rule.parameters.get(f"{kind}_days")
        end = since[kind] + timedelta(days=days) if days and kind in since else None
        if end is None or at < end:
            ends.append(end)
    if ends:
        yield "hold", None if None in ends else max(end for end in ends if end is not None)


def _registry(rule: Rule, pattern: Pattern, at: datetime) -> Iterator[Answer]:
    """On a do-not-call list for long enough, and the person did not allow this creditor to."""
    if "authorised" in pattern.marks:
        return
    today = at.astimezone(ZoneInfo(pattern.time_zone)).date()
    for listing in pattern.listed:
        is_long = listing.since is None or (today - listing.since).days >= rule.parameters["days"]
        if listing.registry in rule.parameters["registries"] and is_long:
            yield "", None
            return


def _proof(rule: Rule, pattern: Pattern, _at: datetime) -> Iterator[Answer]:
    """Every proof that is missing; `only_if` and `unless` name a mark that turns the rule on, off.

    What is not known to be so is not proven.
    """
    only_if, unless = rule.parameters.get("only_if"), rule.parameters.get("unless")
    if (only_if and only_if not in pattern.marks) or (unless and unless in pattern.marks):
        return
    for name in rule.parameters["needs"]:
        if name not in pattern.marks:
            yield name, None


PLAIN: dict[str, Callable[[Rule, Pattern, datetime], Iterable[Answer]]] = {
    "nothing_owed": _nothing_owed,
    "opt_out": _opt_out,
    "address": _address,
    "whose": _whose,
    "reputation": _reputation,
    "holds": _holds,
    "registry": _registry,
    "proof": _proof,
}
"""Questions whose answer is the same for everybody of one pattern."""

_DETAILS: dict[str, Callable[[Rule], Iterable[str]]] = {
    "whose": lambda rule: rule.parameters["refused_whose"],
    "reputation": lambda rule: ("", UNPROVEN),
    "holds": lambda rule: ("hold",),
    "minor": lambda rule: ("minor",),
    "proof": lambda rule: rule.parameters["needs"],
    "numbers": numbers.details,
}
QUESTIONS = frozenset(
    {*PLAIN, "prescription", "age_of_debt", "minor", "numbers", "hours", "state_hours"}
)
"""Everything a rule of the policy may ask."""


def finding(rule: Rule, question: str, detail: str) -> Finding:
    """A rule's match on a detail: hours only ever delay, or want a person where none is common; a
    number of contacts that is 0 never ends."""
    if question in ("hours", "state_hours"):
        return Finding(rule.id, Effect.REVIEW if detail == NO_COMMON_HOUR else Effect.DELAY, detail)
    if detail in numbers.NONE_ALLOWED.values():
        return Finding(rule.id, Effect.BLOCK, detail)
    return Finding(rule.id, rule.effect, detail)


@lru_cache(maxsize=256)
def findings(policy: Policy) -> tuple[Finding, ...]:
    """Every way in which the contact rules can match, in the order reasons are given."""
    found: dict[Finding, None] = {}
    for rule in policy.contact_rules:
        for question in rule.asks:
            details = _DETAILS.get(question)
            for detail in details(rule) if details else ("",):
                found[finding(rule, question, detail)] = None
            if question == "hours":
                for detail in (CLOSED_THEN, NO_COMMON_HOUR):
                    found[finding(rule, question, detail)] = None
    return tuple(found)
