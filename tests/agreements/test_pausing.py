"""While a hold is open an agreement rests, and its clock with it."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.agreements import actions, jobs, queries
from app.agreements.actions import Outcome
from app.agreements.breaking import overdue
from app.agreements.models import AgreementState
from app.agreements.pausing import pause_of
from app.compliance.actions import open_hold
from app.debts.models import Debt
from app.history.models import Event
from tenants.clock import stopped_at
from tenants.scope import within
from tests.agreements.acts import NOON, accept, offer_for
from tests.offers.cases import TODAY
from tests.offers.people import person

PLAN = {"instalments": 3, "down_payment_cents": 10_000, "due_day": 20}
GRACE_ENDS = date(2026, 12, 3)
"""Ten days after the down payment was due, on 23 November."""
DISPUTES = ("dispute", "fraud", "paid_claim")
PERSONAL = ("deceased", "incapacity", "minor", "overindebtedness")


@pytest.fixture
def agreement(bank, session):
    return accept(session, bank, offer_for(session, bank), **PLAN)


def the_debt(session, agreement):
    return queries.debts_of(session, agreement.id)[0].debt_id


def hold_on(session, agreement, kind="dispute", *, days=1, whole_person=False):
    with stopped_at(NOON + timedelta(days=days)):
        debt_id = None if whole_person else the_debt(session, agreement)
        return open_hold(session, debtor_id=agreement.debtor_id, kind=kind, debt_id=debt_id)


def answer(session, bank, hold, outcome=Outcome.REJECTED, *, days):
    at = NOON + timedelta(days=days)
    with stopped_at(at):
        return actions.answer_hold(
            session, bank, hold.id, outcome=outcome, actor="test", today=at.date()
        )


@pytest.mark.parametrize(
    ("kind", "whole_person"),
    [*((kind, False) for kind in DISPUTES), *((kind, True) for kind in (*PERSONAL, "dispute"))],
)
def test_an_agreement_on_hold_never_breaks(bank, session, agreement, kind, whole_person):
    hold_on(session, agreement, kind, whole_person=whole_person)
    pause = pause_of(session, agreement)
    assert pause.is_personal == (kind in PERSONAL)
    assert pause.since == NOON + timedelta(days=1)
    later = TODAY + timedelta(days=90)
    assert agreement.id not in overdue(session, bank, later)
    assert not actions.break_one(session, bank, agreement.id, later)
    assert agreement.state == AgreementState.OPEN


def test_a_hold_on_another_debt_or_person_and_a_wish_for_deletion_pause_nothing(
    bank, session, agreement
):
    other = person(session, [(100_000, 400)])
    open_hold(session, debtor_id=other, kind="deceased")
    apart = Debt(
        debtor_id=agreement.debtor_id, contract="apart", product="loan", principal_cents=5_000,
        due_on=TODAY, row_hash=b"",
    )  # fmt: skip
    session.add(apart)
    session.flush()
    open_hold(session, debtor_id=agreement.debtor_id, kind="dispute", debt_id=apart.id)
    open_hold(session, debtor_id=agreement.debtor_id, kind="deletion")
    assert pause_of(session, agreement) is None
    assert agreement.id in overdue(session, bank, GRACE_ENDS + timedelta(days=1))


def test_the_days_on_hold_are_given_back(bank, session, agreement):
    """Late since the 23rd, on hold from the 28th to 7 December: ten days that do not count."""
    hold = hold_on(session, agreement, days=8)
    answer(session, bank, hold, days=17)
    rows = queries.instalments_of(session, agreement.id)
    assert rows[0].due_on == date(2026, 11, 23)
    last = GRACE_ENDS + timedelta(days=10)
    assert agreement.id not in overdue(session, bank, last)
    assert agreement.id in overdue(session, bank, last + timedelta(days=1))


def test_what_fell_due_on_hold_gets_a_new_date_at_no_cost(bank, session, agreement):
    total, old = agreement.total_cents, queries.instalments_of(session, agreement.id)
    before = [row.due_on for row in old]
    hold = hold_on(session, agreement, days=1)
    ended = (before[1] + timedelta(days=2) - TODAY).days
    answer(session, bank, hold, days=ended)
    after = [row.due_on for row in queries.instalments_of(session, agreement.id)]
    soonest = TODAY + timedelta(days=ended + 5)
    assert after[0] >= soonest
    assert [day.month for day in after[1:]] == [(day.month % 12) + 1 for day in before[1:]]
    assert after[1] >= soonest
    assert agreement.total_cents == total
    kinds = session.scalars(select(Event.kind).where(Event.subject_id == agreement.id)).all()
    assert "agreement.resumed" in kinds


def test_with_a_second_hold_the_first_answer_resumes_nothing(bank, session, agreement):
    before = [row.due_on for row in queries.instalments_of(session, agreement.id)]
    first = hold_on(session, agreement, "dispute")
    second = hold_on(session, agreement, "fraud", days=2)
    answer(session, bank, first, days=30)
    assert pause_of(session, agreement) is not None
    assert [row.due_on for row in queries.instalments_of(session, agreement.id)] == before
    answer(session, bank, second, days=31)
    assert pause_of(session, agreement) is None
    assert [row.due_on for row in queries.instalments_of(session, agreement.id)] != before


def test_the_nightly_job_leaves_an_agreement_on_hold_alone(lasting):
    with within(lasting) as session:
        agreement = accept(session, lasting, offer_for(session, lasting), **PLAN)
        hold_on(session, agreement)
    with stopped_at(NOON + timedelta(days=60)):
        jobs.break_overdue(str(lasting.id))
    with within(lasting) as session:
        assert queries.agreement(session, agreement.id).state == AgreementState.OPEN


def test_nobody_elses_hold_is_seen_or_answered(lasting, cast):
    with within(lasting) as session:
        agreement = accept(session, lasting, offer_for(session, lasting), **PLAN)
        hold = hold_on(session, agreement)
    with within(cast.shop) as session:
        assert pause_of(session, agreement) is None
        with pytest.raises(LookupError):
            answer(session, cast.shop, hold, days=2)
