"""Whole messages: numbers are facts, links are the tenant's, SMS, e-mails and ads are complete."""

from dataclasses import dataclass, field, replace

import pytest

from themes import voice
from themes.dress import sample_brand
from themes.lint import lint, lint_ad, lint_email
from themes.lint.walking import PlainLexicon, speaker

FACTS = voice.SAMPLE_FACTS
LINK = FACTS["link"]


def found(text, *, channel="email", message_class="outbound", locale="pt_BR", **options):
    findings = lint(text, channel=channel, message_class=message_class, locale=locale, **options)
    return {one.rule for one in findings}


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("pt_BR", "São R$ 350,00 até 5 de dezembro de 2026."),
        ("pt_BR", "São R$\xa0350,00, em 4 parcelas, com vencimento em 10/12/2026."),
        ("pt_BR", "Respondemos em até 7 dias."),
        ("en", "That is R$350.00, by December 5, 2026."),
        ("en", "In 4 instalments, the first on Dec 10, 2026."),
    ],
)
def test_a_number_that_is_a_fact_passes(locale, text):
    assert found(text, locale=locale, facts=FACTS) == set()


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("pt_BR", "São R$ 350,01."), ("pt_BR", "até 6 de dezembro de 2026"),
        ("pt_BR", "em 5 parcelas"), ("pt_BR", "juros de 2,5%"), ("pt_BR", "4%"),
        ("pt_BR", "R$ 4"), ("en", "That is R$350.01."), ("en", "by December 6, 2026"),
        ("en", "in 5 payments"), ("en", "a rate of 2.5%"),
    ],
)  # fmt: skip
def test_a_number_that_is_no_fact_is_caught(locale, text):
    assert "L11" in found(text, locale=locale, facts=FACTS)


@pytest.mark.parametrize(
    ("locale", "text", "is_true"),
    [
        ("pt_BR", "A oferta expira em 5 de dezembro de 2026.", True),
        ("pt_BR", "A oferta expira em 10 de dezembro de 2026.", False),
        ("pt_BR", "Condições válidas até 10/12/2026.", False),
        ("pt_BR", "Condições válidas até 05/12/2026.", True),
        ("en", "The offer expires on December 5, 2026.", True),
        ("en", "The offer expires on December 10, 2026.", False),
        ("en", "Valid until Dec 10, 2026.", False),
    ],
)
def test_an_offer_ends_on_its_true_day(locale, text, is_true):
    assert ("L03" in found(text, locale=locale, facts=FACTS)) is not is_true


def test_a_writer_cannot_let_the_offer_end_on_another_placeholder():
    assert "L03" in found("A oferta expira em {due_on}.")
    assert "L03" in found("The offer expires on {due_on}.", locale="en")
    assert found("A oferta expira em {valid_until}.") == set()


@pytest.mark.parametrize(
    ("locale", "text", "is_complete"),
    [
        (
            "pt_BR",
            "25% de desconto sobre juros e multa: total de R$ 1.249,90, até 05/12/2026.",
            True,
        ),
        ("pt_BR", "25% de desconto sobre juros e multa, até 05/12/2026.", False),
        ("pt_BR", "25% de desconto sobre juros: total de R$ 1.249,90.", False),
        ("pt_BR", "25% de desconto: total de R$ 1.249,90, até 05/12/2026.", False),
        ("en", "25% off the interest: R$1,249.90 in total, until Dec 5, 2026.", True),
        ("en", "25% off: R$1,249.90 in total, until Dec 5, 2026.", False),
    ],
)
def test_a_percentage_is_explained(locale, text, is_complete):
    assert ("L06" in found(text, locale=locale, facts=FACTS)) is not is_complete


@pytest.mark.parametrize(
    ("text", "is_own"),
    [
        (LINK, True),
        (f"Veja {LINK}.", True),
        ("https://acordo.bancoaurora.example/privacidade", True),
        ("acordo.bancoaurora.example/a/x", True),
        ("https://ACORDO.BancoAurora.example/a/x", True),
        ("https://outro.bancoaurora.example/a", False),
        ("https://acordo.bancoaurora.example.golpe.net/a", False),
        ("https://acordo.bancoaurora.example@golpe.net/a", False),
        ("https://golpe.net/?u=acordo.bancoaurora.example", False),
        ("http://bit.ly/aurora", False),
        ("ajuda@bancoaurora.example", True),
    ],
)
def test_links_lead_to_the_tenants_own_hosts(text, is_own):
    hosts = ("acordo.bancoaurora.example",)
    assert ("L10" in found(text, facts={}, hosts=hosts)) is not is_own


def test_a_shortener_is_refused_even_when_listed():
    assert "L10" in found("https://bit.ly/aurora", facts={}, hosts=("bit.ly",))


GOOD_SMS = f"BancoAurora: veja suas opcoes com calma: {LINK} SAIR p/ cancelar"


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        (GOOD_SMS, set()),
        (GOOD_SMS.replace("BancoAurora: ", ""), {"brand"}),
        (GOOD_SMS.replace(LINK, ""), {"link"}),
        (GOOD_SMS.replace(" SAIR p/ cancelar", ""), {"opt_out"}),
        (GOOD_SMS.replace("opcoes", "opções"), {"ascii"}),
        (GOOD_SMS.replace("com calma", "com muita calma" * 4), {"length"}),
        (f"BancoAurora: {LINK} SAIR p/ cancelar", {"purpose"}),
    ],
)
def test_an_sms_is_complete(text, missing):
    findings = lint(
        text,
        channel="sms",
        message_class="outbound",
        locale="pt_BR",
        brand=speaker("warm"),
        facts=FACTS,
    )
    assert {one.matched for one in findings if one.rule == "L14"} == missing


def test_a_requested_sms_needs_no_link_and_no_way_out():
    text = "BancoAurora: seu codigo de acesso e 482913. Vale 10 minutos."
    options = {"channel": "sms", "brand": speaker("warm"), "facts": FACTS}
    assert found(text, message_class="requested", **options) == set()
    assert found(text, message_class="outbound", **options) == {"L14"}


def test_an_english_sms_has_its_own_way_out():
    text = f"BancoAurora: have a look whenever you can: {LINK} STOP to opt out"
    options = {"channel": "sms", "brand": speaker("warm"), "facts": FACTS}
    assert found(text, locale="en", **options) == set()
    assert found(text.replace("STOP to opt out", ""), locale="en", **options) == {"L14"}


def test_words_the_brand_forbids_are_found():
    brand = replace(speaker("warm"), lexicon=PlainLexicon(forbidden=("quitação",)))
    assert found("A carta de Quitação está pronta.", brand=brand) == {"LEX"}
    assert found("A carta está pronta.", brand=brand) == set()


@dataclass(frozen=True)
class Links:
    unsubscribe: str | None = "https://negocie.exemplo.com.br/cancelar/abc"
    privacy: str | None = "https://negocie.exemplo.com.br/privacidade"
    itemisation: str | None = "https://negocie.exemplo.com.br/contas"


@dataclass(frozen=True)
class Email:
    subject: str = "Um recado de Casa Exemplo"
    text: str = ""
    html: str = ""
    headers: dict[str, str] = field(default_factory=dict)


CREDITOR_BLOCK = (
    "Casa Exemplo Comércio S.A. – CNPJ 11.222.333/0001-81 – "
    "Rua das Laranjeiras, 100, Centro, Curitiba – PR, 80010-000. "
    "Encarregada: Ana Prado, privacidade@exemplo.com.br. Código: K7QF-2M9P "
    "https://negocie.exemplo.com.br/cancelar/abc https://negocie.exemplo.com.br/privacidade "
    "https://negocie.exemplo.com.br/contas"
)
HEADERS = {
    "List-Unsubscribe": "<https://negocie.exemplo.com.br/cancelar/abc>",
    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
}
COMPLETE = Email(text=CREDITOR_BLOCK, html=f"<p>{CREDITOR_BLOCK}</p>", headers=HEADERS)


def missing(email, *, links=None, message_class="outbound", code="K7QF-2M9P"):
    findings = lint_email(
        email,
        brand=sample_brand(),
        message_class=message_class,
        locale="pt_BR",
        links=links or Links(),
        verification_code=code,
    )
    assert all(one.rule == "L16" for one in findings)
    return {one.matched for one in findings}


def without(*texts):
    body = CREDITOR_BLOCK
    for text in texts:
        body = body.replace(text, "")
    return replace(COMPLETE, text=body, html=f"<p>{body}</p>")


@pytest.mark.parametrize(
    ("email", "lacks"),
    [
        (COMPLETE, set()),
        (without("11.222.333/0001-81"), {"cnpj"}),
        (without("Casa Exemplo Comércio S.A."), {"legal_name"}),
        (without("Rua das Laranjeiras, 100"), {"address"}),
        (without("privacidade@exemplo.com.br"), {"privacy_officer"}),
        (without("/privacidade"), {"privacy"}),
        (without("/cancelar/abc"), {"unsubscribe"}),
        (without("/contas"), {"itemisation"}),
        (without("K7QF-2M9P"), {"verification_code"}),
        (replace(COMPLETE, subject="x" * 61), {"subject"}),
        (replace(COMPLETE, subject=" "), {"subject"}),
        (replace(COMPLETE, headers={}), {"list-unsubscribe", "list-unsubscribe-post"}),
        (replace(COMPLETE, text=""), {"legal_name", "cnpj", "address", "privacy_officer",
         "privacy", "unsubscribe", "itemisation", "verification_code"}),
    ],
)  # fmt: skip
def test_an_email_carries_what_it_must(email, lacks):
    assert missing(email) == lacks


def test_a_requested_email_needs_no_way_out():
    email = without("/cancelar/abc", "/contas")
    plain = replace(email, headers={})
    assert missing(plain, message_class="requested") == set()
    assert missing(without("11.222.333/0001-81"), message_class="requested") == {"cnpj"}


SEARCH = {
    "headlines": ["Fale com o Banco Aurora", "Conheça nosso portal", "Atendimento seguro"],
    "descriptions": ["Um lugar calmo para falar com a gente.", "Simples, seguro e no seu tempo."],
    "paths": ["portal"],
}


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({}, None),
        ({"headlines": ["Só um"]}, "L19"),
        ({"headlines": [*SEARCH["headlines"], "x" * 31]}, "L19"),
        ({"headlines": [*SEARCH["headlines"], "CONHEÇA NOSSO PORTAL"]}, "L19"),
        ({"headlines": [f"Título {letter}" for letter in "abcdefghijklmnop"]}, "L19"),
        ({"descriptions": ["Um só."]}, "L19"),
        ({"descriptions": ["x" * 91, "Outra."]}, "L19"),
        ({"paths": ["caminho-longo-demais"]}, "L19"),
        ({"sitelinks": ["Outro"]}, "L19"),
        ({"headlines": [*SEARCH["headlines"], "Sua dívida tem jeito"]}, "L18"),
    ],
)
def test_search_texts_fit_the_platform(changes, rule):
    findings = lint_ad("search", {**SEARCH, **changes}, locale="pt_BR")
    assert (
        {one.rule for one in findings} if rule is None else rule in {f.rule for f in findings}
    ) == (set() if rule is None else True)


def test_display_texts_fit_the_platform():
    texts = {
        "headlines": ["Talk to Banco Aurora"],
        "long_headline": ["A calm and simple place to talk to Banco Aurora"],
        "descriptions": ["Secure, simple, in your own time."],
        "business_name": ["Banco Aurora"],
    }
    assert lint_ad("display", texts, locale="en") == []
    texts["business_name"] = ["Banco Aurora do Brasil Central S.A."]
    assert {one.rule for one in lint_ad("display", texts, locale="en")} == {"L19"}
