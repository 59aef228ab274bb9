"""Whatever is sent to whichever page of the portal: a calm answer, never a failure of ours."""

import itertools
import re

import pytest
from flask import url_for
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.agreements.models import Agreement, Instalment
from app.payments.models import Payment
from tenants.scope import within
from tests.hostile import BODIES, CALM, HEADERS, NASTY, failed
from tests.isolation.portal import ROWS
from tests.offers.cases import DATA
from tests.payments.conftest import running_twin, twin  # noqa: F401 - fixtures
from tests.portal.conftest import csrf, link_for, sign_in
from tests.portal.people import CPFS, make_person
from tests.portal.steps import accept, page

FIELDS = (
    *("document", "code", "birth_date", "what", "reason", "note", "channel", "hour", "no_email"),
    *("no_sms", "times", "day", "down", "amount", "budget", "option", "acceptance_key", "choice"),
    *("due_on", "method", "instalment", "email", "line1", "city", "state", "postal_code", "step"),
    *("to", "asked", "saved"),
)
ENDING = {("leave", "POST"), ("erase", "POST")}
NOBODY = "00000000-0000-0000-0000-000000000000"
GOOD = {"method": "boleto", "instalment": "all", "option": "instalments", "document": CPFS[0]}
RULES = DATA


@pytest.fixture
def visits(browse, bank, twin):  # noqa: F811 - a fixture
    """Per route: a signed-in browser, and the route's parameters."""
    thinking, agreed = make_person(bank, CPFS[0]), make_person(bank, CPFS[1])
    clients = {person: sign_in(browse(bank.host), bank, person) for person in (thinking, agreed)}
    client = clients[agreed]
    path = accept(client)
    html = page(client, path)
    instalment = re.search(r'name="instalment" value="([^"]+)"', html)[1]
    data = {"csrf_token": csrf(html), "instalment": instalment, "method": "pix"}
    assert client.post(f"{path}/pagar", data=data).status_code == 303
    with within(bank) as session:
        values = {
            "agreement_id": session.scalars(select(Agreement.id)).one(),
            "instalment_id": session.scalars(select(Instalment.id)).first(),
            "payment_id": session.scalars(select(Payment.id)).one(),
            "debt_id": thinking.debts[0],
            "token": link_for(bank, thinking),
        }
    return _Visits(clients[thinking], client, values)


class _Visits:
    def __init__(self, thinking, agreed, values):
        self.thinking, self.agreed, self.values = thinking, agreed, values

    def rows(self):
        """(endpoint, method, client, path) of every route of the portal."""
        for (endpoint, method), row in ROWS.items():
            agreed = {"agreement_id", "payment_id", "receipt_id"} & set(row.values)
            client = self.agreed if agreed else self.thinking
            yield endpoint, method, client, self.path(endpoint, row)

    def routes(self):
        """(client, method, path) of every route that does not end the visit."""
        for endpoint, method, client, path in self.rows():
            if (endpoint, method) not in ENDING:
                yield client, method, path

    def endings(self):
        """The same of those that do: they take no fields of their own."""
        for endpoint, method, client, path in self.rows():
            if (endpoint, method) in ENDING:
                yield client, method, path

    def path(self, endpoint, row):
        values = {name: self.values.get(name, NOBODY) for name in row.values}
        if endpoint == "unsubscribing":
            values["token"] = "none"
        with self.thinking.application.test_request_context():
            return url_for(f"portal.{endpoint}", **values, **row.fixed)


def token(client) -> str:
    return csrf(client.get("/verificar").get_data(as_text=True))


def test_no_value_of_any_field_breaks_a_page(visits):
    broken = []
    marks = {client: token(client) for client in (visits.thinking, visits.agreed)}
    for (name, nasty), (client, method, path) in itertools.product(NASTY.items(), visits.routes()):
        everything = dict.fromkeys(FIELDS, nasty)
        if method == "GET":
            if len(nasty) < 1_000:
                broken += failed(name, path, client.get(path, query_string=everything))
            continue
        everything["csrf_token"] = marks[client]
        broken += failed(name, path, client.post(path, data=everything))
        if path.endswith(("/pagar", "/revisar", "/entrar")):
            broken += failed(name, path, client.post(path, data={**everything, **GOOD}))
    assert broken == []


def test_no_body_breaks_a_page(visits):
    broken = []
    marks = {client: token(client) for client in (visits.thinking, visits.agreed)}
    for (name, (kind, body)), (client, method, path) in itertools.product(
        BODIES.items(), visits.routes()
    ):
        if method == "POST":
            headers = {"X-CSRFToken": marks[client]}
            answer = client.post(path, data=body, content_type=kind, headers=headers)
            broken += failed(name, path, answer)
    assert broken == []


PATHS = (
    *("/%00", "/a/%00", "/a/" + "x" * 5_000, "/a/%ff%fe", "/acordo/%00", "/acordo/not-a-uuid"),
    *("/acordo/00000000-0000-0000-0000-000000000000", "/recibo/..%2f..%2fetc", "//", "/;/"),
    *("/static/asset/%00.png", "/static/fonts/..%2f..%2fapp%2fconfig.py", "/idioma/%00"),
    *("/static/fonts/%00.woff2", "/static/%00", "/static/asset/\u0663.png", "/acordo/%00/pagar"),
    *("/static/brand/%ff.css", "/static/brand/%00.css", "/cancelar/%00", "/cancelar/%ff"),
    *("/idioma/en?to=%00", "/oferta/simular?budget=%00", "/privacidade/meus-dados.exe"),
    *("/verificar?code=%00%ff", "/idioma/en?to=%0d%0aSet-Cookie:a", "/idioma/en?to=http://["),
)


def test_no_address_or_header_breaks_a_page(browse, bank, visits):
    broken = []
    for path in PATHS:
        answer = visits.thinking.get(path)
        assert not answer.headers.get("Location", "/").startswith("//")
        broken += failed("address", path, answer)
        broken += failed("posted", path, visits.thinking.post(path))
    for headers, path in itertools.product(HEADERS, ("/", "/entrar", "/oferta", "/verificar")):
        broken += failed(str(headers)[:60], path, browse(bank.host).get(path, headers=headers))
    assert broken == []


TEXTS = st.text(st.characters(codec="utf-8"), max_size=60) | st.from_regex(r"[\dR$.,/ -]{0,24}")


@settings(
    max_examples=20,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    typed=st.fixed_dictionaries(
        {}, optional=dict.fromkeys(("times", "day", "down", "amount", "budget", "option"), TEXTS)
    )
)
def test_no_wish_breaks_a_plan(visits, typed):
    mark = token(visits.thinking)
    for path in ("/oferta/simular", "/acordo/revisar"):
        assert visits.thinking.get(path, query_string=typed).status_code in CALM
    data = {**typed, "csrf_token": mark}
    assert visits.thinking.post("/oferta/contraproposta", data=data).status_code in CALM


def test_an_ending_takes_anything(visits):
    marks = {client: token(client) for client in (visits.thinking, visits.agreed)}
    broken = []
    for (name, nasty), (client, _, path) in itertools.product(NASTY.items(), visits.endings()):
        data = dict.fromkeys(FIELDS, nasty) | {"csrf_token": marks[client]}
        broken += failed(name, path, client.post(path, data=data))
    assert broken == []


def test_every_route_is_tried(app, visits):
    """A new route of the portal without a row fails here."""
    wanted = {
        (rule.endpoint.removeprefix("portal."), method)
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("portal.")
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert {(endpoint, method) for endpoint, method, _, _ in visits.rows()} == wanted
