"""The wordings of the house: themes/voices/<tone>/<locale>.toml, read once and parsed once.

A file has one table per intent with a list of wordings per slot; `common` holds what an intent
does not say in its own way. The first wording of a list is variant "a", the second "b"…
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from themes.translations import LOCALES
from themes.voice.fragments import Fragment, parse
from themes.voice.placeholders import INTENTS, SLOTS, TONES, places

VOICES = Path(__file__).parent.parent / "voices"
SMS = "sms"
NAMELESS = "greeting_nameless"
PARTS = (*SLOTS, NAMELESS, SMS)


@cache
def _file(tone: str, locale: str) -> Mapping[str, Any]:
    if tone not in TONES:
        raise LookupError(f"no tone {tone}")
    path = VOICES / tone / f"{locale}.toml"
    if not path.exists():
        raise LookupError(f"no voice {tone} in {locale}")
    with path.open("rb") as file:
        return tomllib.load(file)


@cache
def locale_forms(locale: str) -> Mapping[str, Any]:
    """The small words of a language that every tone shares: themes/voices/<locale>.toml.

    Raises LookupError for a locale without one.
    """
    if locale not in LOCALES:
        raise LookupError(f"no locale {locale}")
    with (VOICES / f"{locale}.toml").open("rb") as file:
        return tomllib.load(file)


@cache
def wordings(tone: str, locale: str, intent: str, part: str) -> tuple[str, ...]:
    """The texts of one part (a slot, greeting_nameless or sms) as written.

    Raises LookupError for an unknown tone, locale, intent or a part that has no text.
    """
    if intent not in INTENTS:
        raise LookupError(f"no intent {intent}")
    library = _file(tone, locale)
    texts = library.get(intent, {}).get(part) or library["common"].get(part)
    if not texts:
        raise LookupError(f"no {part} for {intent} in {tone} {locale}")
    return tuple(texts)


@cache
def fragments(tone: str, locale: str, intent: str, part: str) -> tuple[Fragment, ...]:
    """The same, parsed. Raises FragmentError for a text that mentions what its intent has not."""
    allowed = places(intent, part)
    return tuple(
        parse(text, locale=locale, allowed=allowed) for text in wordings(tone, locale, intent, part)
    )
