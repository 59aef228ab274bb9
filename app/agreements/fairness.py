"""No clause gives up a right or replaces the original contract silently (BR-20; CC 361: a novation
must be express)."""

import re
from collections.abc import Sequence

WAIVERS = re.compile(
    r"\brenunci|\brenúncia|\birrevog|\birretrat|não caberá recurso|abre mão|abrir mão"
    r"|\bwaive|\birrevocabl|gives? up (?:the|any|all) right",
    re.IGNORECASE,
)
NOVATION = re.compile(r"\bnova(?:ção|tion)\b", re.IGNORECASE)
DENIED = re.compile(r"(?:não (?:é|há|constitui) (?:uma )?|is no |not a )\s*nova(?:ção|tion)", re.I)


class TermsUnfair(ValueError):
    """A text waives a right or hides a novation; `text` is the clause."""

    def __init__(self, text: str) -> None:
        super().__init__("a clause gives up a right or replaces the contract silently (BR-20)")
        self.text = text


def refuse_unfair(texts: Sequence[str]) -> None:
    """Raises TermsUnfair for a waiver, or a novation that is not expressly denied (BR-20)."""
    for text in texts:
        if WAIVERS.search(text):
            raise TermsUnfair(text)
        if len(NOVATION.findall(text)) > len(DENIED.findall(text)):
            raise TermsUnfair(text)
