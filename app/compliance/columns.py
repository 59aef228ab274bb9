"""The contact policy on columns: `rules.decide` for many people at once, with the same answers.

Moments are int64 microseconds since 1970 (UTC), days are datetime64[D].
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from app.compliance.facts import ContactFacts, Finding, PersonFacts, Reason, Verdict
from app.compliance.hours import next_slot, opening, places_of
from app.compliance.policy import STRENGTH, Effect, Policy
from app.compliance.rules import (
    ADDRESS_RULES,
    EVERY_CHANNEL,
    FINDINGS,
    HOLD_RULES,
    day_bounds,
    hours_findings,
)

Moments = NDArray[np.int64]
Flags = NDArray[np.bool_]
NEVER = np.int64(-(2**62))
WEEK_MICROSECONDS = np.int64(7 * 24 * 3600 * 1_000_000)
BY_STRENGTH = {strength: effect for effect, strength in STRENGTH.items()}
FAR = np.datetime64("9999-01-01", "D")


@dataclass(frozen=True)
class Columns:
    """People and the addresses meant, one row each; `place` points into `places`."""

    places: tuple[tuple[str, str | None, str | None], ...]
    """(time zone, UF, area code), each combination once."""
    place: NDArray[np.int64]
    channel: NDArray[np.str_]
    message_class: NDArray[np.str_]
    adult_on: NDArray[np.datetime64]
    holds: dict[str, Flags]
    opted_out: Flags
    address_state: NDArray[np.str_]
    sender_paused: Flags
    has_debt: Flags
    enforceable_until: NDArray[np.datetime64]
    """The day from which every debt of the person is prescribed."""
    sent_at: Moments
    """People × moments, padded with NEVER, newest first."""
    sent_on_channel: Flags
    """People × moments: whether that message left on the channel meant now."""

    def __len__(self) -> int:
        return len(self.place)


@dataclass(frozen=True)
class Verdicts:
    """One verdict per row."""

    effect: NDArray[np.int8]
    """Strength: 0 ALLOW, 1 REQUIRE, 2 DELAY, 3 REVIEW, 4 BLOCK."""
    until: Moments
    matched: Flags
    """People × FINDINGS."""
    untils: Moments
    """People × FINDINGS."""

    def verdict(self, row: int) -> Verdict:
        """The verdict of one row, as `rules.decide` gives it."""
        matched = np.flatnonzero(self.matched[row]).tolist()
        reasons = tuple(
            Reason(*FINDINGS[index], until=_moment(self.untils[row, index])) for index in matched
        )
        return Verdict(BY_STRENGTH[int(self.effect[row])], _moment(self.until[row]), reasons)

    def each(self) -> list[Verdict]:
        """The verdict of every row; rows that say the same share one object."""
        rows = np.column_stack(
            [self.effect.astype(np.int64), self.until, self.matched.astype(np.int64), self.untils]
        )
        width, packed = rows.shape[1] * rows.itemsize, np.ascontiguousarray(rows).tobytes()
        known: dict[bytes, Verdict] = {}
        verdicts = []
        for row in range(len(rows)):
            key = packed[row * width : (row + 1) * width]
            if key not in known:
                known[key] = self.verdict(row)
            verdicts.append(known[key])
        return verdicts


def microseconds(moment: datetime) -> int:
    """A timezone-aware moment as microseconds since 1970."""
    delta = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds


def _moment(value: Any) -> datetime | None:
    if value == NEVER:
        return None
    seconds, rest = divmod(int(value), 1_000_000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest)


def prescribed_on(
    start: NDArray[np.datetime64], years: NDArray[np.int64]
) -> NDArray[np.datetime64]:
    """`rules.years_later` on columns."""
    month = start.astype("datetime64[M]")
    later = month + (years * 12).astype("timedelta64[M]")
    day = start.astype("datetime64[D]") - month.astype("datetime64[D]")
    last = (later + np.timedelta64(1, "M")).astype("datetime64[D]") - np.timedelta64(1, "D")
    result: NDArray[np.datetime64] = np.minimum(later.astype("datetime64[D]") + day, last)
    return result


def from_facts(
    people: Sequence[PersonFacts], contacts: Sequence[ContactFacts], policy: Policy
) -> Columns:
    """Columns of rows of facts; both sequences are of one length."""
    keys = [(p.time_zone, p.uf, c.area_code) for p, c in zip(people, contacts, strict=True)]
    places = {key: code for code, key in enumerate(dict.fromkeys(keys))}
    widest = max((len(p.sent) for p in people), default=0)
    sent_at = np.full((len(people), widest), NEVER, dtype=np.int64)
    same = np.zeros((len(people), widest), dtype=np.bool_)
    for row, (person, contact) in enumerate(zip(people, contacts, strict=True)):
        newest = sorted(person.sent, key=lambda sent: sent.at, reverse=True)
        for column, sent in enumerate(newest):
            sent_at[row, column] = microseconds(sent.at)
            same[row, column] = sent.channel == contact.channel
    return Columns(
        places=tuple(places),
        place=np.array([places[key] for key in keys], dtype=np.int64),
        channel=np.array([c.channel for c in contacts], dtype=np.str_),
        message_class=np.array([c.message_class for c in contacts], dtype=np.str_),
        adult_on=np.array([p.adult_on or "NaT" for p in people], dtype="datetime64[D]"),
        holds={
            rule: np.array([bool(p.holds & kinds) for p in people], dtype=np.bool_)
            for rule in HOLD_RULES
            for kinds in (frozenset(policy.parameter(rule, "holds")),)
        },
        opted_out=np.array(
            [
                bool(p.opted_out & {c.channel, EVERY_CHANNEL})
                for p, c in zip(people, contacts, strict=True)
            ],
            dtype=np.bool_,
        ),
        address_state=np.array([c.state for c in contacts], dtype=np.str_),
        sender_paused=np.array([c.sender_paused for c in contacts], dtype=np.bool_),
        has_debt=np.array([bool(p.debts) for p in people], dtype=np.bool_),
        enforceable_until=_enforceable_until(people, policy),
        sent_at=sent_at,
        sent_on_channel=same,
    )


def _enforceable_until(people: Sequence[PersonFacts], policy: Policy) -> NDArray[np.datetime64]:
    rows = [(row, debt) for row, person in enumerate(people) for debt in person.debts]
    result = np.full(len(people), np.datetime64("0001-01-01", "D"))
    if not rows:
        return result
    start = np.array(
        [max(d.due_on, d.interruption_on or d.due_on) for _, d in rows], dtype="datetime64[D]"
    )
    years = np.array(
        [policy.parameter("BR-01", f"{d.instrument}_years") for _, d in rows], dtype=np.int64
    )
    until = np.where([d.acknowledged for _, d in rows], FAR, prescribed_on(start, years))
    np.maximum.at(result, np.array([row for row, _ in rows]), until)
    return result


class _Matches:
    """Which findings match which rows, and until when."""

    def __init__(self, rows: int) -> None:
        self.matched = np.zeros((rows, len(FINDINGS)), dtype=np.bool_)
        self.untils = np.full((rows, len(FINDINGS)), NEVER, dtype=np.int64)

    def add(self, rule: str, effect: Effect, detail: str, rows: Flags, until: Any = NEVER) -> None:
        index = FINDINGS.index(Finding(rule, effect, detail))
        self.matched[:, index] |= rows
        self.untils[:, index] = np.where(rows, until, self.untils[:, index])


def decide_columns(columns: Columns, at: datetime, policy: Policy) -> Verdicts:
    """`rules.decide` for every row at the moment `at` (timezone-aware)."""
    matches = _Matches(len(columns))
    bound = {
        rule: np.isin(columns.message_class, sorted(policy.rules[rule].classes))
        for rule in {finding.rule for finding in FINDINGS}
    }
    today = _per_place(columns, lambda zone: at.astimezone(ZoneInfo(zone)).date(), "datetime64[D]")
    _debts_and_person(columns, matches, bound, today)
    _address(columns, matches, bound, policy)
    _numbers(columns, matches, bound["BR-08"], at, policy)
    _hours(columns, matches, bound["BR-03"], at, policy)
    strengths = np.array([STRENGTH[finding.effect] for finding in FINDINGS], dtype=np.int8)
    effect = np.where(matches.matched, strengths, 0).max(axis=1).astype(np.int8)
    until = np.where(matches.matched, matches.untils, NEVER).max(axis=1)
    until = np.where(effect == STRENGTH[Effect.DELAY], until, NEVER)
    return Verdicts(effect, until, matches.matched, matches.untils)


def _per_place(columns: Columns, of_zone: Any, dtype: Any) -> NDArray[Any]:
    values = [of_zone(time_zone) for time_zone, _, _ in columns.places]
    result: NDArray[Any] = np.array(values, dtype=dtype)[columns.place]
    return result


def _debts_and_person(
    columns: Columns, matches: _Matches, bound: dict[str, Flags], today: NDArray[np.datetime64]
) -> None:
    owes = columns.has_debt
    matches.add("TR-01", Effect.BLOCK, "", bound["TR-01"] & ~owes)
    matches.add(
        "BR-01", Effect.BLOCK, "", bound["BR-01"] & owes & (today >= columns.enforceable_until)
    )
    minor = ~np.isnat(columns.adult_on) & (today < columns.adult_on)
    matches.add("BR-10", Effect.BLOCK, "minor", bound["BR-10"] & minor)
    for rule in HOLD_RULES:
        matches.add(rule, Effect.BLOCK, "hold", bound[rule] & columns.holds[rule])


def _address(columns: Columns, matches: _Matches, bound: dict[str, Flags], policy: Policy) -> None:
    matches.add("BR-07", Effect.BLOCK, "", bound["BR-07"] & columns.opted_out)
    for rule in ADDRESS_RULES:
        refused = np.isin(columns.address_state, policy.parameter(rule, "refused_states"))
        matches.add(rule, Effect.BLOCK, "", bound[rule] & refused)
    matches.add("BR-29", Effect.BLOCK, "", bound["BR-29"] & columns.sender_paused)


def _numbers(
    columns: Columns, matches: _Matches, bound: Flags, at: datetime, policy: Policy
) -> None:
    now = microseconds(at)
    bounds = [day_bounds(at, time_zone) for time_zone, _, _ in columns.places]
    start = np.array([microseconds(b[0]) for b in bounds], dtype=np.int64)[columns.place]
    end = np.array([microseconds(b[1]) for b in bounds], dtype=np.int64)[columns.place]
    past = columns.sent_at <= now
    today = past & (columns.sent_at >= start[:, None])
    full = (
        (today & columns.sent_on_channel).sum(axis=1)
        >= policy.parameter("BR-08", "per_day_and_channel")
    ) | (today.sum(axis=1) >= policy.parameter("BR-08", "per_day"))
    matches.add("BR-08", Effect.DELAY, "day", bound & full, end)
    cap = int(policy.parameter("BR-08", "per_seven_days"))
    week = np.where(past & (columns.sent_at > now - WEEK_MICROSECONDS), columns.sent_at, NEVER)
    week = -np.sort(-week, axis=1)
    many = (week != NEVER).sum(axis=1) >= cap
    oldest = week[:, cap - 1] if 0 < cap <= week.shape[1] else np.full(len(columns), now)
    matches.add("BR-08", Effect.DELAY, "seven_days", bound & many, oldest + WEEK_MICROSECONDS)


def _hours(columns: Columns, matches: _Matches, bound: Flags, at: datetime, policy: Policy) -> None:
    now = microseconds(at)
    free_at = np.maximum(np.where(matches.matched, matches.untils, NEVER).max(axis=1), now)
    pairs = np.stack([columns.place, free_at], axis=1)[bound]
    rows = np.flatnonzero(bound)
    if not len(rows):
        return
    unique, inverse = np.unique(pairs, axis=0, return_inverse=True)
    inverse = inverse.reshape(-1)
    openings = {
        int(code): opening(places_of(*columns.places[int(code)]), at, policy)
        for code in np.unique(unique[:, 0])
    }
    for group, (code, free) in enumerate(unique):
        opened = openings[int(code)]
        places = places_of(*columns.places[int(code)])
        moment = _moment(free)
        assert moment is not None
        slot = opened.slot if free <= now else next_slot(places, moment, policy)
        moved = slot is not None and free > now and slot > moment
        found = hours_findings(opened, slot, moved=bool(moved))
        for finding, until in found.items():
            index = FINDINGS.index(finding)
            members = rows[inverse == group]
            matches.matched[members, index] = True
            matches.untils[members, index] = NEVER if until is None else microseconds(until)
