"""A mail in the brand's dress."""

import re
import uuid
from dataclasses import dataclass, replace
from html.parser import HTMLParser

import pytest

from emails.compose import Links, compose
from emails.layout import layout
from themes.dress import sample_brand
from themes.tokens import SKINS

HOST = "https://contas.exemplo.com.br"


@dataclass
class Said:
    subject: str = "Sua proposta, Ana"
    preheader: str = "Veja com calma."
    greeting: str = "Olá, Ana."
    opening: str = "Há uma proposta com o seu nome."
    body: str = "Escolha o que cabe no mês.\n\nEstamos aqui."
    call_to_action: str = "Ver a proposta"
    closing: str = "Até logo,\nCasa Exemplo"


@dataclass
class Sent:
    verification_code: str = "7KQ2-M4XD"


@dataclass
class Tenant:
    primary_host: str = "contas.exemplo.com.br"


LINKS = Links(
    action=f"{HOST}/a/token",
    verify=f"{HOST}/verificar",
    privacy=f"{HOST}/privacidade",
    unsubscribe=f"{HOST}/u/token",
    itemisation=f"{HOST}/a/token?para=contas",
)


def mail(skin="salao", words=None, links=LINKS, locale="pt_BR", **more):
    brand = replace(sample_brand(skin), version_id=uuid.uuid5(uuid.NAMESPACE_DNS, skin))
    return compose(
        brand,
        words or Said(),
        tenant=Tenant(),
        message=Sent(),
        links=links,
        locale=locale,
        **more,
    )


class Seen(HTMLParser):
    """What a reader sees, and the tags that were opened and closed."""

    def __init__(self):
        super().__init__()
        self.text, self.open = "", []

    def handle_starttag(self, tag, attrs):
        if tag not in ("meta", "img", "br", "link", "input"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if not {"style", "title"} & set(self.open):
            self.text += data


def seen(html):
    parser = Seen()
    parser.feed(re.sub(r"<!--.*?-->", "", html, flags=re.DOTALL))
    assert parser.open == []
    return re.sub(r"\s+", " ", parser.text)


@pytest.mark.parametrize("skin", SKINS)
@pytest.mark.parametrize("locale", ["pt_BR", "en"])
def test_a_mail_says_everything_it_must_in_html_and_in_text(skin, locale):
    email = mail(skin, locale=locale, details=[("Total", "R$\xa01.234,56")])
    for text in (seen(email.html), re.sub(r"\s+", " ", email.text)):
        for part in (
            "Olá, Ana.",
            "Há uma proposta",
            "Escolha o que cabe no mês.",
            "Ver a proposta",
            "R$ 1.234,56",
            "Casa Exemplo Comércio S.A.",
            "CNPJ 11.222.333/0001-81",
            "Rua das Laranjeiras, 100",
            "7KQ2-M4XD",
            "Ana Prado",
            "ajuda@exemplo.com.br",
        ):
            assert part in text.replace("\xa0", " "), part
    for link in (LINKS.action, LINKS.privacy, LINKS.unsubscribe, LINKS.itemisation, LINKS.verify):
        assert link in email.text
        assert f'href="{link}"' in email.html
    assert email.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert email.headers["List-Unsubscribe"] == f"<{LINKS.unsubscribe}>"


@pytest.mark.parametrize("skin", SKINS)
def test_a_mail_with_a_code_says_nothing_of_an_amount(skin):
    email = mail(skin, code="482915")
    for text in (email.html, email.text):
        assert LINKS.itemisation not in text
        assert LINKS.privacy in text


@pytest.mark.parametrize("skin", SKINS)
def test_a_number_never_breaks_at_its_hyphen_and_copies_as_it_is_typed(skin):
    """A CEP, a CNPJ and an agreement's number stay on one line, with the hyphen of the keyboard."""
    body = "Acordo A-2026-000123, e-mail a cada 2-3 dias.\n\nVeja https://exemplo.com.br/a/AB-12."
    email = mail(skin, Said(body=body), details=[("Acordo", "A-2026-000123")])
    kept = set(re.findall(r'<span style="white-space:nowrap">([^<]+)</span>', email.html))
    assert kept == {"A-2026-000123", "2-3", "80010-000", "11.222.333/0001-81"}
    assert email.html.count('nowrap">A-2026-000123<') == 2
    assert "https://exemplo.com.br/a/AB-12." in email.html
    assert "A-2026-000123" in email.text
    assert "80010-000" in email.text
    assert "nowrap" not in email.text
    assert "\N{NON-BREAKING HYPHEN}" not in email.html + email.text


@pytest.mark.parametrize("skin", SKINS)
def test_nothing_is_left_unfilled(skin):
    email = mail(skin, details=[("a", "b")], code="123456")
    assert not re.search(r"@@|%\(|\{\{|<!--/?part", email.html)
    assert "%(" not in email.text
    assert "123456" in seen(email.html)


@pytest.mark.parametrize("skin", SKINS)
def test_every_skin_has_every_slot(skin):
    made = layout(sample_brand(skin), "pt_BR", HOST)
    everything = made.shape(frozenset().union(*(needs for needs, _ in made.pieces)))
    expected = {"subject", "preheader", "greeting", "opening", "body", "button", "said", "closing"}
    expected |= {"code", "rows", "action", "verify", "verify_shown", "verification_code"}
    expected |= {"privacy", "unsubscribe", "itemisation"}
    assert {name for _, name in everything.slots} == expected
    assert {name for _, name in made.row.slots} == {"label", "value"}


@pytest.mark.parametrize("skin", SKINS)
def test_values_are_escaped_and_never_run(skin):
    evil = "<script>alert(1)</script>&{{7*7}}%(action)s@@code@@%s"
    words = Said(*([evil] * 7))
    email = mail(skin, words, details=[(evil, evil)], code=evil)
    assert "<script>" not in email.html
    assert "{{7*7}}%(action)s@@code@@%s" in email.html
    assert evil in email.text


@pytest.mark.parametrize("skin", SKINS)
def test_a_brand_with_a_hostile_name_harms_only_its_looks(skin):
    brand = sample_brand(skin)
    evil = "<b>&\"'@@action@@{{7*7}}%s%(x)s"
    brand = replace(
        brand, tokens=replace(brand.tokens, name=evil, legal_name=evil), version_id=uuid.uuid4()
    )
    email = compose(brand, Said(), tenant=Tenant(), message=Sent(), links=LINKS, locale="pt_BR")
    assert "<b>" not in email.html
    assert "{{7*7}}%s%(x)s" in seen(email.html)
    assert "%s%(x)s" in email.text
    assert email.html.count(f"{HOST}/a/token") == 2


@pytest.mark.parametrize("skin", SKINS)
def test_a_link_cannot_break_out_of_its_attribute(skin):
    links = LINKS._replace(action=f'{HOST}/a/"><img src=x onerror=alert(1)>')
    assert "<img src=x" not in mail(skin, links=links).html


def test_without_an_action_the_call_is_said():
    email = mail(links=LINKS._replace(action=None), words=Said(call_to_action="Digite o código."))
    assert "Digite o código." in seen(email.html)
    assert "/a/token" not in email.html.replace(LINKS.itemisation, "")


def test_what_was_requested_carries_no_unsubscribe():
    email = mail(links=LINKS._replace(unsubscribe=None, itemisation=None))
    assert email.headers == {"Content-Language": "pt-BR"}
    assert "/u/" not in email.html
    assert "/u/" not in email.text


@pytest.mark.parametrize("skin", SKINS)
def test_light_and_dark_are_both_dressed(skin):
    html = mail(skin).html
    assert 'name="color-scheme" content="light dark"' in html
    dark = sample_brand(skin).roles("dark")
    assert dark.surface in html
    assert dark.action in html


@pytest.mark.parametrize("skin", SKINS)
def test_a_mail_stays_small_and_its_lines_short(skin):
    email = mail(skin, details=[("a", "b")] * 6)
    assert len(email.html.encode()) < 30_000
    assert max(len(line.encode()) for line in email.html.split("\r\n")) < 998
    assert "\n" not in email.html.replace("\r\n", "")
    assert "\n" not in email.text.replace("\r\n", "")
