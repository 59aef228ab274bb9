"""What the money does: what it pays, what is too much or too late, what it makes."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.agreements.models import Agreement, Instalment
from app.compliance.models import Task
from app.debts.models import Debt
from app.history.models import Event
from app.outreach.models import Message
from app.payments import documents, jobs, queries, refunding, settling
from app.payments.facts import Fact
from app.payments.models import PaymentState, ProviderEvent, Receipt, Settlement
from app.workbench.stripe_twin import machines
from app.workbench.stripe_twin.server import Twin
from tenants.clock import now
from tenants.scope import within
from tests.conftest import Cast
from tests.payments.acts import (
    ADDRESS,
    deliver_all,
    pay,
    settlements,
    start,
)
from tests.payments.people import Deal, make_deal
from themes import formats


def test_a_paid_pix_pays_its_instalment(cast: Cast, twin: Twin, deal: Deal) -> None:
    payment = start(cast, deal)
    pay(cast, twin, payment)
    deliver_all(cast, twin)
    with within(cast.bank) as session:
        paid = queries.payment(session, payment.id)
        instalment = session.scalar(select(Instalment).where(Instalment.id == deal.instalments[0]))
        kinds = session.scalars(select(Event.kind).where(Event.debtor_id == deal.debtor_id)).all()
    assert (paid.state, paid.received_cents) == (PaymentState.PAID, 10_000)
    assert instalment.state == "paid"
    assert "payment.received" in kinds
    (settlement,) = settlements(cast, payment)
    assert (settlement.outcome, settlement.applied_cents) == ("exact", 10_000)


@pytest.mark.parametrize("method", ["boleto", "card"])
def test_boleto_and_card_pay_their_instalment(
    cast: Cast, twin: Twin, deal: Deal, method: str
) -> None:
    payment = start(cast, deal, method, payer=ADDRESS)
    pay(cast, twin, payment)
    deliver_all(cast, twin)
    (settlement,) = settlements(cast, payment)
    assert settlement.outcome == "exact"


def test_a_doubled_event_is_applied_once(cast: Cast, twin: Twin, deal: Deal) -> None:
    payment = start(cast, deal)
    pay(cast, twin, payment)
    for _ in range(3):
        deliver_all(cast, twin)
    assert len(settlements(cast, payment)) == 1
    with within(cast.bank) as session:
        assert len(session.scalars(select(Receipt)).all()) == 1
        stored = session.scalars(select(ProviderEvent.provider_event_id)).all()
    assert len(stored) == len(set(stored))


def test_more_than_due_is_a_credit_with_a_task_to_return_it(
    cast: Cast, twin: Twin, deal: Deal
) -> None:
    payment = start(cast, deal)
    pay(cast, twin, payment, 12_500)
    deliver_all(cast, twin)
    (settlement,) = settlements(cast, payment)
    assert (settlement.outcome, settlement.credit_cents) == ("over", 2_500)
    with within(cast.bank) as session:
        (task,) = refunding.open_refunds(session)
        refunding.give_back(session, cast.bank, task.id, actor="test")
    assert task.data["amount_cents"] == 2_500
    deliver_all(cast, twin)
    with within(cast.bank) as session:
        assert refunding.open_refunds(session) == []
        assert queries.payment(session, payment.id).state == PaymentState.PAID


def test_less_than_due_leaves_the_rest_open(cast: Cast, twin: Twin, deal: Deal) -> None:
    payment = start(cast, deal)
    pay(cast, twin, payment, 4_000)
    deliver_all(cast, twin)
    (settlement,) = settlements(cast, payment)
    assert settlement.outcome == "under"
    assert start(cast, deal).amount_cents == 6_000


def test_two_payments_of_one_instalment_are_a_duplicate(cast: Cast, twin: Twin, deal: Deal) -> None:
    pix, card = start(cast, deal), start(cast, deal, "card")
    pay(cast, twin, pix)
    pay(cast, twin, card)
    deliver_all(cast, twin)
    outcomes = {one.outcome for payment in (pix, card) for one in settlements(cast, payment)}
    assert outcomes == {"exact", "duplicate"}
    with within(cast.bank) as session:
        (task,) = refunding.open_refunds(session)
    assert task.data["amount_cents"] == 10_000


def test_one_code_paid_twice_is_a_duplicate(cast: Cast, twin: Twin, deal: Deal) -> None:
    payment = start(cast, deal)
    pay(cast, twin, payment)
    pay(cast, twin, payment)
    deliver_all(cast, twin)
    assert [one.outcome for one in settlements(cast, payment)] == ["exact", "duplicate"]


def test_a_late_payment_is_late(cast: Cast, twin: Twin) -> None:
    import datetime

    deal = make_deal(cast.bank, first_due=now().date() - datetime.timedelta(days=3))
    payment = start(cast, deal)
    pay(cast, twin, payment)
    deliver_all(cast, twin)
    (settlement,) = settlements(cast, payment)
    assert settlement.outcome == "late"


def test_money_for_a_broken_agreement_has_its_outcome(cast: Cast, twin: Twin, deal: Deal) -> None:
    payment = start(cast, deal)
    with within(cast.bank) as session:
        session.scalar(select(Agreement).where(Agreement.id == deal.id)).state = "broken"
        session.scalar(select(Debt).where(Debt.id == deal.debt_id)).state = "open"
    pay(cast, twin, payment)
    deliver_all(cast, twin)
    (settlement,) = settlements(cast, payment)
    assert settlement.outcome == "on_broken"
    assert (settlement.applied_cents, settlement.credit_cents) == (10_000, 0)
    with within(cast.bank) as session:
        after = queries.paid_after_the_end(session, deal.id)
    assert formats.money(after, "BRL", "pt_BR").endswith("100,00")


def test_money_after_expiry_still_counts(cast: Cast, twin: Twin, deal: Deal) -> None:
    payment = start(cast, deal)
    account = cast.bank.stripe_account
    record = twin.store.get("payment_intent", payment.provider_id, account)
    machines.expire_intent(twin.store, account, record)
    deliver_all(cast, twin)
    with within(cast.bank) as session:
        assert queries.payment(session, payment.id).state == PaymentState.EXPIRED
    pay(cast, twin, payment)
    deliver_all(cast, twin)
    with within(cast.bank) as session:
        assert queries.payment(session, payment.id).state == PaymentState.PAID


def test_the_last_instalment_makes_the_letter_and_its_deadlines(cast: Cast, twin: Twin) -> None:
    deal = make_deal(cast.bank, (5_000,))
    payment = start(cast, deal)
    pay(cast, twin, payment)
    deliver_all(cast, twin)
    (settlement,) = settlements(cast, payment)
    jobs.acknowledge(str(cast.bank.id), str(settlement.id))
    jobs.acknowledge(str(cast.bank.id), str(settlement.id))
    with within(cast.bank) as session:
        tasks = {task.kind: task for task in session.scalars(select(Task))}
        receipts = queries.receipts_of(session, deal.id)
        messages = session.scalars(select(Message.intent)).all()
        letter = next(one for one in receipts if one.kind == "quitacao")
        _, content = documents.receipt_file(session, cast.bank, letter.id)
        said = documents.facts(session, letter)
    assert {receipt.kind for receipt in receipts} == {"receipt", "quitacao"}
    assert sorted(messages) == ["quitacao", "receipt"]
    assert tasks["bureau_removal"].done_at is None
    assert tasks["quitacao"].done_at is not None
    assert tasks["bureau_removal"].due_at > settlement.received_at
    assert content.startswith(b"%PDF")
    assert said.amount_cents == 5_000


def test_receipts_are_numbered_in_a_row(cast: Cast, twin: Twin, deal: Deal) -> None:
    for number in range(2):
        pay(cast, twin, start(cast, deal, number=number))
    deliver_all(cast, twin)
    with within(cast.bank) as session:
        numbers = sorted(session.scalars(select(Receipt.number)))
    assert [number[-6:] for number in numbers] == ["000001", "000002"]


def test_a_refunded_payment_is_for_a_person_to_look_at(cast: Cast, twin: Twin, deal: Deal) -> None:
    payment = start(cast, deal)
    pay(cast, twin, payment)
    machines.refund(twin.store, cast.bank.stripe_account, {"payment_intent": payment.provider_id})
    deliver_all(cast, twin)
    with within(cast.bank) as session:
        assert queries.payment(session, payment.id).state == PaymentState.REFUNDED
        kinds = session.scalars(select(Task.kind)).all()
    assert "payment_refund_review" in kinds


def returned(cast: Cast) -> list[int]:
    with within(cast.bank) as session:
        found = select(Event).where(Event.kind == "payment.returned").order_by(Event.id)
        return [event.data["returned_cents"] for event in session.scalars(found)]


def test_money_that_went_back_is_recorded_once_and_again_when_it_returns(
    cast: Cast, twin: Twin, deal: Deal
) -> None:
    payment = start(cast, deal)
    pay(cast, twin, payment)
    deliver_all(cast, twin)
    with within(cast.bank) as session:
        settlement = session.scalars(select(Settlement)).one()
    paid, charge, at = settlement.applied_cents, settlement.provider_charge_id, now()

    def told(minutes: int, **more) -> list[int]:
        fact = Fact(None, charge_id=charge, at=at + timedelta(minutes=minutes), **more)
        with within(cast.bank) as session:
            settling.take(session, cast.bank, fact)
        return returned(cast)

    assert told(1, refunded_cents=1_000) == [1_000]
    assert told(1, refunded_cents=1_000) == [1_000], "told twice"
    assert told(3, refunded_cents=2_500) == [1_000, 1_500], "what is told is the whole"
    assert told(2, refunded_cents=1_800) == [1_000, 1_500], "late news of less"
    assert told(4, failed_refund="re_1", failed_cents=1_500) == [1_000, 1_500, -1_500]
    assert told(4, failed_refund="re_1", failed_cents=1_500) == [1_000, 1_500, -1_500]
    assert told(3, refunded_cents=2_500) == [1_000, 1_500, -1_500], "older than its failure"
    assert told(5, disputed_cents=paid, is_inquiry=True) == [1_000, 1_500, -1_500]
    assert told(6, disputed_cents=paid)[3:] == [paid - 1_000], "no more than there was"
    assert told(7, won_dispute="dp_1")[4:] == [1_000 - paid]
    assert told(6, disputed_cents=paid)[5:] == [], "older than how it ended"
    assert sum(returned(cast)) == 1_000


def test_a_credit_that_is_returned_was_never_kept(cast: Cast, twin: Twin, deal: Deal) -> None:
    payment = start(cast, deal)
    pay(cast, twin, payment, payment.amount_cents + 2_500)
    deliver_all(cast, twin)
    with within(cast.bank) as session:
        charge = session.scalars(select(Settlement.provider_charge_id)).one()
        settling.take(session, cast.bank, Fact(None, charge_id=charge, refunded_cents=2_500))
    assert returned(cast) == []


def test_the_authenticity_page_finds_a_payment_by_its_code(
    cast: Cast, twin: Twin, deal: Deal
) -> None:
    payment = start(cast, deal)
    typed = f" {payment.verification_code[:5].lower()}-{payment.verification_code[5:]} "
    with within(cast.bank) as session:
        assert queries.by_verification_code(session, typed).id == payment.id
    with within(cast.shop) as session:
        assert queries.by_verification_code(session, typed) is None
        with pytest.raises(LookupError):
            queries.payment(session, uuid.UUID(str(payment.id)))
