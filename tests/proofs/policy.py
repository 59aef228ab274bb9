"""Random people × random tightened policies × random clocks: nothing forbidden is ever allowed.

What is forbidden is `policy_law`'s to say.
"""

import random
import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from app.compliance.columns import decide_columns, from_facts
from app.compliance.facts import ContactFacts, DebtFacts, Listing, PersonFacts, Sent, Verdict
from app.compliance.models import HoldKind
from app.compliance.policy import Policy, standard
from app.compliance.rules import decide
from tests.proofs.policy_law import AREA_CODES, YEARS, Caps, forbidden

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
MARKS = ["recorded", "recording_notice", "own_account", "opt_in", "provider_approval", "consent",
         "approved_template", "third_party", "carrier_approval", "transferred", "transfer_notice",
         "authorised"]  # fmt: skip
CHANNELS = ("email", "email", "sms", "sms", "voice", "whatsapp")


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
                    for kind in forbidden(person, contact, moment, jurisdiction, caps):
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
