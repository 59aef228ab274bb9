"""Every contact rule of Brazil: one case that it allows, one that it refuses."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from app.compliance import explain
from app.compliance.columns import decide_columns, from_facts
from app.compliance.facts import DebtFacts
from app.compliance.policy import Effect, NotStricter
from app.compliance.rules import decide
from tests.compliance.cases import (
    AT,
    CALL,
    CONTACT_CASES,
    DAY,
    EMAIL,
    PERSON,
    POLICY,
    SAID,
    SMS,
    contact,
    debts,
    person,
    sent,
)


@pytest.mark.parametrize(("rule", "who", "where", "at", "effect"), CONTACT_CASES)
def test_contact(rule, who, where, at, effect):
    verdict = decide(who, where, at, POLICY)
    matched = {reason.rule: reason.effect for reason in verdict.reasons}
    assert matched.get(rule) == effect
    assert verdict.allows == (set(matched.values()) <= {Effect.REQUIRE})
    if effect is Effect.DELAY:
        assert verdict.until > at
        assert decide(who, where, verdict.until, POLICY).allows


@pytest.mark.parametrize("hour", range(24))
def test_what_the_person_asked_for_goes_at_any_hour(hour):
    crowded = person(opted_out=frozenset({"*"}), sent=sent(*[timedelta(hours=1)] * 9))
    asked = contact(message_class="requested")
    assert decide(crowded, asked, datetime(2026, 3, 15, hour, tzinfo=UTC), POLICY).allows


def test_the_strongest_effect_wins_and_every_reason_is_kept():
    who = person(holds=frozenset({"dispute"}), opted_out=frozenset({"sms"}))
    verdict = decide(who, SMS, AT.replace(hour=3), POLICY)
    assert verdict.effect is Effect.BLOCK
    assert verdict.until is None
    assert [reason.rule for reason in verdict.reasons] == ["BR-03", "BR-07", "BR-11"]


def test_a_delay_ends_in_the_next_permitted_hour_of_every_place():
    friday_night = datetime(2026, 3, 14, 1, 0, tzinfo=UTC)
    assert decide(PERSON, EMAIL, friday_night, POLICY).until == datetime(
        2026, 3, 14, 11, tzinfo=UTC
    )
    rio = person(uf="RJ")
    assert decide(rio, EMAIL, friday_night, POLICY).until == datetime(2026, 3, 16, 12, tzinfo=UTC)


def test_hours_that_would_be_closed_only_then_are_not_called_closed_now():
    written_to = person(sent=sent(timedelta(hours=1)))
    assert opening_said(written_to, AT).startswith("Horário permitido de contato: Quando nada mais")
    asleep = opening_said(PERSON, AT.replace(hour=3))
    assert asleep.startswith("Horário permitido de contato: Está fora do horário")
    assert "Quando" not in opening_said(written_to, AT.replace(hour=3))


def opening_said(who, at):
    reasons = {reason.rule: reason for reason in decide(who, SMS, at, POLICY).reasons}
    return explain.sentence(reasons["BR-03"], POLICY, "pt_BR", "America/Sao_Paulo")


def test_where_no_hour_is_common_a_person_must_look():
    verdict = decide(person(time_zone="Asia/Tokyo"), EMAIL, AT, POLICY)
    assert verdict.effect is Effect.REVIEW


@pytest.mark.parametrize(
    ("rule", "parameters"),
    [
        ("BR-08", {"per_day": 3}),
        ("BR-03", {"saturday": "08:00-15:00"}),
        ("BR-07", {"words": ["SAIR"]}),
        ("BR-08", {"per_month": 1}),
        ("BR-99", {"per_day": 1}),
        ("BR-08", {"per_day": "1"}),
        ("BR-03", {"days_of_rest": ["25/01/2027"]}),
        ("BR-03", {"days_of_rest": ["SP 2027-02-30"]}),
        ("BR-03", {"days_of_rest": [20270125]}),
    ],
)
def test_an_override_that_loosens_is_refused(rule, parameters):
    with pytest.raises(NotStricter):
        POLICY.with_overrides({rule: parameters}, refuse_looser=True)


@pytest.mark.parametrize(
    "unknown", [contact(channel="pigeon"), contact(message_class="foo"), contact(channel="")]
)
def test_of_what_no_rule_knows_nothing_is_allowed(unknown):
    with pytest.raises(ValueError, match="policy knows"):
        decide(PERSON, unknown, AT, POLICY)
    with pytest.raises(ValueError, match="policy knows"):
        decide_columns(from_facts([PERSON, PERSON], [EMAIL, unknown], POLICY), AT, POLICY)


def test_a_debt_whose_instrument_no_rule_knows_is_refused_by_name():
    odd = person(debts=(DebtFacts(date(2026, 1, 10), "tally_stick"),))
    with pytest.raises(ValueError, match="instrument: 'tally_stick'"):
        decide(odd, EMAIL, AT, POLICY)
    with pytest.raises(ValueError, match="instrument: 'tally_stick'"):
        decide_columns(from_facts([PERSON, odd], [EMAIL, EMAIL], POLICY), AT, POLICY)


def test_an_override_tightens():
    tight = POLICY.with_overrides(
        {"BR-03": {"monday_to_friday": "09:00-18:00"}, "BR-08": {"per_seven_days": 0}},
        refuse_looser=True,
    )
    assert decide(PERSON, EMAIL, AT.replace(hour=11), POLICY).allows
    assert not decide(PERSON, EMAIL, AT.replace(hour=11), tight).allows
    loose = POLICY.with_overrides({"BR-08": {"per_seven_days": 60}})
    assert loose.parameter("BR-08", "per_seven_days") == 6


def test_a_state_rests_on_the_days_that_the_creditor_adds():
    city_day = datetime(2027, 1, 25, 14, tzinfo=UTC)  # a Monday: the city of São Paulo rests
    rests = POLICY.with_overrides(
        {"BR-03": {"days_of_rest": ["SP 2027-01-25"]}}, refuse_looser=True
    )
    assert decide(PERSON, EMAIL, city_day, POLICY).allows
    verdict = decide(PERSON, EMAIL, city_day, rests)
    assert [reason.rule for reason in verdict.reasons] == ["BR-03"]
    assert verdict.until == datetime(2027, 1, 26, 11, tzinfo=UTC)
    assert (
        decide_columns(from_facts([PERSON], [EMAIL], rests), city_day, rests).verdict(0) == verdict
    )
    elsewhere = person(uf="MG")
    assert decide(elsewhere, EMAIL, city_day, rests).allows
    assert not decide(elsewhere, contact(area_code="11"), city_day, rests).allows


def test_a_bank_that_follows_it_does_not_call_about_old_debts():
    follows = POLICY.with_overrides({"BR-02": {"applies": True}}, refuse_looser=True)
    # Interrupted since: not prescribed, and old all the same.
    interrupted = {"interruption_on": date(2025, 1, 1)}
    for days, effect in ((1825, None), (1826, Effect.BLOCK)):
        who = person(debts=debts(due_on=AT.date() - days * DAY, **interrupted))
        found = {reason.rule: reason.effect for reason in decide(who, CALL, AT, follows).reasons}
        assert found.get("BR-02") == effect
        assert decide(who, EMAIL, AT, follows).allows, "of calls alone"
        assert decide(who, CALL, AT, POLICY).allows, "it says itself whether it does"


NO_CALLS = {"calls_per_shift", "calls_per_day", "talks_per_day", "calls_per_seven_days"}


@pytest.mark.parametrize(
    "name", ["per_day_and_channel", "per_day", "per_seven_days", *sorted(NO_CALLS)]
)
def test_a_creditor_that_allows_no_contact_is_not_said_to_have_made_any(name):
    policy = POLICY.with_overrides({"BR-08": {name: 0}}, refuse_looser=True)
    is_call = name in NO_CALLS
    to = replace(CALL, marks=CALL.marks | SAID) if is_call else SMS
    told = decide(PERSON, to, AT, policy)
    assert told == decide_columns(from_facts([PERSON], [to], policy), AT, policy).verdict(0)
    [reason] = told.reasons
    assert (told.effect, told.until, reason.until) == (Effect.BLOCK, None, None)
    assert reason.detail == ("no_calls" if is_call else "no_messages")
    said = explain.sentence(reason, policy, "pt_BR", "America/Sao_Paulo")
    assert said == "Quantidade de contatos: " + (
        "Este credor não permite ligação nenhuma: o limite que ele mesmo definiu é 0."
        if is_call
        else "Este credor não permite mensagem nenhuma: o limite que ele mesmo definiu é 0."
    )
    assert decide(PERSON, CALL if not is_call else SMS, AT, policy).reasons != told.reasons


@pytest.mark.parametrize(
    ("name", "value", "who", "at", "effect"),
    [
        ("SP", "11:00-18:00", PERSON, AT, Effect.DELAY),
        ("SP", "11:00-18:00", PERSON, AT.replace(hour=14), Effect.ALLOW),
        ("SP", "11:00-18:00", person(uf="MG"), AT, Effect.ALLOW),
        ("SP", "11:00-18:00", PERSON, AT + 4 * DAY, Effect.ALLOW),
        ("SP_saturday", "none", PERSON, AT + 4 * DAY, Effect.DELAY),
        ("SP_saturday", "none", PERSON, AT, Effect.ALLOW),
        ("RJ", "11:00-18:00", person(uf="RJ"), AT, Effect.DELAY),
    ],
)
def test_a_creditor_has_stricter_hours_in_any_state(name, value, who, at, effect):
    policy = POLICY.with_overrides({"BR-04": {name: value}}, refuse_looser=True)
    verdict = decide(who, EMAIL, at, policy)
    assert verdict.effect is effect
    assert {reason.rule for reason in verdict.reasons} <= {"BR-04"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SP", "07:00-19:00"),
        ("SP_saturday", "08:00-15:00"),
        ("SP_sunday", "none"),
        ("XX", "09:00-18:00"),
        ("SPX", "09:00-18:00"),
        ("SP", "foo"),
    ],
)
def test_what_is_no_state_or_no_stricter_hours_of_it_is_refused(name, value):
    with pytest.raises(NotStricter):
        POLICY.with_overrides({"BR-04": {name: value}}, refuse_looser=True)
    assert POLICY.with_overrides({"BR-04": {name: "foo"}}).rules == POLICY.rules
