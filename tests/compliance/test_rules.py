"""Every rule of the contact policy: one case that it allows, one that it refuses."""

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from app.compliance.content import ContentFacts, check, reputation
from app.compliance.deadlines import (
    access_by,
    bureau_removal_by,
    complaint_by,
    incident_by,
    is_quitacao_late,
    quitacao_by,
)
from app.compliance.facts import ContactFacts, DebtFacts, Listing, PersonFacts, Sent
from app.compliance.policy import Effect, NotStricter, standard
from app.compliance.rules import decide
from app.compliance.terms import (
    AgreementFacts,
    ChargeFacts,
    PaymentFacts,
    RegistrationFacts,
    check_agreement,
    check_budget,
    check_charges,
    check_cost_shown,
    check_decision,
    check_payment,
    check_registration,
)

AT = datetime(2026, 3, 10, 13, 0, tzinfo=UTC)
"""A Tuesday, 10:00 in São Paulo."""
OWES = (DebtFacts(date(2025, 9, 1), "documented"),)
PERSON = PersonFacts(uuid.UUID(int=1), "America/Sao_Paulo", "SP", debts=OWES)
SMS = ContactFacts("sms", "outbound", "11")
EMAIL = ContactFacts("email", "outbound")
POLICY = standard()


def person(**changes):
    return replace(PERSON, **changes)


def contact(**changes):
    return replace(SMS, **changes)


def debts(**changes):
    return (replace(OWES[0], **changes),)


def sent(*before, channel="sms"):
    return tuple(Sent(channel, AT - age) for age in before)


def listed(registry, days):
    return (Listing(registry, AT.date() - timedelta(days=days)),)


DAY = timedelta(days=1)
CALL = ContactFacts("voice", "outbound", marks=frozenset({"recorded", "recording_notice"}))
WHATSAPP = ContactFacts(
    "whatsapp",
    "outbound",
    marks=frozenset({"own_account", "opt_in", "provider_approval", "approved_template"}),
)

CONTACT_CASES = [
    # rule, who, to where, when: allowed; then the same, refused, and how
    ("BR-01", person(debts=debts(due_on=date(2021, 3, 11))), SMS, AT, None),
    ("BR-01", person(debts=debts(due_on=date(2021, 3, 10))), SMS, AT, Effect.BLOCK),
    ("BR-01", person(debts=debts(due_on=date(2021, 3, 10), instrument="residual")), SMS, AT, None),
    (
        "BR-01",
        person(debts=debts(due_on=date(2023, 3, 10), instrument="rent")),
        SMS,
        AT,
        Effect.BLOCK,
    ),
    (
        "BR-01",
        person(debts=debts(due_on=date(2019, 1, 1), interruption_on=date(2022, 1, 1))),
        SMS,
        AT,
        None,
    ),
    ("BR-01", person(debts=debts(due_on=date(2010, 1, 1), acknowledged=True)), SMS, AT, None),
    ("BR-03", PERSON, EMAIL, AT.replace(hour=11), None),
    ("BR-03", PERSON, EMAIL, AT.replace(hour=10, minute=59), Effect.DELAY),
    ("BR-03", PERSON, EMAIL, AT.replace(hour=23), Effect.DELAY),
    ("BR-03", PERSON, EMAIL, datetime(2026, 3, 14, 16, 59, tzinfo=UTC), None),
    ("BR-03", PERSON, EMAIL, datetime(2026, 3, 14, 17, 0, tzinfo=UTC), Effect.DELAY),
    ("BR-03", PERSON, EMAIL, datetime(2026, 3, 15, 13, 0, tzinfo=UTC), Effect.DELAY),
    ("BR-03", PERSON, EMAIL, datetime(2026, 4, 21, 13, 0, tzinfo=UTC), Effect.DELAY),
    ("BR-04", person(uf="RJ"), EMAIL, AT.replace(hour=12), None),
    ("BR-04", person(uf="RJ"), EMAIL, AT.replace(hour=11, minute=30), Effect.DELAY),
    ("BR-04", PERSON, contact(area_code="21"), AT.replace(hour=11, minute=30), Effect.DELAY),
    ("BR-04", PERSON, contact(area_code="43"), AT.replace(hour=21), Effect.DELAY),
    ("BR-07", person(opted_out=frozenset({"email"})), SMS, AT, None),
    ("BR-07", person(opted_out=frozenset({"sms"})), SMS, AT, Effect.BLOCK),
    ("BR-07", person(opted_out=frozenset({"*"})), EMAIL, AT, Effect.BLOCK),
    ("BR-07", person(opted_out=frozenset({"*"})), contact(message_class="requested"), AT, None),
    ("BR-08", person(sent=sent(DAY)), SMS, AT, None),
    ("BR-08", person(sent=sent(timedelta(hours=1))), SMS, AT, Effect.DELAY),
    ("BR-08", person(sent=sent(timedelta(hours=1))), EMAIL, AT, None),
    ("BR-08", person(sent=sent(*(DAY * n for n in range(1, 6)))), SMS, AT, None),
    ("BR-08", person(sent=sent(*(DAY * n for n in range(1, 7)))), SMS, AT, Effect.DELAY),
    ("BR-09", PERSON, SMS, AT, None),
    ("BR-09", PERSON, contact(state="wrong_person"), AT, Effect.BLOCK),
    (
        "BR-09",
        PERSON,
        contact(state="wrong_person", message_class="requested"),
        AT,
        Effect.BLOCK,
    ),
    ("BR-10", person(adult_on=date(2026, 3, 10)), SMS, AT, None),
    ("BR-10", person(adult_on=date(2026, 3, 11)), SMS, AT, Effect.BLOCK),
    ("BR-10", person(holds=frozenset({"deceased"})), SMS, AT, Effect.BLOCK),
    ("BR-11", PERSON, SMS, AT, None),
    ("BR-11", person(holds=frozenset({"dispute"})), SMS, AT, Effect.BLOCK),
    ("BR-11", person(holds=frozenset({"fraud"})), SMS, AT, Effect.BLOCK),
    (
        "BR-11",
        person(holds=frozenset({"dispute"})),
        contact(message_class="requested"),
        AT,
        None,
    ),
    ("BR-12", PERSON, SMS, AT, None),
    ("BR-12", person(holds=frozenset({"overindebtedness"})), SMS, AT, Effect.BLOCK),
    ("BR-09", PERSON, contact(whose="workplace"), AT, Effect.BLOCK),
    ("BR-09", PERSON, contact(whose="shared"), AT, Effect.BLOCK),
    ("BR-09", PERSON, contact(whose="shared", message_class="requested"), AT, None),
    ("BR-05", PERSON, SMS, AT, None),
    ("BR-05", PERSON, contact(listed=listed("SP", 29)), AT, None),
    ("BR-05", PERSON, contact(listed=listed("SP", 30)), AT, Effect.BLOCK),
    ("BR-05", PERSON, replace(EMAIL, listed=listed("SP", 30)), AT, None),
    (
        "BR-05",
        PERSON,
        contact(listed=listed("SP", 30), marks=frozenset({"authorised"})),
        AT,
        None,
    ),
    ("BR-06", PERSON, contact(listed=listed("nao_me_perturbe", 90)), AT, None),
    (
        "BR-06",
        PERSON,
        contact(listed=listed("nao_me_perturbe", 90), message_class="credit_offer"),
        AT,
        Effect.BLOCK,
    ),
    ("BR-08", person(sent=sent(timedelta(hours=2), channel="email")), CALL, AT, None),
    ("BR-08", person(sent=sent(timedelta(minutes=90), channel="voice")), CALL, AT, Effect.DELAY),
    (
        "BR-08",
        person(sent=sent(timedelta(hours=3), channel="voice")),
        CALL,
        AT.replace(hour=15),
        None,
    ),
    (
        "BR-08",
        person(sent=(Sent("voice", AT, talked=True),)),
        CALL,
        AT.replace(hour=16),
        Effect.DELAY,
    ),
    (
        "BR-08",
        person(sent=sent(*(DAY * n for n in range(1, 6)), channel="voice")),
        CALL,
        AT,
        Effect.DELAY,
    ),
    ("BR-16", PERSON, CALL, AT, None),
    ("BR-16", PERSON, ContactFacts("voice", "outbound"), AT, Effect.BLOCK),
    ("BR-25", PERSON, CALL, AT, None),
    ("BR-25", PERSON, replace(CALL, marks=CALL.marks | {"many_calls"}), AT, Effect.BLOCK),
    ("BR-26", PERSON, WHATSAPP, AT, None),
    ("BR-26", PERSON, ContactFacts("whatsapp", "outbound"), AT, Effect.BLOCK),
    ("BR-27", PERSON, WHATSAPP, AT, None),
    (
        "BR-27",
        PERSON,
        replace(WHATSAPP, marks=WHATSAPP.marks - {"approved_template"}),
        AT,
        Effect.REQUIRE,
    ),
    (
        "BR-27",
        PERSON,
        replace(WHATSAPP, marks=WHATSAPP.marks - {"approved_template"} | {"wrote_lately"}),
        AT,
        None,
    ),
    ("BR-29", PERSON, EMAIL, AT, None),
    ("BR-29", PERSON, replace(EMAIL, sender_paused="reputation"), AT, Effect.BLOCK),
    ("TR-01", PERSON, SMS, AT, None),
    ("TR-01", person(debts=()), SMS, AT, Effect.BLOCK),
    ("TR-02", PERSON, SMS, AT, None),
    ("TR-02", person(holds=frozenset({"deletion"})), SMS, AT, Effect.BLOCK),
    ("TR-02", person(holds=frozenset({"cease"})), SMS, AT, Effect.BLOCK),
    ("TR-03", PERSON, SMS, AT, None),
    ("TR-03", PERSON, contact(state="bounced"), AT, Effect.BLOCK),
]


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


def test_where_no_hour_is_common_a_person_must_look():
    verdict = decide(person(time_zone="Asia/Tokyo"), EMAIL, AT, POLICY)
    assert verdict.effect is Effect.REVIEW


CONTENT = ContentFacts(
    channel="email",
    text="Olá",
    hosts=frozenset({"portal.aurora.example"}),
    creditor={"name": "Banco Aurora S.A.", "address": "Av. Um, 1", "document": "11222333000181"},
)
TEXT = ContentFacts(
    channel="sms",
    text="Aurora: veja https://portal.aurora.example/a/x SAIR p/ cancelar",
    hosts=frozenset({"portal.aurora.example"}),
)


@pytest.mark.parametrize(
    ("rule", "allowed", "refused"),
    [
        ("BR-14", CONTENT, replace(CONTENT, creditor={"name": "Banco Aurora S.A."})),
        (
            "BR-15",
            replace(CONTENT, shows_total=True, itemisation_link=True),
            replace(CONTENT, shows_total=True, itemised=frozenset({"principal"})),
        ),
        ("BR-28", TEXT, replace(TEXT, sender_registered=False)),
        ("BR-28", TEXT, replace(TEXT, text="Olá, é a Aurora")),
        ("BR-28", replace(TEXT, text="x" * 160), replace(TEXT, text="x" * 161)),
        ("BR-28", TEXT, replace(TEXT, text="veja https://encurta.example/x")),
        ("BR-29", CONTENT, replace(CONTENT, one_click=False)),
        ("BR-29", CONTENT, replace(CONTENT, authenticated=False)),
    ],
)
def test_content(rule, allowed, refused):
    assert check(allowed, POLICY) == ()
    assert {reason.rule for reason in check(refused, POLICY)} == {rule}


CHARGES = ChargeFacts(100_000, fine_cents=2_000, interest_cents=3_000, months_late_ppm=3_000_000)


@pytest.mark.parametrize(
    ("rule", "allowed", "refused"),
    [
        ("BR-17", CHARGES, replace(CHARGES, fine_cents=2_001)),
        ("BR-17", CHARGES, replace(CHARGES, interest_cents=3_001)),
        ("BR-17", CHARGES, replace(CHARGES, other_fees_cents=1)),
        (
            "BR-18",
            replace(CHARGES, is_card=True, interest_is_contractual=True, interest_cents=98_000),
            replace(CHARGES, is_card=True, interest_is_contractual=True, interest_cents=98_001),
        ),
    ],
)
def test_charges(rule, allowed, refused):
    assert check_charges(allowed, POLICY) == ()
    assert [reason.rule for reason in check_charges(refused, POLICY)] == [rule]


@pytest.mark.parametrize(
    ("has_interest", "shown", "is_fine"),
    [(True, "26,82%", True), (True, "26.8", False), (True, None, False), (False, None, True)],
)
def test_the_total_cost_is_shown_with_two_decimals(has_interest, shown, is_fine):
    broken = check_cost_shown(has_interest=has_interest, annual_cost_shown=shown, policy=POLICY)
    assert (not broken) == is_fine


FAIR = AgreementFacts(
    waives_rights=False,
    replaces_contract_silently=False,
    copy_delivered=True,
    type_points=12,
    has_evidence=True,
)


def test_an_agreement_is_fair_or_refused():
    assert check_agreement(FAIR, POLICY) == ()
    for changes in (
        {"waives_rights": True},
        {"replaces_contract_silently": True},
        {"copy_delivered": False},
        {"type_points": 11.5},
        {"has_evidence": False},
    ):
        assert [r.rule for r in check_agreement(replace(FAIR, **changes), POLICY)] == ["BR-20"]


SAFE = PaymentFacts("boleto", True, True, "11222333000181", frozenset({"11222333000181"}))


def test_a_payment_is_safe_or_not_shown():
    assert check_payment(SAFE) == ()
    assert check_payment(replace(SAFE, method="pix", registered=False)) == ()
    for refused in (
        replace(SAFE, registered=False),
        replace(SAFE, method="pix", is_dynamic=False),
        replace(SAFE, beneficiary_document="99999999000191"),
        replace(SAFE, matches_registration=False),
    ):
        assert [reason.rule for reason in check_payment(refused)] == ["BR-24"]


def test_an_adverse_decision_has_reasons_and_a_way_to_a_person():
    assert check_decision(is_adverse=False, reasons=0, has_review_route=False) == ()
    assert check_decision(is_adverse=True, reasons=1, has_review_route=True) == ()
    assert check_decision(is_adverse=True, reasons=0, has_review_route=True)
    assert check_decision(is_adverse=True, reasons=1, has_review_route=False)


def test_the_quitacao_is_due_five_business_days_after_the_payment():
    paid = datetime(2026, 4, 16, 15, tzinfo=UTC)  # a Thursday; the 21st is a holiday
    due = quitacao_by(paid, "America/Sao_Paulo", "SP", POLICY)
    assert due == datetime(2026, 4, 25, 3, tzinfo=UTC)
    assert not is_quitacao_late(paid, due - DAY, "America/Sao_Paulo", "SP", POLICY)
    assert is_quitacao_late(paid, due, "America/Sao_Paulo", "SP", POLICY)


def test_every_deadline_is_the_end_of_a_day_where_the_creditor_is():
    at = datetime(2026, 4, 16, 15, tzinfo=UTC)  # a Thursday; the 21st is a holiday
    zone = "America/Sao_Paulo"
    assert bureau_removal_by(at, zone, "SP", POLICY) == datetime(2026, 4, 25, 3, tzinfo=UTC)
    assert complaint_by(at, zone, POLICY) == datetime(2026, 4, 24, 3, tzinfo=UTC)
    assert access_by(at, zone, POLICY) == datetime(2026, 5, 2, 3, tzinfo=UTC)
    assert incident_by(at, zone, POLICY) == datetime(2026, 4, 23, 3, tzinfo=UTC)


def test_who_would_keep_too_little_to_live_on_is_looked_at_by_a_person():
    assert check_budget(income_cents=200_000, instalments_cents=140_000, policy=POLICY) == ()
    [reason] = check_budget(income_cents=200_000, instalments_cents=140_001, policy=POLICY)
    assert (reason.rule, reason.effect) == ("BR-13", Effect.REVIEW)


TOLD = RegistrationFacts(date(2026, 3, 1), date(2025, 9, 1), is_disputed=False)


def test_a_bureau_is_told_of_nothing_without_notice_too_early_old_or_disputed():
    today = date(2026, 3, 11)
    zone = "America/Sao_Paulo"
    assert check_registration(TOLD, today, zone, POLICY) == ()
    for changes in (
        {"notice_delivered_on": None},
        {"notice_delivered_on": date(2026, 3, 2)},
        {"due_on": date(2021, 3, 10)},
        {"is_disputed": True},
    ):
        [reason] = check_registration(replace(TOLD, **changes), today, zone, POLICY)
        assert reason.rule == "BR-21"
        waits = datetime(2026, 3, 12, 3, tzinfo=UTC) if reason.detail == "too_early" else None
        assert reason.until == waits


@pytest.mark.parametrize(
    ("sent_count", "bounces", "complaints", "level"),
    [
        (1000, 19, 0, "ok"),
        (1000, 20, 0, "warn"),
        (1000, 50, 0, "stop"),
        (10_000, 0, 4, "ok"),
        (10_000, 0, 5, "warn"),
        (10_000, 0, 10, "stop"),
        (100, 100, 100, "ok"),
    ],
)
def test_reputation(sent_count, bounces, complaints, level):
    assert reputation(sent_count, bounces, complaints, POLICY)[0] == level


@pytest.mark.parametrize(
    ("rule", "parameters"),
    [
        ("BR-08", {"per_day": 3}),
        ("BR-03", {"saturday": "08:00-15:00"}),
        ("BR-07", {"words": ["SAIR"]}),
        ("BR-08", {"per_month": 1}),
        ("BR-99", {}),
        ("BR-08", {"per_day": "1"}),
    ],
)
def test_an_override_that_loosens_is_refused(rule, parameters):
    with pytest.raises(NotStricter):
        POLICY.with_overrides({rule: parameters}, refuse_looser=True)


def test_an_override_tightens():
    tight = POLICY.with_overrides(
        {"BR-03": {"monday_to_friday": "09:00-18:00"}, "BR-08": {"per_seven_days": 0}},
        refuse_looser=True,
    )
    assert decide(PERSON, EMAIL, AT.replace(hour=11), POLICY).allows
    assert not decide(PERSON, EMAIL, AT.replace(hour=11), tight).allows
    loose = POLICY.with_overrides({"BR-08": {"per_seven_days": 60}})
    assert loose.parameter("BR-08", "per_seven_days") == 6
