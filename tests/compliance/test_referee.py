"""The policy of Brazil against a referee who knows nothing of the product's code."""

import random
import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from app.compliance.columns import decide_columns, from_facts
from app.compliance.facts import ContactFacts, DebtFacts, Listing, PersonFacts, Sent
from app.compliance.models import HoldKind
from app.compliance.policy import standard
from app.compliance.rules import decide
from tests.compliance import referee
from tests.compliance.referee import DDD_OF, YEARS, ZONE_OF

POLICY = standard("BR")
CASES = 250
"""Random people at one moment; times the seeds below."""
EDGES = [
    datetime(2026, 12, 31, 23), datetime(2026, 1, 1, 8), datetime(2026, 4, 3, 12),
    datetime(2026, 2, 17, 12), datetime(2026, 11, 20, 12), datetime(2024, 2, 29, 12),
    datetime(2026, 7, 9, 14), datetime(2025, 3, 30, 1), datetime(2026, 11, 1, 6),
]  # fmt: skip
"""Turns of the year, holidays of the country and of states, leap days, changes of the clocks."""
MARKS = ["recorded", "recording_notice", "own_account", "opt_in", "provider_approval", "consent",
         "approved_template", "wrote_lately", "many_calls", "call_authenticated", "authorised",
         "caller_named", "right_party_first"]  # fmt: skip
LINES = [uuid.UUID(int=1), uuid.UUID(int=2)]
TICKS = [timedelta(0), timedelta(microseconds=1), timedelta(microseconds=-1), timedelta(minutes=1)]


def clock(draw):
    """Any moment, often at a whole hour to the microsecond, near a holiday, or in a working hour."""
    if draw.random() < 0.3:
        start = draw.choice(EDGES).replace(tzinfo=UTC)
        at = start + timedelta(hours=draw.randrange(-72, 72))
    else:
        at = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(hours=draw.randrange(4 * 365 * 24))
        at = at.replace(hour=draw.choice([0, 3, 9, 10, 11, 12, 13, 17, 20, 21, 22, 23]))
    return at + draw.choice([*TICKS, timedelta(minutes=draw.randrange(60))])


def some_debt(draw, at):
    instrument = draw.choice(list(YEARS))
    whole = date(at.year - YEARS[instrument], at.month, min(at.day, 28))
    near = whole + timedelta(days=draw.randrange(-2, 3))
    due_on = draw.choice([near, date(2020, 2, 29), at.date() - timedelta(draw.randrange(1, 4000))])
    again = draw.choice([None, None, due_on + timedelta(days=draw.randrange(1, 2000))])
    return DebtFacts(due_on, instrument, again, acknowledged=draw.random() < 0.1)


def some_sent(draw, at):
    days = timedelta(days=draw.choice([0, 0, 1, 2, 3, 4, 5, 6, 7, 7, 8]))
    ago = days + draw.choice([*TICKS, timedelta(minutes=draw.randrange(1440))])
    return Sent(draw.choice(["email", "sms", "voice", "whatsapp"]), at - ago, draw.random() < 0.3)


def case(draw, at):
    """Somebody free more often than not, so that every single rule decides now and then."""
    uf = draw.choice([None, *ZONE_OF])
    zone = f"America/{ZONE_OF[uf or 'SP']}"
    if draw.random() < 0.1:
        zone = draw.choice(["America/Noronha", "America/Rio_Branco", "Europe/Lisbon"])
    codes = [str(code) for codes in DDD_OF.values() for code in codes]
    is_held = draw.random() < 0.15
    held = frozenset({draw.choice([str(kind) for kind in HoldKind])}) if is_held else frozenset()
    person = PersonFacts(
        uuid.UUID(int=draw.getrandbits(64)), zone, uf,
        adult_on=draw.choice([None, at.date() + timedelta(days=draw.randrange(-400, 3))]),
        holds=held,
        held_since=tuple((kind, at) for kind in held if kind == "breathing_space"),
        opted_out=frozenset(draw.sample(["*", "email", "sms"], draw.choice([0] * 9 + [1]))),
        debts=tuple(some_debt(draw, at) for _ in range(draw.choice([0, 1, 1, 1, 1, 1, 2]))),
        sent=tuple(some_sent(draw, at) for _ in range(draw.choice([0, 0, 0, 1, 2, 3, 9]))),
    )  # fmt: skip
    channel = draw.choice(["email", "sms", "sms", "voice", "whatsapp"])
    since = at.date() - timedelta(days=draw.randrange(25, 35))
    listing = Listing(
        draw.choice(["SP", "PA", "nao_me_perturbe", "own"]),
        draw.choice([since] * 9 + [None]),
        draw.choice([None, *LINES]),
    )
    contact = ContactFacts(
        channel,
        draw.choice(["outbound"] * 6 + ["requested"]),
        None if channel == "email" else draw.choice([None, "00", *codes]),
        state=draw.choice(["active"] * 20 + ["bounced", "wrong_person", "replaced"]),
        whose=draw.choice(["own"] * 20 + ["workplace", "shared"]),
        sender_paused=draw.choice([""] * 24 + ["reputation", "alignment"]),
        marks=frozenset(mark for mark in MARKS if draw.random() < 0.8),
        line=draw.choice([None, *LINES]),
    )
    person = replace(person, listed=(listing,) if draw.random() < 0.1 else ())
    return person, contact


def told(verdict):
    rules = {reason.rule for reason in verdict.reasons}
    hours = {"hours"} if rules & {"BR-03", "BR-04"} else set()
    return str(verdict.effect), verdict.until, (rules - {"BR-03", "BR-04"}) | hours


@pytest.mark.parametrize("seed", range(16))
def test_the_policy_says_what_the_referee_says(seed):
    draw = random.Random(seed)
    at = clock(draw)
    rows = [case(draw, at) for _ in range(CASES)]
    columns = from_facts([p for p, _ in rows], [c for _, c in rows], POLICY)
    together = decide_columns(columns, at, POLICY).each()
    for (person, contact), verdict in zip(rows, together, strict=True):
        wanted = referee.judge(person, contact, at)
        assert told(verdict) == wanted, (person, contact, at)
        assert told(decide(person, contact, at, POLICY)) == wanted
