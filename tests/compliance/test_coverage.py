"""Every rule that was asked for is evaluated, with a case it allows and one it refuses."""

import importlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from app.compliance import alignment, content, deadlines, terms
from app.compliance.facts import CHANNELS, CLASSES, ContactFacts, DebtFacts, Listing
from app.compliance.policy import ENTRIES, NotStricter, standard
from app.compliance.rules import decide
from app.outreach.rules import is_opt_out
from tests.compliance import cases, test_abroad
from tests.stage import ROOT
from themes.translations import catalogue

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


DAY = timedelta(days=1)
TUESDAY, SATURDAY, SUNDAY, HOLIDAY = (
    datetime(2026, month, day, 13, tzinfo=UTC)
    for month, day in ((3, 10), (3, 14), (3, 15), (4, 21))
)
PROOFS = frozenset(ENTRIES["contact"]["needs"])
OF_OLD = frozenset({"many_calls", "third_party", "transferred"})
NAMED = {"words": "CHEGA", "registries": "my own list", "signposts": "advice.example"}
"""Something new to name in the lists that are free."""


def _people():
    person = cases.PERSON
    yield person, TUESDAY
    for at in (SATURDAY, SUNDAY, HOLIDAY):
        yield person, at
    for state in ("RJ", "ES", "AM", "PA", "PR", "AL"):
        yield replace(person, uf=state), TUESDAY
        yield replace(person, uf=state), SATURDAY
    for instrument in ("rent", "promissory_note", "residual"):
        yield replace(person, debts=(DebtFacts(date(2025, 9, 1), instrument),)), TUESDAY
    for kind in ENTRIES["contact"]["holds"]:
        since = ((kind, TUESDAY - 70 * DAY),)
        yield replace(person, holds=frozenset({kind}), held_since=since), TUESDAY
    for registry in ("SP", "PA", "own", "nao_me_perturbe", NAMED["registries"]):
        for days in (5, 100):
            listing = Listing(registry, TUESDAY.date() - days * DAY)
            yield replace(person, listed=(listing,)), TUESDAY


def _contacts(channel, message_class):
    contact = ContactFacts(channel, message_class, "11", marks=PROOFS | OF_OLD)
    yield contact
    for mark in sorted(PROOFS):
        yield replace(contact, marks=contact.marks - {mark})
    for state in ENTRIES["contact"]["refused_states"]:
        yield replace(contact, state=state)
    for whose in ENTRIES["contact"]["refused_whose"]:
        yield replace(contact, whose=whose)


def _of_contact(policy):
    for channel in sorted(CHANNELS):
        for message_class in sorted(CLASSES):
            contacts = list(_contacts(channel, message_class))
            for person, at in _people():
                yield decide(person, contacts[0], at, policy)
            for contact in contacts:
                yield decide(cases.PERSON, contact, TUESDAY, policy)
    for sent in (100, 1_000):
        for bad in (0, 1, 30):
            yield content.reputation(sent, bad, 0, policy)
            yield content.reputation(sent, 0, bad, policy)
    for proofs in ({"dkim": True, "dmarc": True}, {"dkim": True, "spf": True, "dmarc": True}):
        yield alignment.missing(proofs, TUESDAY - DAY, TUESDAY, policy)
    yield is_opt_out(NAMED["words"], policy.parameter("BR-07", "words"))
    yield deadlines.answer_by(TUESDAY, "America/Sao_Paulo", policy)


def _of_content(policy):
    shown = frozenset(ENTRIES["content"]["needs"])
    long = {"header": ["x"], "footer": ["x"], "button": ["x"]}
    for channel in ("email", "sms", "whatsapp", "chat"):
        facts = content.ContentFacts(channel, "x", frozenset(), shows=shown, parts=long,
                                     shows_total=True)  # fmt: skip
        for shows in (shown, *(shown - {one} for one in sorted(shown))):
            yield content.check(replace(facts, shows=shows), policy)
        for service in ("moneyhelper.org.uk", NAMED["signposts"]):
            yield content.check(replace(facts, signposts=frozenset({service})), policy)


def _of_terms(policy):
    charges = terms.ChargeFacts(100_000, 2_000, 1_000, 1_000_000, is_card=True)
    yield terms.check_charges(charges, policy)
    yield terms.check_cost_shown(has_interest=True, annual_cost_shown="1.23", policy=policy)
    yield terms.check_agreement(terms.AgreementFacts(False, False, True, 12, True), policy)
    if policy.jurisdiction != "BR":
        return
    yield terms.check_budget(income_cents=100_000, instalments_cents=0, policy=policy)
    facts = terms.RegistrationFacts(date(2026, 2, 1), date(2025, 9, 1), is_disputed=False)
    yield terms.check_registration(facts, TUESDAY.date(), "America/Sao_Paulo", policy)


def _of_audience(policy):
    yield terms.check_audience(terms.AudienceFacts(by_debt=False, people=1_000), policy)


def _of_deadlines(policy):
    zone = "America/Sao_Paulo"
    yield deadlines.complaint_by(TUESDAY, zone, policy)
    yield deadlines.access_by(TUESDAY, zone, policy)
    yield deadlines.incident_by(TUESDAY, zone, policy)
    yield deadlines.bureau_removal_by(TUESDAY, zone, "SP", policy)
    yield deadlines.quitacao_by(TUESDAY, zone, "SP", policy)


SAID = {
    "contact": _of_contact,
    "content": _of_content,
    "terms": _of_terms,
    "audience": _of_audience,
    "deadline": _of_deadlines,
}
"""What is evaluated of rules, by where they are asked."""
STRICTEST = {"lower": 0, "on": True, "narrower": "none", "days": ["SP 2026-03-10"]}


def _stricter(rule, name):
    """Stricter values of a parameter; none where it is as strict as can be."""
    direction, now = rule.stricter[name], rule.parameters[name]
    if direction == "higher":
        values = [rule.most[name]]
    elif direction == "superset":
        new = rule.entries.get(name) or [NAMED[name]]
        values = [[*now, one] for one in new if one not in now]
    else:
        values = [STRICTEST[direction]]
    return [value for value in values if value != now]


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.jurisdiction)
def test_every_parameter_that_can_be_tightened_changes_what_is_said(policy):
    # A bank's own word turns BR-02 on; before, its days bind nobody.
    policy = (
        policy.with_overrides({"BR-02": {"applies": True}}) if "BR-02" in policy.rules else policy
    )
    said = {where: list(ask(policy)) for where, ask in SAID.items()}
    idle = []
    for rule in policy.rules.values():
        for name in rule.stricter:
            for value in _stricter(rule, name):
                tight = policy.with_overrides({rule.id: {name: value}}, refuse_looser=True)
                if list(SAID[rule.where](tight)) == said[rule.where]:
                    idle.append((rule.id, name, value))
    assert idle == [], idle


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.jurisdiction)
def test_a_parameter_that_nothing_acts_on_cannot_be_tightened_and_says_why(policy):
    for rule in policy.rules.values():
        assert not set(rule.fixed) & set(rule.stricter)
        for name, why in rule.fixed.items():
            assert name in rule.parameters
            for value in (0, rule.parameters[name]):
                with pytest.raises(NotStricter) as refused:
                    rule.tightened(name, value, refuse_looser=True)
                assert refused.value.problem == (why, {})
            texts = catalogue("pt_BR", "files")
            assert texts.gettext(why) != why
