"""What the law forbids, written from its tables and apart from the code that is judged.

Forbidden hours in every place somebody may be (holidays and daylight saving included), more contacts
than the caps, contact on a hold, after an opt-out, to a minor, about nothing, to an address that is
not theirs, on a do-not-call list, or by a call, a text or a WhatsApp message without the proofs it
needs.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays

from app.compliance.facts import ContactFacts, DebtFacts, PersonFacts

STATE_ZONES = {"NY": "America/New_York", "CA": "America/Los_Angeles", "IL": "America/Chicago",
               "CO": "America/Denver", "AZ": "America/Phoenix", "HI": "Pacific/Honolulu",
               "RJ": "America/Sao_Paulo", "AM": "America/Manaus", "PR": "America/Sao_Paulo",
               "AL": "America/Maceio", "SP": "America/Sao_Paulo"}  # fmt: skip
"""Of states whose zone is named here: hours hold there too."""
AREA_CODES = {"11": "SP", "21": "RJ", "92": "AM", "43": "PR", "82": "AL"}
STATE_HOURS = {"RJ": ((9, 19), None), "ES": ((8, 19), None), "AM": ((8, 18), None),
               "PA": ((8, 18), None), "PR": ((8, 18), (8, 13)), "AL": ((8, 20), (8, 14))}  # fmt: skip
HOURS = {"BR": ((8, 20), (8, 14), None), "US": ((8, 21), (8, 21), (8, 21)),
         "UK": ((8, 20), (8, 20), None), "EU": ((8, 20), (8, 14), None)}  # fmt: skip
STOPPING = {
    "BR": {"dispute", "fraud", "paid_claim", "overindebtedness", "deceased", "incapacity", "minor",
           "deletion"},
}  # fmt: skip
STOPPING["EU"] = STOPPING["BR"]
STOPPING["US"] = STOPPING["BR"] | {"attorney", "cease"}
STOPPING["UK"] = STOPPING["BR"] | {"mental_health_crisis", "statute_barred", "breathing_space"}
YEARS = {"documented": 5, "rent": 3, "promissory_note": 3, "residual": 10}


@dataclass(frozen=True)
class Caps:
    """Most messages: on a channel in a day, in a day, in seven days."""

    channel: int
    day: int
    week: int


def forbidden(
    person: PersonFacts, contact: ContactFacts, at: datetime, jurisdiction: str, caps: Caps
) -> Iterator[str]:
    """The kinds of law that this contact breaks."""
    zone = ZoneInfo(person.time_zone)
    today = at.astimezone(zone).date()
    if any(_is_closed(at, z, s, jurisdiction) for z, s in _whereabouts(person, contact)):
        yield "hours"
    if any(_stops(kind, person, at, jurisdiction) for kind in person.holds):
        yield "hold"
    if person.opted_out & {"*", contact.channel}:
        yield "opt_out"
    if person.adult_on is not None and today < person.adult_on:
        yield "minor"
    if not person.debts:
        yield "nothing_owed"
    if jurisdiction == "BR" and all(_is_prescribed(debt, today) for debt in person.debts):
        yield "prescribed"
    if contact.state != "active" or contact.whose != "own" or contact.sender_paused:
        yield "address"
    yield from _over(person, contact, at, zone, jurisdiction, caps)
    yield from _unproven(contact, jurisdiction)
    if contact.channel != "email" and "authorised" not in contact.marks:
        waited = [(one.registry, (today - one.since).days) for one in person.listed if one.since]
        states = jurisdiction == "BR" and any(r != "own" and days >= 30 for r, days in waited)
        if states or any(registry == "own" and days >= 0 for registry, days in waited):
            yield "do_not_call"


def _whereabouts(person: PersonFacts, contact: ContactFacts) -> Iterator[tuple[str, str | None]]:
    yield person.time_zone, person.uf
    for state in (person.uf, AREA_CODES.get(contact.area_code or "")):
        if state in STATE_ZONES:
            yield STATE_ZONES[state], state


def _is_closed(at: datetime, time_zone: str, state: str | None, jurisdiction: str) -> bool:
    local = at.astimezone(ZoneInfo(time_zone))
    weekday, saturday, sunday = HOURS[jurisdiction]
    if jurisdiction == "BR":
        if local.date() in _holidays(state, local.year):
            return True
        weekday, saturday = STATE_HOURS.get(state or "", (weekday, saturday))
    window = {5: saturday, 6: sunday}.get(local.weekday(), weekday)
    return window is None or not window[0] <= local.hour < window[1]


@cache
def _holidays(state: str | None, year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("BR", subdiv=state, years=year))


def _stops(kind: str, person: PersonFacts, at: datetime, jurisdiction: str) -> bool:
    if kind == "breathing_space":
        return jurisdiction == "UK" and at < dict(person.held_since)[kind] + timedelta(days=60)
    return kind in STOPPING[jurisdiction]


def _is_prescribed(debt: DebtFacts, today: date) -> bool:
    if debt.acknowledged:
        return False
    start = max(debt.due_on, debt.interruption_on or debt.due_on)
    year = start.year + YEARS[debt.instrument]
    return (today.year, today.month, today.day) >= (year, start.month, start.day)


def _over(
    person: PersonFacts, contact: ContactFacts, at: datetime, zone: ZoneInfo, jurisdiction: str,
    caps: Caps,
) -> Iterator[str]:  # fmt: skip
    today = at.astimezone(zone).date()
    messages = [s for s in person.sent if s.channel != "voice" and s.at <= at]
    calls = [s for s in person.sent if s.channel == "voice" and s.at <= at]
    days_ago = [(today - s.at.astimezone(zone).date()).days for s in calls]
    if contact.channel == "voice":
        if days_ago.count(0) >= 2 or sum(s.at > at - timedelta(days=7) for s in calls) >= 5:
            yield "calls"
        if any(s.talked and ago == 0 for s, ago in zip(calls, days_ago, strict=True)):
            yield "talk"
        if jurisdiction == "US" and (
            sum(ago < 7 for ago in days_ago) >= 7
            or any(s.talked and ago < 7 for s, ago in zip(calls, days_ago, strict=True))
        ):
            yield "seven_in_seven"
        return
    on_day = [s for s in messages if s.at.astimezone(zone).date() == today]
    if (
        len(on_day) >= caps.day
        or sum(s.channel == contact.channel for s in on_day) >= caps.channel
        or sum(s.at > at - timedelta(days=7) for s in messages) >= caps.week
    ):
        yield "caps"


def _unproven(contact: ContactFacts, jurisdiction: str) -> Iterator[str]:
    marks, channel = contact.marks, contact.channel
    if channel == "whatsapp" and not {"own_account", "opt_in", "provider_approval"} <= marks:
        yield "whatsapp"
    is_silent = not {"recorded", "recording_notice"} <= marks
    if jurisdiction == "BR" and channel == "voice" and is_silent:
        yield "unrecorded"
    is_barred = "third_party" in marks and "carrier_approval" not in marks
    if jurisdiction == "US" and channel == "sms" and (is_barred or "consent" not in marks):
        yield "text_without_consent"
    if jurisdiction == "EU" and "transferred" in marks and "transfer_notice" not in marks:
        yield "transfer"
