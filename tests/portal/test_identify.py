"""Two factors, and nothing learned by whoever has none."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from app.identity import jobs
from app.identity.models import OneTimeCode
from app.outreach.models import AccessLink, Message
from tenants import keys
from tenants.clock import now, stopped_at
from tenants.scope import within
from tests.portal.conftest import csrf, link_for, post, sign_in
from tests.portal.people import CPFS, make_person


def code_sent_to(tenant, code_id=None) -> str:
    """Run the job that sends the code, and read it from the message it wrote."""
    with within(tenant) as session:
        row = session.scalars(select(OneTimeCode).order_by(OneTimeCode.id.desc())).first()
        row_id = row.id
    jobs.send_code(str(tenant.id), str(row_id))
    with within(tenant) as session:
        message = session.scalars(select(Message).where(Message.cause == f"code:{row_id}")).one()
        facts = keys.vault(session).text(message.facts, "facts")
        return re.search(r'"code":\s*"(\d{6})"', facts)[1]


def test_a_link_and_a_birth_date_open_the_portal(client, bank, person):
    answer = post(client, f"/a/{link_for(bank, person)}", birth_date="07031985")
    assert answer.status_code == 303
    assert answer.location == "/oferta"
    assert "SILVA" not in client.get("/contas").get_data(as_text=True)
    assert client.get("/contas").status_code == 200


@pytest.mark.parametrize("typed", ["7/3/1985", "07.03.1985", "07031985", "7-3-85", "1985-03-07"])
def test_a_birth_date_is_understood_as_people_type_it(client, bank, person, typed):
    assert post(client, f"/a/{link_for(bank, person)}", birth_date=typed).status_code == 303


def test_a_wrong_birth_date_keeps_the_door_closed(client, bank, person):
    answer = post(client, f"/a/{link_for(bank, person)}", birth_date="08/03/1985")
    assert answer.status_code == 422
    assert client.get("/contas").status_code == 303


def test_looking_at_a_link_uses_nothing_up_and_tells_nothing(client, bank, person):
    token = link_for(bank, person)
    first = client.get(f"/a/{token}")
    html = first.get_data(as_text=True)
    assert first.status_code == 200
    assert "Maria" not in html
    assert "R$" not in html
    assert first.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in first.headers["X-Robots-Tag"]
    with within(bank) as session:
        assert session.scalars(select(AccessLink.first_used_at)).one() is None


def test_expired_revoked_foreign_and_invented_links_are_the_same_page(
    client, bank, dressed, person
):
    from app.outreach import links

    expired, revoked = link_for(bank, person), link_for(bank, person)
    foreign = link_for(dressed.shop, make_person(dressed.shop))
    with within(bank) as session:
        session.execute(
            text("UPDATE access_links SET expires_at = now() WHERE tenant_id = :t"), {"t": bank.id}
        )
        revoked = links.create(session, person.id)
        links.revoke(session, person.id)
    pages = [client.get(f"/a/{token}") for token in (expired, revoked, foreign, "x" * 16)]
    assert {page.status_code for page in pages} == {404}
    assert len({page.data for page in pages}) == 1


def test_a_document_and_a_code_open_the_portal(client, bank, person):
    assert post(client, "/entrar", document="529.982.247-25").location == "/entrar/codigo"
    code = code_sent_to(bank)
    assert post(client, "/entrar/codigo", code=f"{code[:3]} {code[3:]}").location == "/oferta"
    assert client.get("/contas").status_code == 200


def test_a_code_opens_only_in_the_browser_that_asked(client, browse, bank, person):
    post(client, "/entrar", document=person.document)
    code = code_sent_to(bank)
    other = browse(bank.host)
    post(other, "/entrar", document=CPFS[1])
    assert post(other, "/entrar/codigo", code=code).status_code == 422
    assert post(client, "/entrar/codigo", code=code).status_code == 303


def test_a_code_is_good_once_for_ten_minutes_and_five_tries(client, bank, person):
    post(client, "/entrar", document=person.document)
    code = code_sent_to(bank)
    with stopped_at(now() + timedelta(minutes=11)):
        assert "não vale mais" in post(client, "/entrar/codigo", code=code).get_data(as_text=True)


def test_known_and_unknown_people_get_the_same_bytes(browse, bank, person):
    def walk(document):
        client = browse(bank.host)
        pages = []
        for path, data in (
            ("/entrar", {"document": document}),
            ("/entrar/codigo", {"code": "000000"}),
        ):
            answer = post(client, path, **data)
            token = re.compile(rb'value="[^"]{40,}"')
            pages.append((answer.status_code, answer.location, token.sub(b"", answer.data)))
        return pages

    assert walk(person.document) == walk(CPFS[1])


READ_ANEW = re.compile(r"SELECT (now\(\)|(tenants|tenant_keys|brand_versions)\.)")
"""What a process keeps of a creditor: asked for by the clock and after a change, whoever knocks."""


def test_known_and_unknown_people_cost_the_same_statements(browse, bank, person, app):
    from sqlalchemy import event

    from tenants.scope import bound_engine

    said: list[str] = []

    def note(_conn, _cursor, statement, *_rest):
        if not READ_ANEW.match(statement):
            said.append(re.sub(r"%\(.*?\)s", "?", statement))

    event.listen(bound_engine(), "before_cursor_execute", note)
    walks = []
    try:
        for document in (person.document, CPFS[1], CPFS[2]):
            client = browse(bank.host)
            html = client.get("/entrar").get_data(as_text=True)
            said.clear()
            client.post("/entrar", data={"csrf_token": csrf(html), "document": document})
            html = client.get("/entrar/codigo").get_data(as_text=True)
            client.post("/entrar/codigo", data={"csrf_token": csrf(html), "code": "123456"})
            walks.append(list(said))
    finally:
        event.remove(bound_engine(), "before_cursor_execute", note)
    assert walks[1] == walks[2]
    assert walks[0] == walks[1]
    assert not any("debtors" in statement for statement in walks[0])


def test_attempts_are_counted_per_person(browse, bank, person):
    answers = []
    for _ in range(7):
        client = browse(bank.host)
        answers.append(
            post(client, f"/a/{link_for(bank, person)}", birth_date="01/01/1990").status_code
        )
    assert answers[:5] == [422] * 5
    assert answers[5:] == [429] * 2
    fresh = browse(bank.host)
    assert post(fresh, f"/a/{link_for(bank, person)}", birth_date="07/03/1985").status_code == 429
    with stopped_at(now() + timedelta(minutes=16)):
        sign_in(browse(bank.host), bank, person)


def test_attempts_are_counted_per_device(client, bank):
    statuses = [post(client, "/entrar", document=_cpf(n)).status_code for n in range(12)]
    assert statuses[:10] == [303] * 10
    assert statuses[10:] == [429] * 2


def test_leaving_ends_the_session_everywhere(inside, browse, bank):
    page = inside.get("/contas").get_data(as_text=True)
    copied = inside.get_cookie("traje", domain=bank.host)
    inside.post("/sair", data={"csrf_token": csrf(page)})
    assert inside.get("/contas").status_code == 303
    thief = browse(bank.host)
    thief.set_cookie("traje", copied.value, domain=bank.host)
    assert thief.get("/contas").status_code == 303


def test_a_visit_ends_after_twenty_idle_minutes(inside):
    assert inside.get("/contas").status_code == 200
    with stopped_at(now() + timedelta(minutes=21)):
        answer = inside.get("/contas")
    assert answer.location.startswith("/entrar")


def test_private_pages_are_stored_nowhere(inside):
    assert inside.get("/contas").headers["Cache-Control"] == "no-store"


def test_a_form_without_its_token_changes_nothing(inside):
    answer = inside.post("/sair")
    assert answer.status_code == 400
    assert "esperou demais" in answer.get_data(as_text=True)
    assert inside.get("/contas").status_code == 200


def _cpf(number: int) -> str:
    """A valid CPF made from a number."""
    digits = [int(digit) for digit in f"{123456780 + number:09d}"]
    for length in (9, 10):
        rest = sum(d * w for d, w in zip(digits, range(length + 1, 1, -1), strict=True)) * 10 % 11
        digits.append(0 if rest == 10 else rest)
    return "".join(map(str, digits))
