"""Charges, agreements, payments, decisions and bureaus: what the policy allows and refuses."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from app.compliance.explain import DETAILS
from app.compliance.policy import Effect
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
from tests.compliance.cases import POLICY

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


def test_who_would_keep_too_little_to_live_on_is_looked_at_by_a_person():
    assert check_budget(income_cents=200_000, instalments_cents=140_000, policy=POLICY) == ()
    [reason] = check_budget(income_cents=200_000, instalments_cents=140_001, policy=POLICY)
    assert (reason.rule, reason.effect) == ("BR-13", Effect.REVIEW)


TOLD = RegistrationFacts(date(2026, 3, 1), date(2025, 9, 1), is_disputed=False)


@pytest.mark.parametrize(
    ("told", "due", "details"),
    [
        # notice delivered on, debt due on; the day is 2026-03-11
        (date(2025, 9, 1), date(2025, 9, 1), []),
        (date(2025, 8, 31), date(2025, 9, 1), ["before_due"]),
        (date(2026, 3, 11), date(2025, 9, 1), ["too_early"]),
        (date(2026, 3, 12), date(2025, 9, 1), ["to_come"]),
        (date(2030, 1, 1), date(2025, 9, 1), ["to_come"]),
        (date(2026, 3, 9), date(2026, 3, 10), ["before_due", "too_early"]),
        (date(2026, 3, 12), date(2026, 3, 20), ["before_due", "to_come"]),
    ],
)
def test_a_notice_from_before_the_debt_was_due_or_still_to_come_is_none(told, due, details):
    facts = RegistrationFacts(told, due, is_disputed=False)
    found = check_registration(facts, date(2026, 3, 11), "America/Sao_Paulo", POLICY)
    assert [reason.detail for reason in found] == details
    assert all((r.until is None) == (r.detail != "too_early") for r in found)
    assert {r.detail for r in found} <= DETAILS.keys()


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
