"""The frame of a page is kept per dress: nothing of one visitor, creditor or language is in another's."""

import re

import pytest
from markupsafe import Markup

from app.portal import shell
from tests.portal.conftest import csrf, sign_in
from tests.portal.people import CPFS, make_person

NOWHERE = re.compile(r'(?<=value=")[^"]{60,}(?=")|(?<=data-token=")[^"]+(?=")')
PAGES = ("/", "/ajuda", "/verificar?code=1", "/preferencias", "/contas", "/oferta")


@pytest.fixture
def visitors(browse, dressed):
    """Two creditors × two languages × inside or not: each with a browser of their own."""
    found = {}
    for tenant in (dressed.bank, dressed.shop):
        for language in ("pt-BR", "en"):
            for inside in (False, True):
                client = browse(tenant.host)
                client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
                if inside:
                    sign_in(client, tenant, make_person(tenant, CPFS[language == "en"]))
                found[tenant.host, language, inside] = client
    return found


def test_a_kept_shell_gives_the_page_that_a_new_one_gives(visitors):
    for path in PAGES:
        kept, new = {}, {}
        for _ in range(2):  # the second round is served from what the first one left
            for who, client in visitors.items():
                kept[who] = NOWHERE.sub("", client.get(path).get_data(as_text=True))
        for who, client in visitors.items():
            shell.forget()
            new[who] = NOWHERE.sub("", client.get(path).get_data(as_text=True))
        assert kept == new, path


def test_a_shell_is_of_its_creditor_language_and_visitor_alone(visitors):
    for path in PAGES[:3] * 2:
        for (host, language, inside), client in visitors.items():
            html = client.get(path).get_data(as_text=True)
            others = {other for other, _, _ in visitors} - {host}
            assert f"<strong>{host}</strong>" in html
            assert not any(other in html for other in others)
            assert f'<html lang="{language}"' in html
            assert ('class="nav"' in html) == inside == ('class="exit"' in html)


def test_every_visitor_gets_their_own_token(visitors):
    inside = [client for (_, _, is_inside), client in visitors.items() if is_inside]
    tokens = {csrf(client.get("/ajuda").get_data(as_text=True)) for client in inside}
    assert len(tokens) == len(inside)


def test_the_way_back_from_the_language_switch_is_this_page_and_safe(client):
    html = client.get('/verificar?code="><b>').get_data(as_text=True)
    assert "/idioma/en?to=/verificar?code%3D%22%3E%3Cb%3E" in html
    assert "<b>" not in html
    assert "to=" not in client.get("/a/some-token").get_data(as_text=True)


def test_the_page_one_is_on_is_marked(inside):
    for path in ("/contas", "/preferencias", "/contas"):
        html = inside.get(path).get_data(as_text=True)
        assert re.findall(r'<a href="([^"]+)" aria-current="page"', html) == [path]


def test_a_text_cannot_stand_in_for_a_place():
    one = shell.Shell(f"<p>{shell.place('main')}</p><i>{shell.place('csrf_token')}</i>")
    filled = one.fill({"main": Markup("{{ 1 }} csrf_token"), "csrf_token": "t"})
    assert filled == "<p>{{ 1 }} csrf_token</p><i>t</i>"
