"""A brand's own words: preferred ones take the place of ours, forbidden ones are avoided."""

import re
from collections.abc import Mapping
from functools import partial
from typing import Protocol, TypeVar


def preferred(text: str, words: Mapping[str, str]) -> str:
    """The text with the brand's own words for ours; a capital stays a capital."""
    for ours, theirs in words.items():
        pattern = rf"(?<!\w){re.escape(ours)}(?!\w)"
        text = re.sub(pattern, partial(_cased, theirs), text, flags=re.I)
    return text


def _cased(theirs: str, found: re.Match[str]) -> str:
    return theirs[:1].upper() + theirs[1:] if found.group()[:1].isupper() else theirs


def mentions(text: str, words: tuple[str, ...]) -> str | None:
    """The first of `words` that the text has as a whole word, in any case."""
    for word in words:
        if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, flags=re.I):
            return word
    return None


W = TypeVar("W", bound="Templated")


class Templated(Protocol):
    @property
    def template(self) -> str: ...


def avoiding(wordings: list[W], forbidden: tuple[str, ...]) -> tuple[W, ...]:
    """A wording with a word the brand forbids gives its place to the next one that has none.

    Where every wording has one the list stays: the brand's check names it before publishing.
    """
    clear = [wording for wording in wordings if not mentions(wording.template, forbidden)]
    if not clear:
        return tuple(wordings)
    return tuple(
        wording if wording in clear else clear[place % len(clear)]
        for place, wording in enumerate(wordings)
    )
