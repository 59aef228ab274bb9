"""What a message says besides its brand's words where the law asks for it (L20, L21: not Brazil).

That it is about collecting a debt, where debt advice is free, and after a settlement what remains:
plain lines at the end of a mail, in no tone of voice, from the policy and the record. A text
message has no room for them.
"""

from dataclasses import replace

from app.compliance.policy import Policy, Rule
from app.outreach.claiming import Due
from app.outreach.models import Channel, MessageClass
from themes.translations import catalogue
from themes.voice import Words

RULE = "L21"
COLLECTOR, COLLECTOR_NAMED = "L20", "collector_named"
SETTLEMENT = "quitacao"


def candid(words: Words, row: Due, policy: Policy) -> Words:
    """The words of a mail with the lines that its policy asks for; all others as they are."""
    if row.channel != Channel.EMAIL:
        return words
    lines = [words.closing]
    if row.message_class == MessageClass.OUTBOUND and COLLECTOR in policy.rules:
        lines.append(_collector(row.locale))
    if RULE in policy.rules:
        lines += _advice(row, policy.rules[RULE])
    return words if len(lines) == 1 else replace(words, closing="\n".join(lines))


def _collector(locale: str) -> str:
    """15 U.S.C. 1692e(11): the “mini-Miranda”."""
    _ = catalogue(locale, "emails").gettext
    return _(
        "This is an attempt to collect a debt, and any information obtained will be used for that"
        " purpose."
    )


def _advice(row: Due, rule: Rule) -> list[str]:
    _ = catalogue(row.locale, "emails").gettext
    lines = []
    if row.intent == SETTLEMENT:
        # A settled agreement settles its debts whole: what was let off is not owed either.
        lines.append(_("Nothing of this agreement and its accounts remains to be paid."))
    if row.message_class == MessageClass.OUTBOUND and rule.parameters["signposts"]:
        named = ", ".join(rule.parameters["signposts"])
        lines.append(
            _("Free and independent advice about debts: %(services)s") % {"services": named}
        )
    return lines


def shown_in(text: str, locale: str, policy: Policy) -> frozenset[str]:
    """What a text shows of what the policy's rules need by name."""
    is_there = COLLECTOR in policy.rules and _collector(locale) in text
    return frozenset({COLLECTOR_NAMED}) if is_there else frozenset()


def named_in(text: str, policy: Policy) -> frozenset[str]:
    """The services of debt advice that a text names, of those the policy asks for."""
    rule = policy.rules.get(RULE)
    if rule is None:
        return frozenset()
    return frozenset(one for one in rule.parameters["signposts"] if one in text)
