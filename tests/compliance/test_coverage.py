"""Every rule that was asked for is evaluated, with a case it allows and one it refuses."""

import importlib

import pytest

from app.compliance.policy import standard
from tests.compliance import cases, test_abroad
from tests.stage import ROOT

TESTED = {
    "BR-02": (
        "compliance.test_rules",
        ["test_a_bank_that_follows_it_does_not_call_about_old_debts"],
    ),
    "BR-13": (
        "compliance.test_terms",
        ["test_who_would_keep_too_little_to_live_on_is_looked_at_by_a_person"],
    ),
    **dict.fromkeys(["BR-14", "BR-15", "BR-28"], ("compliance.test_content", ["test_content"])),
    **dict.fromkeys(["BR-17", "BR-18"], ("compliance.test_terms", ["test_charges"])),
    "BR-19": ("compliance.test_terms", ["test_the_total_cost_is_shown_with_two_decimals"]),
    "BR-20": ("compliance.test_terms", ["test_an_agreement_is_fair_or_refused"]),
    "BR-21": (
        "compliance.test_terms",
        ["test_a_bureau_is_told_of_nothing_without_notice_too_early_old_or_disputed"],
    ),
    "BR-22": (
        "compliance.test_deadlines",
        ["test_every_deadline_is_the_end_of_a_day_where_the_creditor_is"],
    ),
    "BR-23": (
        "compliance.test_deadlines",
        ["test_the_quitacao_is_due_five_business_days_after_the_payment"],
    ),
    "BR-24": ("compliance.test_terms", ["test_a_payment_is_safe_or_not_shown"]),
    **dict.fromkeys(
        ["BR-30", "EU-02"],
        ("compliance.test_abroad", ["test_no_audience_by_debt_and_none_without_consent"]),
    ),
    "BR-31": (
        "compliance.test_terms",
        ["test_an_adverse_decision_has_reasons_and_a_way_to_a_person"],
    ),
    "BR-32": (
        "compliance.test_deadlines",
        ["test_every_deadline_is_the_end_of_a_day_where_the_creditor_is"],
    ),
    **dict.fromkeys(
        ["US-03", "US-04", "US-05", "L20"], ("compliance.test_abroad", ["test_content"])
    ),
    **dict.fromkeys(
        ["L13", "L15"],
        ("compliance.test_content", ["test_a_channel_that_is_not_used_yet_has_its_rules"]),
    ),
    **dict.fromkeys(
        ["L01", "L02", "L03", "L04", "L05", "L06", "L09", "L10", "L11", "L12"],
        (
            "themes.test_lint_rules",
            ["test_what_is_fine_passes", "test_a_planted_violation_is_caught"],
        ),
    ),
    "L07": (
        "themes.test_lint_rules",
        [
            "test_a_prescribed_account_may_be_answered_about",
            "test_nothing_is_demanded_for_a_prescribed_debt",
        ],
    ),
    "L08": (
        "themes.test_lint_rules",
        ["test_a_neutral_subject_passes", "test_a_preview_tells_nothing"],
    ),
    "L14": ("themes.test_lint_messages", ["test_an_sms_is_complete"]),
    "L16": ("themes.test_lint_messages", ["test_an_email_carries_what_it_must"]),
    "L18": ("themes.test_lint_rules", ["test_a_neutral_ad_passes", "test_an_ad_reveals_nothing"]),
    "L19": (
        "themes.test_lint_messages",
        ["test_search_texts_fit_the_platform", "test_display_texts_fit_the_platform"],
    ),
    "L21": (
        "compliance.test_abroad",
        [
            "test_whoever_is_asked_to_pay_is_told_of_advice_and_of_what_remains",
            "test_a_country_whose_service_nobody_named_hears_nothing",
        ],
    ),
}
"""Rules that are no plain contact rules: their tests, module and functions."""
ASKED = (
    [f"BR-{number:02}" for number in range(1, 33)]
    + [f"US-{number:02}" for number in range(1, 9)]
    + ["UK-01", "UK-02", "UK-03", "EU-01", "EU-02"]
    + [f"L{number:02}" for number in range(1, 22)]
)
POLICIES = [standard(jurisdiction) for jurisdiction in ("BR", "US", "UK", "EU")]
CONTACT_RULES = sorted(
    {rule.id for policy in POLICIES for rule in policy.contact_rules} - TESTED.keys()
)


@pytest.mark.parametrize("rule", ASKED)
def test_a_rule_is_evaluated(rule):
    assert (rule in CONTACT_RULES) != (rule in TESTED)


def test_no_rule_of_a_policy_is_left_out():
    own = {rule for policy in POLICIES for rule in policy.rules}
    assert own <= {*CONTACT_RULES, *TESTED}


@pytest.mark.parametrize("rule", CONTACT_RULES)
def test_a_contact_rule_has_a_case_that_it_allows_and_one_that_it_refuses(rule):
    table = [*cases.CONTACT_CASES, *test_abroad.CASES]
    said = {case[-1] for case in table if case[0] == rule}
    assert None in said
    assert said - {None}


BY_KIND = ("BR-01", "BR-04", "BR-29")
"""Rules whose parameters are looked up by what they are about: an instrument, a state, a count."""


def test_a_parameter_is_read_or_its_rule_says_what_is_not_known():
    code = "".join(path.read_text("utf-8") for path in (ROOT / "app").rglob("*.py"))
    unread = {
        rule.id
        for policy in POLICIES
        for rule in policy.rules.values()
        if rule.id not in BY_KIND and not rule.unknown
        if any(f'"{name}"' not in code for name in rule.parameters)
    }
    assert unread == set()


@pytest.mark.parametrize("rule", TESTED)
def test_any_other_rule_has_its_tests(rule):
    module, names = TESTED[rule]
    tests = importlib.import_module(f"tests.{module}")
    assert all(callable(getattr(tests, name)) for name in names)
