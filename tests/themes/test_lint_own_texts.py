"""A tenant's own text is checked on save: a reason and a way out, in the writer's language."""

from dataclasses import replace

import pytest

from themes.lint import check_fragments, check_lexicon
from themes.lint.walking import PlainLexicon, speaker
from themes.schema import flatten

OPENING = "pt_BR.reminder.opening"


def said(key, text, language="pt_BR", brand=None):
    return check_fragments({key: text}, brand or speaker("warm"), language=language).get(key, "")


@pytest.mark.parametrize(
    ("key", "text"),
    [
        (OPENING, "Suas condições continuam valendo até {valid_until}."),
        (f"{OPENING}.b", "Seguimos por aqui."),
        ("pt_BR.first_contact.greeting", "Olá, {first_name}!"),
        ("pt_BR.dispute_received.body", "Em {answer_days|one:# dia|other:# dias}, respondemos."),
        ("pt_BR.reminder.sms", "{creditor}: há um convite para você em {link}"),
        ("pt_BR.one_time_code.opening", "Seu código: {code}"),
        ("en.reminder.body", "It is all kept until {valid_until}."),
    ],
)
def test_a_good_text_is_accepted(key, text):
    assert said(key, text) == ""


@pytest.mark.parametrize(
    ("key", "text", "reason"),
    [
        ("pt_BR.reminder.headline", "x", "Não existe um texto chamado"),
        ("fr.reminder.opening", "x", "Não existe um texto chamado"),
        ("pt_BR.reminder.opening.2", "x", "Não existe um texto chamado"),
        (OPENING, "  ", "O texto está vazio"),
        (OPENING, "Vale até {valid_untill}.", "Você quis dizer “{valid_until}”?"),
        (OPENING, "Oi, {zzzzz}", "não é conhecido aqui. Conhecidos: {at_creditor}"),
        (OPENING, "Oi, {first_name}", "não é conhecido aqui"),
        (OPENING, "Uma chave { sozinha", "Há uma chave sozinha"),
        (OPENING, "{{ 7 * 7 }}", "Há uma chave sozinha"),
        ("pt_BR.dispute_received.body", "{answer_days|few:# dias|other:# dias}", "plural"),
        (OPENING, "São R$ 100,00.", "L11"),
        (OPENING, "Última chance!", "L01: “Última chance” – Isto soa como ameaça."),
        (OPENING, "Não seja c a l o t e i r o.", "L02"),
        (OPENING, "Veja bit.ly/x", "L10"),
        ("pt_BR.reminder.subject", "Sua dívida", "L08"),
        ("pt_BR.reminder.subject", "x" * 61, "tem 61 caracteres; cabem no máximo 60"),
        ("pt_BR.one_time_code.opening", "Seu código chegou.", "use {code}"),
        ("pt_BR.reminder.sms", "Veja em {link}", "L14"),
        ("pt_BR.reminder.sms", "{creditor}: veja suas opções", "L14"),
        ("pt_BR.reminder.sms", "{creditor}: veja 你好 em {link}", "L14"),
        (
            "pt_BR.reminder.sms",
            "{creditor}: um texto calmo, longo e cheio de voltas que não cabe em um segmento "
            "com o endereço oficial, por mais que se tente: {link}",
            "cabem no máximo 160",
        ),
    ],
)
def test_a_bad_text_is_refused_with_a_reason(key, text, reason):
    assert reason in said(key, text)


def test_the_reason_is_in_the_writers_language():
    assert "reads as a threat" in said(OPENING, "Última chance!", language="en")
    assert "Did you mean “{valid_until}”?" in said(OPENING, "{valid_untl}", language="en")


def test_a_forbidden_word_of_the_brand_is_refused():
    brand = replace(speaker("warm"), lexicon=PlainLexicon(forbidden=("pendência",)))
    assert "LEX" in said(OPENING, "Sobre a sua pendência.", brand=brand)


def test_a_forbidden_word_that_the_house_needs_asks_for_another():
    needed = replace(speaker("warm"), lexicon=PlainLexicon(forbidden=("código",)))
    assert "preferida" in check_lexicon(needed)["código"]
    replaced = PlainLexicon(preferred={"código": "número secreto"}, forbidden=("código",))
    assert check_lexicon(replace(speaker("warm"), lexicon=replaced)) == {}
    both = PlainLexicon(preferred={"conta": "código"}, forbidden=("código",))
    assert "preferida e proibida" in check_lexicon(replace(speaker("warm"), lexicon=both))["código"]
    unused = replace(speaker("warm"), lexicon=PlainLexicon(forbidden=("xilofone",)))
    assert check_lexicon(unused) == {}


def test_tables_become_flat_keys():
    nested = {"pt_BR": {"reminder": {"opening": {"b": "Oi."}, "sms": "Olá."}}}
    assert flatten(nested) == {"pt_BR.reminder.opening.b": "Oi.", "pt_BR.reminder.sms": "Olá."}
