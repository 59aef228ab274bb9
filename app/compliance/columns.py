"""The contact policy on columns: `rules.decide` for many people at once, with the same answers.

Moments are int64 microseconds since 1970 (UTC), days are datetime64[D].
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from app.compliance import dates, number_columns
from app.compliance.dates import Days
from app.compliance.facts import ContactFacts, Finding, Pattern, PersonFacts, pattern_of
from app.compliance.hours import opening, slots
from app.compliance.number_columns import SentColumns
from app.compliance.numbers import NEVER, Flags, Moments, microseconds
from app.compliance.places import places_of
from app.compliance.policy import Policy, Rule
from app.compliance.questions import PLAIN, finding, findings
from app.compliance.rules import hours_findings
from app.compliance.verdicts import Matches, Verdicts, moment
from app.compliance.windows import Window


@dataclass(frozen=True)
class Columns:
    """People and the addresses meant, one row each."""

    patterns: tuple[Pattern, ...]
    """What rows have in common, each once; `pattern` points into it."""
    pattern: NDArray[np.int64]
    places: tuple[tuple[str, str | None, str | None, Window | None], ...]
    """(time zone, state, area code, convenient hours), each once; `place` points into it."""
    place: NDArray[np.int64]
    adult_on: Days
    enforceable_until: Days
    """The day from which every debt of the person is prescribed."""
    newest_due: Days
    """NaT where nothing is owed."""
    sent: SentColumns

    def __len__(self) -> int:
        return len(self.pattern)


def from_facts(
    people: Sequence[PersonFacts], contacts: Sequence[ContactFacts], policy: Policy
) -> Columns:
    """Columns of rows of facts; both sequences are of one length."""
    patterns: dict[Pattern, int] = {}
    places: dict[tuple[str, str | None, str | None, Window | None], int] = {}
    pattern, place = [], []
    for person, contact in zip(people, contacts, strict=True):
        pattern.append(patterns.setdefault(pattern_of(person, contact), len(patterns)))
        key = (person.time_zone, person.uf, contact.area_code, person.convenient)
        place.append(places.setdefault(key, len(places)))
    enforceable_until, newest_due = dates.of_debts(people, policy)
    return Columns(
        patterns=tuple(patterns),
        pattern=np.array(pattern, dtype=np.int64),
        places=tuple(places),
        place=np.array(place, dtype=np.int64),
        adult_on=np.array([person.adult_on for person in people], dtype="datetime64[D]"),
        enforceable_until=enforceable_until,
        newest_due=newest_due,
        sent=number_columns.sent_columns(people),
    )


def decide_columns(columns: Columns, at: datetime, policy: Policy) -> Verdicts:
    """`rules.decide` for every row at the moment `at` (timezone-aware). Raises as it does."""
    for one in columns.patterns:
        one.check()
    matches = Matches(len(columns))
    for rule in policy.contact_rules:
        binds = np.array(
            [rule.binds(p.channel, p.message_class) for p in columns.patterns], np.bool_
        )
        if binds.any():
            bound = binds[columns.pattern]
            _plain(columns, matches, rule, at)
            _dates(columns, matches, rule, bound, at)
            _numbers(columns, matches, rule, bound, at)
    _hours(columns, matches, at, policy)
    return matches.verdicts(findings(policy))


def _plain(columns: Columns, matches: Matches, rule: Rule, at: datetime) -> None:
    """What is the same for everybody of a pattern is asked once."""
    for question in rule.asks:
        if question not in PLAIN:
            continue
        found: dict[str, tuple[Flags, Moments]] = {}
        for code, pattern in enumerate(columns.patterns):
            if not rule.binds(pattern.channel, pattern.message_class):
                continue
            for detail, until in PLAIN[question](rule, pattern, at):
                if detail not in found:
                    size = len(columns.patterns)
                    found[detail] = np.zeros(size, np.bool_), np.full(size, NEVER, np.int64)
                found[detail][0][code] = True
                found[detail][1][code] = NEVER if until is None else microseconds(until)
        for detail, (flags, untils) in found.items():
            one = finding(rule, question, detail)
            matches.add(one, flags[columns.pattern], untils[columns.pattern])


def _dates(columns: Columns, matches: Matches, rule: Rule, bound: Flags, at: datetime) -> None:
    days = [at.astimezone(ZoneInfo(zone)).date() for zone, *_ in columns.places]
    today = np.array(days, dtype="datetime64[D]")[columns.place]
    asked = (columns.enforceable_until, columns.newest_due, columns.adult_on, today)
    for question, detail, rows in dates.many(rule, *asked):
        matches.add(finding(rule, question, detail), bound & rows)


def _numbers(columns: Columns, matches: Matches, rule: Rule, bound: Flags, at: datetime) -> None:
    if "numbers" not in rule.asks:
        return
    channel = number_columns.channel_codes(p.channel for p in columns.patterns)[columns.pattern]
    zones = tuple(zone for zone, *_ in columns.places)
    told = number_columns.many(rule, columns.sent, channel, columns.place, zones, at)
    for detail, full, until in told:
        matches.add(finding(rule, "numbers", detail), bound & full, until)


def _hours(columns: Columns, matches: Matches, at: datetime, policy: Policy) -> None:
    rules = policy.asking("hours")
    binds = np.array(
        [any(r.binds(p.channel, p.message_class) for r in rules) for p in columns.patterns],
        dtype=np.bool_,
    )
    rows = np.flatnonzero(binds[columns.pattern])
    if not len(rows):
        return
    free_at = matches.free_at(microseconds(at))[rows]
    order = np.argsort(columns.place[rows], kind="stable")
    rows, free_at = rows[order], free_at[order]
    begins = np.flatnonzero(np.diff(columns.place[rows], prepend=-1))
    found: dict[Finding, tuple[Flags, Moments]] = {}
    for members, free in zip(
        np.split(rows, begins[1:]), np.split(free_at, begins[1:]), strict=True
    ):
        distinct, which = np.unique(free, return_inverse=True)
        told = _of_place(columns.places[columns.place[members[0]]], distinct, at, policy)
        for one, (flags, untils) in told.items():
            if one not in found:
                size = len(columns)
                found[one] = np.zeros(size, np.bool_), np.full(size, NEVER, np.int64)
            found[one][0][members] = flags[which]
            found[one][1][members] = untils[which]
    for one, (flags, untils) in found.items():
        matches.add(one, flags, untils)


def _of_place(
    key: tuple[str, str | None, str | None, Window | None],
    free_at: Moments,
    at: datetime,
    policy: Policy,
) -> dict[Finding, tuple[Flags, Moments]]:
    """What the hours of one place say of people who are free to be contacted from these moments."""
    places = places_of(*key, policy.jurisdiction)
    now = opening(places, at, policy)
    frees = [at if free <= microseconds(at) else moment(free) or at for free in free_at.tolist()]
    later = [free for free in frees if free > at]
    landing = [now.slot] * (len(frees) - len(later)) + (
        slots(places, later, policy) if later else []
    )
    found: dict[Finding, tuple[Flags, Moments]] = {}
    for index, (free, slot) in enumerate(zip(frees, landing, strict=True)):
        moved = slot is not None and slot > free > at
        for one, until in hours_findings(now, slot, policy, moved=moved).items():
            if one not in found:
                found[one] = np.zeros(len(frees), np.bool_), np.full(len(frees), NEVER, np.int64)
            found[one][0][index] = True
            found[one][1][index] = NEVER if until is None else microseconds(until)
    return found
