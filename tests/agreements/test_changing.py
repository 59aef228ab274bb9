from datetime import date, timedelta

import pytest

from app.agreements import actions, queries
from tenants.clock import stopped_at
from tenants.scope import within
from tests.agreements.acts import NOON, accept, offer_for, pay

PLAN = {"instalments": 3, "down_payment_cents": 10_000, "due_day": 20}


@pytest.fixture
def session(bank):
    with within(bank) as opened, stopped_at(NOON + timedelta(days=2)):
        yield opened
        opened.rollback()


@pytest.fixture
def agreement(bank, session):
    made = accept(session, bank, offer_for(session, bank), **PLAN)
    pay(session, made, 0)
    return made


def first(session, agreement):
    return next(row for row in queries.instalments_of(session, agreement.id) if row.number == 1)


def test_the_next_instalment_moves_and_the_later_ones_follow(bank, session, agreement):
    row = first(session, agreement)
    assert row.due_on == date(2026, 12, 21)
    choices = actions.due_date_choices(session, bank, agreement=agreement, instalment_id=row.id)
    assert choices == [date(2026, 12, 28), date(2027, 1, 5)]
    before = agreement.total_cents
    actions.change_due_date(
        session, bank, agreement=agreement, instalment_id=row.id, due_on=choices[1]
    )
    rows = queries.instalments_of(session, agreement.id)
    assert [one.due_on for one in rows[1:]] == [
        date(2027, 1, 5),
        date(2027, 2, 5),
        date(2027, 3, 5),
    ]
    assert agreement.due_day == 5
    assert agreement.total_cents > before
    assert sum(one.amount_cents for one in rows) == agreement.total_cents


def test_the_interest_of_the_days_between_is_shown_first(bank, session, agreement):
    row = first(session, agreement)
    change = actions.preview_due_date(
        session, bank, agreement=agreement, instalment_id=row.id, due_on=date(2027, 1, 5)
    )
    balance = sum(one.principal_cents for one in queries.instalments_of(session, agreement.id)[1:])
    assert change.interest_cents == pytest.approx(balance * (1.015 ** (15 / 30) - 1), abs=1)


def test_once_is_once(bank, session, agreement):
    row = first(session, agreement)
    actions.change_due_date(
        session, bank, agreement=agreement, instalment_id=row.id, due_on=date(2026, 12, 28)
    )
    assert not actions.due_date_choices(session, bank, agreement=agreement, instalment_id=row.id)


def test_a_date_out_of_reach_is_refused(bank, session, agreement):
    row = first(session, agreement)
    with pytest.raises(actions.NotAllowed):
        actions.change_due_date(
            session, bank, agreement=agreement, instalment_id=row.id, due_on=date(2027, 3, 5)
        )


@pytest.mark.parametrize("number", [0, 2, 3])
def test_only_the_next_instalment_moves(bank, session, agreement, number):
    rows = queries.instalments_of(session, agreement.id)
    assert not actions.due_date_choices(
        session, bank, agreement=agreement, instalment_id=rows[number].id
    )


def test_a_single_payment_does_not_move(bank, session):
    made = accept(session, bank, offer_for(session, bank, email="ana@example.com"), instalments=1)
    row = first(session, made)
    assert not actions.due_date_choices(session, bank, agreement=made, instalment_id=row.id)
