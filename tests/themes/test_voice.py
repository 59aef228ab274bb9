"""An intent and its facts become words; nothing in a value is ever read as a text's own."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from themes import voice
from themes.lint.walking import PlainContact, PlainLexicon, speaker
from themes.voice.fragments import FragmentError, parse
from themes.voice.values import Speaker

FACTS = voice.SAMPLE_FACTS


def write(
    brand=None, *, intent="first_contact", channel="email", locale="pt_BR", variant="a", **facts
):
    return voice.compose(
        brand or speaker("warm"),
        intent=intent,
        channel=channel,
        locale=locale,
        variant=variant,
        facts={**FACTS, **facts},
    )


def brand_with(**changes) -> Speaker:
    return replace(speaker(changes.pop("tone", "warm")), **changes)


@pytest.mark.parametrize(
    ("given_name", "greeting"),
    [
        ("MARIA DAS DORES", "Oi, Maria, tudo bem?"),
        ("joão", "Oi, João, tudo bem?"),
        ("McGregor", "Oi, McGregor, tudo bem?"),
        ("", "Oi, tudo bem?"),
        (None, "Oi, tudo bem?"),
        ("12345", "Oi, tudo bem?"),
        ("https://golpe.example", "Oi, tudo bem?"),
        ("Ana {link}", "Oi, tudo bem?"),
        ("<b>Ana</b>", "Oi, tudo bem?"),
        ("Ana\r\nBcc: x@y.z", "Oi, tudo bem?"),
    ],
)
def test_the_greeting_uses_the_first_name_in_right_case_or_none(given_name, greeting):
    assert write(first_name=given_name, full_name=None).greeting == greeting


def test_formal_greets_by_the_whole_name_and_guesses_no_gender():
    words = write(speaker("formal"), full_name="MARIA DAS DORES OLIVEIRA")
    assert words.greeting == "À atenção de Maria das Dores Oliveira,"


@pytest.mark.parametrize(
    ("locale", "minutes", "said"),
    [
        ("pt_BR", 1, "por 1 minuto e"),
        ("pt_BR", 0, "por 0 minuto e"),
        ("pt_BR", 2, "por 2 minutos e"),
        ("en", 1, "lasts 1 minute and"),
        ("en", 0, "lasts 0 minutes and"),
        ("en", 10, "lasts 10 minutes and"),
    ],
)
def test_plurals_follow_the_language(locale, minutes, said):
    assert said in write(intent="one_time_code", locale=locale, code_minutes=minutes).body


@pytest.mark.parametrize(
    ("locale", "number", "count", "said"),
    [
        ("pt_BR", 2, 4, "sua parcela 2 de 4"),
        ("pt_BR", 0, 4, "sua entrada"),
        ("pt_BR", 1, 1, "sua parcela única"),
        ("pt_BR", 0, 0, "sua parcela única"),
        ("en", 3, 10, "your instalment 3 of 10"),
        ("en", 0, 10, "your down payment"),
        ("en", 1, 1, "your single payment"),
    ],
)
def test_an_instalment_is_named_as_people_name_it(locale, number, count, said):
    words = write(
        intent="instalment_before",
        locale=locale,
        instalment_number=number,
        instalments_count=count,
    )
    assert said in words.opening


def test_money_and_dates_are_written_as_the_locale_does():
    portuguese = write(intent="receipt", amount_cents=123456, paid_on=date(2026, 1, 5))
    assert "R$\xa01.234,56" in portuguese.opening
    assert "5 de janeiro de 2026" in portuguese.opening
    english = write(intent="receipt", locale="en", amount_cents=123456, paid_on="2026-01-05")
    assert "R$1,234.56" in english.opening
    assert "January 5, 2026" in english.opening


@pytest.mark.parametrize(
    ("name", "article", "said"),
    [
        ("Banco Aurora", "", "no Banco Aurora"),
        ("Casa Lume", "", "na Casa Lume"),
        ("Vivaz Telecom", "", "na Vivaz Telecom"),
        ("Zunk", "", "em Zunk"),
        ("Zunk", "o", "no Zunk"),
        ("Lojas Sol", "as", "nas Lojas Sol"),
    ],
)
def test_the_creditor_takes_its_article(name, article, said):
    brand = brand_with(name=name, lexicon=PlainLexicon(article=article))
    assert said in write(brand).opening


def test_a_variant_key_chooses_one_wording_per_slot():
    letters = [write(variant=letter) for letter in "abc"]
    mixed = write(variant="abcab")
    assert mixed.greeting == letters[0].greeting
    assert mixed.opening == letters[1].opening
    assert mixed.body == letters[2].body
    assert mixed.call_to_action == letters[0].call_to_action
    assert mixed.closing == letters[1].closing
    assert mixed.subject == letters[1].subject


@pytest.mark.parametrize("tone", voice.TONES)
@pytest.mark.parametrize("locale", ["pt_BR", "en"])
def test_a_short_note_is_the_same_reminder_without_its_body(tone, locale):
    whole, short = (
        write(speaker(tone), intent="reminder", locale=locale, variant=variant)
        for variant in ("b", voice.shortened("b"))
    )
    assert whole.body
    assert short == replace(whole, body="")


@pytest.mark.parametrize(
    ("intent", "channel"), [("first_contact", "email"), ("receipt", "email"), ("reminder", "sms")]
)
def test_what_has_one_length_is_never_shortened(intent, channel):
    written = [write(intent=intent, channel=channel, variant=one) for one in ("b", "B")]
    assert written[0] == written[1]


@given(variant=st.text(max_size=12))
def test_any_text_is_a_variant_key_and_always_the_same_one(variant):
    assert write(variant=variant) == write(variant=variant)


def test_variants_are_the_keys_and_draw_is_stable_and_even():
    where = {"tone": "warm", "locale": "pt_BR", "intent": "reminder", "channel": "email"}
    assert voice.variants(**where) == ("a", "b", "c")
    keys = [voice.draw(bytes([number, number // 251]), **where) for number in range(251)]
    assert voice.draw(b"\x01\x00", **where) == keys[1]
    for slot in range(len(voice.SLOTS)):
        drawn = [key[slot] for key in keys]
        assert all(drawn.count(letter) > 50 for letter in "abc")


def test_a_missing_fact_is_named():
    with pytest.raises(voice.MissingFact, match="valid_until"):
        write(valid_until=None)


@pytest.mark.parametrize("problem", [{"intent": "threat"}, {"channel": "pigeon"}, {"locale": "fr"}])
def test_what_is_not_in_the_library_is_refused(problem):
    with pytest.raises(LookupError):
        write(**problem)


def test_a_tenants_own_text_takes_the_place_of_one_wording_or_of_all():
    one = brand_with(fragments={"pt_BR.reminder.opening.b": "Só esta."})
    assert write(one, intent="reminder", variant="b").opening == "Só esta."
    assert write(one, intent="reminder", variant="a").opening != "Só esta."
    every = brand_with(fragments={"pt_BR.reminder.opening": "Sempre até {valid_until}."})
    for letter in "abc":
        opening = write(every, intent="reminder", variant=letter).opening
        assert opening == "Sempre até 5 de dezembro de 2026."


@pytest.mark.parametrize(
    "hostile",
    [
        "{{ 7 * 7 }} {% if 1 %}x{% endif %}",
        "%(code)s %s %d %%",
        "{link.__class__.__mro__}",
        "${PATH} $(id) `id`",
        "{valid_until}",
    ],
)
def test_a_value_is_never_read_again(hostile):
    own = brand_with(fragments={"pt_BR.first_contact.opening": "Sobre {product}: veja."})
    assert write(own, product=hostile).opening == f"Sobre {hostile}: veja."


def test_a_text_of_a_tenant_is_never_run():
    for text in ("{{ 7 * 7 }}", "{creditor.__class__}", "{creditor!r}", "{0}", "{link:>99}"):
        own = brand_with(fragments={"pt_BR.first_contact.opening": text})
        with pytest.raises(FragmentError):
            write(own)
    percent = brand_with(fragments={"pt_BR.first_contact.opening": "100%s %(x)s {% raw"})
    with pytest.raises(FragmentError):
        write(percent)
    literal = brand_with(fragments={"pt_BR.first_contact.opening": "100%s certo"})
    assert write(literal).opening == "100%s certo"


def test_an_undeclared_placeholder_is_named_with_the_nearest_one():
    with pytest.raises(FragmentError, match=r"instalment_amout.*instalment_amount") as raised:
        parse(
            "São {instalment_amout}.",
            locale="pt_BR",
            allowed=voice.places("instalment_due", "body"),
        )
    assert raised.value.suggestion == "instalment_amount"


@pytest.mark.parametrize(
    "text",
    [
        "{answer_days|one:# dia}",
        "{answer_days|few:# dias|other:# dias}",
        "{answer_days|# dias}",
        "{product|one:um|other:dois}",
    ],
)
def test_plural_forms_are_those_of_the_language(text):
    with pytest.raises(FragmentError) as raised:
        parse(text, locale="pt_BR", allowed=voice.places("dispute_received", "body"))
    assert raised.value.code == "plural"


def test_names_stand_in_the_greeting_only():
    with pytest.raises(FragmentError):
        parse("Oi, {first_name}", locale="pt_BR", allowed=voice.places("reminder", "sms"))


def test_preferred_words_replace_ours_and_keep_their_capital():
    lexicon = PlainLexicon(preferred={"parcela": "mensalidade", "nova data": "outro dia"})
    brand = brand_with(lexicon=lexicon)
    words = [write(brand, intent="instalment_after", variant=letter) for letter in "abc"]
    said = " ".join(f"{one.opening} {one.body}" for one in words)
    assert "outro dia" in said
    assert "nova data" not in said


def test_a_wording_with_a_forbidden_word_gives_way_to_another():
    usual = write(variant="a").opening
    assert "conta em aberto" in usual
    brand = brand_with(lexicon=PlainLexicon(forbidden=("conta em aberto",)))
    said = {write(brand, variant=letter).opening for letter in "abc"}
    assert said
    assert all("conta em aberto" not in text for text in said)


def test_an_sms_is_ascii_one_segment_and_can_be_left():
    text = write(channel="sms").text
    assert text.isascii()
    assert len(text) <= 160
    assert text.startswith("BancoAurora: ")
    assert text.endswith("SAIR p/ cancelar")
    english = write(channel="sms", locale="en").text
    assert english.endswith("STOP to opt out")
    assert "SAIR" not in write(channel="sms", intent="one_time_code").text


def test_a_link_too_long_for_the_wording_takes_a_shorter_one_or_is_refused():
    link = "https://negocie.um-dominio-bem-comprido.com.br/a/AbCdEfGhIjKlMnOp"
    assert len(write(channel="sms", link=link, variant="a").text) <= 160
    with pytest.raises(voice.SmsTooLong):
        write(channel="sms", link="https://negocie.com.br/" + "a" * 140)


def test_a_line_stays_a_line():
    own = brand_with(fragments={"pt_BR.first_contact.subject": "Sobre {product}"})
    subject = write(own, product="Cartão\r\nBcc: alguem@exemplo.com\u202e").subject
    assert "\n" not in subject
    assert "\r" not in subject
    assert "\u202e" not in subject


def test_a_brand_may_have_neither_phone_nor_product_line():
    brand = brand_with(contact=PlainContact(phone=None), product_line="")
    assert "sua conta" in write(brand, variant="c", product=None).opening
