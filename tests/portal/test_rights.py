"""What people may always do: dispute, choose their channels, see their data; and who is asked nothing."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.compliance.actions import open_hold
from app.compliance.models import Hold, OptOut, Task
from app.debts.models import Debt
from app.offers.models import Offer
from app.outreach.models import Message
from tenants import keys
from tenants.clock import now
from tenants.scope import within
from tests.offers.cases import DATA
from tests.portal.conftest import post, sign_in
from tests.portal.people import CPFS, make_person
from tests.portal.steps import links_to, page

RULES = DATA
DEBTS = 2


def test_what_i_do_not_recognise_stops_contact_at_once(inside, bank, person):
    path = f"/contas/{person.debts[0]}/nao-reconheco"
    answer = post(inside, path, reason="fraud", note="Não fui eu")
    assert answer.status_code == 303
    assert "Estamos analisando" in page(inside, answer.location)
    with within(bank) as session:
        hold = session.scalars(select(Hold)).one()
        assert (hold.kind, hold.debt_id) == ("fraud", person.debts[0])
        assert keys.vault(session).text(hold.note, "hold") == "Não fui eu"
        written = session.scalars(select(Message.intent)).all()
        assert "dispute_received" in written
        assert session.scalars(select(Task.kind)).all()


def test_what_i_do_not_recognise_is_not_asked_of_me(inside, bank, person):
    page(inside, "/oferta")
    post(inside, f"/contas/{person.debts[0]}/nao-reconheco", reason="dispute", note="")
    html = page(inside, "/oferta")
    assert "1 conta está em análise" in html
    assert "Ela não entra nesta proposta" in html
    with within(bank) as session:
        (offer,) = session.scalars(select(Offer).where(Offer.state == "open"))
        assert [debt["id"] for debt in offer.debts] == [str(person.debts[1])]
    post(inside, f"/contas/{person.debts[1]}/nao-reconheco", reason="dispute", note="")
    html = page(inside, "/oferta")
    assert "não há nada a pagar" in html
    assert not links_to(html, "/acordo/revisar")
    assert inside.get("/acordo/revisar?option=cash").location == "/oferta"


@pytest.mark.parametrize("kind", ["deceased", "incapacity", "overindebtedness"])
def test_whoever_must_not_be_asked_meets_a_person(inside, bank, person, kind):
    with within(bank) as session:
        open_hold(session, debtor_id=person.id, kind=kind)
    html = page(inside, "/oferta")
    assert "Uma pessoa cuida da sua conta" in html
    assert "atendimento@bancoaurora.example" in html
    assert not links_to(html, "/acordo/revisar")


def test_preferences_stop_a_channel_and_let_it_speak_again(inside, bank):
    post(inside, "/preferencias", channel="email", hour="18", no_sms="y")
    with within(bank) as session:
        assert session.scalars(select(OptOut.channel)).all() == ["sms"]
    post(inside, "/preferencias", channel="", hour="")
    with within(bank) as session:
        assert session.scalars(select(OptOut).where(OptOut.withdrawn_at.is_(None))).all() == []


def test_my_data_can_be_seen_and_taken_along(inside, person):
    assert person.email in page(inside, "/privacidade/meus-dados")
    assert (
        inside.get("/privacidade/meus-dados.json").json["person"][0]["document"] == person.document
    )
    assert b"person,1,name" in inside.get("/privacidade/meus-dados.csv").data


def test_rights_become_tasks_with_a_deadline(inside, bank):
    post(inside, "/privacidade/corrigir", note="Meu nome mudou")
    post(inside, "/privacidade/apagar")
    with within(bank) as session:
        tasks = {task.kind: task for task in session.scalars(select(Task))}
        assert {"correction", "deletion"} <= set(tasks)
        assert tasks["deletion"].due_at > now() + timedelta(days=14)


@pytest.mark.parametrize(
    ("state", "words"), [("settled", "Está tudo pago"), ("recalled", "não é mais tratada aqui")]
)
def test_where_somebody_stands_has_its_own_page(inside, bank, person, state, words):
    with within(bank) as session:
        session.execute(update(Debt).where(Debt.debtor_id == person.id).values(state=state))
    assert words in page(inside, "/oferta")


def test_nobody_under_age_is_offered_anything(client, bank):
    child = make_person(bank, CPFS[3], born=(now() - timedelta(days=17 * 365)).date())
    sign_in(client, bank, child)
    html = page(client, "/oferta")
    assert not links_to(html, "/acordo/revisar")
