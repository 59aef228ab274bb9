"""Figures as words: the catalogue of a locale, its formats, and tables that line up."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from themes import formats
from themes.translations import catalogue

DOMAIN = "insights"
MINUS = "\N{MINUS SIGN}"
NARROW = 9
"""Columns are not made narrower than this."""


def _(text: str) -> str:
    """Marks a msgid."""
    return text


CHANNELS = {"email": _("E-mail"), "sms": _("SMS"), "": _("without a message before")}
ARMS = {
    "engine": _("The engine"),
    "rules": _("Your own rules"),
    "untouched": _("No messages about offers"),
}
NOTHING = {
    "no_night": _(
        "There is nothing to say: no night was planned by the engine yet. A comparison begins with"
        " the first one (flask journeys set, then flask day run)."
    ),
    "no_day": _(
        "There is nothing to say yet: no day of the comparison is over. The first one, %(day)s, can"
        " be reported from the day after it on."
    ),
    "no_ripe": _(
        "There is nothing to judge yet: what comes of a message is counted for two weeks. The first"
        " decisions will be old enough on %(day)s."
    ),
}


@dataclass(frozen=True, slots=True)
class Teller:
    """Says things in one language and currency."""

    locale: str
    currency: str

    def __call__(self, message: str, **facts: Any) -> str:
        """A message of the catalogue with its facts; whole numbers with their thousands apart."""
        told = {name: self._fact(value) for name, value in facts.items()}
        return catalogue(self.locale, DOMAIN).gettext(message) % told

    def ngettext(self, one: str, many: str, count: int, **facts: Any) -> str:
        """The same where a number decides the words."""
        told = {name: self._fact(value) for name, value in facts.items()}
        return catalogue(self.locale, DOMAIN).ngettext(one, many, count) % told

    def _fact(self, value: Any) -> str:
        if isinstance(value, date):
            return formats.long_day(value, self.locale)
        return formats.number(value, self.locale) if isinstance(value, int) else str(value)

    def money(self, cents: float) -> str:
        """An amount, its sign before it."""
        whole = round(cents)
        sign = MINUS if whole < 0 else ""
        return sign + formats.money(abs(whole), self.currency, self.locale)

    def gain(self, cents: float) -> str:
        """A difference of amounts, always with its sign."""
        return self.money(cents) if round(cents) <= 0 else "+" + self.money(cents)

    def percent(self, fraction: float, digits: int = 1) -> str:
        """A fraction as a percentage."""
        said = formats.percent(abs(fraction), self.locale, digits)
        return (
            MINUS if fraction < 0 and said != formats.percent(0, self.locale, digits) else ""
        ) + said

    def points(self, fraction: float) -> str:
        """A difference of two rates in percentage points, always with its sign."""
        return ("+" if fraction > 0 else "") + self.percent(fraction)

    def count(self, value: int) -> str:
        """A number with its thousands apart."""
        return formats.number(value, self.locale)

    def decimal(self, value: float) -> str:
        """A signed number to one decimal."""
        rounded = Decimal(str(value)).quantize(Decimal("0.1"))
        sign = "+" if rounded > 0 else MINUS if rounded < 0 else ""
        return sign + formats.number(abs(rounded), self.locale)

    def channel(self, code: str) -> str:
        """A channel's name."""
        return self(CHANNELS.get(code, code))

    def nothing(self, code: str, day: date | None) -> str:
        """Why there is nothing to say, and when there will be."""
        return self(NOTHING[code], day=day or "")


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Lines of columns that line up: the first to the left, numbers to the right. A head that is
    longer than its column is broken over lines."""
    filled = [max(map(_width, column)) for column in zip(*rows, strict=True)] or [0] * len(head)
    heads = [_broken(text, max(width, NARROW)) for text, width in zip(head, filled, strict=True)]
    widths = [max(width, *map(_width, parts)) for width, parts in zip(filled, heads, strict=True)]
    deepest = max(map(len, heads))
    padded = [[""] * (deepest - len(parts)) + parts for parts in heads]
    return [_line(cells, widths) for cells in [*zip(*padded, strict=True), *rows]]


def _broken(text: str, width: int) -> list[str]:
    lines = [""]
    for word in text.split(" "):
        if lines[-1] and _width(lines[-1]) + 1 + _width(word) > width:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first = cells[0] + " " * (widths[0] - _width(cells[0]))
    rest = [" " * (w - _width(c)) + c for c, w in zip(cells[1:], widths[1:], strict=True)]
    return "  ".join([first, *rest]).rstrip()


def _width(text: str) -> int:
    return sum(not unicodedata.combining(letter) for letter in text)
