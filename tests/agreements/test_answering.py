"""A hold is answered: the debt leaves for good, or comes back into an offer at once."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.agreements import actions, queries
from app.agreements.actions import NotAnswerable, Outcome
from app.agreements.models import AgreementState
from app.compliance.actions import open_hold
from app.compliance.models import AuditEntry, Task
from app.debts.models import Debt, DebtState
from app.history.models import Event
from app.offers import queries as offers
from app.offers.actions import ensure_offer
from app.outreach.models import Message
from tenants.clock import stopped_at
from tenants.keys import vault
from tests.agreements.acts import NOON, accept, pay
from tests.offers.cases import TODAY
from tests.offers.people import person

LATER = TODAY + timedelta(days=3)


@pytest.fixture
def offer(session, bank):
    debtor = person(session, [(100_000, 400), (60_000, 500)], email="m@example.com")
    return ensure_offer(session, bank, debtor, TODAY)


def answer(session, bank, hold, outcome, **more):
    with stopped_at(NOON + timedelta(days=3)):
        return actions.answer_hold(
            session, bank, hold.id, outcome=outcome, actor="ana", today=LATER, **more
        )


def dispute(session, offer, debt_id=None):
    return open_hold(session, debtor_id=offer.debtor_id, kind="dispute", debt_id=debt_id)


def states(session, debtor_id):
    rows = session.scalars(select(Debt).where(Debt.debtor_id == debtor_id).order_by(Debt.id))
    return [row.state for row in rows]


def kinds(session, debtor_id):
    return set(session.scalars(select(Event.kind).where(Event.debtor_id == debtor_id)))


def test_a_rejected_dispute_brings_the_debt_back_into_the_offer_at_once(session, bank, offer):
    gone = offer.debts[0]["id"]
    hold = dispute(session, offer, gone)
    assert len(ensure_offer(session, bank, offer.debtor_id, TODAY).debts) == 1
    answer(session, bank, hold, Outcome.REJECTED)
    current = offers.current_offer(session, offer.debtor_id, LATER)
    assert {debt["id"] for debt in current.debts} == {debt["id"] for debt in offer.debts}


def test_an_upheld_dispute_lets_the_debt_leave_for_good(session, bank, offer):
    gone, kept = (debt["id"] for debt in offer.debts)
    answer(session, bank, dispute(session, offer, gone), Outcome.UPHELD, note="não é dela")
    assert sorted(states(session, offer.debtor_id)) == [DebtState.DISMISSED, DebtState.OPEN]
    current = offers.current_offer(session, offer.debtor_id, LATER)
    assert [debt["id"] for debt in current.debts] == [kept]
    assert {"dispute.resolved", "debt.dismissed"} <= kinds(session, offer.debtor_id)


def test_the_answer_is_audited_sealed_and_ticks_off_its_task(session, bank, offer):
    hold = dispute(session, offer, offer.debts[0]["id"])
    answer(session, bank, hold, Outcome.UPHELD, note="contrato de outra pessoa")
    assert vault(session).text(hold.answer, "hold") == "contrato de outra pessoa"
    entry = session.scalars(select(AuditEntry).where(AuditEntry.subject_id == hold.id)).one()
    assert (entry.actor, entry.action) == ("ana", "hold.answered")
    assert entry.data == {"kind": "dispute", "outcome": "upheld"}
    task = session.scalars(select(Task).where(Task.cause == f"hold:{hold.id}")).one()
    assert task.done_at is not None


def test_no_message_goes_out_for_an_answer(session, bank, offer):
    answer(session, bank, dispute(session, offer), Outcome.REJECTED)
    mine = select(Message).where(Message.debtor_id == offer.debtor_id)
    assert session.scalars(mine).all() == []


def test_a_hold_is_answered_once(session, bank, offer):
    hold = dispute(session, offer)
    answer(session, bank, hold, Outcome.REJECTED)
    with pytest.raises(NotAnswerable):
        answer(session, bank, hold, Outcome.UPHELD)


@pytest.mark.parametrize("kind", ["deceased", "incapacity", "minor", "overindebtedness"])
def test_what_is_so_of_a_person_is_never_upheld_only_over(session, bank, offer, kind):
    hold = open_hold(session, debtor_id=offer.debtor_id, kind=kind)
    with pytest.raises(NotAnswerable):
        answer(session, bank, hold, Outcome.UPHELD)
    answer(session, bank, hold, Outcome.REJECTED)
    assert offers.current_offer(session, offer.debtor_id, LATER) is not None


def test_an_upheld_dispute_cancels_its_agreement_and_what_was_paid_in_vain_is_looked_at(
    session, bank, offer
):
    agreement = accept(session, bank, offer)
    pay(session, agreement, 1)
    links = queries.debts_of(session, agreement.id)
    paid = sum(row.paid_cents for row in queries.instalments_of(session, agreement.id))
    answer(session, bank, dispute(session, offer, links[0].debt_id), Outcome.UPHELD)
    assert agreement.state == AgreementState.CANCELLED
    gone, kept = (
        session.scalars(select(Debt).where(Debt.id == link.debt_id)).one() for link in links
    )
    assert (gone.state, kept.state) == (DebtState.DISMISSED, DebtState.OPEN)
    assert kept.principal_cents < links[1].principal_cents
    task = session.scalars(select(Task).where(Task.kind == "undue_payment")).one()
    share = paid * links[0].owed_cents / sum(link.owed_cents for link in links)
    assert abs(task.data["amount_cents"] - share) <= 1
    current = offers.current_offer(session, offer.debtor_id, LATER)
    assert [debt["id"] for debt in current.debts] == [str(kept.id)]
    assert "agreement.cancelled" in kinds(session, offer.debtor_id)


def test_an_upheld_hold_over_everything_dismisses_every_debt(session, bank, offer):
    answer(session, bank, dispute(session, offer), Outcome.UPHELD)
    assert states(session, offer.debtor_id) == [DebtState.DISMISSED] * 2
    assert offers.current_offer(session, offer.debtor_id, LATER) is None


def test_a_recalled_debt_that_is_upheld_does_not_come_back_with_a_later_file(session, bank, offer):
    debt = session.scalars(select(Debt).where(Debt.debtor_id == offer.debtor_id)).first()
    hold = dispute(session, offer, debt.id)
    debt.state = DebtState.RECALLED
    session.flush()
    answer(session, bank, hold, Outcome.UPHELD)
    assert debt.state == DebtState.DISMISSED
