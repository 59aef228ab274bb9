"""A message that reached somebody else stops for good; nothing about anybody is told (BR-09)."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.compliance.actions import opt_out
from app.compliance.models import OptOut
from app.debts.models import ContactPoint, ContactState, Debtor, Whose
from app.history.models import Event
from app.identity.jobs import send_code
from app.identity.models import OneTimeCode
from app.outreach import links
from app.outreach.actions import write_message
from app.outreach.models import Message, MessageState
from tenants.clock import stopped_at
from tenants.keys import vault
from tenants.scope import within
from tests.offers.cases import DATA
from tests.outreach.people import WORKING_HOUR
from tests.outreach.test_writing import REMINDER
from tests.portal.conftest import post
from tests.portal.steps import page

RULES = DATA


@pytest.fixture(autouse=True)
def _working_hour():
    with stopped_at(WORKING_HOUR):
        yield


def remind(bank, person, cause):
    with within(bank) as session:
        message = write_message(
            session, bank, debtor_id=person.id, intent="reminder", cause=cause,
            message_class="outbound", channel="email", facts=REMINDER,
        )  # fmt: skip
        return message.state, links.token_of(vault(session), message.id)


def test_one_press_and_the_address_is_never_used_for_this_person_again(bank, person, client):
    _, token = remind(bank, person, "first")
    path = f"/a/{token}/nao-sou-eu"
    assert path in page(client, f"/a/{token}")
    html = page(client, path)
    for secret in ("MARIA", "Maria", "R$", person.document):
        assert secret not in html
    with within(bank) as session:
        states = session.scalars(select(ContactPoint.state)).all()
        assert set(states) == {ContactState.ACTIVE}, "looking changes nothing"
    assert "Paramos por aqui" in post(client, path).get_data(as_text=True)
    with within(bank) as session:
        points = dict(session.execute(select(ContactPoint.kind, ContactPoint.state)).all())
        assert points == {"email": "wrong_person", "phone": "active"}
        assert session.scalar(select(Event.kind).where(Event.kind == "contact.wrong_person"))
    for gone in (f"/a/{token}", path):
        assert client.get(gone).status_code == 404


def test_what_waits_for_that_address_is_withheld(bank, person, client):
    _, token = remind(bank, person, "first")
    post(client, f"/a/{token}/nao-sou-eu")
    with stopped_at(WORKING_HOUR + timedelta(days=2)), within(bank) as session:
        late = write_message(
            session, bank, debtor_id=person.id, intent="reminder", cause="late",
            message_class="outbound", facts=REMINDER,
        )  # fmt: skip
        assert (late.channel, late.state) == ("sms", MessageState.QUEUED)


def test_a_code_goes_only_where_nobody_else_reads(bank, person, client):
    with within(bank) as session:
        session.execute(update(ContactPoint).values(whose=Whose.WORKPLACE))
    post(client, "/entrar", document=person.document)
    with within(bank) as session:
        code = session.scalars(select(OneTimeCode)).one()
        send_code(str(bank.id), str(code.id))
    with within(bank) as session:
        assert session.scalars(select(Message)).all() == []
        session.execute(
            update(ContactPoint).where(ContactPoint.kind == "phone").values(whose=Whose.OWN)
        )
        session.execute(update(Debtor).values(preferred_channel="email"))
    send_code(str(bank.id), str(code.id))
    with within(bank) as session:
        assert session.scalars(select(Message.channel)).all() == ["sms"]


def test_whoever_wants_mail_again_keeps_calls_stopped(bank, person, inside):
    with within(bank) as session:
        opt_out(session, debtor_id=person.id, channel="*", origin="staff")
    post(inside, "/preferencias", channel="", hour="", no_sms="y")
    with within(bank) as session:
        active = select(OptOut.channel).where(OptOut.withdrawn_at.is_(None))
        assert set(session.scalars(active)) == {"sms", "whatsapp", "voice"}


def test_what_was_read_is_what_is_accepted(bank, person, inside):
    review = "/acordo/revisar"
    html = page(inside, f"{review}?option=cash")
    mark = html.split('name="read"')[1].split('value="')[1].split('"')[0]
    told = {"page": "/preferencias", "option": "cash", "acceptance_key": "k"}
    answer = post(inside, review, **told, read="another")
    assert answer.status_code == 409
    assert "O plano mudou desde que você o leu" in answer.get_data(as_text=True)
    answer = post(inside, review, **told, read=mark)
    assert answer.status_code == 303
    assert "/acordo/" in answer.location
