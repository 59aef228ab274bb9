"""Each rule catches what it is for, in both languages and through simple evasions, and no more."""

import pytest

from tests.themes.lint_texts import ADS, CAUGHT, FINE, PRESCRIBED, PREVIEWS
from themes.lint import lint, rules
from themes.lint.folding import fold, readings
from themes.translations import LOCALES, catalogue

CASES = [(rule, locale, text) for (rule, locale), texts in CAUGHT.items() for text in texts]


def found(text, locale="pt_BR", channel="email", message_class="outbound", **options):
    findings = lint(text, channel=channel, message_class=message_class, locale=locale, **options)
    return {one.rule for one in findings}


@pytest.mark.parametrize(("rule", "locale", "text"), CASES)
def test_a_planted_violation_is_caught(rule, locale, text):
    assert rule in found(text, locale)


@pytest.mark.parametrize(
    ("locale", "text"), [(locale, text) for locale, texts in FINE.items() for text in texts]
)
def test_what_is_fine_passes(locale, text):
    assert found(text, locale) == set()


@pytest.mark.parametrize("message_class", ["outbound", "requested"])
@pytest.mark.parametrize(("rule", "locale"), [("L01", "pt_BR"), ("L02", "en"), ("L12", "pt_BR")])
def test_what_wounds_is_caught_in_every_class(rule, locale, message_class):
    assert rule in found(CAUGHT[rule, locale][0], locale, message_class=message_class)


@pytest.mark.parametrize(
    ("locale", "text"), [(locale, text) for locale, texts in PREVIEWS.items() for text in texts]
)
def test_a_preview_tells_nothing(locale, text):
    assert "L08" in found(text, locale, slot="subject")
    assert "L08" in found(text, locale, slot="preheader")
    assert "L08" in found(text, locale, channel="sms")
    assert "L08" in found(text, locale, channel="push")
    assert "L08" in found(text, locale, slot="subject", message_class="requested")


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("pt_BR", "A sua conta em aberto pode ser combinada."),
        ("pt_BR", "Acordo {agreement_number}: {amount}."),
        ("en", "Your open account can be settled."),
        ("en", "Agreement {agreement_number}: {amount}."),
    ],
)
def test_inside_a_letter_the_matter_may_be_named(locale, text):
    assert "L08" not in found(text, locale, slot="body")


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("pt_BR", "Seu comprovante chegou"), ("pt_BR", "Um convite de Banco Aurora"),
        ("pt_BR", "O código não deve ser compartilhado"), ("en", "Your receipt is here"),
        ("en", "A note from Banco Aurora"),
    ],
)  # fmt: skip
def test_a_neutral_subject_passes(locale, text):
    assert found(text, locale, slot="subject") == set()


@pytest.mark.parametrize(
    ("locale", "text"), [(locale, text) for locale, texts in PRESCRIBED.items() for text in texts]
)
def test_nothing_is_demanded_for_a_prescribed_debt(locale, text):
    facts = {"prescribed": True, "valid_until": "2026-12-05"}
    assert "L07" in found(text, locale, facts=facts)
    assert "L07" not in found(text, locale, facts={**facts, "prescribed": False})


def test_a_prescribed_account_may_be_answered_about():
    facts = {"prescribed": True}
    assert "L07" not in found("Recebemos a sua mensagem e vamos responder.", facts=facts)
    assert "L07" not in found("We received your message.", "en", facts=facts)


@pytest.mark.parametrize(
    ("rule", "fact", "locale", "text"),
    [
        ("L01", "legal_step_approved", "pt_BR", "Foi ajuizada uma ação judicial."),
        ("L01", "legal_step_approved", "en", "Legal proceedings have begun."),
        ("L05", "bureau_notice", "pt_BR", "Seu nome será negativado após a notificação."),
        ("L05", "bureau_notice", "en", "This may harm your credit rating."),
    ],
)
def test_a_true_and_approved_step_may_be_told(rule, fact, locale, text):
    assert rule in found(text, locale, facts={})
    assert rule not in found(text, locale, facts={fact: True})
    if rule == "L01":
        assert rule in found("última chance / last chance", locale, facts={fact: True})


@pytest.mark.parametrize(
    ("locale", "text"), [(locale, text) for locale, texts in ADS.items() for text in texts]
)
def test_an_ad_reveals_nothing(locale, text):
    assert "L18" in found(text, locale, channel="ad")


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("pt_BR", "Fale com o Banco Aurora"), ("pt_BR", "Conheça nosso portal"),
        ("pt_BR", "Atendimento simples e seguro"), ("en", "Talk to Banco Aurora"),
        ("en", "Get to know our portal"), ("en", "Simple and secure service"),
    ],
)  # fmt: skip
def test_a_neutral_ad_passes(locale, text):
    assert found(text, locale, channel="ad") == set()


def test_a_finding_points_at_what_was_written_and_says_why():
    text = "Olá! Esta é a sua Ú l t i m a chance de conversar, d3v3dor."
    shame, threat = sorted(
        (one for one in lint(text, channel="email", message_class="outbound", locale="pt_BR")),
        key=lambda one: one.rule,
        reverse=True,
    )
    assert (shame.rule, shame.matched) == ("L02", "d3v3dor")
    assert text[threat.start : threat.end] == threat.matched == "Ú l t i m a chance"
    assert threat.effect == "block"
    assert threat.explanation.startswith("Isto soa como ameaça")
    assert threat.suggestion


def test_the_explanation_is_in_the_writers_language():
    finding = lint(
        "última chance", channel="email", message_class="outbound", locale="pt_BR", language="en"
    )[0]
    assert finding.explanation.startswith("This reads as a threat")


def test_every_rule_is_explained_and_sourced_in_both_languages():
    wanted = {f"L{number:02}" for number in (*range(1, 13), 14, 16, 18, 19, 21)} | {"LEX"}
    assert set(rules()) == wanted
    for rule in rules().values():
        assert rule.source
        assert "http" not in rule.source
        for message in (rule.explanation, rule.suggestion):
            assert catalogue("pt_BR", "lint").gettext(message) != message
            assert catalogue("en", "lint").gettext(message) == message
        for by_locale in (rule.patterns, rule.allow, *rule.unless.values(), *rule.when.values()):
            assert set(by_locale) in (set(), set(LOCALES)) or rule.id == "L08"


def test_folding_keeps_track_of_every_character():
    folded = fold("Última ĀÇÃO")
    assert folded.text == "ultima acao"
    assert folded.origin(0, 6) == (0, 6)
    for reading in readings("C.a.l.o.t.e  D e v e d o r"):
        assert len(reading.text) == len(reading.places)
