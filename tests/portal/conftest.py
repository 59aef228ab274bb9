"""A browser with a person in front of it."""

import re

import pytest

from app.outreach import links
from tenants.scope import within
from tests.offers.people import set_up
from tests.portal.people import make_person

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def csrf(html: str) -> str:
    """The token of the first form of a page."""
    found = TOKEN.search(html)
    assert found, "the page has no form"
    return found[1]


def post(client, path, *, page=None, **data):
    """Fill the form of `page` (by default the one at `path`) and send it."""
    html = client.get(page or path).get_data(as_text=True)
    return client.post(path, data={"csrf_token": csrf(html), **data})


def link_for(tenant, person) -> str:
    with within(tenant) as session:
        return links.create(session, person.id)


def sign_in(client, tenant, person):
    """Through a message link and the birth date."""
    answer = post(client, f"/a/{link_for(tenant, person)}", birth_date=f"{person.born:%d/%m/%Y}")
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return client


@pytest.fixture
def bank(dressed, request):
    """The bank in its dress; what a module calls RULES are its offer rules in force."""
    rules = getattr(request.module, "RULES", None)
    if rules is not None:
        with within(dressed.bank) as session:
            set_up(session, rules)
    return dressed.bank


@pytest.fixture
def person(bank, request):
    """Somebody who owes as many debts as the module's DEBTS says; one otherwise."""
    return make_person(bank, debts=getattr(request.module, "DEBTS", 1))


@pytest.fixture
def client(browse, bank):
    client = browse(bank.host)
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "pt-BR"
    return client


@pytest.fixture
def inside(client, bank, person):
    """The client, with the person identified."""
    return sign_in(client, bank, person)
