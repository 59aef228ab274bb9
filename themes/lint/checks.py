"""The copy lint: a text or a composed message in, findings out. Pure.

Without `facts` a text is read as a writer's (placeholders in braces, no literal number may stand
in it); with `facts` as what leaves, where each number must be one of the facts.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

from themes.lint import links, requirements
from themes.lint.facts import Rendered, squeezed
from themes.lint.rules import Finding, Hit, Reading, finding, hits, rules, whole_words
from themes.voice.composing import Words
from themes.voice.placeholders import SLOTS
from themes.voice.values import Voiced

PREVIEW_CHANNELS = frozenset(("sms", "ad", "push", "voicemail"))
PREVIEW_SLOTS = frozenset(("subject", "preheader"))
PLACES = re.compile(r"\{(\w+)[^{}]*\}")

_EXPIRY = {
    "pt_BR": r"(?:expira|termina|encerra|acaba|valid[oa]s?|vale[m]?|disponive(?:l|is)"
    r"|reservad[oa]s?|guardad[oa]s?)",
    "en": r"(?:expires?|ends?|closes?|valid|available|reserved|kept|held"
    r"|good (?:until|till|through))",
}
_PATTERN_RULES = (
    "L01",
    "L02",
    "L03",
    "L04",
    "L05",
    "L07",
    "L08",
    "L09",
    "L10",
    "L12",
    "L18",
    "L21",
)


def lint(
    text_or_words: str | Words,
    *,
    channel: str,
    message_class: str,
    locale: str,
    brand: Voiced | None = None,
    facts: Mapping[str, Any] | None = None,
    hosts: Sequence[str] = (),
    slot: str = "body",
    language: str | None = None,
) -> list[Finding]:
    """What the rules have against a text, the most serious first.

    `channel`: email, sms, ad, push or voicemail; `message_class`: outbound or requested.
    `hosts`: the tenant's verified hosts, for links. `slot`: where a plain text would stand.
    `language`: of the explanations, else the text's own. Raises LookupError for an unknown locale.
    """
    linter = Linter(
        channel=channel,
        message_class=message_class,
        locale=locale,
        brand=brand,
        facts=facts,
        hosts=hosts,
        language=language,
    )
    return linter(text_or_words, slot=slot)


class Linter:
    """`lint` for many messages that share everything but their words; each text is read once."""

    def __init__(
        self,
        *,
        channel: str,
        message_class: str,
        locale: str,
        brand: Voiced | None = None,
        facts: Mapping[str, Any] | None = None,
        hosts: Sequence[str] = (),
        language: str | None = None,
    ) -> None:
        self._reading = Reading(
            channel, message_class, locale, language or locale, facts is None, _hosts(hosts, facts)
        )
        self._brand = brand
        self._facts = facts
        self._flags = frozenset(name for name in _FLAGS if (facts or {}).get(name))
        self._rendered = None if facts is None else Rendered(facts, locale)
        self._seen: dict[tuple[str, str], tuple[Finding, ...]] = {}

    def __call__(self, text_or_words: str | Words, *, slot: str = "body") -> list[Finding]:
        """What the rules have against one message, the most serious first."""
        parts = self._parts(text_or_words, slot)
        found: list[Finding] = []
        for part in parts:
            found += self._of_part(part)
        found += requirements.of_message(parts, self._reading, self._brand, self._facts)
        return sorted(found, key=_gravity) if found else found

    def _parts(self, text_or_words: str | Words, slot: str) -> list[tuple[str, str]]:
        if isinstance(text_or_words, Words):
            named = [(name, getattr(text_or_words, name)) for name in (*SLOTS, "text")]
            return [(name, text) for name, text in named if text]
        return [("text" if self._reading.channel == "sms" else slot, text_or_words)]

    def _of_part(self, part: tuple[str, str]) -> tuple[Finding, ...]:
        seen = self._seen.get(part)
        if seen is None:
            slot, text = part
            seen = (
                *_of_words(text, slot, self._reading, self._flags),
                *_of_lexicon(text, slot, self._reading, self._brand),
                *(_of_numbers(text, slot, self._reading, self._rendered) if self._rendered else ()),
            )
            self._seen[part] = seen
        return seen


_FLAGS = ("prescribed", "legal_step_approved", "bureau_notice")
"""Facts that lift or bring rules."""


def _gravity(one: Finding) -> tuple[bool, str, str, int]:
    return (one.effect != "block", one.rule, one.slot, one.start)


def _hosts(hosts: Sequence[str], facts: Mapping[str, Any] | None) -> tuple[str, ...]:
    link = str((facts or {}).get("link") or "")
    own = (links.host_of(link),) if link else ()
    return tuple(host.lower() for host in (*hosts, *own))


@lru_cache(maxsize=4096)
def _of_words(text: str, slot: str, reading: Reading, flags: frozenset[str]) -> tuple[Finding, ...]:
    """Everything that one text says by itself; remembered, since fragments repeat."""
    is_preview = reading.channel in PREVIEW_CHANNELS or slot in PREVIEW_SLOTS
    found: list[Finding] = []
    facts = dict.fromkeys(flags, True)
    prose = links.blanked(text)
    for name in _PATTERN_RULES:
        rule = rules()[name]
        if rule.scope == "preview" and not is_preview:
            continue
        if rule.scope == "ad" and reading.channel != "ad":
            continue
        allow = rule.allow.get(reading.locale)
        for pattern in rule.active(reading.locale, facts):
            for hit in hits(pattern, prose, allow):
                found.append(_found(name, text, hit, slot, reading))
        for match in PLACES.finditer(text):
            if match.group(1) in rule.placeholders:
                found.append(_found(name, text, Hit(*match.span()), slot, reading))
    found += (_found("L10", text, hit, slot, reading) for hit in links.foreign(text, reading.hosts))
    found += (_found("L09", text, hit, slot, reading) for hit in links.identifiers(text))
    if reading.is_template:
        found += _of_template(text, prose, slot, reading)
    return tuple(found)


def _found(rule: str, text: str, hit: Hit, slot: str, reading: Reading) -> Finding:
    return finding(rule, text, hit, slot=slot, language=reading.language)


def _of_template(text: str, prose: str, slot: str, reading: Reading) -> Iterator[Finding]:
    """A writer's text: no literal number (L11), and an offer ends on {valid_until} alone (L03)."""
    rule = rules()["L11"]
    for hit in hits(rule.patterns[reading.locale], prose, rule.allow[reading.locale]):
        yield _found("L11", text, hit, slot, reading)
    for hit in hits(_ends_on_due_date(reading.locale), prose, None):
        yield _found("L03", text, hit, slot, reading)


@cache
def _ends_on_due_date(locale: str) -> re.Pattern[str]:
    return whole_words([_EXPIRY[locale] + r"\b[^.{}]{0,25}\{due_on"])


def _of_lexicon(text: str, slot: str, reading: Reading, brand: Voiced | None) -> Iterator[Finding]:
    if brand is not None and brand.lexicon.forbidden:
        pattern = _forbidden(tuple(brand.lexicon.forbidden))
        for match in pattern.finditer(text):
            yield _found("LEX", text, Hit(*match.span()), slot, reading)


@lru_cache(maxsize=512)
def _forbidden(words: tuple[str, ...]) -> re.Pattern[str]:
    either = "|".join(re.escape(word) for word in words)
    return re.compile(rf"(?<!\w)(?:{either})(?!\w)", re.IGNORECASE)


def _of_numbers(text: str, slot: str, reading: Reading, rendered: Rendered) -> Iterator[Finding]:
    """What leaves: each number is a fact (L11), and an offer ends when it does (L03)."""
    rule, locale = rules()["L11"], reading.locale
    found = hits(rule.patterns[locale], links.blanked(text), rule.allow[locale])
    for hit in found:
        if not rendered.says(text[hit.start : hit.end]):
            yield _found("L11", text, hit, slot, reading)
    until = rendered.dates.get("valid_until")
    if until is None:
        return
    for hit in found:
        before = squeezed(text[max(0, hit.start - 45) : hit.start])
        said = squeezed(text[hit.start : hit.end])
        is_date = any(said in way for ways in rendered.dates.values() for way in ways)
        expiry = re.search(rf"\b{_EXPIRY[reading.locale]}\b[^.\d]{{0,25}}$", before)
        if is_date and expiry and not any(said in way for way in until):
            yield _found("L03", text, hit, slot, reading)
