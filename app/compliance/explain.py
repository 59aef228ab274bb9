"""Verdicts and reasons in plain language, from the catalogue "policy"."""

from collections.abc import Iterable, Mapping
from typing import Any

from app.compliance.facts import Reason
from app.compliance.policy import Policy
from themes.formats import moment
from themes.translations import catalogue

DETAILS = {
    "day": "Number written to today",
    "seven_days": "Number written to in seven days",
    "no_common_hour": "No hour is permitted in every place this person may be",
    "minor": "Under 18",
}
"""Details that say more than their rule; message ids."""


def sentence(reason: Reason, policy: Policy, locale: str, time_zone: str) -> str:
    """A reason as a sentence: what the rule says, on what it matched, and until when."""
    texts = catalogue(locale, "policy")
    rule = policy.rules[reason.rule]
    said = f"{texts.gettext(rule.title)}: {texts.gettext(rule.explanation)}"
    if reason.detail in DETAILS:
        said += f" ({texts.gettext(DETAILS[reason.detail])})"
    if reason.until is not None:
        until = moment(reason.until, time_zone, locale)
        said += " " + texts.gettext("Until %(until)s.") % {"until": until}
    return said


def sources(rule_id: str, policy: Policy, locale: str) -> str:
    """Where a rule comes from, and whether that is certain."""
    rule = policy.rules[rule_id]
    said = "; ".join(rule.sources)
    if rule.uncertain:
        said += " — " + catalogue(locale, "policy").gettext("to be confirmed by counsel")
    return said


def stored(reasons: Iterable[Mapping[str, Any]], policy: Policy, locale: str) -> list[str]:
    """The reasons kept on a message's row, as titles."""
    texts = catalogue(locale, "policy")
    said = []
    for reason in reasons:
        rule = policy.rules.get(str(reason.get("rule")))
        said.append(texts.gettext(rule.title if rule else "Nothing stands against it"))
    return said
