from datetime import timedelta

import pytest
from sqlalchemy import select

from app.agreements import actions, queries
from app.agreements.models import AgreementState, InstalmentState
from app.agreements.rules import Outcome
from app.debts.models import Debt, DebtState
from app.offers import queries as offers
from tests.agreements.acts import NOON, accept, offer_for, pay
from tests.offers.cases import TODAY

PLAN = {"instalments": 3, "down_payment_cents": 10_000, "due_day": 20}


@pytest.fixture
def agreement(bank, session):
    return accept(session, bank, offer_for(session, bank), **PLAN)


def row(session, agreement, number):
    rows = queries.instalments_of(session, agreement.id)
    return next(row for row in rows if row.number == number)


@pytest.mark.parametrize(
    ("cents", "days", "outcome", "applied", "credit"),
    [
        (10_000, 0, Outcome.EXACT, 10_000, 0),
        (10_000, 9, Outcome.LATE, 10_000, 0),
        (10_500, 0, Outcome.OVER, 10_000, 500),
        (9_000, 0, Outcome.UNDER, 9_000, 0),
        (9_000, 9, Outcome.UNDER, 9_000, 0),
    ],
)
def test_a_payment_has_its_outcome(session, agreement, cents, days, outcome, applied, credit):
    done = pay(session, agreement, 0, cents, at=NOON + timedelta(days=days))
    assert done == actions.Applied(outcome, applied, credit, False)
    paid = row(session, agreement, 0)
    assert paid.paid_cents == applied
    assert (paid.state == InstalmentState.PAID) == (applied == 10_000)


def test_the_rest_of_an_underpaid_instalment_can_follow(session, agreement):
    pay(session, agreement, 0, 4_000)
    assert pay(session, agreement, 0, 6_000).outcome is Outcome.EXACT
    assert row(session, agreement, 0).state == InstalmentState.PAID


def test_paying_an_instalment_twice_gives_the_second_back(session, agreement):
    pay(session, agreement, 0)
    assert pay(session, agreement, 0, 10_000) == actions.Applied(
        Outcome.DUPLICATE, 0, 10_000, False
    )


def test_the_last_payment_settles_agreement_and_debts(session, agreement):
    outcomes = [pay(session, agreement, number) for number in (0, 1, 2, 3)]
    assert [done.agreement_settled for done in outcomes] == [False, False, False, True]
    assert agreement.state == AgreementState.SETTLED
    state = session.scalars(select(Debt.state).where(Debt.debtor_id == agreement.debtor_id)).one()
    assert state == DebtState.SETTLED
    assert pay(session, agreement, 1, 100).outcome is Outcome.DUPLICATE


def test_an_early_payoff_saves_interest_and_settles(session, agreement):
    quote = actions.payoff_quote(session, agreement, TODAY)
    before = agreement.total_cents
    done = pay(session, agreement, None, quote.total_cents)
    assert quote.saved_cents > 0
    assert done == actions.Applied(Outcome.EXACT, quote.total_cents, 0, True)
    assert agreement.total_cents == before - quote.saved_cents
    rows = queries.instalments_of(session, agreement.id)
    assert sum(one.paid_cents for one in rows) == agreement.total_cents


def test_a_payoff_that_arrives_a_day_later_still_settles(session, agreement):
    quote = actions.payoff_quote(session, agreement, TODAY)
    done = pay(
        session,
        agreement,
        None,
        quote.total_cents,
        at=NOON + timedelta(days=2),
        quoted_on=TODAY,
    )
    assert done.agreement_settled


def test_too_little_for_a_payoff_pays_instalments_in_order(session, agreement):
    done = pay(session, agreement, None, 12_000)
    assert (done.outcome, done.applied_cents, done.agreement_settled) == ("under", 12_000, False)
    assert row(session, agreement, 0).state == InstalmentState.PAID
    assert row(session, agreement, 1).paid_cents == 2_000


def test_too_much_for_a_payoff_is_credit(session, agreement):
    quote = actions.payoff_quote(session, agreement, TODAY)
    done = pay(session, agreement, None, quote.total_cents + 700)
    assert (done.outcome, done.credit_cents, done.agreement_settled) == ("over", 700, True)


def test_money_on_a_broken_agreement_lowers_what_is_owed(bank, session, agreement):
    later = TODAY + timedelta(days=40)
    assert actions.break_overdue(session, bank, later) == 1
    debt = session.scalars(select(Debt).where(Debt.debtor_id == agreement.debtor_id)).one()
    before = offers.current_offer(session, agreement.debtor_id, later).total_cents
    done = pay(session, agreement, 0, 10_000, at=NOON + timedelta(days=40))
    assert done == actions.Applied(Outcome.ON_BROKEN, 10_000, 0, False)
    assert debt.paid_here_cents == 100_000 - debt.principal_cents > 0
    assert offers.current_offer(session, agreement.debtor_id, later).total_cents < before


def test_more_than_is_owed_on_a_broken_agreement_is_credit(bank, session, agreement):
    actions.break_overdue(session, bank, TODAY + timedelta(days=40))
    done = pay(session, agreement, 0, 900_000, at=NOON + timedelta(days=40))
    assert done.applied_cents == agreement.owed_cents
    assert done.credit_cents == 900_000 - agreement.owed_cents
    state = session.scalars(select(Debt.state).where(Debt.debtor_id == agreement.debtor_id)).one()
    assert state == DebtState.SETTLED


def test_nothing_is_no_payment(session, agreement):
    with pytest.raises(ValueError, match="nothing"):
        pay(session, agreement, 0, -1)


def test_an_instalment_of_another_agreement_is_unknown(bank, session, agreement):
    other = accept(session, bank, offer_for(session, bank, email="ana@example.com"))
    with pytest.raises(LookupError):
        actions.apply_payment(
            session,
            other.id,
            instalment_id=row(session, agreement, 1).id,
            received_cents=1,
            at=NOON,
        )
