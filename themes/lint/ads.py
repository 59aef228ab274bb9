"""Texts of ads: the platforms' lengths (L19), and nothing that tells on the reader (L18)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from themes.lint.checks import lint
from themes.lint.folding import fold
from themes.lint.rules import Finding, finding
from themes.voice.values import Voiced


@dataclass(frozen=True)
class Limit:
    """How many lines a field takes and how long each may be, in characters."""

    least: int
    most: int
    length: int


LIMITS: Mapping[str, Mapping[str, Limit]] = {
    "search": {
        "headlines": Limit(3, 15, 30),
        "descriptions": Limit(2, 4, 90),
        "paths": Limit(0, 2, 15),
    },
    "display": {
        "headlines": Limit(1, 5, 30),
        "long_headline": Limit(1, 1, 90),
        "descriptions": Limit(1, 5, 90),
        "business_name": Limit(1, 1, 25),
    },
}
"""Of responsive search and responsive display ads."""


def lint_ad(
    kind: str,
    texts: Mapping[str, Sequence[str]],
    *,
    locale: str,
    brand: Voiced | None = None,
    language: str | None = None,
) -> list[Finding]:
    """What is wrong with an ad's texts, field by field; `kind` is "search" or "display".

    Raises KeyError for another kind.
    """
    found: list[Finding] = []
    tongue = language or locale
    for field, limit in LIMITS[kind].items():
        lines = texts.get(field, ())
        found += _lengths(field, lines, limit, tongue)
        for line in lines:
            found += lint(
                line,
                channel="ad",
                message_class="outbound",
                locale=locale,
                brand=brand,
                slot=field,
                language=tongue,
            )
    unknown = set(texts) - set(LIMITS[kind])
    found += [_too("L19", field, "unknown field", tongue) for field in sorted(unknown)]
    return found


def _lengths(field: str, lines: Sequence[str], limit: Limit, language: str) -> list[Finding]:
    found = []
    if not limit.least <= len(lines) <= limit.most:
        found.append(_too("L19", field, f"{len(lines)}", language))
    for line in lines:
        if not line.strip() or len(line) > limit.length:
            found.append(_too("L19", field, line, language))
    if len({fold(line).text.strip() for line in lines}) < len(lines):
        found.append(_too("L19", field, "=", language))
    return found


def _too(rule: str, field: str, matched: str, language: str) -> Finding:
    return finding(rule, matched, None, slot=field, language=language, matched=matched)
