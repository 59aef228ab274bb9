"""Text as the rules read it: without accents, case, look-alike letters, digits for letters or gaps.

A folded text remembers where each of its characters came from, so that a finding points at what
the writer wrote.
"""

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache

_LOOK_ALIKE = str.maketrans("аеорсухікмтнвё", "aeopcyxikmthbe")
_LEET = {"0": "o", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i"}
_INVISIBLE = frozenset("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff")

_MIXED_WORD = re.compile(r"(?<![a-z0-9@$!])[a-z0-9@$!]*[a-z][a-z0-9@$!]*")
_LONG_RUN = re.compile(r"([a-z])\1{2,}")
_SPACED = re.compile(r"(?<![a-z0-9])(?:[a-z0-9@$][\s._*/-]{1,2}){3,}[a-z0-9@$](?![a-z0-9])")
_MARK_INSIDE = re.compile(r"(?<=[a-z0-9@$])[._*·~-]+(?=[a-z0-9@$])")


@dataclass(frozen=True)
class Folded:
    """`places[i]`: the position in the original of character i of `text`."""

    text: str
    places: tuple[int, ...]
    is_joined: bool = False
    """Whether letters that stood apart were brought together."""

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """Where a span of the folded text stands in the original."""
        return self.places[start], self.places[end - 1] + 1

    def without(self, pattern: re.Pattern[str], what: str) -> "Folded":
        """The text with the characters of class `what` left out inside each match."""
        keep = [True] * len(self.text)
        for match in pattern.finditer(self.text):
            for place in range(*match.span()):
                if re.match(what, self.text[place]):
                    keep[place] = False
        return self._only(keep)

    def _only(self, keep: list[bool]) -> "Folded":
        kept = [place for place, is_kept in enumerate(keep) if is_kept]
        return Folded(
            "".join(self.text[place] for place in kept),
            tuple(self.places[place] for place in kept),
            self.is_joined,
        )

    def spelled(self, one: str) -> "Folded":
        """Digits and signs that stand for letters inside a word, as those letters; "1" is `one`."""
        letters = {**_LEET, "1": one}

        def read(word: re.Match[str]) -> str:
            found = word.group()
            plain = sum(char.isalpha() for char in found)
            if plain == len(found) or plain < 2 or plain * 2 < len(found):
                return found
            core = found.rstrip("!")
            return "".join(letters.get(char, char) for char in core) + found[len(core) :]

        return Folded(_MIXED_WORD.sub(read, self.text), self.places, self.is_joined)

    def unstretched(self) -> "Folded":
        """ "deveeedor" as "devedor"."""
        keep = [True] * len(self.text)
        for match in _LONG_RUN.finditer(self.text):
            for place in range(match.start() + 1, match.end()):
                keep[place] = False
        return self._only(keep)


@lru_cache(maxsize=4096)
def fold(text: str) -> Folded:
    """Lower case, no accents, Latin letters for look-alikes, no invisible characters."""
    chars: list[str] = []
    places: list[int] = []
    for place, char in enumerate(text):
        if char in _INVISIBLE:
            continue
        for part in unicodedata.normalize("NFKD", char.lower()):
            if not unicodedata.combining(part):
                chars.append(part.translate(_LOOK_ALIKE))
                places.append(place)
    return Folded("".join(chars), tuple(places))


@lru_cache(maxsize=4096)
def readings(text: str) -> tuple[Folded, ...]:
    """The ways a rule reads a text: as folded, and with evasions undone."""
    plain = fold(text)
    close = plain.without(_SPACED, r"[\s._*/-]")
    close = replace(close, is_joined=close.text != plain.text)
    joined = close.without(_MARK_INSIDE, r"[._*·~-]").unstretched()
    found = {plain.text: plain}
    for reading in (plain, joined):
        for one in ("i", "l"):
            spelled = reading.spelled(one)
            found.setdefault(spelled.text, spelled)
    return tuple(found.values())
