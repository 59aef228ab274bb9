"""The rules of themes/lint/rules.toml, compiled: data in, findings out."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from themes.lint.folding import Folded, readings
from themes.translations import catalogue

RULES = Path(__file__).with_name("rules.toml")
GAP = r"[\W_]{1,3}"
NO_GAP = r"[\W_]{0,3}"
"""Where letters that stood apart were joined, the gaps between the words went too."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found. `start`, `end`: in the text of `slot`; 0 when something is missing.

    `effect`: "block" or "require". `explanation` and `suggestion` are in the writer's language.
    """

    rule: str
    effect: str
    start: int
    end: int
    matched: str
    explanation: str
    suggestion: str
    slot: str = "text"


@dataclass(frozen=True, slots=True)
class Reading:
    """How a text is to be read."""

    channel: str
    message_class: str
    locale: str
    language: str
    """Of the explanations."""
    is_template: bool
    hosts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a pattern matched in the original text."""

    start: int
    end: int


@dataclass(frozen=True)
class Rule:
    """One rule. `unless` and `when`: patterns by the fact that lifts or brings them."""

    id: str
    effect: str
    scope: str
    source: str
    explanation: str
    suggestion: str
    placeholders: frozenset[str]
    patterns: Mapping[str, re.Pattern[str]]
    allow: Mapping[str, re.Pattern[str]]
    unless: Mapping[str, Mapping[str, re.Pattern[str]]]
    when: Mapping[str, Mapping[str, re.Pattern[str]]]
    data: Mapping[str, Any]

    def active(self, locale: str, facts: Mapping[str, Any]) -> Iterator[re.Pattern[str]]:
        """The patterns in force, given what the facts say."""
        if locale in self.patterns:
            yield self.patterns[locale]
        for fact, patterns in self.unless.items():
            if not facts.get(fact):
                yield patterns[locale]
        for fact, patterns in self.when.items():
            if facts.get(fact):
                yield patterns[locale]


@cache
def rules() -> Mapping[str, Rule]:
    """Every rule by its id."""
    with RULES.open("rb") as file:
        return {name: _rule(name, table) for name, table in tomllib.load(file).items()}


def _rule(name: str, table: Mapping[str, Any]) -> Rule:
    return Rule(
        id=name,
        effect=table["effect"],
        scope=table.get("scope", "all"),
        source=table["source"],
        explanation=table["explanation"],
        suggestion=table["suggestion"],
        placeholders=frozenset(table.get("placeholders", ())),
        patterns=_compiled(table.get("patterns", {})),
        allow=_compiled(table.get("allow", {})),
        unless={fact: _compiled(by) for fact, by in table.get("unless", {}).items()},
        when={fact: _compiled(by) for fact, by in table.get("when", {}).items()},
        data=table,
    )


def _compiled(by_locale: Mapping[str, list[str]]) -> dict[str, re.Pattern[str]]:
    return {locale: whole_words(patterns) for locale, patterns in by_locale.items()}


def whole_words(patterns: Iterable[str]) -> re.Pattern[str]:
    """Any of the patterns as whole words; a space in one stands for a short gap."""
    either = "|".join(_gapped(pattern) for pattern in patterns)
    return re.compile(rf"(?<![a-z0-9])(?:{either})(?![a-z0-9])")


def _gapped(pattern: str) -> str:
    """Spaces become gaps, but not inside a character class or before a quantifier."""
    return re.sub(r"\[[^\]]*\]| \?| ", lambda found: _gap(found.group()), pattern)


def _gap(found: str) -> str:
    if found == " ":
        return GAP
    return r"\s?" if found == " ?" else found


@cache
def _without_gaps(pattern: re.Pattern[str]) -> re.Pattern[str]:
    return re.compile(pattern.pattern.replace(GAP, NO_GAP))


def hits(pattern: re.Pattern[str], text: str, allow: re.Pattern[str] | None) -> list[Hit]:
    """Where a pattern matches any reading of the text, outside what is allowed."""
    found: dict[tuple[int, int], Hit] = {}
    for reading in readings(text):
        fine = [match.span() for match in allow.finditer(reading.text)] if allow else []
        read = _without_gaps(pattern) if reading.is_joined else pattern
        for match in read.finditer(reading.text):
            if not _inside(match.span(), fine) and match.end() > match.start():
                start, end = _trimmed(reading, match.span())
                found.setdefault((start, end), Hit(start, end))
    return _outermost(found.values())


def _inside(span: tuple[int, int], fine: list[tuple[int, int]]) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in fine)


def _trimmed(reading: Folded, span: tuple[int, int]) -> tuple[int, int]:
    return reading.origin(*span)


def _outermost(found: Iterable[Hit]) -> list[Hit]:
    """Without the hits that lie inside another: one finding per place."""
    kept: list[Hit] = []
    for hit in sorted(found, key=lambda hit: (hit.start, -hit.end)):
        if not kept or hit.end > kept[-1].end:
            kept.append(hit)
    return kept


def finding(
    rule: str, text: str, hit: Hit | None, *, slot: str, language: str, matched: str = ""
) -> Finding:
    """A finding in the writer's language; without a hit something is missing."""
    found = rules()[rule]
    words = catalogue(language, "lint")
    start, end = (hit.start, hit.end) if hit else (0, 0)
    return Finding(
        rule=rule,
        effect=found.effect,
        start=start,
        end=end,
        matched=matched or text[start:end],
        explanation=words.gettext(found.explanation),
        suggestion=words.gettext(found.suggestion),
        slot=slot,
    )
