"""Refunds that fail and disputes that are won: whose money it is that came back."""

import pytest

from app.agreements.receiving import Part
from app.agreements.reversing import CannotReopen, take_off
from app.compliance.models import Task
from app.payments import refunding, reversing
from app.payments.facts import Fact
from app.payments.models import Settlement
from app.payments.settling import take
from app.workbench.stripe_twin import machines
from tenants.clock import now
from tenants.scope import within

CREDIT, APPLIED = 2_500, 4_000


@pytest.fixture
def went(story, deal):
    """A credit that was given back, and a part of what was applied that was refunded: their ids."""
    payment = story.paid(deal, method="pix", amount=10_000 + CREDIT)
    with within(story.bank) as session:
        [task] = refunding.open_refunds(session)
        credit = refunding.give_back(session, story.bank, task.id, actor="test")
    story.arrive()
    assert credits(story) == []
    return credit, story.refund(payment, APPLIED)["id"]


def credits(story):
    """The credits that wait to be given back: what of theirs failed."""
    with within(story.bank) as session:
        return [list(task.data.get("failed", {})) for task in refunding.open_refunds(session)]


def fail(story, refund):
    account = story.bank.stripe_account
    machines.fail_refund(story.twin.store, account, story.twin.store.get("refund", refund, account))
    story.arrive()
    story.seen -= 1
    story.arrive()


def gone(story):
    return sum(one["returned_cents"] for one in story.events("payment.returned"))


def others(story):
    return story.of(Task, Task.kind == "payment_refund_failed")


def test_applied_money_that_did_not_leave_after_all_gives_no_credit_back_twice(story, deal, went):
    _, applied = went
    fail(story, applied)
    assert credits(story) == []
    assert len(others(story)) == 1
    assert gone(story) == 0
    assert story.keep() == 0
    story.check(deal)


def test_a_credit_that_did_not_leave_is_owed_and_the_applied_money_is_gone_as_before(
    story, deal, went
):
    credit, _ = went
    fail(story, credit)
    assert credits(story) == [[credit]]
    assert others(story) == []
    assert gone(story) == APPLIED
    assert story.reverse().cents == APPLIED
    story.check(deal)


@pytest.mark.parametrize("first", ["credit", "applied"])
def test_both_fail_one_after_the_other(story, deal, went, first):
    credit, applied = went
    for refund in (credit, applied) if first == "credit" else (applied, credit):
        fail(story, refund)
    assert credits(story) == [[credit]]
    assert len(others(story)) == 1
    assert gone(story) == 0
    with within(story.bank) as session:
        [task] = refunding.open_refunds(session)
        refunding.give_back(session, story.bank, task.id, actor="test")
    story.arrive()
    assert credits(story) == []
    assert gone(story) == 0


def test_all_of_it_refunded_at_once_fails_for_both(story, deal):
    payment = story.paid(deal, method="pix", amount=10_000 + CREDIT)
    whole = story.refund(payment)["id"]
    assert (credits(story), gone(story)) == ([], 10_000)
    fail(story, whole)
    assert credits(story) == [[whole]]
    assert gone(story) == 0
    assert len(others(story)) == 1


def told(story, **fact):
    [settlement] = story.of(Settlement)
    with within(story.bank) as session:
        take(
            session,
            story.bank,
            Fact(None, at=now(), charge_id=settlement.provider_charge_id, **fact),
        )


def test_a_dispute_that_is_won_after_it_was_owed_again_is_looked_at(story, deal):
    story.paid(deal)
    told(story, disputed_cents=4_000, lost_dispute="du_1")
    story.reverse("payment_dispute")
    for _ in range(2):
        told(story, won_dispute="du_1")
    [task] = story.of(Task, Task.kind == "payment_came_back")
    assert (task.data["amount_cents"], task.done_at) == (4_000, None)
    story.check(deal)


def test_what_was_accepted_as_gone_may_come_back_unasked(story, deal):
    story.paid(deal)
    told(story, disputed_cents=4_000, lost_dispute="du_1")
    story.keep("payment_dispute")
    told(story, won_dispute="du_1")
    assert story.of(Task, Task.kind == "payment_came_back") == []


def test_a_later_dispute_of_the_same_charge_is_not_lost_yet(story, deal):
    story.paid(deal)
    told(story, disputed_cents=4_000, lost_dispute="du_1")
    story.reverse("payment_dispute")
    told(story, disputed_cents=10_000)
    with within(story.bank) as session:
        [waits] = reversing.waiting(session)
    assert (waits.cents, waits.standing) == (6_000, "withheld")
    with pytest.raises(reversing.NotReversible, match="not decided"):
        story.reverse("payment_dispute")
    told(story, disputed_cents=10_000, lost_dispute="du_2")
    assert story.reverse("payment_dispute").cents == 6_000
    story.check(deal)


def test_no_more_is_taken_off_than_a_payment_had_paid(story, deal):
    story.paid(deal)
    part = Part(deal.instalments[0], 10_000, 0)
    with within(story.bank) as session, pytest.raises(CannotReopen, match="1 cents more"):
        take_off(session, story.bank, deal.id, parts=[part], cents=10_001, today=now().date())
