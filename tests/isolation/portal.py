"""Every route of the portal × every way of reaching for what is somebody else's.

`ROWS` has one row per endpoint and method; a route without a row fails. Each row names what may be
tried there: objects of another creditor and of another person of the same creditor, a session made
for another creditor, no session, an unknown host, the platform's host.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from app.portal.views import UNGUARDED
from tests.isolation.world import Belongings

REFUSED = (403, 404)


@dataclass(frozen=True)
class Row:
    """`values` are the route's parameters, by the name they have in Belongings."""

    values: dict[str, str] = field(default_factory=dict)
    fixed: dict[str, str] = field(default_factory=dict)
    private: bool = True
    form: dict[str, str] = field(default_factory=dict)
    """Form fields: the values name what of the other's to send."""


def _of(*names: str, **form: str) -> Row:
    return Row(values={name: name for name in names}, form=form)


PUBLIC = Row(private=False)
ROWS: dict[tuple[str, str], Row] = {
    ("home", "GET"): PUBLIC,
    ("health", "GET"): PUBLIC,
    ("help", "GET"): PUBLIC,
    ("speak", "GET"): Row(fixed={"locale": "en"}, private=False),
    ("static", "GET"): Row(fixed={"filename": "payment.js"}, private=False),
    ("font", "GET"): Row(fixed={"filename": "none.woff2"}, private=False),
    ("stylesheet", "GET"): Row(values={"digest": "digest"}, private=False),
    ("asset", "GET"): Row(values={"sha256": "sha256"}, fixed={"extension": "png"}, private=False),
    ("identify", "GET"): PUBLIC,
    ("identify", "POST"): PUBLIC,
    ("code", "GET"): PUBLIC,
    ("code", "POST"): PUBLIC,
    ("another_code", "POST"): PUBLIC,
    ("link", "GET"): Row(values={"token": "token"}, private=False),
    ("link", "POST"): Row(values={"token": "token"}, private=False),
    ("not_me", "GET"): Row(values={"token": "token"}, private=False),
    ("not_me", "POST"): Row(values={"token": "token"}, private=False),
    ("link_code", "POST"): Row(values={"token": "token"}, private=False),
    ("unsubscribing", "GET"): PUBLIC,
    ("unsubscribe", "POST"): Row(values={"token": "unsubscribe"}, private=False),
    ("left", "GET"): PUBLIC,
    ("leave", "POST"): PUBLIC,
    ("leaving", "POST"): Row(),
    ("hesitating", "POST"): Row(),
    ("verify", "GET"): PUBLIC,
    ("verify", "POST"): PUBLIC,
    ("privacy", "GET"): PUBLIC,
    ("my_data", "GET"): Row(),
    ("export", "GET"): Row(fixed={"kind": "json"}),
    ("correct", "GET"): Row(),
    ("correct", "POST"): Row(),
    ("erase", "GET"): Row(),
    ("erase", "POST"): Row(),
    ("preferences", "GET"): Row(),
    ("preferences", "POST"): Row(),
    ("debts", "GET"): Row(),
    ("dispute", "GET"): _of("debt_id"),
    ("dispute", "POST"): _of("debt_id"),
    ("disputed", "GET"): _of("debt_id"),
    ("offer", "GET"): Row(),
    ("simulate", "GET"): Row(),
    ("fits", "GET"): Row(),
    ("fits", "POST"): Row(),
    ("counter", "GET"): Row(),
    ("counter", "POST"): Row(),
    ("review", "GET"): Row(),
    ("review", "POST"): Row(),
    ("agreements", "GET"): Row(),
    ("agreement", "GET"): _of("agreement_id"),
    ("agreement_document", "GET"): _of("agreement_id"),
    ("due_date", "GET"): _of("agreement_id", "instalment_id"),
    ("due_date", "POST"): _of("agreement_id", "instalment_id"),
    ("payoff", "GET"): _of("agreement_id"),
    ("pay", "POST"): _of("agreement_id", instalment="instalment_id"),
    ("payment", "GET"): _of("payment_id"),
    ("payment_state", "GET"): _of("payment_id"),
    ("receipt", "GET"): _of("receipt_id"),
    ("receipt_document", "GET"): _of("receipt_id"),
}
PUBLIC_TOKEN = "unsubscribe"
FORM = {"method": "pix", "instalment": "all", "birth_date": "07/03/1985", "code": "000000"}


@dataclass(frozen=True)
class Attempt:
    """One reach for what is not one's own."""

    endpoint: str
    method: str
    role: str
    status: int
    body: str
    allowed: tuple[int, ...]

    def leaks(self, others: tuple[Belongings, ...]) -> list[str]:
        """What went wrong; empty when it was refused and nothing of the others was told."""
        wrong = [] if self.status in self.allowed else [f"status {self.status}"]
        for other in others:
            told = (other.secret_name, other.person.email, other.person.document)
            wrong += [f"tells {value}" for value in told if value in self.body]
        return [f"{self.method} {self.endpoint} as {self.role}: {problem}" for problem in wrong]


def routes(app) -> set[tuple[str, str]]:
    """Every endpoint and method of the portal."""
    return {
        (rule.endpoint.removeprefix("portal."), method)
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("portal.")
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }


def attempts(
    app, mine: Belongings, neighbour: Belongings, foreign: Belongings, platform_host: str
) -> Iterator[Attempt]:
    """Try everything: `neighbour` is of my creditor, `foreign` of another."""
    visitors = {one: _signed_in(app, one) for one in (mine, foreign)}
    for (endpoint, method), row in ROWS.items():
        reach = _Reach(app, endpoint, method, row)
        for role, host in (("unknown host", "nobody.localhost"), ("platform", platform_host)):
            # In development "/" of the platform's host is the workbench's own page.
            is_own_page = role == "platform" and endpoint == "home"
            yield reach.at(host, mine, role, allowed=(200,) if is_own_page else (404,))
        if f"portal.{endpoint}" not in UNGUARDED:
            yield reach.at(
                mine.tenant.host, mine, "session of another creditor", visitor=visitors[foreign]
            )
        if row.private:
            yield reach.at(mine.tenant.host, mine, "nobody", allowed=(303, 400, 401))
        for other, role in ((foreign, "other creditor"), (neighbour, "other person")):
            if not row.values or (other is neighbour and not row.private):
                continue
            signed = visitors[mine] if row.private else None
            yield reach.at(mine.tenant.host, other, f"{role}'s object", visitor=signed)


@dataclass
class _Visitor:
    cookie: str
    csrf: str


class _Reach:
    def __init__(self, app, endpoint: str, method: str, row: Row) -> None:
        self.app, self.endpoint, self.method, self.row = app, endpoint, method, row

    def at(
        self,
        host: str,
        whose: Belongings,
        role: str,
        *,
        visitor: _Visitor | None = None,
        allowed: tuple[int, ...] = REFUSED,
    ) -> Attempt:
        values = {name: whose.values[source] for name, source in self.row.values.items()}
        if self.endpoint == "unsubscribing":
            values["token"] = whose.values["unsubscribe"]
        with self.app.test_request_context(base_url=f"http://{host}"):
            from flask import url_for

            path = url_for(f"portal.{self.endpoint}", **values, **self.row.fixed)
        client = self.app.test_client()
        data = None
        if visitor:
            client.set_cookie("traje", visitor.cookie, domain=host)
        if self.method == "POST":
            sent = {name: whose.values[source] for name, source in self.row.form.items()}
            csrf = visitor.csrf if visitor else _fresh_csrf(client, host)
            data = {**FORM, **sent, "csrf_token": csrf}
        answer = client.open(
            path, method=self.method, data=data, base_url=f"http://{host}", buffered=True
        )
        return Attempt(
            self.endpoint, self.method, role, answer.status_code,
            answer.get_data().decode(errors="replace"), allowed,
        )  # fmt: skip


TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def _fresh_csrf(client, host: str) -> str:
    page = client.get("/entrar", base_url=f"http://{host}").get_data(as_text=True)
    found = TOKEN.search(page)
    return found[1] if found else ""


def _signed_in(app, who: Belongings) -> _Visitor:
    """A browser in which this person is identified, and a token for its forms."""
    host = who.tenant.host
    client = app.test_client()
    path = f"/a/{who.values['token']}"
    page = client.get(path, base_url=f"http://{host}").get_data(as_text=True)
    born = f"{who.person.born:%d/%m/%Y}"
    data = {"csrf_token": TOKEN.search(page)[1], "birth_date": born}
    answer = client.post(path, data=data, base_url=f"http://{host}")
    assert answer.status_code == 303, answer.get_data(as_text=True)
    inside = client.get("/preferencias", base_url=f"http://{host}").get_data(as_text=True)
    cookie = client.get_cookie("traje", domain=host)
    return _Visitor(cookie.value, TOKEN.search(inside)[1])
