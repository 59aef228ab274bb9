"""Verdicts and reasons in plain language, from the catalogue "policy"."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app.compliance.facts import Reason
from app.compliance.policy import Policy, Rule
from themes.formats import moment
from themes.translations import catalogue

DETAILS = {
    "day": "Number written to today",
    "debt_advice": "It names no free debt advice",
    "what_remains": "It does not say what remains to be paid",
    "seven_days": "Number written to in seven days",
    "calls_shift": "Called in this part of the day already",
    "calls_day": "Number of calls today",
    "calls_seven_days": "Number of calls in seven days",
    "talk": "Spoken with lately",
    "no_common_hour": "No hour is permitted in every place this person may be",
    "minor": "Under 18",
    "alignment": "Its sender domain lacks DKIM or DMARC, or was not looked up lately",
    "workplace": "A workplace's address",
    "shared": "An address that others read too",
    "recorded": "The call is not recorded",
    "recording_notice": "Nobody says that the call is recorded",
    "caller_named": "Nobody says who is calling",
    "right_party_first": "What it is about is said before it is known who answers",
    "machine_named": "Nobody says that a machine writes",
    "way_to_person": "There is no way to a person",
    "no_legal_advice": "It may give legal advice",
    "creditor_named": "It does not name the creditor",
    "opt_out_button": "It has no button to opt out",
    "body_too_long": "The text is too long",
    "header_too_long": "The header is too long",
    "footer_too_long": "The footer is too long",
    "button_too_long": "A button is too long",
    "collector_named": "It does not say that it is about collecting a debt",
    "call_authenticated": "The caller's number is not authenticated",
    "own_account": "Not the creditor's own account",
    "opt_in": "No proof that the person opted in",
    "provider_approval": "No written approval of the provider",
    "approved_template": "Not an approved template",
    "consent": "No proof of consent",
    "carrier_approval": "No approval of the carriers",
    "transfer_notice": "No notice of the transfer",
    "no_notice": "No notice was delivered",
    "before_due": "The notice was delivered before the debt was due",
    "to_come": "The day of the notice is still to come",
    "too_early": "The notice was delivered a few days ago only",
    "too_old": "The debt is too old",
    "disputed": "The debt is disputed or its person is protected",
    "by_debt": "It is made of who owes",
    "too_few": "It holds too few people",
    "ad_user_data": "No consent to the use of data for advertising",
    "ad_personalization": "No consent to personalised advertising",
}
"""Details that say more than their rule; message ids."""
MEANWHILE = {"replanned": "Taken back: something happened before it left"}
"""Why messages are withheld by no rule of the policy; message ids."""
INSTEAD = {
    "closed_then": "Once nothing else stands against it, it will be outside the hours of contact"
    " where this person is; the message waits for the next permitted hour.",
    "no_messages": "This creditor allows no message at all: the limit it set itself is 0.",
    "no_calls": "This creditor allows no call at all: the limit it set itself is 0.",
}
"""Details that say something else than their rule; message ids."""


def sentence(reason: Reason, policy: Policy, locale: str, time_zone: str) -> str:
    """A reason as a sentence: what the rule says, on what it matched, and until when."""
    return sentences([reason], policy, locale, time_zone)


def sentences(reasons: Sequence[Reason], policy: Policy, locale: str, time_zone: str) -> str:
    """The reasons of one rule as a sentence: all it matched on; it ends with the last of them."""
    texts = catalogue(locale, "policy")
    rule = policy.rules[reasons[0].rule]
    own = [INSTEAD[reason.detail] for reason in reasons if reason.detail in INSTEAD]
    said = f"{texts.gettext(rule.title)}: {texts.gettext(own[0] if own else rule.explanation)}"
    if details := [texts.gettext(DETAILS[r.detail]) for r in reasons if r.detail in DETAILS]:
        said += f" ({'; '.join(details)})"
    ends = [reason.until for reason in reasons]
    known = [end for end in ends if end is not None]
    if known and len(known) == len(ends):
        until = moment(max(known), time_zone, locale)
        said += " " + texts.gettext("Until %(until)s.") % {"until": until}
    return said


def sources(rule_id: str, policy: Policy, locale: str) -> str:
    """Where a rule comes from, and whether that is certain."""
    rule, texts = policy.rules[rule_id], catalogue(locale, "policy")
    said = "; ".join(texts.gettext(source) for source in rule.sources)
    if rule.uncertain:
        said += " — " + texts.gettext("to be confirmed by counsel")
    return said


def values(rule: Rule) -> str:
    """A rule's parameters in force, as they are written; `?` marks those counsel must confirm."""
    return ", ".join(
        f"{name} = {written(value)}{' ?' if name in rule.uncertain else ''}"
        for name, value in rule.parameters.items()
    )


def written(value: Any) -> str:
    """A parameter's value as it may be typed: a text bare, all else as TOML; — where it is none."""
    if value is None:
        return "—"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def stored(reasons: Iterable[Mapping[str, Any]], policy: Policy, locale: str) -> list[str]:
    """The reasons kept on a message's row, as titles."""
    texts = catalogue(locale, "policy")
    said = []
    for reason in reasons:
        name = reason.get("rule")
        rule = policy.rules.get(str(name))
        # A rule of an earlier policy has no title any more.
        unknown = texts.gettext(MEANWHILE[name]) if name in MEANWHILE else str(name)
        fine = texts.gettext("Nothing stands against it")
        said.append(texts.gettext(rule.title) if rule else unknown if name else fine)
    return said
