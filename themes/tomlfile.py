"""A file that a creditor writes in TOML, and what is wrong with it in the reader's language.

The same for brand files, offer rules, journeys and charge terms: a fault names its field as the
file does, `bands[2].principal_discount`, counted from 0, and says what belongs there.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from marshmallow import Schema, ValidationError

from themes.checks import Problem
from themes.translations import catalogue

MOST_BYTES: Final = 256 * 1024
PLACE: Final = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
"""Where tomllib says that it stopped reading."""
NO_TOML: Final = "Line %(line)s cannot be read: “%(text)s”."
REASONS: Final[tuple[tuple[str, str], ...]] = (
    ("Expected newline", "After its value a line ends. Decimals are written with a point: 0.25."),
    (
        "Invalid value",
        "A value is a number, a text in quotation marks, a list in [ ], true or false.",
    ),
    ("Unclosed array", "A list in [ ] is not closed, or its values lack a comma between them."),
    ("Unclosed|Expected '\\]", "A bracket is opened and not closed."),
    (
        "Unterminated|Illegal character|Expected [\"'][\"']",
        "A text in quotation marks does not end.",
    ),
    ("Unescaped|Escaped|Invalid hex", "In a text in quotation marks, \\ is written \\\\."),
    ("Invalid date", "This date does not exist."),
    (
        "Expected '='|Invalid statement|Invalid initial|Found invalid",
        "A line is a name (letters without accents, digits, - and _), then = and its value.",
    ),
    ("Cannot|Duplicate|An object|There is no nest", "The same name is given twice."),
)
"""How tomllib's reasons begin, and what a creditor is told instead."""


def say(locale: str, problem: Problem) -> str:
    """A msgid with its values, in a language; a value may be a list of problems of its own."""
    message, values = problem
    said: str = catalogue(locale, "files").gettext(message)
    return said % {name: _value(locale, one) for name, one in values.items()} if values else said


def _value(locale: str, value: object) -> object:
    return ", ".join(say(locale, one) for one in value) if isinstance(value, list) else value


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a field."""

    where: str
    """Its path; "" for the file as a whole."""
    problems: tuple[Problem, ...]
    entry: str = ""
    """The name of the entry of a list that it stands in: clearer than a number."""

    def said(self, locale: str) -> str:
        """The sentence, without the field."""
        return " ".join(say(locale, problem) for problem in self.problems)

    def line(self, locale: str) -> str:
        """The field and the sentence."""
        entry = f" (“{self.entry}”)" if self.entry else ""
        return f"{self.where}{entry}: {self.said(locale)}" if self.where else self.said(locale)


class FileInvalid(ValueError):
    """A file that cannot be used; `faults` are all that were found."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(self.lines("en")))

    def lines(self, locale: str) -> list[str]:
        """A line for each fault, in the reader's language."""
        return [fault.line(locale) for fault in self.faults]


def parse(source: bytes) -> dict[str, Any]:
    """A file as written. Raises FileInvalid for what is no TOML, with its line."""
    if len(source) > MOST_BYTES:
        raise FileInvalid([Fault("", (("The file is larger than 256 kB.", {}),))])
    try:
        text = source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = source.count(b"\n", 0, error.start) + 1
        problem: Problem = ("Line %(line)s is not in UTF-8: save the file in it.", {"line": line})
        raise FileInvalid([Fault("", (problem,))]) from error
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise FileInvalid([Fault("", tuple(_unreadable(text, str(error))))]) from error


def _unreadable(text: str, why: str) -> Iterator[Problem]:
    lines = text.splitlines() or [""]
    place = PLACE.search(why)
    number = int(place[1]) if place and place[1] else len(lines)
    shown = lines[min(number, len(lines)) - 1].strip()[:80]
    yield NO_TOML, {"line": number, "text": shown}
    for begins, reason in REASONS:
        if re.match(begins, why):
            yield reason, {}
            return


def checked(schema: Schema, data: Mapping[str, Any]) -> Any:
    """What a schema makes of a file's data. Raises FileInvalid."""
    try:
        return schema.load(dict(data))
    except ValidationError as error:
        raise FileInvalid(faults(error.messages, data)) from error


def faults(errors: Any, data: Any, where: str = "", entry: str = "") -> list[Fault]:
    """marshmallow's nested messages as faults; `data` names the entries of lists."""
    if not isinstance(errors, dict):
        return [Fault(where, tuple(_problem(error) for error in errors), entry)]
    found = []
    for key, inner in errors.items():
        if key == "_schema":
            found += faults(inner, data, where, entry)
            continue
        below = _below(data, key)
        if isinstance(key, int):
            name = below.get("name") if isinstance(below, Mapping) else None
            found += faults(inner, below, f"{where}[{key}]", name if isinstance(name, str) else "")
        else:
            found += faults(inner, below, f"{where}.{key}".lstrip("."), entry)
    return found


def _below(data: Any, key: Any) -> Any:
    try:
        return data[key]
    except (LookupError, TypeError):
        return None


def _problem(error: Any) -> Problem:
    return error if isinstance(error, tuple) else (str(error), {})
