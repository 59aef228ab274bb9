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
from tests.isolation.portal import ROWS
from tests.offers.people import set_up
from tests.payments.conftest import running_twin, twin  # noqa: F401 - fixtures
from tests.portal.conftest import csrf, link_for, sign_in
from tests.portal.people import CPFS, make_person
from tests.portal.test_journey import accept, page

FIELDS = (
    *("document", "code", "birth_date", "what", "reason", "note", "channel", "hour", "no_email"),
    *("no_sms", "times", "day", "down", "amount", "budget", "option", "acceptance_key", "choice"),
    *("due_on", "method", "instalment", "email", "line1", "city", "state", "postal_code", "step"),
    *("to", "asked", "saved"),
)
GOOD = {"method": "boleto", "instalment": "all", "option": "instalments", "document": CPFS[0]}
NASTY = {
    "nul": "a\0b",
    "nothing but nul": "\0",
    "newlines": "x\r\nSet-Cookie: a=b\r\n",
    "markup": "<script>alert(1)</script>",
    "template": "{{ 7*7 }}{% raw %}%(name)s %s {0}",
    "quotes": "'; DROP TABLE debtors; --",
    "huge number": "9" * 400,
    "many digits": "9" * 12 + ",99",
    "negative": "-1",
    "float": "1e999",
    "not a number": "NaN",
    "unicode digits": "٣٤²½",
    "right to left": "\u202e\u200b\ufeff\ud7ff",
    "emoji": "👩\u200d👩\u200d👧" * 50,
    "broken address": "http://[::1",
    "path": "../../../etc/passwd",
    "long": "x" * 60_000,
}
BODIES = {
    "bad utf-8": ("application/x-www-form-urlencoded", b"what=%ff%fe&document=\xff\xfe&note=%00"),
    "half an escape": ("application/x-www-form-urlencoded", b"what=%&document=%e&a=%u0041"),
    "many fields": ("application/x-www-form-urlencoded", b"&".join([b"a=b"] * 3_000)),
    "json": ("application/json", b'{"document": ["529"]}'),
    "broken json": ("application/json", b"{"),
    "xml": ("text/xml", b"<!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]><x>&y;</x>"),
    "no boundary": ("multipart/form-data", b"--x\r\nnothing\r\n"),
    "cut short": (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="',
    ),
    "a file for a field": (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="what"; filename="a"\r\n\r\n\xff\r\n--x--\r\n',
    ),
    "odd type": ("; charset=\xff".encode("latin-1").decode("latin-1"), b"what=1"),
    "unknown charset": ("application/x-www-form-urlencoded; charset=utf-7", b"what=%2BAGE-"),
    "a megabyte": ("application/x-www-form-urlencoded", b"what=" + b"y" * 1_000_000),
    "too much": ("application/x-www-form-urlencoded", b"what=" + b"y" * 3_000_000),
}
CALM = range(200, 500)


@pytest.fixture
def bank(dressed):
    with within(dressed.bank) as session:
        set_up(session)
    return dressed.bank


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

    def routes(self):
        """(client, method, path) of everything that takes fields."""
        for (endpoint, method), row in ROWS.items():
            if endpoint in ("static", "font", "stylesheet", "asset", "receipt", "receipt_document"):
                continue
            if endpoint in ("leave", "erase") and method == "POST":
                continue  # no fields; they would end the visit
            names = row.values
            agreed = {"agreement_id", "payment_id"} & set(names)
            yield (self.agreed if agreed else self.thinking), method, self.path(endpoint, row)

    def path(self, endpoint, row):
        values = {name: self.values.get(name, "none") for name in row.values}
        if endpoint == "unsubscribing":
            values["token"] = "none"
        with self.thinking.application.test_request_context():
            return url_for(f"portal.{endpoint}", **values, **row.fixed)


def token(client) -> str:
    return csrf(client.get("/verificar").get_data(as_text=True))


def failed(name, path, answer) -> list[tuple[str, str, int]]:
    """What is wrong with an answer: nothing, or the failure with its cause's name."""
    status = answer.status_code
    answer.close()
    return [] if status in CALM else [(name, path, status)]


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
HEADERS = (
    {"Cookie": "traje=" + "x" * 4_000},
    {"Cookie": "traje=.eJ.a.b; language=../../etc; traje=1"},
    {"Cookie": "language=\xff\xfe; =; ;;"},
    {"Accept-Language": "x" * 4_000},
    {"Accept-Language": "pt;q=abc, *;q=-1, \xff"},
    {"X-Forwarded-For": "not an address, \xff", "X-Forwarded-Proto": "gopher"},
    {"User-Agent": "\xff" * 2_000, "Referer": "\xff"},
    {"If-None-Match": '"', "Range": "bytes=9-1", "Accept-Encoding": "\xff;q=x"},
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
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
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


def test_every_route_was_tried(visits):
    tried = {(method, path) for _, method, path in visits.routes()}
    assert len(tried) > 40
