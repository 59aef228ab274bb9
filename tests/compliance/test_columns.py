"""The policy on columns gives the same verdicts as one by one, and never a forbidden hour."""

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.compliance.columns import decide_columns, from_facts
from app.compliance.facts import ContactFacts, DebtFacts, Listing, PersonFacts, Sent
from app.compliance.models import HoldKind
from app.compliance.places import state_of_area_code, zones_of_state
from app.compliance.policy import Effect, standard
from app.compliance.rules import decide
from app.compliance.windows import Window

STATES = "AC AL AM AP BA CE DF ES GO MA MG MS MT PA PB PE PI PR RJ RN RO RR RS SC SE SP TO".split()  # noqa: SIM905 - reads as the list it is
ZONES = [
    "America/Sao_Paulo",
    "America/Manaus",
    "America/Rio_Branco",
    "America/Noronha",
    "America/New_York",
    "America/Los_Angeles",
    "Europe/London",
    "Europe/Lisbon",
    "Asia/Tokyo",
]
AREA_CODES = ["11", "21", "27", "43", "68", "82", "91", "92", "96", "00", "212", "415", "800"]
CHANNELS = ["email", "sms", "voice", "whatsapp"]
LINES = [uuid.UUID(int=1), uuid.UUID(int=2)]
MARKS = ["recorded", "recording_notice", "own_account", "opt_in", "provider_approval", "consent",
         "approved_template", "wrote_lately", "third_party", "transferred", "transfer_notice",
         "many_calls", "call_authenticated", "carrier_approval", "authorised"]  # fmt: skip
JURISDICTIONS = ["BR", "US", "UK", "EU"]

moments = st.datetimes(
    min_value=datetime(2025, 1, 1), max_value=datetime(2027, 12, 31), timezones=st.just(UTC)
)
days = st.dates(date(2010, 1, 1), date(2027, 12, 31))


def some(values, most):
    return st.lists(st.sampled_from(values), max_size=most).map(frozenset)


def windows():
    edges = st.lists(st.integers(0, 24 * 60), min_size=2, max_size=2, unique=True).map(sorted)
    return st.none() | st.none() | edges.map(lambda pair: Window(*pair))


@st.composite
def rows(draw, at):
    ago = st.integers(0, 9 * 24 * 3600).map(lambda seconds: at - timedelta(seconds=seconds))
    sent = st.builds(Sent, st.sampled_from(CHANNELS), ago, st.booleans())
    debt = st.builds(
        DebtFacts,
        due_on=days,
        instrument=st.sampled_from(["documented", "rent", "promissory_note", "residual"]),
        interruption_on=st.none() | days,
        acknowledged=st.booleans(),
    )
    holds = draw(some([str(kind) for kind in HoldKind], 1))
    since = draw(st.integers(0, 70).map(lambda days: at - timedelta(days=days)))
    person = PersonFacts(
        debtor_id=uuid.UUID(int=draw(st.integers(0, 2**64))),
        time_zone=draw(st.sampled_from(ZONES)),
        uf=draw(st.none() | st.sampled_from([*STATES, "TX", "CA", "ID"])),
        adult_on=draw(st.none() | days),
        holds=holds,
        held_since=tuple((kind, since) for kind in holds if kind == HoldKind.BREATHING_SPACE),
        opted_out=draw(some(["*", "email", "sms"], 1)),
        debts=tuple(draw(st.lists(debt, max_size=2))),
        sent=tuple(draw(st.lists(sent, max_size=9))),
        convenient=draw(windows()),
    )
    listing = st.builds(
        Listing,
        st.sampled_from(["SP", "PA", "nao_me_perturbe", "own"]),
        st.none() | st.integers(0, 60).map(lambda days: at.date() - timedelta(days=days)),
        st.none() | st.sampled_from(LINES),
    )
    person = replace(person, listed=tuple(draw(st.lists(listing, max_size=2))))
    contact = ContactFacts(
        channel=draw(st.sampled_from(CHANNELS)),
        message_class=draw(st.sampled_from(["outbound", "outbound", "requested", "credit_offer"])),
        area_code=draw(st.none() | st.sampled_from(AREA_CODES)),
        state=draw(st.sampled_from(["active", "active", "bounced", "wrong_person"])),
        whose=draw(st.sampled_from(["own", "own", "workplace", "shared"])),
        sender_paused=draw(st.sampled_from(["", "", "reputation", "alignment"])),
        marks=draw(some(MARKS, 6)),
        line=draw(st.none() | st.sampled_from(LINES)),
    )
    return person, contact


TIGHT = {"BR-02": {"applies": True}, "BR-08": {"per_seven_days": 0, "calls_per_day": 0}}


@pytest.mark.parametrize("jurisdiction", JURISDICTIONS)
@pytest.mark.parametrize("tight", [False, True])
@given(data=st.data(), at=moments)
@settings(max_examples=60, deadline=None)
def test_columns_agree_with_one_by_one(jurisdiction, tight, data, at):
    pairs = data.draw(st.lists(rows(at), min_size=1, max_size=12))
    policy = standard(jurisdiction)
    if tight:
        known = {rule: own for rule, own in TIGHT.items() if rule in policy.rules}
        policy = policy.with_overrides(known, refuse_looser=True)
    columns = from_facts([p for p, _ in pairs], [c for _, c in pairs], policy)
    verdicts = decide_columns(columns, at, policy)
    together = verdicts.each()
    for row, (person, contact) in enumerate(pairs):
        assert verdicts.verdict(row) == decide(person, contact, at, policy)
        assert together[row] == verdicts.verdict(row)


HOURS = {
    "RJ": ((9, 19), None),
    "ES": ((8, 19), None),
    "AM": ((8, 18), None),
    "PA": ((8, 18), None),
    "PR": ((8, 18), (8, 13)),
    "AL": ((8, 20), (8, 14)),
}


def is_forbidden(at, time_zone, uf):
    """Written from the table of hours, apart from the code under test."""
    local = at.astimezone(ZoneInfo(time_zone))
    weekday, saturday = HOURS.get(uf, ((8, 20), (8, 14)))
    window = {5: saturday, 6: None}.get(local.weekday(), weekday)
    if window is None or local.date() in holidays.country_holidays("BR", subdiv=uf):
        return True
    return not window[0] <= local.hour < window[1]


@given(
    moments,
    st.sampled_from(ZONES),
    st.none() | st.sampled_from(STATES),
    st.none() | st.sampled_from(AREA_CODES),
    st.sampled_from(["email", "sms"]),
)
@settings(max_examples=300, deadline=None)
def test_outbound_never_leaves_in_a_forbidden_hour(at, time_zone, uf, area_code, channel):
    person = PersonFacts(
        uuid.UUID(int=1), time_zone, uf, debts=(DebtFacts(date(2027, 1, 1), "documented"),)
    )
    verdict = decide(person, ContactFacts(channel, "outbound", area_code), at, standard())
    moment = at if verdict.allows else verdict.until
    if moment is None:
        assert verdict.effect is Effect.REVIEW
        return
    assert moment >= at
    for state in {uf, state_of_area_code(area_code or "") or uf}:
        assert not is_forbidden(moment, time_zone, uf)
        if state and state != uf:
            assert not is_forbidden(moment, zones_of_state(state)[0], state)
