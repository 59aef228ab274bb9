"""The house's own wordings: complete, distinct, and four tones that can be told apart."""

import re
import string
from itertools import combinations, product

import pytest

from themes import voice
from themes.translations import LOCALES
from themes.voice import library

WAY_OUT = re.compile(
    r"não reconhe|não (?:é|for) sua|divergência|desconhecimento|não bate|Algo errado"
    r"|n't recogni[sz]e|not recogni[sz]e|n't yours|Not your account|dispute|unknown"
    r"|look wrong|Something wrong",
    re.IGNORECASE,
)
"""How a person is told that an account may be contested."""
PLACES = list(product(voice.TONES, LOCALES, voice.INTENTS))


def sentences(text: str) -> set[str]:
    """Sentences without case and punctuation; links, names and signatures are not sentences."""
    said = text.replace("{creditor}: ", "").replace("{link}", "").split("\n\n")
    prose = said[0] if re.search(r"\n\n.*\{(?:of_)?creditor\}", text) else "\n".join(said)
    pieces = re.split(r"[.!?]+\s|\n+", prose)
    plain = (piece.lower().translate(str.maketrans("", "", string.punctuation)) for piece in pieces)
    return {" ".join(piece.split()) for piece in plain} - {"", "creditor"}


@pytest.mark.parametrize(("tone", "locale", "intent"), PLACES)
def test_every_part_has_three_wordings_that_share_no_sentence(tone, locale, intent):
    for part in library.PARTS:
        texts = library.wordings(tone, locale, intent, part)
        assert len(texts) >= 3, part
        for one, other in combinations(texts, 2):
            assert not sentences(one) & sentences(other), part


def is_tellable(sentence: str) -> bool:
    """Whether a tone can be told from a sentence: "O valor é {amount}." is everybody's."""
    facts = {"amount", "instalmentamount", "paidon", "dueon", "validuntil", "agreementnumber"}
    words = sentence.split()
    return len([word for word in words if word not in facts]) > 4 and "one" not in sentence


@pytest.mark.parametrize(("locale", "intent"), list(product(LOCALES, voice.INTENTS)))
def test_no_two_tones_share_a_sentence_in_a_part(locale, intent):
    for part in library.PARTS:
        for one, other in combinations(voice.TONES, 2):
            mine = set().union(*map(sentences, library.wordings(one, locale, intent, part)))
            theirs = set().union(*map(sentences, library.wordings(other, locale, intent, part)))
            assert not {said for said in mine & theirs if is_tellable(said)}, (part, one, other)


def prose(tone: str, locale: str) -> str:
    parts = ("opening", "body", "closing")
    return " ".join(
        text
        for intent in voice.INTENTS
        for part in parts
        for text in library.wordings(tone, locale, intent, part)
    )


def words_per_sentence(text: str) -> float:
    return len(text.split()) / max(1, len(re.findall(r"[.!?](?:\s|$)", text)))


@pytest.mark.parametrize("locale", LOCALES)
def test_tones_differ_in_measure(locale):
    length = {tone: words_per_sentence(prose(tone, locale)) for tone in voice.TONES}
    assert length["direct"] < length["playful"] < length["formal"]
    assert length["direct"] < length["warm"] < length["formal"]
    assert "!" not in prose("formal", locale)
    assert "!" not in prose("direct", locale)


def test_forms_of_address_keep_to_their_tone():
    formal = prose("formal", "pt_BR").lower()
    assert "você" not in formal
    assert "o senhor ou a senhora" in formal
    for tone in ("warm", "direct", "playful"):
        assert "você" in prose(tone, "pt_BR").lower()
        assert "senhor" not in prose(tone, "pt_BR").lower()
    assert "n't" not in prose("formal", "en")
    assert "'re" not in prose("formal", "en")


def test_nobodys_gender_is_guessed():
    said = " ".join(prose(tone, "pt_BR") for tone in voice.TONES).lower()
    for word in ("prezado", "prezada", "caro ", "cara ", "querido", "querida", "bem-vindo", "sr."):
        assert word not in said


@pytest.mark.parametrize(("tone", "locale", "intent"), PLACES)
def test_lines_fit_where_they_are_shown(tone, locale, intent):
    for text in library.wordings(tone, locale, intent, "subject"):
        assert len(text.replace("{creditor}", "Financeira Vinte Car")) <= 60
    for text in library.wordings(tone, locale, intent, "preheader"):
        assert len(text) <= 90
    if intent != "one_time_code":
        for text in library.wordings(tone, locale, intent, "call_to_action"):
            assert len(text) <= 34


@pytest.mark.parametrize(("tone", "locale"), list(product(voice.TONES, LOCALES)))
def test_rights_and_facts_are_in_every_wording(tone, locale):
    for text in library.wordings(tone, locale, "first_contact", "body"):
        assert "{valid_until}" in text
        assert WAY_OUT.search(text), text
    for part in ("opening", "sms"):
        for text in library.wordings(tone, locale, "one_time_code", part):
            assert "{code}" in text
    for intent in ("instalment_before", "instalment_due", "instalment_after"):
        assert all("{due_on}" in t for t in library.wordings(tone, locale, intent, "opening"))
        assert all(
            "{instalment_amount}" in t for t in library.wordings(tone, locale, intent, "body")
        )
    assert all("{amount}" in t for t in library.wordings(tone, locale, "receipt", "opening"))
    assert all(
        "{answer_days|" in t for t in library.wordings(tone, locale, "dispute_received", "body")
    )


def test_every_placeholder_has_a_sample_that_can_be_shown():
    for intent, meaning in voice.INTENTS.items():
        for name in meaning.places:
            assert voice.PLACEHOLDERS[name].sample is not None, (intent, name)
