"""What the facts let a text say: amounts, dates and counts as they would be rendered (L03, L11)."""

import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from themes import formats
from themes.lint.folding import fold
from themes.voice.placeholders import PLACEHOLDERS, Kind
from themes.voice.values import Values

_DIGITS = re.compile(r"\d+")
_SPACE = re.compile(r"\s+")


class Rendered:
    """The renderings of a message's facts, folded as a text is."""

    def __init__(self, facts: Mapping[str, Any], locale: str) -> None:
        self._said: dict[str, bool] = {}
        self.exact: set[str] = set()
        self.counts: set[str] = set()
        self.dates: dict[str, tuple[str, ...]] = {}
        for placeholder in PLACEHOLDERS.values():
            value = facts.get(placeholder.fact, placeholder.default)
            if value is None or placeholder.kind is Kind.BRAND:
                continue
            if placeholder.kind is Kind.DATE:
                self.dates[placeholder.name] = dates_of(value, locale)
                self.exact |= set(self.dates[placeholder.name])
            elif placeholder.kind is Kind.COUNT:
                self.counts.add(str(int(value)))
            else:
                self._text(placeholder.name, facts, locale)
        self.counts |= {
            str(facts[name])
            for name in ("instalment_number", "instalments_count")
            if facts.get(name) is not None
        }

    def _text(self, name: str, facts: Mapping[str, Any], locale: str) -> None:
        values = Values(facts, locale=locale, channel="email", product="")
        try:
            text = values[name]
        except LookupError:
            return
        self.exact.add(squeezed(text))

    def says(self, matched: str) -> bool:
        """Whether a number in a text is one of the facts: to the character, or as a count."""
        if matched not in self._said:
            self._said[matched] = self._is_said(matched)
        return self._said[matched]

    def _is_said(self, matched: str) -> bool:
        text = squeezed(matched)
        whole = re.compile(rf"(?<![\d.,/]){re.escape(text)}(?![\d.,/]*\d)")
        if any(whole.search(exact) for exact in self.exact):
            return True
        numbers = _DIGITS.findall(text)
        has_unit = re.search(r"[$€£%/]|reais|real|dollar|cent", text) is not None
        return bool(numbers) and not has_unit and all(number in self.counts for number in numbers)


@lru_cache(maxsize=1024)
def dates_of(value: date | str, locale: str) -> tuple[str, ...]:
    """The ways a date may stand in a text, folded."""
    day = date.fromisoformat(value) if isinstance(value, str) else value
    return (
        squeezed(formats.day(day, locale)),
        squeezed(formats.long_day(day, locale)),
        squeezed(formats.weekday(day, locale)),
        day.isoformat(),
    )


@lru_cache(maxsize=4096)
def squeezed(text: str) -> str:
    """Folded, with every space plain and single and no closing mark."""
    return _SPACE.sub(" ", fold(text).text).strip(" .,;:")
