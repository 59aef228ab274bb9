"""How often a person may be contacted. One by one and many.

Messages (e-mail, SMS, WhatsApp) and calls are counted apart, over all debts of a person. What left
by a clock that is ahead of ours counts as having left now. Moments of columns are int64
microseconds since 1970 (UTC).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from app.compliance.facts import ContactFacts, PersonFacts, Sent
from app.compliance.policy import Rule

Moments = NDArray[np.int64]
Flags = NDArray[np.bool_]
NEVER = np.int64(-(2**62))
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
WEEK = timedelta(days=7)
WEEK_MICROSECONDS = np.int64(WEEK // MICROSECOND)

MESSAGES = frozenset({"email", "sms", "whatsapp"})
CALLS = frozenset({"voice"})
SHIFTS = (time(), time(12), time(18))
"""Morning, afternoon and evening."""


class Span(Enum):
    """What is counted over."""

    DAY = "the day where the person is"
    SHIFT = "the shift of the day"
    HOURS = "the last 168 hours"
    DAYS = "today and the six days before, where the person is"


@dataclass(frozen=True, slots=True)
class Cap:
    """What a parameter limits."""

    detail: str
    group: frozenset[str]
    span: Span
    same_channel: bool = False
    talks: bool = False
    """Only calls in which the person was spoken with."""


CAPS: dict[str, Cap] = {
    "per_day_and_channel": Cap("day", MESSAGES, Span.DAY, same_channel=True),
    "per_day": Cap("day", MESSAGES, Span.DAY),
    "per_seven_days": Cap("seven_days", MESSAGES, Span.HOURS),
    "calls_per_shift": Cap("calls_shift", CALLS, Span.SHIFT),
    "calls_per_day": Cap("calls_day", CALLS, Span.DAY),
    "talks_per_day": Cap("talk", CALLS, Span.DAY, talks=True),
    "calls_per_seven_days": Cap("calls_seven_days", CALLS, Span.HOURS),
    "calls_per_week_of_days": Cap("calls_seven_days", CALLS, Span.DAYS),
    "talks_per_week_of_days": Cap("talk", CALLS, Span.DAYS, talks=True),
}
"""Parameter of a rule that asks "numbers" → what it limits."""


def _caps(rule: Rule) -> Iterable[tuple[Cap, int]]:
    return [(CAPS[name], int(most)) for name, most in rule.parameters.items() if name in CAPS]


def details(rule: Rule) -> tuple[str, ...]:
    """The details on which a rule of numbers can match."""
    return tuple(dict.fromkeys(cap.detail for cap, _ in _caps(rule)))


def microseconds(moment: datetime) -> int:
    """A timezone-aware moment as microseconds since 1970."""
    return (moment - EPOCH) // MICROSECOND


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """When a day begins somewhere, in UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def day_bounds(at: datetime, time_zone: str) -> tuple[datetime, datetime]:
    """Midnight before and midnight after `at` where the person is, in UTC."""
    return _bounds(Span.DAY, at, ZoneInfo(time_zone))


def _shift(at: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The shift that a moment falls in."""
    today = at.astimezone(zone).date()
    starts = [datetime.combine(today, start, zone).astimezone(UTC) for start in SHIFTS]
    edges = [*starts, midnight(today + timedelta(days=1), zone)]
    begun = max(start for start in starts if start <= at)
    return begun, min(edge for edge in edges if edge > at)


def one(
    rule: Rule, person: PersonFacts, contact: ContactFacts, at: datetime
) -> dict[str, datetime]:
    """Details of the limits that are reached, each with the moment at which it is not any more."""
    found: dict[str, datetime] = {}
    zone = ZoneInfo(person.time_zone)
    for cap, most in _caps(rule):
        if contact.channel not in cap.group:
            continue
        until = _full_until(cap, most, _counted(cap, person.sent, contact.channel, at), at, zone)
        if until is not None:
            found[cap.detail] = max(until, found.get(cap.detail, until))
    return found


def _counted(cap: Cap, sent: Iterable[Sent], channel: str, at: datetime) -> list[datetime]:
    """The moments that count, newest first."""
    channels = {channel} if cap.same_channel else cap.group
    return sorted(
        (min(s.at, at) for s in sent if s.channel in channels and (s.talked or not cap.talks)),
        reverse=True,
    )


def _full_until(
    cap: Cap, most: int, counted: list[datetime], at: datetime, zone: ZoneInfo
) -> datetime | None:
    today = at.astimezone(zone).date()
    if cap.span is Span.DAY or cap.span is Span.SHIFT:
        start, end = (
            _shift(at, zone)
            if cap.span is Span.SHIFT
            else (midnight(today, zone), midnight(today + timedelta(days=1), zone))
        )
        return end if sum(moment >= start for moment in counted) >= most else None
    if cap.span is Span.HOURS:
        week = [moment for moment in counted if moment > at - WEEK]
        if len(week) < most:
            return None
        return (week[most - 1] if most else at) + WEEK
    first = midnight(today - timedelta(days=6), zone)
    week = [moment for moment in counted if moment >= first]
    if len(week) < most:
        return None
    day = week[most - 1].astimezone(zone).date() if most else today
    return midnight(day + timedelta(days=7), zone)


@dataclass(frozen=True)
class SentColumns:
    """Outbound messages and calls: people × moments, padded with NEVER, in any order."""

    at: Moments
    channel: NDArray[np.int8]
    """Index into CHANNELS, -1 for padding and others."""
    talked: Flags


CHANNELS = (*sorted(MESSAGES), *sorted(CALLS))
_CODES = {channel: code for code, channel in enumerate(CHANNELS)}


def channel_codes(channels: Iterable[str]) -> NDArray[np.int8]:
    """Channels as SentColumns holds them."""
    return np.array([_CODES.get(channel, -1) for channel in channels], dtype=np.int8)


def sent_columns(people: Iterable[PersonFacts]) -> SentColumns:
    """The messages of people as columns."""
    sent = [person.sent for person in people]
    counts = np.array([len(each) for each in sent], dtype=np.int64)
    shape = (len(sent), int(counts.max(initial=0)))
    flat = [one for each in sent for one in each]
    row = np.repeat(np.arange(len(sent)), counts)
    place = np.arange(len(flat)) - np.repeat(np.cumsum(counts) - counts, counts)
    at = np.full(shape, NEVER, dtype=np.int64)
    channel = np.full(shape, -1, dtype=np.int8)
    talked = np.zeros(shape, dtype=np.bool_)
    at[row, place] = [(one.at - EPOCH) // MICROSECOND for one in flat]
    channel[row, place] = [_CODES.get(one.channel, -1) for one in flat]
    talked[row, place] = [one.talked for one in flat]
    return SentColumns(at, channel, talked)


def many(
    rule: Rule,
    sent: SentColumns,
    channel: NDArray[np.int8],
    zone: NDArray[np.int64],
    zones: tuple[str, ...],
    at: datetime,
) -> Iterator[tuple[str, Flags, Moments]]:
    """`one` on columns: (detail, rows, until). `channel` and `zone` (into `zones`) are per row."""
    moments = np.minimum(sent.at, microseconds(at))
    for cap, most in _caps(rule):
        group = channel_codes(sorted(cap.group))
        counts = np.isin(sent.channel, group)
        if cap.same_channel:
            counts &= sent.channel == channel[:, None]
        if cap.talks:
            counts &= sent.talked
        full, until = _full_columns(cap, most, np.where(counts, moments, NEVER), zone, zones, at)
        yield cap.detail, full & np.isin(channel, group), until


def _full_columns(
    cap: Cap, most: int, counted: Moments, zone: NDArray[np.int64], zones: tuple[str, ...],
    at: datetime,
) -> tuple[Flags, Moments]:  # fmt: skip
    if cap.span is Span.HOURS:
        now = microseconds(at)
        full, nth = _nth(counted, most, np.full(len(zone), now - WEEK_MICROSECONDS + 1), now)
        return full, nth + WEEK_MICROSECONDS
    if cap.span is Span.DAYS:
        edges = _per_zone(zones, lambda z: _midnights(at, z))[zone]
        full, nth = _nth(counted, most, edges[:, 0], microseconds(at))
        day = (nth[:, None] >= edges[:, :7]).sum(axis=1) - 1
        return full, edges[np.arange(len(zone)), np.maximum(day, 0) + 7]
    bounds = _per_zone(zones, lambda z: _bounds(cap.span, at, z))[zone]
    full, _ = _nth(counted, most, bounds[:, 0], 0)
    return full, bounds[:, 1]


def _nth(counted: Moments, most: int, first: Moments, now: int) -> tuple[Flags, Moments]:
    """Whether `most` moments are not before `first`, and the `most`-th newest of them."""
    within = np.where(counted >= first[:, None], counted, NEVER)
    full: Flags = (within != NEVER).sum(axis=1) >= most
    if most == 0:
        return full, np.full(len(first), now, dtype=np.int64)
    if most > within.shape[1]:
        return full, np.full(len(first), NEVER, dtype=np.int64)
    nth: Moments = -np.partition(-within, most - 1, axis=1)[:, most - 1]
    return full, nth


def _per_zone(zones: tuple[str, ...], moments: Any) -> Moments:
    return np.array(
        [[microseconds(moment) for moment in moments(ZoneInfo(zone))] for zone in zones],
        dtype=np.int64,
    )


def _midnights(at: datetime, zone: ZoneInfo) -> list[datetime]:
    """Of the six days before, today and the seven after."""
    today = at.astimezone(zone).date()
    return [midnight(today + timedelta(days=offset), zone) for offset in range(-6, 8)]


def _bounds(span: Span, at: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    if span is Span.SHIFT:
        return _shift(at, zone)
    today = at.astimezone(zone).date()
    return midnight(today, zone), midnight(today + timedelta(days=1), zone)
