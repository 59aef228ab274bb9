"""One wording: plain text with declared placeholders, parsed once and never run.

    {due_on}                                             a value
    {instalments_count|one:# parcela|other:# parcelas}   the form the language asks for

In a form, # is the count.

A value is put in after parsing, in a single pass: whatever it contains stays text.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache

from babel import Locale

from themes.voice.placeholders import PLACEHOLDERS, Kind

_BRACES = re.compile(r"\{([^{}]*)\}|[{}]")


class FragmentError(ValueError):
    """A text that cannot be used: a stable `code`, the `place` it is about, a way out."""

    def __init__(self, code: str, place: str, suggestion: str | None = None) -> None:
        hint = f" (did you mean {{{suggestion}}}?)" if suggestion else ""
        super().__init__(f"{code}: {place}{hint}")
        self.code = code
        self.place = place
        self.suggestion = suggestion


@dataclass(frozen=True)
class Field:
    """A placeholder inside a wording; `forms`: text by plural category, none for a value."""

    name: str
    forms: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Fragment:
    """Literal text and fields, alternating as written."""

    parts: tuple[str | Field, ...]

    @property
    def fields(self) -> tuple[Field, ...]:
        return tuple(part for part in self.parts if isinstance(part, Field))

    @property
    def literal(self) -> str:
        """What the writer wrote, fields left out and plural forms kept: for the copy lint."""
        return "".join(
            part if isinstance(part, str) else " ".join(form for _, form in part.forms)
            for part in self.parts
        )


@cache
def plural_category(locale: str, count: int) -> str:
    """The CLDR plural category of a count: pt_BR 0 and 1 → "one", 2 → "other"."""
    return str(Locale.parse(locale).plural_form(count))


@cache
def plural_categories(locale: str) -> frozenset[str]:
    return frozenset(Locale.parse(locale).plural_form.tags) | {"other"}


def parse(text: str, *, locale: str, allowed: Collection[str]) -> Fragment:
    """A wording as parts.

    Raises FragmentError: `undeclared` (a placeholder the intent does not have, with the nearest
    one), `brace` (a lone brace), `plural` (a form the language does not have, or no "other").
    """
    parts: list[str | Field] = []
    position = 0
    for match in _BRACES.finditer(text):
        if match.group(1) is None:
            raise FragmentError("brace", match.group())
        if literal := text[position : match.start()]:
            parts.append(literal)
        parts.append(_field(match.group(1), locale, allowed))
        position = match.end()
    if rest := text[position:]:
        parts.append(rest)
    return Fragment(tuple(parts))


def _field(inside: str, locale: str, allowed: Collection[str]) -> Field:
    name, *forms = inside.split("|")
    name = name.strip()
    if name not in allowed:
        near = get_close_matches(name, allowed, n=1, cutoff=0.5)
        raise FragmentError("undeclared", name, near[0] if near else None)
    if not forms:
        return Field(name)
    return Field(name, tuple(_forms(name, forms, locale).items()))


def _forms(name: str, forms: list[str], locale: str) -> Mapping[str, str]:
    """Plural forms, checked against the language's own categories."""
    declared: dict[str, str] = {}
    for form in forms:
        category, colon, wording = form.partition(":")
        if not colon or category.strip() not in plural_categories(locale):
            raise FragmentError("plural", form)
        declared[category.strip()] = wording
    if "other" not in declared or PLACEHOLDERS[name].kind is not Kind.COUNT:
        raise FragmentError("plural", name)
    return declared
