"""Doors, languages, authenticity, headers: what holds before anybody is known."""

import base64
import hashlib
import re

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from app.compliance.models import OptOut
from app.logs import scrub
from app.outreach import links
from app.portal.headers import FIXED
from tenants import keys, resolve
from tenants.models import SenderNumber, Tenant
from tenants.scope import platform, within
from tests.isolation.world import belongings
from tests.portal.conftest import csrf, link_for, post
from tests.portal.people import CPFS


@pytest.fixture
def mine(bank):
    return belongings(bank, CPFS[0])


def test_the_home_page_wears_the_brand_and_sets_no_cookie(client):
    answer = client.get("/")
    assert "Banco Aurora" in answer.get_data(as_text=True)
    assert "Set-Cookie" not in answer.headers


def test_no_line_of_a_page_ends_inside_a_number(client):
    html = client.get("/privacidade").get_data(as_text=True)
    kept = re.findall(r'<span class="nowrap">([\d./-]+)</span>', html)
    assert [len(number) for number in kept] == [len("12.345.678/0001-95"), len("01310-100")]


def test_a_page_asks_the_browser_to_refuse_what_it_does_not_need(client):
    headers = client.get("/entrar").headers
    assert "script-src 'self'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "camera=()" in headers["Permissions-Policy"]


@pytest.mark.parametrize("path", ["/", "/entrar", "/nowhere", "/oferta"])
def test_each_of_these_headers_is_said_once(client, path):
    names = [name.lower() for name, _ in client.get(path).headers]
    for name in (*FIXED, "Cache-Control"):
        assert names.count(name.lower()) == 1, name


@pytest.mark.parametrize(
    ("asked", "language"), [("pt-BR", "pt-BR"), ("en-GB,en", "en"), ("fr", "pt-BR"), ("", "pt-BR")]
)
def test_the_language_is_the_browsers_or_the_brands(browse, bank, asked, language):
    html = browse(bank.host).get("/", headers={"Accept-Language": asked}).get_data(as_text=True)
    assert f'<html lang="{language}"' in html


def test_a_chosen_language_stays(client):
    client.get("/idioma/en?to=/ajuda")
    assert "Talk to a person" in client.get("/ajuda").get_data(as_text=True)


@pytest.mark.parametrize("to", ["//evil.example", "https://evil.example/", "/\\evil.example", ""])
def test_the_language_switch_leads_nowhere_else(client, to):
    assert client.get("/idioma/en", query_string={"to": to}).location == "/"


def test_an_unknown_host_sees_nobody_and_gets_no_cookie(browse, dressed):
    for path in ("/", "/entrar", "/a/abc", "/static/brand/x.css", "/outbox", "/webhooks/stripe"):
        answer = browse(dressed.outsider_host).get(path)
        assert answer.status_code == 404
        assert "Set-Cookie" not in answer.headers
        html = answer.get_data(as_text=True)
        assert not any(name in html for name in ("Aurora", "Lume", "stylesheet", "csrf"))


def assert_wears_its_own_style_only(answer):
    html, [policy] = (
        answer.get_data(as_text=True),
        answer.headers.getlist("Content-Security-Policy"),
    )
    style = html.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert "display:grid" in style
    assert f"style-src 'sha256-{digest}';" in policy
    assert "unsafe" not in policy


def test_the_neutral_page_may_wear_its_own_style_and_nothing_else(browse, dressed):
    assert_wears_its_own_style_only(browse("nobody.example").get("/"))


@pytest.mark.parametrize(("state", "status"), [("suspended", 503), ("live", 404)])
def test_a_creditor_without_a_brand_shows_the_neutral_page_in_its_style(
    browse, cast, state, status
):
    with platform() as session:
        session.execute(update(Tenant).where(Tenant.id == cast.shop.id).values(state=state))
    resolve.forget()
    answer = browse(cast.shop.primary_host).get("/nada")
    assert answer.status_code == status
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert_wears_its_own_style_only(answer)


@pytest.mark.parametrize("state", ["setup", "closed"])
def test_a_creditor_that_is_not_there_yet_or_any_more_is_an_unknown_host(browse, bank, state):
    stranger = browse("nobody.localhost").get("/").data
    with platform() as session:
        session.execute(update(Tenant).where(Tenant.id == bank.id).values(state=state))
    resolve.forget()
    for path in ("/", "/entrar", f"/static/brand/{'0' * 64}.css"):
        answer = browse(bank.host).get(path)
        assert answer.status_code == 404
        assert "Set-Cookie" not in answer.headers
        assert answer.data == stranger


def test_a_suspended_creditor_rests_in_its_own_dress(client, bank):
    with platform() as session:
        session.execute(update(Tenant).where(Tenant.id == bank.id).values(state="suspended"))
    resolve.forget()
    for ask in (client.get, client.post):
        answer = ask("/entrar")
        assert answer.status_code == 503
        assert answer.headers["Retry-After"]
        assert "breve pausa" in answer.get_data(as_text=True)
        assert "Banco Aurora" in answer.get_data(as_text=True)
    worn = re.search(r'href="(/static/brand/[^"]+)"', answer.get_data(as_text=True))[1]
    assert client.get(worn).status_code == 200


def test_a_missing_page_is_calm_and_dressed(client):
    answer = client.get("/nada")
    assert answer.status_code == 404
    assert "Não encontramos esta página" in answer.get_data(as_text=True)


@pytest.mark.parametrize("what", ["atendimento@bancoaurora.example", "(11) 3200-5500"])
def test_our_own_contacts_are_ours(client, what):
    assert "Sim, é nosso" in post(client, "/verificar", what=what).get_data(as_text=True)


@pytest.mark.parametrize("what", ["28123", " 28 123 ", "+5511988887777", "(11) 98888-7777"])
def test_the_numbers_our_sms_leave_from_are_ours(client, dressed, what):
    with platform() as session:
        for number in ("28123", "+5511988887777"):
            session.add(SenderNumber(tenant_id=dressed.bank.id, number=number))
        session.add(SenderNumber(tenant_id=dressed.shop.id, number="28999"))
    assert "Sim, é nosso" in post(client, "/verificar", what=what).get_data(as_text=True)
    html = post(client, "/verificar", what="28999").get_data(as_text=True)
    assert "Não encontramos isto" in html


@pytest.mark.parametrize(
    "what",
    ["http://[", "golpe@example.com", "+55 11 99999-0000", "ABCD2345", "x" * 1999, "00020126"],
)
def test_what_is_not_ours_is_said_to_be_unknown(client, what):
    assert "Não encontramos isto" in post(client, "/verificar", what=what).get_data(as_text=True)


def test_a_message_is_recognised_by_its_code_and_tells_nothing_of_whom_it_was_for(client, mine):
    code = mine.verification_code
    html = post(client, "/verificar", what=f"{code[:4].lower()}-{code[4:]}").get_data(as_text=True)
    assert "Sim, é nosso" in html
    assert mine.secret_name not in html
    assert "R$" not in html


def test_another_creditors_code_is_not_ours(client, dressed):
    other = belongings(dressed.shop, CPFS[1])
    html = post(client, "/verificar", what=other.verification_code).get_data(as_text=True)
    assert "Não encontramos isto" in html


def test_one_click_unsubscribe_needs_no_cookie_and_no_token_of_a_form(browse, bank, mine):
    path = f"/cancelar/{mine.values['unsubscribe']}"
    assert browse(bank.host).get(path).status_code == 200
    with within(bank) as session:
        assert session.scalars(select(OptOut)).all() == []
    for _ in range(2):
        answer = browse(bank.host).post(path, data={"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
    with within(bank) as session:
        assert session.scalars(select(OptOut.channel)).all() == ["email"]
    assert browse(bank.host).post("/cancelar/x").status_code == 404


def test_no_value_of_a_statement_reaches_a_log(app, bank):
    asked = select(Tenant.id).where(Tenant.slug == "a secret\0")
    with pytest.raises(DBAPIError) as error, platform() as session:
        session.execute(asked)
    assert "secret" not in str(error.value)


def test_no_token_reaches_a_log():
    line = '"GET /a/AbC_-123 HTTP/1.1" 200 "https://x.example/cancelar/zzz?y" POST /a/q/codigo'
    told = scrub(line)
    assert not {"AbC_-123", "zzz", "/q/"} & {
        word for word in ("AbC_-123", "zzz", "/q/") if word in told
    }


def test_stylesheet_and_fonts_are_kept_for_good(client, bank):
    import re

    html = client.get("/").get_data(as_text=True)
    for address in re.findall(r'(?:href)="(/static/[^"]+)"', html):
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert "immutable" in answer.headers["Cache-Control"]
        answer.close()


@pytest.mark.parametrize(
    "document", ["", "123", "529.982.247-26", "' OR 1=1 --", "٥" * 11, "9" * 5000]
)
def test_hostile_documents_are_refused_in_their_place(client, document):
    answer = post(client, "/entrar", document=document)
    assert answer.status_code == 422
    assert "document-error" in answer.get_data(as_text=True)


def test_a_pasted_null_byte_or_huge_form_does_no_harm(client, bank):
    token = csrf(client.get("/verificar").get_data(as_text=True))
    answer = client.post("/verificar", data={"csrf_token": token, "what": "a\0b"})
    assert answer.status_code in (200, 422)
    assert client.get(f"/a/{'%00' * 5}").status_code == 404
    assert client.post("/entrar", data={"x": "y" * 3_000_000}).status_code in (400, 413)


def test_a_revoked_link_opens_no_more(client, bank, mine):
    token = link_for(bank, mine.person)
    with within(bank) as session:
        links.revoke(session, mine.person.id)
        keys.vault(session)
    assert client.get(f"/a/{token}").status_code == 404


def test_the_kept_home_page_is_each_creditors_own(browse, dressed):
    for _ in range(2):
        for tenant, name in ((dressed.bank, "Banco Aurora"), (dressed.shop, "Casa Lume")):
            html = browse(tenant.host).get("/").get_data(as_text=True)
            assert name in html
            assert tenant.host in html
