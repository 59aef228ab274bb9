"""Whoever is stopped before a message is even planned has the reason kept, once per cause."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.agreements.actions import Outcome, answer_hold
from app.compliance.actions import open_hold
from app.compliance.models import Hold, Task
from app.debts.models import ContactPoint, Debt, Debtor
from app.history.models import Event
from app.journeys.actions import deliver, plan
from app.outreach.models import Message
from tenants.clock import stopped_at, today
from tenants.scope import within
from tests.offers.people import set_up
from tests.outreach.people import WORKING_HOUR, add_person, dress
from tests.payments.people import make_deal


@pytest.fixture
def bank(cast):
    dress(cast.bank)
    with within(cast.bank) as session:
        set_up(session)
    return cast.bank


def plan_on(bank, day=0):
    with stopped_at(WORKING_HOUR + timedelta(days=day)):
        return plan(bank)


def stopped(bank):
    with within(bank) as session:
        rows = session.scalars(
            select(Event).where(Event.kind == "contact.withheld").order_by(Event.at, Event.id)
        )
        return [(row.debtor_id, row.data) for row in rows]


def add(bank, **columns):
    with stopped_at(WORKING_HOUR), within(bank) as session:
        return add_person(session, **columns)


def hold(bank, person, kind):
    with stopped_at(WORKING_HOUR), within(bank) as session:
        return open_hold(session, debtor_id=person, kind=kind).id


@pytest.mark.parametrize(
    ("kind", "rule"),
    [
        ("dispute", "BR-11"),
        ("fraud", "BR-11"),
        ("deceased", "BR-10"),
        ("overindebtedness", "BR-12"),
    ],
)
def test_a_hold_before_the_first_message_has_its_reason_kept_once(bank, kind, rule):
    person, free = add(bank), add(bank)
    cause = hold(bank, person, kind)
    totals = plan_on(bank)
    assert (totals["queued"], totals["stopped"]) == (1, 1)
    assert stopped(bank) == [(person, {"rules": [rule], "causes": [str(cause)]})]
    assert free not in [debtor for debtor, _ in stopped(bank)]
    assert plan_on(bank, 1)["stopped"] == 0
    assert len(stopped(bank)) == 1


def test_another_cause_is_kept_again(bank):
    person = add(bank)
    first = hold(bank, person, "dispute")
    plan_on(bank)
    with stopped_at(WORKING_HOUR), within(bank) as session:
        answer_hold(
            session, bank, first, outcome=Outcome.REJECTED, actor="test", today=today("UTC")
        )
    second = hold(bank, person, "fraud")
    assert plan_on(bank, 1)["stopped"] == 1
    assert [data["causes"] for _, data in stopped(bank)] == [[str(first)], [str(second)]]


def test_somebody_under_age_has_the_reason_kept(bank):
    person = add(bank)
    with within(bank) as session:
        session.execute(
            update(Debtor)
            .where(Debtor.id == person)
            .values(adult_on=WORKING_HOUR.date() + timedelta(days=90))
        )
    plan_on(bank)
    assert stopped(bank) == [(person, {"rules": ["BR-10"], "causes": []})]


def test_somebody_under_age_is_looked_at_by_a_person_once(bank):
    child = add(bank, adult_on=WORKING_HOUR.date() + timedelta(days=400))
    plan_on(bank)
    plan_on(bank, day=1)
    with within(bank) as session:
        task = session.scalars(select(Task)).one()
        assert (task.kind, task.rule, task.debtor_id) == ("review_person", "BR-10", child)


def test_whose_debts_are_all_prescribed_has_the_reason_kept(bank):
    past = add(bank)
    with within(bank) as session:
        session.execute(update(Debt).values(due_on=WORKING_HOUR.date() - timedelta(days=1827)))
    plan_on(bank)
    assert stopped(bank) == [(past, {"rules": ["BR-01"], "causes": []})]
    with within(bank) as session:
        assert session.scalars(select(Message)).all() == []


@pytest.mark.parametrize(
    ("state", "rules"), [("bounced", ["TR-03"]), ("wrong_person", ["BR-09"]), (None, [])]
)
def test_whoever_has_no_address_that_may_be_used_has_the_reason_kept(bank, state, rules):
    person = add(bank)
    with within(bank) as session:
        points = session.scalars(select(ContactPoint)).all()
        ids = sorted(str(point.id) for point in points)
        for point in points:
            if state:
                point.state = state
            else:
                session.delete(point)
    plan_on(bank)
    [(debtor, data)] = stopped(bank)
    assert (debtor, data["rules"]) == (person, rules)
    assert data["causes"] == (ids if state else [])
    assert ("detail" in data) == (state is None)
    assert plan_on(bank, 1)["stopped"] == 0


def test_a_reminder_of_an_agreement_on_hold_is_withheld_with_its_reason(bank):
    deal = make_deal(bank, first_due=WORKING_HOUR.date() + timedelta(days=2), email="m@example.com")
    hold(bank, deal.debtor_id, "dispute")
    assert plan_on(bank)["withheld"] == 1
    with within(bank) as session:
        [message] = session.scalars(select(Message)).all()
    assert (message.intent, message.state) == ("instalment_before", "withheld")
    assert message.reasons[0]["rule"] == "BR-11"
    assert plan_on(bank, 1)["withheld"] == 0


def test_a_reminder_that_lapsed_with_its_day_is_written_once_more_not_daily(bank):
    make_deal(bank, first_due=WORKING_HOUR.date() - timedelta(days=1), email="m@example.com")
    assert plan_on(bank)["queued"] == 1
    with stopped_at(WORKING_HOUR + timedelta(days=1)):
        assert deliver(bank) == {"withheld": 1}
    assert [plan_on(bank, day)["queued"] for day in (1, 2, 3)] == [1, 0, 0]


def test_a_payment_that_was_moved_is_reminded_of_anew(bank):
    from app.agreements.models import Instalment

    deal = make_deal(bank, first_due=WORKING_HOUR.date() + timedelta(days=2), email="m@example.com")
    assert plan_on(bank)["queued"] == 1
    with within(bank) as session:
        session.execute(
            update(Instalment)
            .where(Instalment.id == deal.instalments[0])
            .values(due_on=WORKING_HOUR.date() + timedelta(days=20))
        )
    assert plan_on(bank, 3)["queued"] == 0
    assert plan_on(bank, 18)["queued"] == 1


def test_nobody_elses_reasons_are_written(bank, cast):
    with within(cast.shop) as session:
        other = add_person(session)
        open_hold(session, debtor_id=other, kind="dispute")
    person = add(bank)
    hold(bank, person, "dispute")
    plan_on(bank)
    assert [debtor for debtor, _ in stopped(bank)] == [person]
    assert stopped(cast.shop) == []
    with within(cast.shop) as session:
        assert session.scalars(select(Hold)).one().resolved_at is None
