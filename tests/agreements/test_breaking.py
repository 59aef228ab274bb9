from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.agreements import actions, jobs, queries
from app.agreements.models import AgreementState, InstalmentState
from app.debts.models import Debt, DebtState
from app.history.models import Event
from app.offers import queries as offers
from app.outreach.models import Message
from tenants.clock import stopped_at
from tenants.scope import within
from tests.agreements.acts import NOON, accept, offer_for, pay
from tests.offers.cases import TODAY

PLAN = {"instalments": 3, "down_payment_cents": 10_000, "due_day": 20}
GRACE_ENDS = date(2026, 12, 3)


@pytest.fixture
def agreement(bank, session):
    return accept(session, bank, offer_for(session, bank), **PLAN)


def test_an_agreement_stands_until_its_grace_has_passed(bank, session, agreement):
    assert actions.break_overdue(session, bank, GRACE_ENDS) == 0
    assert agreement.state == AgreementState.OPEN
    assert actions.break_overdue(session, bank, GRACE_ENDS + timedelta(days=1)) == 1
    assert agreement.state == AgreementState.BROKEN


def test_a_paid_agreement_does_not_break(bank, session, agreement):
    pay(session, agreement, 0)
    assert actions.break_overdue(session, bank, GRACE_ENDS + timedelta(days=1)) == 0


def test_a_broken_agreement_gives_the_debts_back_less_what_was_paid(bank, session, agreement):
    pay(session, agreement, 0)
    actions.break_overdue(session, bank, TODAY + timedelta(days=60))
    debt = session.scalars(select(Debt).where(Debt.debtor_id == agreement.debtor_id)).one()
    off = round(100_000 * 10_000 / agreement.owed_cents)
    assert debt.state == DebtState.OPEN
    assert (debt.principal_cents, debt.paid_here_cents) == (100_000 - off, off)
    rows = queries.instalments_of(session, agreement.id)
    assert [row.state for row in rows] == [
        InstalmentState.PAID,
        *[InstalmentState.CANCELLED] * 3,
    ]


def test_a_broken_agreement_comes_with_a_way_back(bank, session, agreement):
    later = TODAY + timedelta(days=60)
    actions.break_overdue(session, bank, later)
    offer = offers.current_offer(session, agreement.debtor_id, later)
    assert offer.typed_options
    intents = session.scalars(
        select(Message.intent).where(Message.debtor_id == agreement.debtor_id)
    ).all()
    assert sorted(intents) == ["agreement_copy", "broken_agreement"]
    kinds = session.scalars(select(Event.kind).where(Event.subject_id == agreement.id)).all()
    assert "agreement.broken" in kinds
    again = accept(
        session,
        bank,
        offer,
        key="again",
        evidence=actions.Evidence("203.0.113.9", "B", NOON + timedelta(days=60)),
    )
    assert again.id != agreement.id


def test_breaking_twice_changes_nothing(bank, session, agreement):
    later = TODAY + timedelta(days=60)
    assert actions.break_one(session, bank, agreement.id, later)
    assert not actions.break_one(session, bank, agreement.id, later)


def test_the_nightly_job_breaks_what_is_overdue(lasting):
    with within(lasting) as session:
        agreement = accept(session, lasting, offer_for(session, lasting), **PLAN)
    with stopped_at(NOON + timedelta(days=60)):
        assert jobs.break_overdue(str(lasting.id)) >= 1
    with within(lasting) as session:
        assert queries.agreement(session, agreement.id).state == AgreementState.BROKEN


def test_open_agreements_are_listed_first(bank, session, agreement):
    actions.break_overdue(session, bank, TODAY + timedelta(days=60))
    listed = queries.agreements_of(session, agreement.debtor_id)
    assert [one.state for one in listed] == ["broken"]
