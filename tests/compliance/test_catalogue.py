"""Every rule can be explained in every locale, and names its sources without an address."""

import pytest

from app.compliance import explain
from app.compliance.facts import Reason
from app.compliance.policy import standard
from app.compliance.rules import FINDINGS
from themes.translations import catalogue

RULES = standard().rules.values()
ASKED = "01 03 04 07 08 09 10 11 12 14 15 17 18 19 20 23 24 28 29 31".split()  # noqa: SIM905 - reads as the list of the policy


def test_the_policy_holds_every_rule_that_was_asked_for():
    assert {f"BR-{number}" for number in ASKED} <= set(standard().rules)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_has_a_title_an_explanation_and_sources(rule):
    texts = catalogue("pt_BR", "policy")
    for msgid in (rule.title, rule.explanation, *rule.unknown, *explain.DETAILS.values()):
        assert texts.gettext(msgid) != msgid
    assert rule.sources
    assert not any("http" in source or "www." in source for source in rule.sources)
    assert set(rule.stricter) == set(rule.parameters)


@pytest.mark.parametrize("locale", ["pt_BR", "en"])
def test_every_finding_can_be_said(locale):
    for finding in FINDINGS:
        reason = Reason(finding.rule, finding.effect, finding.detail)
        assert explain.sentence(reason, standard(), locale, "America/Sao_Paulo")
        assert explain.sources(finding.rule, standard(), locale)
