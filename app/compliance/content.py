"""What the policy asks of a composed message or page before it leaves. Pure.

BR-14 creditor named · BR-15 amounts itemised · BR-28 form of an SMS · BR-29 form of an e-mail ·
US-03 way to opt out · US-04 validation notice · US-05 voicemail · L13 machines that chat · L15 form
of a WhatsApp message · L20 collector disclosed · L21 debt advice, what remains. A rule that the
policy in force does not know is not asked.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app.compliance.facts import Reason
from app.compliance.policy import Effect, Policy, Rule

ADDRESS = re.compile(r"(?:https?://|www\.)([^\s/<>\"']+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ContentFacts:
    """What was composed. Texts are plain; `hosts` are the creditor's own."""

    channel: str
    text: str
    hosts: frozenset[str]
    creditor: Mapping[str, str | None] | None = None
    """name, address and document as printed on it; None where the channel has no room (SMS)."""
    shows_total: bool = False
    itemised: frozenset[str] = frozenset()
    """Which items are shown."""
    itemisation_link: bool = False
    sender_registered: bool = True
    one_click: bool = True
    """List-Unsubscribe and List-Unsubscribe-Post are both there (RFC 8058)."""
    authenticated: bool = True
    """DKIM or SPF aligned with the From domain."""
    message_class: str = "outbound"
    says_how_to_opt_out: bool = False
    has_validation_notice: bool = False
    signposts: frozenset[str] = frozenset()
    """The services of free debt advice that it names."""
    is_settlement: bool = False
    """It is a letter of settlement."""
    says_what_remains: bool = False
    """What is still to be paid after the settlement, or that nothing is."""
    is_limited_content: bool = False
    """Of a voicemail: it says the limited-content message word by word."""
    shows: frozenset[str] = frozenset()
    """What else it shows or says, by the names of what rules need."""
    parts: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Texts of a WhatsApp message beside its body: header, footer and button."""


def check(content: ContentFacts, policy: Policy) -> tuple[Reason, ...]:
    """Every rule the content breaks; none means that it may leave."""
    broken = [*_foreign(content), *_advised(content, policy), *_needed(content, policy)]
    if content.channel == "sms":
        broken += _sms(content, policy)
    elif content.channel != "voicemail":
        broken += [*_creditor(content, policy), *_itemised(content, policy)]
        if content.channel == "email":
            broken += _email(content)
        elif content.channel == "whatsapp":
            broken += _whatsapp(content, policy)
    return tuple(reason for reason in broken if _is_asked(reason.rule, content, policy))


def unmet(policy: Policy) -> tuple[Rule, ...]:
    """Rules that no outbound message can meet yet, whatever it says: none leaves."""
    lacking = []
    if "US-04" in policy.rules:  # no validation notice is written here
        lacking.append(policy.rules["US-04"])
    if "L21" in policy.rules and not policy.rules["L21"].parameters["signposts"]:
        lacking.append(policy.rules["L21"])
    return tuple(lacking)


def _is_asked(rule_id: str, content: ContentFacts, policy: Policy) -> bool:
    rule = policy.rules.get(rule_id)
    # The reputation of a sender is a contact rule; the form of an e-mail is everybody's.
    return rule is not None and (rule_id == "BR-29" or content.message_class in rule.classes)


def _foreign(content: ContentFacts) -> list[Reason]:
    broken = []
    if content.channel in ("email", "sms") and not content.says_how_to_opt_out:
        broken.append(Reason("US-03", Effect.REQUIRE, "opt_out"))
    if content.channel != "voicemail" and not content.has_validation_notice:
        broken.append(Reason("US-04", Effect.REQUIRE, "validation_notice"))
    if content.channel == "voicemail" and not content.is_limited_content:
        broken.append(Reason("US-05", Effect.BLOCK, "limited_content"))
    return broken


def _advised(content: ContentFacts, policy: Policy) -> list[Reason]:
    """L21: whoever is asked to pay is told where advice is free; of what remains nothing is hidden.

    A policy that names no service yet refuses everything outbound.
    """
    rule = policy.rules.get("L21")
    if rule is None:
        return []
    broken = []
    named = rule.parameters["signposts"]
    if content.message_class == "outbound" and (not named or set(named) - content.signposts):
        broken.append(Reason("L21", Effect.BLOCK, "debt_advice"))
    if content.is_settlement and not content.says_what_remains:
        broken.append(Reason("L21", Effect.BLOCK, "what_remains"))
    return broken


def _needed(content: ContentFacts, policy: Policy) -> list[Reason]:
    """What rules need it to show by name, and it does not (L13, L15, L20)."""
    return [
        Reason(rule.id, rule.effect, name)
        for rule in policy.rules.values()
        if rule.where == "content" and rule.binds(content.channel, content.message_class)
        for name in rule.parameters.get("needs", ())
        if name not in content.shows
    ]


def _whatsapp(content: ContentFacts, policy: Policy) -> list[Reason]:
    parts = {"body": [content.text], **content.parts}
    return [
        Reason("L15", Effect.REQUIRE, f"{name}_too_long")
        for name in ("body", "header", "footer", "button")
        if any(
            len(text) > policy.parameter("L15", f"{name}_longest") for text in parts.get(name, ())
        )
    ]


def _creditor(content: ContentFacts, policy: Policy) -> list[Reason]:
    printed = content.creditor or {}
    return [
        Reason("BR-14", Effect.REQUIRE, name)
        for name in policy.parameter("BR-14", "fields")
        if not printed.get(name)
    ]


def _itemised(content: ContentFacts, policy: Policy) -> list[Reason]:
    if not content.shows_total or content.itemisation_link:
        return []
    missing = set(policy.parameter("BR-15", "items")) - content.itemised
    return [Reason("BR-15", Effect.REQUIRE, name) for name in sorted(missing)]


def _email(content: ContentFacts) -> list[Reason]:
    broken = []
    if not content.one_click:
        broken.append(Reason("BR-29", Effect.BLOCK, "one_click"))
    if not content.authenticated:
        broken.append(Reason("BR-29", Effect.BLOCK, "not_aligned"))
    return broken


def _sms(content: ContentFacts, policy: Policy) -> list[Reason]:
    problems = {
        "sender": not content.sender_registered,
        "not_ascii": not content.text.isascii(),
        "too_long": len(content.text) > policy.parameter("BR-28", "longest"),
        "foreign_link": any(host not in content.hosts for host in _hosts(content.text)),
    }
    return [Reason("BR-28", Effect.BLOCK, name) for name, is_so in problems.items() if is_so]


def _hosts(text: str) -> list[str]:
    return [found.partition(":")[0].lower().rstrip(".,;") for found in ADDRESS.findall(text)]


REPUTATION_OK, REPUTATION_WARN, REPUTATION_STOP = "ok", "warn", "stop"


def reputation(sent: int, bounces: int, complaints: int, policy: Policy) -> tuple[str, str]:
    """BR-29 on a creditor's counts: ok, warn or stop, and what it is about.

    Below the least number sent nothing is concluded.
    """
    if not sent or sent < policy.parameter("BR-29", "least_sent"):
        return REPUTATION_OK, ""
    for level in (REPUTATION_STOP, REPUTATION_WARN):
        for count, name in ((complaints, "complaint"), (bounces, "bounce")):
            if count * 1_000_000 >= policy.parameter("BR-29", f"{name}_{level}_ppm") * sent:
                return level, f"{name}s"
    return REPUTATION_OK, ""
