"""The copy lint: a text or a composed message in, findings out. Pure.

Without `facts` a text is read as a writer's (placeholders in braces, no literal number may stand
in it); with `facts` as what leaves, where each number must be one of the facts.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

from themes.lint import links, requirements
from themes.lint.facts import Rendered, rendered_facts, squeezed
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
_PATTERN_RULES = ("L01", "L02", "L03", "L04", "L05", "L07", "L08", "L09", "L10", "L12", "L18")


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
    reading = Reading(
        channel, message_class, locale, language or locale, facts is None, _hosts(hosts, facts)
    )
    parts = _parts(text_or_words, channel, slot)
    found: list[Finding] = []
    known = facts or {}
    flags = frozenset(
        name for name in ("prescribed", "legal_step_approved", "bureau_notice") if known.get(name)
    )
    for name, text in parts:
        found += _of_words(text, name, reading, flags)
        found += _of_lexicon(text, name, reading, brand)
    if facts is not None:
        rendered = rendered_facts(facts, locale)
        for name, text in parts:
            found += _of_numbers(text, name, reading, rendered)
    found += requirements.of_message(parts, reading, brand, facts)
    return sorted(found, key=lambda one: (one.effect != "block", one.rule, one.slot, one.start))


def _parts(text_or_words: str | Words, channel: str, slot: str) -> list[tuple[str, str]]:
    if isinstance(text_or_words, Words):
        named = [(name, getattr(text_or_words, name)) for name in (*SLOTS, "text")]
        return [(name, text) for name, text in named if text]
    return [("text" if channel == "sms" else slot, text_or_words)]


def _hosts(hosts: Sequence[str], facts: Mapping[str, Any] | None) -> tuple[str, ...]:
    link = str((facts or {}).get("link") or "")
    own = (links.host_of(link),) if link else ()
    return tuple(host.lower() for host in (*hosts, *own))


@lru_cache(maxsize=16384)
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


@lru_cache(maxsize=16384)
def _numbers(text: str, locale: str) -> tuple[Hit, ...]:
    rule = rules()["L11"]
    return tuple(hits(rule.patterns[locale], links.blanked(text), rule.allow[locale]))


def _of_numbers(text: str, slot: str, reading: Reading, rendered: Rendered) -> Iterator[Finding]:
    """What leaves: each number is a fact (L11), and an offer ends when it does (L03)."""
    found = _numbers(text, reading.locale)
    if not found:
        return
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
