"""Money that went back to its payer: what a person's decision opens again, and what it does not."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import NoResultFound

from app.agreements.actions import CannotReopen
from app.agreements.breaking import LEAST_GRACE_DAYS, overdue
from app.agreements.models import Agreement, Instalment
from app.compliance import tasks
from app.compliance.models import AuditEntry, Task
from app.debts.models import Debt
from app.offers.due_dates import add_months, is_business_day, next_business_day
from app.offers.models import Offer
from app.offers.terms import Limits
from app.outreach.models import Message
from app.payments import documents, jobs, reversing
from app.payments.models import Receipt, Reversal, Settlement
from app.payments.reversing import NotReversible
from tenants.clock import now, stopped_at, today
from tenants.scope import within
from tests.payments.acts import deliver_all, start
from tests.payments.people import make_deal
from tests.payments.stories import PaidOff

ZONE = "America/Sao_Paulo"
"""Where everybody here lives: for three hours a day it is another day there than in UTC."""
WITHIN = 30
"""Seconds that two who decide at once may take."""
OTHERS = {"agreed": "in another agreement", "dismissed": "dismissed"}


def test_a_whole_refund_opens_what_it_had_paid(story, deal):
    story.refund(story.paid(deal))
    assert story.rows(deal)[0][0] == "paid", "nothing reopens by itself"
    done = story.reverse()
    assert (done.cents, done.was_settled, [number for number, _ in done.due]) == (
        10_000,
        False,
        [1],
    )
    assert [row[:2] for row in story.rows(deal)] == [("open", 0)] * 3
    assert story.standing(deal) == ("open", "agreed", True)
    [told] = story.events("payment.reversed")
    assert (told["reversed_cents"], told["cause"], told["instalments"]) == (10_000, "refund", [1])
    [entry] = story.of(AuditEntry, AuditEntry.action == "payment.reversed")
    assert (entry.actor, entry.data["cents"]) == ("test", 10_000)
    story.check(deal)
    assert start(story.cast, deal).amount_cents == 10_000, "it can be paid again"


def test_a_part_opens_as_much_of_it(story, deal):
    story.refund(story.paid(deal), 4_000)
    story.reverse()
    assert story.rows(deal)[0][:2] == ("open", 6_000)
    assert start(story.cast, deal).amount_cents == 4_000
    [receipt] = story.of(Receipt)
    assert (receipt.returned_cents, receipt.is_void) == (4_000, False)
    story.check(deal)


def test_over_several_instalments_the_last_ones_open_first(story, deal):
    story.refund(story.paid(deal, None), 15_000)
    done = story.reverse()
    assert [row[:2] for row in story.rows(deal)] == [("paid", 10_000), ("open", 5_000), ("open", 0)]
    assert done.was_settled
    assert [number for number, _ in done.due] == [2, 3]
    story.check(deal)


def test_more_that_went_back_later_is_asked_about_again(story, deal):
    payment = story.paid(deal, None)
    story.refund(payment, 15_000)
    story.reverse()
    with pytest.raises(NoResultFound):
        story.task()
    story.refund(payment, 15_000)
    assert story.reverse().cents == 15_000
    assert [row[:2] for row in story.rows(deal)] == [("open", 0)] * 3
    [receipt] = story.of(Receipt, Receipt.kind == "receipt")
    assert receipt.is_void
    story.check(deal)


def test_the_last_payment_of_a_settled_agreement_opens_it_again(story, deal):
    for number in range(2):
        story.paid(deal, number)
    last = story.paid(deal, 2)
    assert story.standing(deal) == ("settled", "settled", False)
    story.refund(last)
    assert story.standing(deal) == ("settled", "settled", False), "nothing reopens by itself"
    assert story.reverse().was_settled
    assert story.standing(deal) == ("open", "agreed", True)
    assert [row[:2] for row in story.rows(deal)] == [
        ("paid", 10_000), ("paid", 10_000), ("open", 0),
    ]  # fmt: skip
    assert len(story.events("agreement.reopened")) == 1
    story.check(deal)


def test_a_letter_that_no_longer_holds_is_void_and_settling_anew_makes_another(story):
    deal = make_deal(story.bank, (5_000,))
    payment = story.paid(deal)
    settlement = story.of(Settlement)[0]
    jobs.acknowledge(str(story.bank.id), str(settlement.id))
    before = pdf(story, "quitacao")
    story.refund(payment)
    story.reverse()
    [letter] = story.of(Receipt, Receipt.kind == "quitacao")
    assert letter.is_void
    assert pdf(story, "quitacao") != before, "its PDF says so"
    story.paid(deal)
    letters = story.of(Receipt, Receipt.kind == "quitacao")
    assert sorted(one.is_void for one in letters) == [False, True]
    assert story.standing(deal) == ("settled", "settled", False)
    with within(story.bank) as session:
        amounts = [documents.amount_of(session, one) for one in letters]
        due = session.scalars(select(Task).where(Task.kind == "quitacao")).all()
    assert amounts == [5_000, 5_000]
    assert len(due) == 2, "the new letter has a deadline of its own"
    story.check(deal)


def pdf(story, kind):
    with within(story.bank) as session:
        [letter] = session.scalars(select(Receipt).where(Receipt.kind == kind)).all()
        return documents.receipt_file(session, story.bank, letter.id)[1]


def test_a_letter_that_was_not_handed_out_yet_never_is(story):
    deal = make_deal(story.bank, (5_000,))
    story.refund(story.paid(deal))
    story.reverse()
    [settlement] = story.of(Settlement)
    jobs.acknowledge(str(story.bank.id), str(settlement.id))
    assert story.of(Message) == []
    [task] = story.of(Task, Task.kind == "quitacao")
    assert task.done_at is not None


@pytest.mark.parametrize("amounts", [(5_000,), (2_000, 5_000)], ids=["single", "down payment"])
def test_a_single_payment_and_a_down_payment_are_due_after_the_grace_period(story, amounts):
    deal = make_deal(story.bank, amounts, first_due=today(ZONE) - timedelta(days=2))
    if len(amounts) == 2:
        with within(story.bank) as session:
            for row in session.scalars(
                select(Instalment).where(Instalment.agreement_id == deal.id)
            ):
                row.number -= 1
                session.flush()
    story.refund(story.paid(deal))
    [(_, due_on)] = story.reverse().due
    assert fair(story, deal, due_on)
    story.check(deal)


def fair(story, deal, due_on):
    with within(story.bank) as session:
        limits = session.scalar(
            select(Offer.limits)
            .join(Agreement, Agreement.offer_id == Offer.id)
            .where(Agreement.id == deal.id)
        )
        plan = Limits.from_data(limits).plan
        late = overdue(session, story.bank, due_on + timedelta(days=LEAST_GRACE_DAYS))
    soonest = today(ZONE) + timedelta(days=plan.grace_days)
    return soonest <= due_on and is_business_day(due_on, "SP") and deal.id not in late


def test_instalments_of_a_plan_keep_their_day_and_a_month_between_them(story):
    deal = monthly(story, date(2026, 9, 10), 3)
    story.refund(story.paid(deal, None))
    with stopped_at(datetime(2026, 11, 16, 15, tzinfo=UTC)):
        story.reverse()
        days = [day for _, _, day in story.rows(deal)]
        assert fair(story, deal, days[0])
    assert days == [business(date(*month, 10)) for month in ((2026, 12), (2027, 1), (2027, 2))]


def test_the_first_of_six_paid_five_months_ago_moves_the_rest_by_one_month_only(story):
    deal = monthly(story, date(2026, 2, 10), 6)
    payments = [story.paid(deal, place) for place in range(5)]
    story.refund(payments[0])
    with stopped_at(datetime(2026, 6, 15, 15, tzinfo=UTC)):
        story.reverse()
    days = [day for state, _, day in story.rows(deal) if state == "open"]
    assert days == [date(2026, 7, 10), date(2026, 8, 10)]
    story.check(deal)


def monthly(story, first, count):
    """A plan of `count` instalments, due on the day of `first`."""
    deal = make_deal(story.bank, (10_000,) * count, first_due=first)
    with within(story.bank) as session:
        session.scalar(select(Agreement).where(Agreement.id == deal.id)).due_day = first.day
        rows = session.scalars(
            select(Instalment).where(Instalment.agreement_id == deal.id).order_by(Instalment.number)
        ).all()
        for place, row in enumerate(rows):
            row.due_on = business(month_after(first, place))
    return deal


def month_after(day, count):
    year, month = add_months(day.year, day.month, count)
    return day.replace(year=year, month=month)


def business(day):
    return next_business_day(day, "SP")


def test_a_date_that_is_far_away_stays(story):
    deal = make_deal(story.bank, first_due=today(ZONE) + timedelta(days=60))
    before = [day for *_, day in story.rows(deal)]
    story.refund(story.paid(deal))
    story.reverse()
    assert [day for *_, day in story.rows(deal)] == before


def test_the_interest_that_an_early_payoff_saved_is_owed_again_with_it(story):
    deal = make_deal(story.bank, first_due=today(ZONE) + timedelta(days=60))
    with within(story.bank) as session:
        agreement = session.scalar(select(Agreement).where(Agreement.id == deal.id))
        agreement.monthly_rate, agreement.interest_cents = 0.03, 3_000
        for row in session.scalars(select(Instalment).where(Instalment.agreement_id == deal.id)):
            row.principal_cents, row.interest_cents = 9_000, 1_000
    payment = story.paid(deal, None)
    assert payment.amount_cents < 30_000
    story.refund(payment, 5_000)
    story.reverse()
    assert start(story.cast, PaidOff(deal)).amount_cents == 5_000, (
        "a part leaves the payoff as it is"
    )
    story.refund(payment)
    story.reverse()
    with within(story.bank) as session:
        agreement = session.scalar(select(Agreement).where(Agreement.id == deal.id))
        rows = session.scalars(select(Instalment).where(Instalment.agreement_id == deal.id)).all()
    assert (agreement.total_cents, agreement.interest_cents) == (30_000, 3_000)
    assert {(row.amount_cents, row.interest_cents, row.state) for row in rows} == {
        (10_000, 1_000, "open")
    }
    story.check(deal)


def test_a_dispute_is_decided_by_the_provider_before_anybody_here(story, deal):
    made = story.dispute(story.paid(deal))
    with pytest.raises(NotReversible, match="not decided"):
        story.reverse("payment_dispute")
    assert story.rows(deal)[0][0] == "paid"
    story.close(made, "lost")
    assert story.reverse("payment_dispute").cents == 10_000
    story.check(deal)


def test_a_dispute_that_is_won_leaves_nothing_to_reverse(story, deal):
    made = story.dispute(story.paid(deal))
    story.close(made, "won")
    with within(story.bank) as session:
        assert [one.standing for one in reversing.waiting(session)] == ["kept"]
    with pytest.raises(NotReversible, match="nothing of this payment is gone"):
        story.reverse("payment_dispute")
    assert story.keep("payment_dispute") == 0
    assert story.rows(deal)[0][0] == "paid"


def test_an_accepted_return_opens_nothing(story, deal):
    payment = story.paid(deal)
    story.refund(payment)
    assert story.keep() == 10_000
    assert story.rows(deal)[0][:2] == ("paid", 10_000)
    [entry] = story.of(AuditEntry, AuditEntry.action == "payment.return_accepted")
    assert entry.data["cents"] == 10_000
    assert not any(receipt.is_void for receipt in story.of(Receipt))
    deliver_all(story.cast, story.twin)
    assert story.of(Task, Task.kind == "payment_refund_review", Task.done_at.is_(None)) == []
    story.check(deal)


def test_decided_twice_it_is_decided_once(story, deal):
    story.refund(story.paid(deal))
    task = story.task()
    story.reverse()
    with within(story.bank) as session:
        for again in (reversing.reverse, None):
            with pytest.raises(NotReversible, match="was decided on"):
                if again:
                    again(session, story.bank, task, actor="test")
                else:
                    reversing.keep(session, task, actor="test")
    assert len(story.of(Reversal)) == 1
    story.check(deal)


def test_of_two_who_decide_at_once_one_does(story, deal):
    story.refund(story.paid(deal))
    task, ends = story.task(), []
    gate = threading.Barrier(2)

    def decide():
        gate.wait(WITHIN)
        try:
            with within(story.bank) as session:
                ends.append(reversing.reverse(session, story.bank, task, actor="test").cents)
        except NotReversible:
            ends.append("refused")

    both = [threading.Thread(target=decide) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join(WITHIN)
    assert sorted(ends, key=str) == [10_000, "refused"]
    assert len(story.of(Reversal)) == 1
    story.check(deal)


def test_nobody_decides_about_another_creditors_money(story, deal):
    story.refund(story.paid(deal))
    task = story.task()
    with within(story.cast.shop) as session, pytest.raises(NotReversible, match="no such task"):
        reversing.reverse(session, story.cast.shop, task, actor="test")
    assert story.task() == task


@pytest.mark.parametrize("state", ["broken", "cancelled"])
def test_an_agreement_that_ended_meanwhile_is_not_opened(story, deal, state):
    story.refund(story.paid(deal))
    with within(story.bank) as session:
        session.scalar(select(Agreement).where(Agreement.id == deal.id)).state = state
    with pytest.raises(CannotReopen, match=f"is {state} since then"):
        story.reverse()
    assert story.rows(deal)[0][0] == "paid"
    assert story.keep() == 10_000


@pytest.mark.parametrize("state", OTHERS)
def test_a_debt_that_went_another_way_stays_there(story, state):
    deal = make_deal(story.bank, (5_000,))
    story.refund(story.paid(deal))
    with within(story.bank) as session:
        session.scalar(select(Debt).where(Debt.id == deal.debt_id)).state = state
    with pytest.raises(CannotReopen, match=OTHERS[state]):
        story.reverse()
    assert story.standing(deal) == ("settled", state, False)


def test_the_command_says_in_words_where_the_debts_are_now(story, app):
    deal = make_deal(story.bank, (5_000,))
    story.refund(story.paid(deal))
    with within(story.bank) as session:
        session.scalar(select(Debt).where(Debt.id == deal.debt_id)).state = "agreed"
    words = ["payments", "reverse", story.bank.slug, str(story.task())]
    told = app.test_cli_runner().invoke(args=words)
    assert told.exit_code == 1
    assert "(em outro acordo)." in told.stderr
    assert "Aceite com --keep, ou combine de novo" in told.stderr
    assert (
        "(in another agreement)."
        in app.test_cli_runner().invoke(args=[*words, "--locale=en"]).stderr
    )


def test_such_a_task_is_not_ticked_off_by_hand(story, deal):
    story.refund(story.paid(deal))
    with within(story.bank) as session, pytest.raises(tasks.NotByHand, match="payments reverse"):
        tasks.finish(session, story.task())


def test_the_commands_say_what_waits_and_what_was_done(story, deal, app):
    def flask(*words):
        return app.test_cli_runner().invoke(args=["payments", *map(str, words)])

    slug = story.bank.slug
    assert "Nenhum pagamento espera decisão." in flask("returns", slug).output
    made = story.dispute(story.paid(deal), 4_000)
    [line] = flask("returns", slug).output.splitlines()
    assert line.split("\t")[2:4] == ["4000", "withheld"]
    task = story.task("payment_dispute")
    assert "não foi decidida" in flask("reverse", slug, task).output
    story.close(made, "lost")
    assert flask("returns", slug).output.split("\t")[3] == "lost"
    answer = flask("reverse", slug, task)
    assert (answer.exit_code, answer.output.splitlines()[0]) == (
        0,
        "R$\xa040,00 voltam a ser devidos.",
    )
    assert "Isto foi decidido em" in flask("reverse", slug, task).output
    story.refund(story.paid(deal, 1), 1_000)
    assert flask("reverse", slug, story.task(), "--keep").output == (
        "R$\xa010,00 aceitos: nada volta a ser devido.\n"
    )


def test_what_is_due_again_is_not_overdue_the_day_after(story):
    deal = make_deal(story.bank, first_due=today(ZONE) - timedelta(days=40))
    story.refund(story.paid(deal))
    story.refund(story.paid(deal, 1))
    with within(story.bank) as session:
        waiting = session.scalars(select(Task.id).where(Task.kind == "payment_refund_review")).all()
        for task in waiting:
            reversing.reverse(session, story.bank, task, actor="test")
    tomorrow = now() + timedelta(days=1)
    with stopped_at(tomorrow), within(story.bank) as session:
        assert deal.id not in overdue(session, story.bank, tomorrow.date())
    story.check(deal)
