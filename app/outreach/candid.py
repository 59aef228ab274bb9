"""What a message says besides its brand's words where the law asks for it (L21: UK and EU).

Where debt advice is free, and after a settlement what remains: plain lines at the end of a mail, in
no tone of voice, from the policy and the record. A text message has no room for them.
"""

from dataclasses import replace

from app.compliance.policy import Policy
from app.outreach.claiming import Due
from app.outreach.models import Channel, MessageClass
from themes.translations import catalogue
from themes.voice import Words

RULE = "L21"
SETTLEMENT = "quitacao"


def candid(words: Words, row: Due, policy: Policy) -> Words:
    """The words of a mail with the lines that its policy asks for; all others as they are."""
    rule = policy.rules.get(RULE)
    if rule is None or row.channel != Channel.EMAIL:
        return words
    _ = catalogue(row.locale, "emails").gettext
    lines = [words.closing]
    if row.intent == SETTLEMENT:
        # A settled agreement settles its debts whole: what was let off is not owed either.
        lines.append(_("Nothing of this agreement and its accounts remains to be paid."))
    if row.message_class == MessageClass.OUTBOUND and rule.parameters["signposts"]:
        named = ", ".join(rule.parameters["signposts"])
        lines.append(
            _("Free and independent advice about debts: %(services)s") % {"services": named}
        )
    return replace(words, closing="\n".join(lines))


def named_in(text: str, policy: Policy) -> frozenset[str]:
    """The services of debt advice that a text names, of those the policy asks for."""
    rule = policy.rules.get(RULE)
    if rule is None:
        return frozenset()
    return frozenset(one for one in rule.parameters["signposts"] if one in text)
