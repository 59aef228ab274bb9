"""A tenant's own texts, checked when they are saved: each problem explained, with a way out."""

from collections.abc import Mapping
from typing import Any

from themes.lint.checks import lint
from themes.lint.rules import Finding
from themes.translations import LOCALES, catalogue
from themes.voice import composing, lexicon, library
from themes.voice.composing import LETTERS, SmsTooLong
from themes.voice.fragments import FragmentError, parse
from themes.voice.placeholders import INTENTS, SAMPLE_FACTS, SLOTS, places
from themes.voice.values import Speaker, Voiced


def N_(message: str) -> str:
    """Marks a message id of the catalogue "lint"."""
    return message


LONGEST = {"subject": 60, "call_to_action": 60, "preheader": 140, "greeting": 120, "sms": 300}
LONGEST_PART = 1200

NO_SUCH_PLACE = N_(
    "There is no text called “%(key)s”. A key is locale.intent.part, for instance %(example)s."
)
UNDECLARED = N_("“{%(place)s}” is not known here. Known: %(known)s.")
UNDECLARED_NEAR = N_("“{%(place)s}” is not known here. Did you mean “{%(suggestion)s}”?")
BRACE = N_("A brace stands alone. Placeholders are written {like_this}.")
PLURAL = N_(
    "“%(place)s” is not a plural form of this language. Write {instalments_count|one:…|other:…}."
)
TOO_LONG = N_("The text has %(length)s characters; at most %(most)s fit here.")
EMPTY = N_("The text is empty. Leave it out to keep the house's wording.")
NEEDS_CODE = N_("The message with the code must show it: use {code}.")
FORBIDDEN_EVERYWHERE = N_(
    "“%(word)s” is forbidden, but our texts need it. Give a preferred word for it."
)
PREFERRED_IS_FORBIDDEN = N_("“%(word)s” is both preferred and forbidden.")


def check_fragments(
    fragments: Mapping[str, str], brand: Voiced, *, language: str = "pt_BR"
) -> dict[str, str]:
    """What is wrong with each of a tenant's own texts, by its key; empty when all can be used.

    `language`: of the explanations, that of whoever saves.
    """
    problems: dict[str, str] = {}
    for key, text in fragments.items():
        if said := _problem(key, text, brand, language):
            problems[key] = said
    return problems


def _problem(key: str, text: str, brand: Voiced, language: str) -> str | None:
    words = catalogue(language, "lint")
    split = _split(key)
    if split is None:
        example = "pt_BR.first_contact.opening"
        return str(words.gettext(NO_SUCH_PLACE) % {"key": key, "example": example})
    locale, intent, part = split
    if not text.strip():
        return str(words.gettext(EMPTY))
    most = LONGEST.get(part, LONGEST_PART)
    if len(text) > most:
        return str(words.gettext(TOO_LONG) % {"length": len(text), "most": most})
    try:
        parse(text, locale=locale, allowed=places(intent, part))
    except FragmentError as error:
        return _explained(error, places(intent, part), words)
    if intent == "one_time_code" and part in ("sms", "opening") and "{code}" not in text:
        return str(words.gettext(NEEDS_CODE))
    findings = _lint(text, locale, intent, part, brand, language)
    if findings or part != library.SMS:
        return _said(findings)
    return _sms_length(text, brand, locale, intent, words)


def _split(key: str) -> tuple[str, str, str] | None:
    """ "pt_BR.reminder.opening.b" → its locale, intent and part, if there is such a place."""
    pieces = key.split(".")
    if len(pieces) not in (3, 4):
        return None
    locale, intent, part = pieces[:3]
    is_known = locale in LOCALES and intent in INTENTS and part in (*SLOTS, library.SMS)
    is_letter = len(pieces) == 3 or (len(pieces[3]) == 1 and pieces[3] in LETTERS)
    return (locale, intent, part) if is_known and is_letter else None


def _explained(error: FragmentError, known: frozenset[str], words: Any) -> str:
    if error.code == "brace":
        return str(words.gettext(BRACE))
    if error.code == "plural":
        return str(words.gettext(PLURAL) % {"place": error.place})
    if error.suggestion:
        values = {"place": error.place, "suggestion": error.suggestion}
        return str(words.gettext(UNDECLARED_NEAR) % values)
    listed = ", ".join(f"{{{name}}}" for name in sorted(known))
    return str(words.gettext(UNDECLARED) % {"place": error.place, "known": listed})


def _lint(
    text: str, locale: str, intent: str, part: str, brand: Voiced, language: str
) -> list[Finding]:
    return lint(
        text,
        channel="sms" if part == library.SMS else "email",
        message_class=INTENTS[intent].message_class,
        locale=locale,
        brand=brand,
        slot=part,
        language=language,
    )


def _said(findings: list[Finding]) -> str | None:
    """The first three findings as sentences: what, why, and what instead."""
    said = [
        f"{one.rule}: “{one.matched}” – {one.explanation} {one.suggestion}" for one in findings[:3]
    ]
    return "\n".join(dict.fromkeys(said)) or None


def _sms_length(text: str, brand: Voiced, locale: str, intent: str, words: Any) -> str | None:
    """An SMS has to fit one segment with a link as long as they come."""
    trial = Speaker.of(brand, **{f"{locale}.{intent}.{library.SMS}": text})
    try:
        composing.compose(
            trial, intent=intent, channel="sms", locale=locale, variant="a", facts=SAMPLE_FACTS
        )
    except SmsTooLong as error:
        values = {"length": error.length, "most": composing.SMS_LENGTH}
        return str(words.gettext(TOO_LONG) % values)
    return None


def check_lexicon(brand: Voiced, *, language: str = "pt_BR") -> dict[str, str]:
    """What is wrong with a brand's words, by word: a forbidden one that our texts cannot avoid."""
    words = catalogue(language, "lint")
    problems: dict[str, str] = {}
    theirs = " ".join(brand.lexicon.preferred.values())
    for word in brand.lexicon.forbidden:
        if lexicon.mentions(theirs, (word,)):
            problems[word] = str(words.gettext(PREFERRED_IS_FORBIDDEN) % {"word": word})
        elif composing.cannot_avoid(brand, word):
            problems[word] = str(words.gettext(FORBIDDEN_EVERYWHERE) % {"word": word})
    return problems
