"""Every message of the library, composed and linted: the house keeps its own rules."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import chain, product
from typing import Any

from themes.lint.checks import Linter, lint
from themes.lint.rules import Finding
from themes.translations import LOCALES
from themes.voice import library
from themes.voice.composing import LETTERS, SHORTENED, Words, choices, compose, shortened
from themes.voice.placeholders import CHANNELS, INTENTS, SAMPLE_FACTS, TONES
from themes.voice.values import Speaker


@dataclass(frozen=True)
class PlainLexicon:
    preferred: Mapping[str, str] = field(default_factory=dict)
    forbidden: tuple[str, ...] = ()
    article: str = ""

    def product(self, name: str, locale: str) -> str:
        """As it is named."""
        return name


@dataclass(frozen=True)
class PlainContact:
    phone: str | None = "0800 123 4567"


@dataclass(frozen=True)
class Walked:
    """One composed message of the library and what the lint has against it."""

    tone: str
    locale: str
    intent: str
    channel: str
    variant: str
    profile: str
    words: Words
    findings: list[Finding]

    @property
    def key(self) -> str:
        """Where it stands: tone.locale.intent.channel.variant.profile."""
        where = (self.tone, self.locale, self.intent, self.channel, self.variant, self.profile)
        return ".".join(where)


TYPICAL: Mapping[str, Any] = SAMPLE_FACTS
LONG: Mapping[str, Any] = {
    **SAMPLE_FACTS,
    "first_name": "MAXIMILIANA-CONSTANTINA",
    "full_name": "MAXIMILIANA-CONSTANTINA DAS GRAÇAS WOJCIECHOWSKI DE ALBUQUERQUE E VASCONCELOS",
    "product": "Financiamento de Eletrodomésticos e Móveis Planejados",
    "agreement_number": "A-2026-99999999",
    "amount_cents": 123_456_789_01,
    "total_cents": 987_654_321_09,
    "instalment_amount_cents": 87_654_321_09,
    "instalments_count": 120,
    "instalment_number": 119,
    "instalments_left": 1,
    "code_minutes": 1,
    "answer_days": 1,
    "due_on": date(2027, 9, 30),
    "valid_until": date(2027, 9, 28),
    "paid_on": date(2027, 9, 29),
}
NAMELESS: Mapping[str, Any] = {
    **SAMPLE_FACTS,
    "first_name": "",
    "full_name": "",
    "instalment_number": 0,
    "instalments_count": 1,
}
PROFILES = {"typical": TYPICAL, "long": LONG, "nameless": NAMELESS}


def speaker(tone: str, profile: str = "typical") -> Speaker:
    """An invented brand that speaks in a tone; the long one has names as long as they may be."""
    is_long = profile == "long"
    return Speaker(
        name="Companhia Brasileira de Crédito Exemplar" if is_long else "Banco Aurora",
        short_name="CiaExemplarABC" if is_long else "BancoAurora",
        tone=tone,
        product_line="Financiamento de Eletrodomésticos" if is_long else "Cartão Aurora",
        lexicon=PlainLexicon(),
        fragments={},
        contact=PlainContact(),
    )


def walk_library(*, all_combinations: bool = True) -> Iterator[Walked]:
    """Every combination of wordings × tone × locale × intent × channel, with its findings.

    The typical facts meet every combination of wordings; long values and a person without a name
    meet every single wording, as a short note too where there is one. `all_combinations=False`
    walks single wordings only.
    """
    for tone, locale, intent, channel in product(TONES, LOCALES, INTENTS, CHANNELS):
        counts = choices(tone, locale, intent, channel).values()
        whole = product(*(LETTERS[:count] for count in counts))
        single = [letter * len(counts) for letter in LETTERS[: max(counts)]]
        has_notes = intent in SHORTENED and channel != library.SMS
        notes = [shortened(key) for key in single] if has_notes else []
        keys = ("".join(letters) for letters in whole) if all_combinations else iter(single)
        yield from _walk(tone, locale, intent, channel, "typical", chain(keys, notes))
        for profile in ("long", "nameless"):
            yield from _walk(tone, locale, intent, channel, profile, chain(single, notes))


def _walk(
    tone: str, locale: str, intent: str, channel: str, profile: str, keys: Iterator[str]
) -> Iterator[Walked]:
    brand = speaker(tone, profile)
    facts = PROFILES[profile]
    linter = Linter(
        channel=channel,
        message_class=INTENTS[intent].message_class,
        locale=locale,
        brand=brand,
        facts=facts,
    )
    for key in keys:
        words = compose(
            brand, intent=intent, channel=channel, locale=locale, variant=key, facts=facts
        )
        yield Walked(tone, locale, intent, channel, key, profile, words, linter(words))


def lint_wordings() -> Iterator[tuple[str, list[Finding]]]:
    """Every wording as its writer left it, linted as a text: (where it stands, findings)."""
    for tone, locale, intent in product(TONES, LOCALES, INTENTS):
        for part in library.PARTS:
            for number, text in enumerate(library.wordings(tone, locale, intent, part)):
                where = f"{tone}.{locale}.{intent}.{part}.{LETTERS[number]}"
                yield (
                    where,
                    lint(
                        text,
                        channel="sms" if part == library.SMS else "email",
                        message_class=INTENTS[intent].message_class,
                        locale=locale,
                        slot=part,
                    ),
                )
