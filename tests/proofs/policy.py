"""Random people × random tightened policies × random clocks: nothing forbidden is ever allowed.

The judge is written from the tables of the law, apart from the code that is judged: forbidden hours
in every place somebody may be (holidays and daylight saving included), more contacts than the caps,
contact on a hold, after an opt-out, to a minor, about nothing, to an address that is not theirs, on
a do-not-call list, or by a call, a text or a WhatsApp message without the proofs it needs.
"""

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import holidays

from app.compliance.columns import decide_columns, from_facts
from app.compliance.facts import ContactFacts, DebtFacts, Listing, PersonFacts, Sent, Verdict
from app.compliance.models import HoldKind
from app.compliance.policy import Policy, standard
from app.compliance.rules import decide

SEEDS = 64
ROWS = 2_000
ONE_BY_ONE = 64
"""Rows of each seed that are also decided alone, and the moment after their delay."""
STATES = {
    "BR": ["AC", "AL", "AM", "BA", "DF", "ES", "MG", "PA", "PE", "PR", "RJ", "RR", "SP", None],
    "US": ["NY", "CA", "IL", "CO", "AZ", "HI"],
    "UK": [None],
    "EU": [None],
}
ZONES = {
    "BR": ["America/Sao_Paulo", "America/Manaus", "America/Rio_Branco", "America/Noronha"],
    "US": ["America/New_York", "America/Chicago", "America/Denver", "America/Phoenix",
           "America/Los_Angeles", "Pacific/Honolulu"],
    "UK": ["Europe/London"],
    "EU": ["Europe/Lisbon", "Europe/Berlin", "Europe/Athens"],
}  # fmt: skip
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
MARKS = ["recorded", "recording_notice", "own_account", "opt_in", "provider_approval", "consent",
         "approved_template", "third_party", "carrier_approval", "transferred", "transfer_notice",
         "authorised"]  # fmt: skip
CHANNELS = ("email", "email", "sms", "sms", "voice", "whatsapp")
YEARS = {"documented": 5, "rent": 3, "promissory_note": 3, "residual": 10}


@dataclass(frozen=True)
class Caps:
    """Most messages: on a channel in a day, in a day, in seven days."""

    channel: int
    day: int
    week: int


def run() -> dict[str, Any]:
    """cases, one_by_one, allowed, differences, violations (each listed by its kind)."""
    counts = {"cases": 0, "one_by_one": 0, "allowed": 0, "differences": 0}
    broken: dict[str, int] = {}
    for seed in range(SEEDS):
        draw = random.Random(seed)
        jurisdiction = "BR" if seed % 2 == 0 else ("US", "UK", "EU")[seed // 2 % 3]
        policy, caps = _policy(draw, jurisdiction)
        at = _clock(draw)
        rows = [_row(draw, jurisdiction, at) for _ in range(ROWS)]
        columns = from_facts([p for p, _ in rows], [c for _, c in rows], policy)
        verdicts = decide_columns(columns, at, policy).each()
        counts["cases"] += len(rows)
        for number, ((person, contact), verdict) in enumerate(zip(rows, verdicts, strict=True)):
            moments = [(at, verdict)]
            if number < ONE_BY_ONE:
                moments = [*_alone(person, contact, at, policy)]
                counts["one_by_one"] += len(moments)
                counts["differences"] += moments[0][1] != verdict
            for moment, said in moments:
                if said.allows:
                    counts["allowed"] += 1
                    for kind in _forbidden(person, contact, moment, jurisdiction, caps):
                        broken[kind] = broken.get(kind, 0) + 1
    violations = sum(broken.values()) + counts["differences"]
    return {**counts, "violations": violations, "by_kind": broken}


def _alone(
    person: PersonFacts, contact: ContactFacts, at: datetime, policy: Policy
) -> Iterator[tuple[datetime, Verdict]]:
    verdict = decide(person, contact, at, policy)
    yield at, verdict
    if verdict.until is not None:
        yield verdict.until, decide(person, contact, verdict.until, policy)


def _policy(draw: random.Random, jurisdiction: str) -> tuple[Policy, Caps]:
    caps = Caps(1, draw.randint(1, 2), draw.randint(1, 6))
    own: dict[str, dict[str, Any]] = {
        "BR-08": {
            "per_day_and_channel": caps.channel,
            "per_day": caps.day,
            "per_seven_days": caps.week,
        }
    }
    if draw.random() < 0.5:
        return standard(jurisdiction), Caps(1, 2, 6)
    return standard(jurisdiction).with_overrides(own, refuse_looser=True), caps


def _clock(draw: random.Random) -> datetime:
    """Any moment; often near a change of the clocks, a holiday or the edge of a day."""
    edges = [(3, 8, 7), (3, 29, 1), (10, 25, 1), (11, 1, 6), (12, 25, 12), (4, 21, 12), (7, 4, 15)]
    if draw.random() < 0.5:
        month, day, hour = draw.choice(edges)
        start = datetime(2026, month, day, hour, tzinfo=UTC)
        return start + timedelta(minutes=draw.randrange(-1_800, 1_800))
    start = datetime(2025, 1, 1, tzinfo=UTC)
    at = start + timedelta(seconds=draw.randrange(3 * 365 * 86_400))
    return at.replace(hour=draw.randrange(9, 24))


def _row(draw: random.Random, jurisdiction: str, at: datetime) -> tuple[PersonFacts, ContactFacts]:
    kinds = [str(kind) for kind in HoldKind]
    held = frozenset([draw.choice(kinds)]) if draw.random() < 0.15 else frozenset[str]()
    since = at - timedelta(hours=draw.randrange(0, 70 * 24))
    sent = tuple(
        Sent(
            draw.choice(CHANNELS),
            at - timedelta(seconds=draw.randrange(0, 9 * 86_400)),
            draw.random() < 0.3,
        )
        for _ in range(draw.choice((0, 0, 0, 1, 2, 9)))
    )
    debts = tuple(
        DebtFacts(
            at.date() - timedelta(days=draw.randrange(6 * 365)),
            draw.choice(list(YEARS)),
            date(2020, 6, 1) if draw.random() < 0.1 else None,
            draw.random() < 0.1,
        )
        for _ in range(draw.choice((0, 1, 1, 1, 1, 1, 1, 2)))
    )
    listed_on = at.date() - timedelta(days=draw.randrange(60))
    person = PersonFacts(
        uuid.UUID(int=draw.getrandbits(64)),
        draw.choice(ZONES[jurisdiction]),
        draw.choice(STATES[jurisdiction]),
        adult_on=at.date() + timedelta(days=draw.randrange(-9_000, 600)),
        holds=held,
        held_since=tuple((k, since) for k in held if k == HoldKind.BREATHING_SPACE),
        opted_out=frozenset([draw.choice(["*", "email", "sms"])])
        if draw.random() < 0.1
        else frozenset(),
        debts=debts,
        sent=sent,
        listed=(Listing(draw.choice(["SP", "PA", "own"]), listed_on),)
        if draw.random() < 0.1
        else (),
    )
    contact = ContactFacts(
        draw.choice(CHANNELS),
        "outbound",
        draw.choice([None, *AREA_CODES]) if jurisdiction == "BR" else None,
        state=draw.choice(["active"] * 27 + ["bounced", "wrong_person", "replaced"]),
        whose=draw.choice(["own"] * 18 + ["workplace", "shared"]),
        sender_paused=draw.choice([""] * 19 + ["reputation"]),
        marks=frozenset(mark for mark in MARKS if draw.random() < 0.7),
    )
    return person, contact


def _forbidden(
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
