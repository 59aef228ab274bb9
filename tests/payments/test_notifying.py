"""Somebody whose payment went back: what they are told, once, and when nobody says anything."""

from datetime import timedelta
from email import message_from_bytes, policy

import orjson
import pytest
from sqlalchemy import select

from app.agreements.breaking import end
from app.agreements.changing import change_due_date, due_date_choices
from app.agreements.models import Agreement
from app.compliance.actions import open_hold, opt_out
from app.compliance.models import Task
from app.outreach.channels import Transports
from app.outreach.delivery import deliver_due
from app.outreach.models import Message
from app.payments import jobs, reversing
from app.payments.models import Reversal
from emails.figures import figures
from tenants.clock import stopped_at
from tenants.keys import vault
from tenants.scope import within
from tests.outreach.test_delivery import Kept
from tests.payments.people import make_deal
from tests.work import drain, forget_waiting

QUEUED, WITHHELD = "queued", "withheld"


def decided(story):
    """Whatever was decided is told, as by the worker."""
    for one in story.of(Reversal):
        jobs.notify(str(story.bank.id), str(one.id))


def notices(story):
    found = story.of(Message, Message.intent == "payment_returned")
    return sorted(found, key=lambda message: message.created_at)


def facts_of(story, message):
    with within(story.bank) as session:
        return orjson.loads(vault(session).unseal(message.facts, "facts"))


def agreement_of(session, deal):
    return session.scalars(select(Agreement).where(Agreement.id == deal.id)).one()


def test_what_went_back_what_is_open_and_by_when_is_told_once(story, deal):
    story.refund(story.paid(deal), 4_000)
    done = story.reverse()
    decided(story)
    decided(story)
    [notice] = notices(story)
    assert (notice.debtor_id, notice.message_class) == (deal.debtor_id, "outbound")
    assert notice.state == QUEUED
    facts = facts_of(story, notice)
    assert facts["amount_cents"] == 4_000
    assert facts["total_cents"] == 24_000
    assert facts["due_on"] == min(day for _, day in done.due).isoformat()
    rows = dict(figures("payment_returned", facts, locale="pt_BR"))
    assert rows["Valor devolvido"] == "R$\xa040,00"
    assert rows["Em aberto no acordo"] == "R$\xa0240,00"


@pytest.mark.parametrize(("stopped", "channel"), [("sms", "email"), ("email", "sms")])
def test_it_leaves_in_the_creditors_words(story, deal, settings, stopped, channel):
    with within(story.bank) as session:
        opt_out(session, debtor_id=deal.debtor_id, channel=stopped, origin="portal")
    story.refund(story.paid(deal), 4_000)
    story.reverse()
    decided(story)
    [notice] = notices(story)
    kept = Kept()
    with stopped_at(notice.send_after + timedelta(minutes=1)):
        deliver_due(story.bank, through=Transports(settings, {"email": kept, "sms": kept}))
    [parcel] = [one for one in kept.parcels if one.message_id == notice.id]
    assert parcel.channel == channel
    content = b"".join(parcel.pieces)
    if channel == "sms":
        assert b"/a/" in content
        assert len(content) <= 160
        return
    mail = message_from_bytes(content.replace(b"\n..", b"\n."), policy=policy.default)
    told = mail.get_body(("plain",)).get_content().replace("\xa0", " ")
    assert "R$ 40,00" in told
    assert "R$ 240,00" in told
    assert "/a/" in told


def test_the_worker_tells_it(story, deal, database):
    forget_waiting(database.conninfo)
    story.refund(story.paid(deal))
    story.reverse()
    drain(database.conninfo)
    assert len(notices(story)) == 1


def test_the_date_that_is_told_is_the_next_to_come(story):
    """The second was paid first and its money went back: the first is still to come before it."""
    deal = make_deal(story.bank)
    story.refund(story.paid(deal, 1))
    story.reverse()
    decided(story)
    [notice] = notices(story)
    assert facts_of(story, notice)["due_on"] == story.rows(deal)[0][2].isoformat()
    assert facts_of(story, notice)["total_cents"] == 30_000


def test_a_settled_agreement_that_is_open_again_is_told(story):
    deal = make_deal(story.bank, (5_000,))
    story.refund(story.paid(deal))
    story.reverse()
    decided(story)
    [notice] = notices(story)
    assert facts_of(story, notice)["total_cents"] == 5_000


def test_nobody_is_told_while_nothing_is_decided_nor_where_the_loss_is_accepted(story, deal):
    story.dispute(story.paid(deal))
    decided(story)
    story.refund(story.paid(deal, 1))
    story.keep()
    decided(story)
    assert notices(story) == []


def test_who_paid_again_before_it_was_written_is_not_told(story, deal):
    story.refund(story.paid(deal))
    story.reverse()
    story.paid(deal)
    decided(story)
    assert notices(story) == []


def paid_again(story, deal):
    story.paid(deal)


def ended(story, deal):
    with within(story.bank) as session:
        end(session, agreement_of(session, deal), "cancelled")


def moved(story, deal):
    with within(story.bank) as session:
        agreement = agreement_of(session, deal)
        first = deal.instalments[0]
        days = due_date_choices(session, story.bank, agreement=agreement, instalment_id=first)
        change_due_date(
            session, story.bank, agreement=agreement, instalment_id=first, due_on=days[-1]
        )


@pytest.mark.parametrize("overtaken", [paid_again, ended, moved])
def test_a_notice_that_no_longer_holds_is_taken_back_before_it_leaves(story, deal, overtaken):
    story.refund(story.paid(deal))
    story.reverse()
    decided(story)
    assert [notice.state for notice in notices(story)] == [QUEUED]
    overtaken(story, deal)
    [notice] = notices(story)
    assert notice.state == WITHHELD
    assert notice.reasons[-1] == {"rule": "replanned", "because": "overtaken"}


def test_who_pays_something_else_meanwhile_is_told_what_is_open_now(story, deal, database):
    forget_waiting(database.conninfo)
    story.refund(story.paid(deal))
    story.reverse()
    drain(database.conninfo)
    for number, left in ((1, 20_000), (2, 10_000)):
        story.paid(deal, number)
        drain(database.conninfo)
        decided(story)
        [notice] = [one for one in notices(story) if one.state == QUEUED]
        assert facts_of(story, notice)["total_cents"] == left
        assert facts_of(story, notice)["amount_cents"] == 10_000
    paid_again(story, deal)
    drain(database.conninfo)
    assert {notice.state for notice in notices(story)} == {WITHHELD}


def test_another_agreements_notice_stays(story, deal):
    other = make_deal(story.bank)
    story.refund(story.paid(deal))
    story.reverse()
    decided(story)
    ended(story, other)
    assert [notice.state for notice in notices(story)] == [QUEUED]


def test_a_second_decision_takes_the_place_of_the_first(story, deal):
    for number in (0, 1):
        story.refund(story.paid(deal, number))
    with within(story.bank) as session:
        for task in session.scalars(
            select(Task.id).where(Task.kind == "payment_refund_review").order_by(Task.id)
        ).all():
            reversing.reverse(session, story.bank, task, actor="test")
    decided(story)
    decided(story)
    assert sorted(notice.state for notice in notices(story)) == [QUEUED, WITHHELD]
    [last] = [notice for notice in notices(story) if notice.state == QUEUED]
    assert facts_of(story, last)["total_cents"] == 30_000


def test_who_disputes_the_debt_hears_nothing_of_it(story, deal):
    story.refund(story.paid(deal))
    story.reverse()
    with within(story.bank) as session:
        open_hold(session, debtor_id=deal.debtor_id, kind="dispute", debt_id=deal.debt_id)
    decided(story)
    assert notices(story) == []


@pytest.mark.parametrize(
    ("stopped", "channel", "state"),
    [
        ((), "email", QUEUED),
        (("email",), "sms", QUEUED),
        (("sms",), "email", QUEUED),
        (("email", "sms"), "email", WITHHELD),
    ],
)
def test_it_comes_on_a_channel_that_the_person_did_not_stop(story, deal, stopped, channel, state):
    with within(story.bank) as session:
        for one in stopped:
            opt_out(session, debtor_id=deal.debtor_id, channel=one, origin="portal")
    story.refund(story.paid(deal))
    story.reverse()
    decided(story)
    assert [(notice.channel, notice.state) for notice in notices(story)] == [(channel, state)]
