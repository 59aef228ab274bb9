"""Every rule can be explained in every locale, and names its sources without an address."""

import re

import pytest

from app.compliance import explain
from app.compliance.facts import Reason
from app.compliance.policy import NotStricter, standard
from app.compliance.questions import QUESTIONS, findings
from themes.translations import catalogue

ENGLISH = re.compile(r"\b(and|with|the|of|on|house|no|pending|as|laws?)\b", re.IGNORECASE)
JURISDICTIONS = ("BR", "US", "UK", "EU")
POLICIES = {jurisdiction: standard(jurisdiction) for jurisdiction in JURISDICTIONS}
SAID = {*explain.DETAILS.values(), *explain.INSTEAD.values()}
RULES = {rule.id: rule for policy in POLICIES.values() for rule in policy.rules.values()}
ASKED = {
    "BR": [f"BR-{number:02}" for number in range(1, 33)],
    "US": [f"US-{number:02}" for number in range(1, 9)],
    "UK": ["UK-01", "UK-02", "UK-03", "EU-02"],
    "EU": ["EU-01", "EU-02"],
}


@pytest.mark.parametrize("jurisdiction", JURISDICTIONS)
def test_a_policy_holds_every_rule_that_was_asked_for(jurisdiction):
    assert set(ASKED[jurisdiction]) <= set(POLICIES[jurisdiction].rules)


@pytest.mark.parametrize("jurisdiction", JURISDICTIONS)
def test_what_holds_for_everybody_holds_in_every_jurisdiction(jurisdiction):
    policy = POLICIES[jurisdiction]
    for question in ("opt_out", "holds", "address", "whose", "numbers", "hours", "reputation"):
        assert policy.asking(question), question
    for rule, parameter in (
        ("BR-07", "words"),
        ("BR-11", "answer_days"),
        ("BR-23", "business_days"),
    ):
        assert policy.parameter(rule, parameter)


def test_a_country_of_the_eu_has_its_rules_and_an_unknown_one_has_none():
    assert standard("PT").jurisdiction == "EU"
    assert standard("GB").jurisdiction == "UK"
    with pytest.raises(LookupError):
        standard("XX")


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_a_rule_has_a_title_an_explanation_and_sources(rule):
    texts = catalogue("pt_BR", "policy")
    for msgid in (rule.title, rule.explanation, *rule.unknown, *SAID):
        assert texts.gettext(msgid) != msgid or msgid == "Não Me Perturbe"
    assert rule.sources
    for source in rule.sources:
        english = texts.gettext(source) == source and ENGLISH.search(source)
        assert not english, "a source is said in the reader's language, but for its name"
    assert not any("http" in source or "www." in source for source in rule.sources)
    assert set(rule.stricter) <= set(rule.parameters)
    assert set(rule.asks) <= QUESTIONS
    assert set(rule.uncertain) <= {"*", *rule.parameters}
    assert (rule.where == "contact") == bool(rule.asks)


@pytest.mark.parametrize("jurisdiction", JURISDICTIONS)
@pytest.mark.parametrize("locale", ["pt_BR", "en"])
def test_every_finding_can_be_said(jurisdiction, locale):
    policy = POLICIES[jurisdiction]
    for finding in findings(policy):
        reason = Reason(finding.rule, finding.effect, finding.detail)
        assert explain.sentence(reason, policy, locale, "America/Sao_Paulo")
        assert explain.sources(finding.rule, policy, locale)
        if finding.detail not in ("", "hold"):
            assert finding.detail in {**explain.DETAILS, **explain.INSTEAD}


def test_a_parameter_that_counsel_must_confirm_is_marked():
    said = explain.values(POLICIES["BR"].rules["BR-08"])
    assert "per_day = 2 ?" in said
    assert "answer_days = 7 ?" in explain.values(POLICIES["BR"].rules["BR-11"])
    assert "?" not in explain.values(POLICIES["US"].rules["US-01"])


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_every_value_of_a_rule_can_be_tightened(rule):
    """But for the name of the case in which it holds, and what says why it cannot be."""
    assert set(rule.parameters) - set(rule.stricter) <= {"only_if", "unless", *rule.fixed}


LOOSER = {"lower": lambda v: v + 1, "higher": lambda v: v - 1, "narrower": lambda v: "00:00-24:00",
          "superset": lambda v: v[1:]}  # fmt: skip
STRICTER = {"on": True, "days": ["SP 2027-01-25"]}
"""Of what is off, or empty, by itself: there is nothing looser."""


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_no_parameter_of_any_rule_can_be_loosened(rule):
    for name, direction in rule.stricter.items():
        value = rule.parameters[name]
        if direction in STRICTER or value == []:
            stricter = STRICTER.get(direction, ["beratung.example"])
            kept = rule.tightened(name, stricter, refuse_looser=True)
            assert kept.parameters[name] == stricter
            assert kept.tightened(name, value, refuse_looser=False).parameters[name] == stricter
            continue
        with pytest.raises(NotStricter):
            rule.tightened(name, LOOSER[direction](value), refuse_looser=True)
        kept = rule.tightened(name, LOOSER[direction](value), refuse_looser=False)
        assert kept.parameters[name] == value


def test_what_is_stored_of_a_message_is_said_whatever_wrote_it():
    stored = [{"rule": "replanned", "because": "paid"}, {"rule": "BR-99"}, {}, {"rule": "BR-08"}]
    said = {
        "pt_BR": ["Retirada: algo aconteceu antes de ela sair", "BR-99", "Nada impede o contato"],
        "en": [
            "Taken back: something happened before it left",
            "BR-99",
            "Nothing stands against it",
        ],
    }
    for locale, texts in said.items():
        found = explain.stored(stored, POLICIES["BR"], locale)
        assert found[:3] == texts
        assert found[3] == catalogue(locale, "policy").gettext("Number of contacts")


@pytest.mark.parametrize(
    ("value", "written"),
    [(None, "—"), ("09:00-18:00", "09:00-18:00"), (True, "true"), (3, "3"), (["a"], '["a"]')],
)
def test_a_value_is_written_as_it_may_be_typed(value, written):
    assert explain.written(value) == written
