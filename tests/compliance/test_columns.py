"""The policy on columns gives the same verdicts as one by one, and never a forbidden hour."""

import uuid
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import holidays
from hypothesis import given, settings
from hypothesis import strategies as st

from app.compliance.columns import decide_columns, from_facts
from app.compliance.facts import ContactFacts, DebtFacts, PersonFacts, Sent
from app.compliance.hours import state_of_area_code
from app.compliance.policy import Effect, standard
from app.compliance.rules import decide

STATES = [
    "AC",
    "AL",
    "AM",
    "AP",
    "BA",
    "CE",
    "DF",
    "ES",
    "GO",
    "MA",
    "MG",
    "MS",
    "MT",
    "PA",
    "PB",
    "PE",
    "PI",
    "PR",
    "RJ",
    "RN",
    "RO",
    "RR",
    "RS",
    "SC",
    "SE",
    "SP",
    "TO",
]
ZONES = [
    "America/Sao_Paulo",
    "America/Manaus",
    "America/Rio_Branco",
    "America/Noronha",
    "America/New_York",
    "Europe/Lisbon",
    "Asia/Tokyo",
]
HOLDS = ["dispute", "fraud", "paid_claim", "overindebtedness", "deceased", "minor", "deletion"]
AREA_CODES = ["11", "21", "27", "43", "68", "82", "91", "92", "96", "00"]

moments = st.datetimes(
    min_value=datetime(2025, 1, 1), max_value=datetime(2027, 12, 31), timezones=st.just(UTC)
)


@st.composite
def rows(draw, at):
    sent = draw(
        st.lists(
            st.tuples(
                st.sampled_from(["email", "sms"]),
                st.integers(0, 8 * 24 * 60).map(lambda minutes: at - timedelta(minutes=minutes)),
            ),
            max_size=8,
        )
    )
    debts = draw(
        st.lists(
            st.builds(
                DebtFacts,
                due_on=st.dates(date(2010, 1, 1), date(2026, 12, 31)),
                instrument=st.sampled_from(["documented", "rent", "promissory_note", "residual"]),
                interruption_on=st.none() | st.dates(date(2015, 1, 1), date(2026, 12, 31)),
                acknowledged=st.booleans(),
            ),
            max_size=2,
        )
    )
    person = PersonFacts(
        debtor_id=uuid.UUID(int=draw(st.integers(0, 2**64))),
        time_zone=draw(st.sampled_from(ZONES)),
        uf=draw(st.none() | st.sampled_from(STATES)),
        adult_on=draw(st.none() | st.dates(date(2020, 1, 1), date(2030, 1, 1))),
        holds=frozenset(draw(st.lists(st.sampled_from(HOLDS), max_size=1))),
        opted_out=frozenset(draw(st.lists(st.sampled_from(["*", "email", "sms"]), max_size=1))),
        debts=tuple(debts),
        sent=tuple(Sent(*pair) for pair in sent),
    )
    contact = ContactFacts(
        channel=draw(st.sampled_from(["email", "sms"])),
        message_class=draw(st.sampled_from(["outbound", "outbound", "requested"])),
        area_code=draw(st.none() | st.sampled_from(AREA_CODES)),
        state=draw(st.sampled_from(["active", "active", "bounced", "wrong_person"])),
        sender_paused=draw(st.booleans()),
    )
    return person, contact


@given(st.data(), moments)
@settings(max_examples=60, deadline=None)
def test_columns_agree_with_one_by_one(data, at):
    pairs = data.draw(st.lists(rows(at), min_size=1, max_size=12))
    policy = standard()
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
            assert not is_forbidden(moment, zone(state), state)


def zone(state):
    from app.compliance.hours import zone_of_state

    return zone_of_state(state)
