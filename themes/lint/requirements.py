"""What a whole message must have: a discount explained (L06), an SMS complete (L14)."""

import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from typing import Any

from themes import formats
from themes.lint import links
from themes.lint.facts import dates_of, squeezed
from themes.lint.folding import fold
from themes.lint.rules import Finding, Hit, Reading, finding, rules, whole_words
from themes.voice.composing import SMS_LENGTH
from themes.voice.library import locale_forms
from themes.voice.values import Voiced

_PERCENT = re.compile(r"(?<![\d.,])\d[\d.,]*\s?(?:%|por cento|per ?cent)|\{discount_percent\}")
_SHORT_CODE_WORDS = 2

Parts = list[tuple[str, str]]


def of_message(
    parts: Parts, reading: Reading, brand: Voiced | None, facts: Mapping[str, Any] | None
) -> Iterator[Finding]:
    """The findings that only the whole message can give."""
    yield from _discount(parts, reading, facts or {})
    if reading.channel == "sms":
        for slot, text in parts:
            yield from _sms(text, slot, reading, brand)


@cache
def _said(which: str, locale: str) -> re.Pattern[str]:
    return whole_words(rules()["L06"].data[which][locale])


def _discount(parts: Parts, reading: Reading, facts: Mapping[str, Any]) -> Iterator[Finding]:
    """A percentage off has, in the same message, its base, what is cut, total and validity."""
    for slot, text in parts:
        hit = _percentage(text, reading.locale)
        if hit is not None and not _is_explained(parts, reading, facts):
            yield finding("L06", text, hit, slot=slot, language=reading.language)


@lru_cache(maxsize=4096)
def _percentage(text: str, locale: str) -> Hit | None:
    """Where a text first speaks of a part of something, in figures or in words."""
    folded = fold(text)
    match = _PERCENT.search(folded.text) or _said("claim", locale).search(folded.text)
    return Hit(*folded.origin(*match.span())) if match else None


def _is_explained(parts: Parts, reading: Reading, facts: Mapping[str, Any]) -> bool:
    whole = " ".join(fold(text).text for _, text in parts)
    has_words = all(_said(which, reading.locale).search(whole) for which in ("base", "cut"))
    if reading.is_template:
        return has_words and "{total}" in whole and "{valid_until}" in whole
    total, until = facts.get("total_cents"), facts.get("valid_until")
    if total is None or until is None:
        return False
    text = squeezed(whole)
    money = squeezed(formats.money(int(total), facts.get("currency") or "BRL", reading.locale))
    return (
        has_words and money in text and any(way in text for way in dates_of(until, reading.locale))
    )


def _sms(text: str, slot: str, reading: Reading, brand: Voiced | None) -> Iterator[Finding]:
    """L14: brand, purpose, official link and way out, ASCII, one segment."""
    for missing in _missing_in_sms(text, reading, brand):
        yield finding("L14", text, None, slot=slot, language=reading.language, matched=missing)


def _missing_in_sms(text: str, reading: Reading, brand: Voiced | None) -> Iterator[str]:
    """Names of what is missing: brand, purpose, link, opt_out, ascii, length."""
    if reading.is_template:
        yield from _missing_in_sms_template(text, reading)
        return
    is_outbound = reading.message_class == "outbound"
    opt_out = locale_forms(reading.locale)["sms"]["opt_out"]
    prose = links.blanked(text).replace("\x00", "").replace(opt_out, "")
    unsigned = _unsigned(brand, prose)
    if brand is not None and unsigned == prose:
        yield "brand"
    if is_outbound and not any(host and host in text.lower() for host in reading.hosts):
        yield "link"
    if is_outbound and opt_out not in text:
        yield "opt_out"
    if len(re.findall(r"[^\W\d_]{2,}", unsigned)) < _SHORT_CODE_WORDS:
        yield "purpose"
    if not text.isascii():
        yield "ascii"
    if len(text) > SMS_LENGTH:
        yield "length"


def _unsigned(brand: Voiced | None, prose: str) -> str:
    """The text without the creditor's name."""
    for name in (brand.name, brand.short_name) if brand else ():
        prose = re.sub(re.escape(formats.ascii(name)), "", prose, flags=re.IGNORECASE)
    return prose


def _missing_in_sms_template(text: str, reading: Reading) -> Iterator[str]:
    """Accents are fine in a writer's text: they are transliterated when it is composed."""
    if not re.search(r"\{(?:the_|of_|at_|to_)?creditor\}", text):
        yield "brand"
    if reading.message_class == "outbound" and "{link}" not in text:
        yield "link"
    if len(re.findall(r"[^\W\d_]{2,}", re.sub(r"\{[^{}]*\}", "", text))) < _SHORT_CODE_WORDS:
        yield "purpose"
    if not _can_be_ascii(text):
        yield "ascii"


def _can_be_ascii(text: str) -> bool:
    """Whether transliteration keeps every letter and sign."""
    return all(formats.ascii(char) or char.isspace() for char in text)
