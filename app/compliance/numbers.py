"""How often a person may be contacted; on columns: `number_columns`.

Messages (e-mail, SMS, WhatsApp) and calls are counted apart, over all debts of a person. What left
by a clock that is ahead of ours counts as having left now. Moments of columns are int64
microseconds since 1970 (UTC).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
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


def caps(rule: Rule) -> Iterable[tuple[Cap, int]]:
    """What a rule limits, and to how many."""
    return [(CAPS[name], int(most)) for name, most in rule.parameters.items() if name in CAPS]


NONE_ALLOWED = {MESSAGES: "no_messages", CALLS: "no_calls"}
"""What a limit of 0 says: nobody was contacted, nobody will be, and no moment ends it."""


def detail(cap: Cap, most: int) -> str:
    """On what a limit matches."""
    return cap.detail if most else NONE_ALLOWED[cap.group]


def details(rule: Rule) -> tuple[str, ...]:
    """The details on which a rule of numbers can match."""
    return tuple(dict.fromkeys(detail(cap, most) for cap, most in caps(rule)))


def microseconds(moment: datetime) -> int:
    """A timezone-aware moment as microseconds since 1970."""
    return (moment - EPOCH) // MICROSECOND


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """When a day begins somewhere, in UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def day_bounds(at: datetime, time_zone: str) -> tuple[datetime, datetime]:
    """Midnight before and midnight after `at` where the person is, in UTC."""
    return bounds(Span.DAY, at, ZoneInfo(time_zone))


def bounds(span: Span, at: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The day, or the shift of the day, that a moment falls in, in UTC."""
    if span is Span.SHIFT:
        return _shift(at, zone)
    today = at.astimezone(zone).date()
    return midnight(today, zone), midnight(today + timedelta(days=1), zone)


def _shift(at: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The shift that a moment falls in."""
    today = at.astimezone(zone).date()
    starts = [datetime.combine(today, start, zone).astimezone(UTC) for start in SHIFTS]
    edges = [*starts, midnight(today + timedelta(days=1), zone)]
    begun = max(start for start in starts if start <= at)
    return begun, min(edge for edge in edges if edge > at)


def one(
    rule: Rule, person: PersonFacts, contact: ContactFacts, at: datetime
) -> dict[str, datetime | None]:
    """Details of the limits that are reached, each with the moment at which it is not any more."""
    found: dict[str, datetime | None] = {}
    zone = ZoneInfo(person.time_zone)
    for cap, most in caps(rule):
        if contact.channel not in cap.group:
            continue
        if most == 0:
            found[detail(cap, most)] = None
            continue
        until = _full_until(cap, most, _counted(cap, person.sent, contact.channel, at), at, zone)
        if until is not None:
            found[cap.detail] = max(until, found.get(cap.detail) or until)
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
    """Of a limit that allows any."""
    today = at.astimezone(zone).date()
    if cap.span is Span.DAY or cap.span is Span.SHIFT:
        start, end = bounds(cap.span, at, zone)
        return end if sum(moment >= start for moment in counted) >= most else None
    if cap.span is Span.HOURS:
        week = [moment for moment in counted if moment > at - WEEK]
        if len(week) < most:
            return None
        return week[most - 1] + WEEK
    first = midnight(today - timedelta(days=6), zone)
    week = [moment for moment in counted if moment >= first]
    if len(week) < most:
        return None
    day = week[most - 1].astimezone(zone).date()
    return midnight(day + timedelta(days=7), zone)
