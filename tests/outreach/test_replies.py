"""Replies to a number that creditors share: an opt-out is for whom it was meant."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.compliance.models import OptOut, Task
from app.outreach import claiming, inbound, leasing
from app.outreach.channels import Transports
from app.outreach.delivery import deliver_due
from app.outreach.models import Message
from tenants.clock import now, stopped_at
from tenants.models import SenderNumber
from tenants.scope import platform, within
from tests.outreach.notices import apply_all, count
from tests.outreach.people import WORKING_HOUR, add_person, dress
from tests.outreach.test_delivery import Kept
from tests.outreach.test_writing import remind


@pytest.fixture
def shop(cast):
    dress(cast.shop)
    return cast.shop


def share(number, *tenants):
    with platform() as session:
        for tenant in tenants:
            session.add(SenderNumber(tenant_id=tenant.id, number=number))


def text_to(tenant, settings, phone, at, email=None):
    with stopped_at(at):
        with within(tenant) as session:
            person = add_person(session, phone=phone, email=email)
            remind(session, tenant, person, f"day:{person}", channel="sms")
        assert deliver_due(tenant, through=Transports(settings, {"sms": Kept()})) == {"sent": 1}
    return person


def reply(notify, number, phone, words, inbound_id=None):
    return notify(
        {
            "originationNumber": phone,
            "destinationNumber": number,
            "messageBody": words,
            "inboundMessageId": inbound_id or str(uuid.uuid4()),
        }
    )


def opted_out(tenant):
    apply_all(tenant)
    return count(tenant, OptOut, OptOut.channel == "sms")


@pytest.fixture
def line():
    return f"28{uuid.uuid4().int % 10**6:06}"


@pytest.fixture
def phone():
    return f"+55119{uuid.uuid4().int % 10**8:08}"


def test_an_opt_out_word_is_for_whom_wrote_last(bank, shop, settings, notify, line, phone):
    share(line, bank, shop)
    text_to(bank, settings, phone, WORKING_HOUR - timedelta(days=5))
    text_to(shop, settings, phone, WORKING_HOUR - timedelta(days=1))
    assert reply(notify, line, phone, "Parar!", "in-1") == 204
    assert reply(notify, line, phone, "Parar!", "in-1") == 204
    assert (opted_out(bank), opted_out(shop)) == (0, 1)
    with within(shop) as session:
        intents = session.scalars(select(Message.intent)).all()
    assert sorted(intents) == ["opt_out_confirmed", "reminder"]


def test_it_is_for_whom_is_just_writing(bank, shop, settings, notify, line, phone):
    share(line, bank, shop)
    text_to(bank, settings, phone, WORKING_HOUR - timedelta(days=5))
    with within(shop) as session:
        person = add_person(session, phone=phone)
        remind(session, shop, person, f"day:{person}", channel="sms")
        leaving = [leasing.Leaving(row, [], b"", line) for row in claiming.claim(session, 1)]
        leasing.lease(session, leaving)
    reply(notify, line, phone, "Parar!")
    assert opted_out(shop) == 1


def test_in_doubt_it_is_for_all_of_that_number(bank, shop, settings, notify, line, phone):
    share(line, bank, shop)
    text_to(bank, settings, phone, WORKING_HOUR - timedelta(hours=2))
    text_to(shop, settings, phone, WORKING_HOUR - timedelta(hours=1))
    reply(notify, line, phone, "SAIR")
    assert (opted_out(bank), opted_out(shop)) == (1, 1)


@pytest.mark.parametrize(
    ("last_is_certain", "days_between", "wants_out", "concerned"),
    [
        (True, 3, True, ["last"]),
        (True, 0.5, True, ["first", "last", "silent"]),
        (False, 3, True, ["first", "last", "silent"]),
        (False, 3, False, ["last"]),
    ],
)
def test_doubt_is_two_within_a_day_or_an_uncertain_last_message(
    last_is_certain, days_between, wants_out, concerned
):
    at = WORKING_HOUR
    words = [
        inbound.LastWord("first", None, at - timedelta(days=days_between), is_certain=True),
        inbound.LastWord("last", None, at, is_certain=last_is_certain),
        inbound.LastWord("silent", None, None, is_certain=False),
    ]
    assert [word.tenant for word in inbound.addressed(words, wants_out=wants_out)] == concerned


def test_when_nobody_wrote_it_is_for_all_who_know_the_address(
    bank, shop, settings, notify, line, phone
):
    share(line, bank, shop)
    with within(shop) as session:
        add_person(session, phone=phone)
    reply(notify, line, phone, "stop")
    assert (opted_out(bank), opted_out(shop)) == (0, 1)


def test_another_number_is_another_matter(bank, settings, notify, line, phone):
    share(line, bank)
    text_to(bank, settings, phone, WORKING_HOUR - timedelta(hours=2))
    reply(notify, "28999999", phone, "SAIR")
    assert opted_out(bank) == 0


def test_what_left_from_another_number_does_not_count(bank, shop, settings, notify, line, phone):
    share(f"{line}9", shop)
    share(line, bank, shop)
    text_to(bank, settings, phone, WORKING_HOUR - timedelta(days=5))
    text_to(shop, settings, phone, WORKING_HOUR - timedelta(days=1))
    reply(notify, line, phone, "Parar!")
    assert (opted_out(bank), opted_out(shop)) == (1, 0)


def test_any_other_reply_is_a_task(bank, settings, notify, line, phone):
    share(line, bank)
    text_to(bank, settings, phone, WORKING_HOUR - timedelta(days=1))
    reply(notify, line, phone, "Quero pagar semana que vem, pode ser?")
    assert opted_out(bank) == 0
    assert count(bank, Task, Task.kind == "answer_reply", Task.due_at > now()) == 1


@pytest.mark.parametrize(
    ("words", "means_out"),
    [
        ("SAIR", True),
        ("sair.", True),
        ("Saír", True),
        ("pare por favor", True),
        ("PARAR", True),
        ("STOP!!!", True),
        ("quero cancelar", True),
        ("não quero sair", False),
        ("", False),
        ("comparei os valores", False),
        ("posso sair do trabalho às 18h e pagar depois?", False),
    ],
)
def test_opt_out_words(words, means_out):
    from app.compliance.policy import standard

    assert inbound.is_opt_out(words, standard()) == means_out
