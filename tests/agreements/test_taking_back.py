"""What waits to be said leaves only while it holds: nobody who agreed hears of offers, nobody who
paid is reminded."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.agreements import actions, queries
from app.debts.models import Debt, DebtState
from app.offers import actions as offers
from app.outreach.actions import write_message
from app.outreach.models import Delivery
from tenants.clock import stopped_at
from tests.agreements.acts import NOON, accept, offer_for, pay
from tests.offers.cases import TODAY


def say(session, bank, debtor_id, cause, message_class="outbound", intent="reminder", **facts):
    """A message that waits until the evening."""
    with stopped_at(NOON):
        return write_message(
            session,
            bank,
            debtor_id=debtor_id,
            intent=intent,
            cause=cause,
            message_class=message_class,
            facts={"valid_until": TODAY, **facts},
            send_after=NOON + timedelta(hours=5),
        )


def state(session, message):
    """A message's state, why it was taken back, and whether it waits."""
    session.refresh(message)
    because = [reason["because"] for reason in message.reasons if "because" in reason]
    waits = session.scalar(select(Delivery.id).where(Delivery.id == message.id))
    return message.state, because, waits is not None


def test_whoever_agrees_hears_no_more_of_the_offer(bank, session):
    offer, other = offer_for(session, bank), offer_for(session, bank, email="ana@example.com")
    about = say(session, bank, offer.debtor_id, f"offer:{offer.id}:0")
    asked = say(session, bank, offer.debtor_id, f"asked:{offer.id}", "requested")
    elses = say(session, bank, other.debtor_id, f"offer:{other.id}:0")
    accept(session, bank, offer)
    assert state(session, about) == ("withheld", ["agreed_meanwhile"], False)
    assert state(session, asked) == ("queued", [], True)
    assert state(session, elses) == ("queued", [], True)


@pytest.mark.parametrize("act", ["pay", "move", "break"])
def test_a_reminder_that_waits_does_not_outlive_its_instalment(bank, session, act):
    agreement = accept(session, bank, offer_for(session, bank), instalments=3, due_day=20)
    other = accept(
        session, bank, offer_for(session, bank, email="ana@example.com"), key="other", instalments=3
    )
    about, elses = (
        say(
            session,
            bank,
            one.debtor_id,
            f"instalment:{queries.instalments_of(session, one.id)[0].id}:20261120:after",
            intent="instalment_after",
            agreement_number=one.number,
            amount_cents=10_000,
            due_on=TODAY,
            instalment_number=1,
            instalments_count=3,
        )
        for one in (agreement, other)
    )
    if act == "pay":
        pay(session, agreement, 1, 1_000)
    elif act == "move":
        first = queries.instalments_of(session, agreement.id)[0]
        asked = {"agreement": agreement, "instalment_id": first.id}
        with stopped_at(NOON):
            day = actions.due_date_choices(session, bank, **asked)[0]
            actions.change_due_date(session, bank, **asked, due_on=day)
    else:
        with stopped_at(NOON):
            actions.break_one(session, bank, agreement.id, TODAY)
    assert state(session, about) == ("withheld", ["overtaken"], False)
    assert state(session, elses) == ("queued", [], True)


def test_without_an_offer_nothing_is_said_of_one(bank, session):
    offer, other = offer_for(session, bank), offer_for(session, bank, email="ana@example.com")
    messages = [
        say(session, bank, one.debtor_id, f"offer:{one.id}:0", intent="reminder")
        for one in (offer, other)
    ]
    session.scalars(
        select(Debt).where(Debt.debtor_id == offer.debtor_id)
    ).one().state = DebtState.RECALLED
    session.flush()
    with stopped_at(NOON):
        offers.make_offers(session, bank, [offer.debtor_id, other.debtor_id], TODAY)
    assert state(session, messages[0]) == ("withheld", ["offer_gone"], False)
    assert state(session, messages[1]) == ("queued", [], True)
