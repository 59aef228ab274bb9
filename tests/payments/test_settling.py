"""Events of the provider, and what the money does."""

import json
import uuid

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from stripe import WebhookSignature

from app.agreements.models import Agreement, Instalment
from app.compliance.models import Task
from app.history.models import Event
from app.outreach.models import Message
from app.payments import actions, documents, jobs, queries, reconciling, refunding
from app.payments.errors import Forged, UnknownAccount
from app.payments.models import Payment, PaymentState, ProviderEvent, Receipt, Settlement
from app.workbench.stripe_twin import checkout, machines
from app.workbench.stripe_twin.server import Twin
from tenants.clock import now
from tenants.scope import within
from tests.conftest import Cast
from tests.payments.people import Deal, make_deal
from tests.payments.test_starting import ADDRESS, start

SECRET = "whsec_test"


@pytest.fixture
def deal(cast: Cast, twin: Twin) -> Deal:
    return make_deal(cast.bank)


def pay(cast: Cast, twin: Twin, payment: Payment, amount: int | None = None) -> None:
    """The payer's bank, or the card page, does its part."""
    account = cast.bank.stripe_account
    kind = "checkout.session" if payment.provider_id.startswith("cs_") else "payment_intent"
    record = twin.store.get(kind, payment.provider_id, account)
    if kind == "checkout.session":
        checkout.complete(twin.store, account, record)
    else:
        machines.pay(twin.store, account, record, amount)


def events(cast: Cast, twin: Twin, since: int = 0) -> list[dict]:
    """The bank's events in the order they happened."""
    return twin.store.every("event", cast.bank.stripe_account)[::-1][since:]


def signed(event: dict, secret: str = SECRET, **changes) -> tuple[bytes, str]:
    body = json.dumps(event)
    return body.encode(), WebhookSignature.generate_signature_header(body, secret, **changes)


def deliver(cast: Cast, event: dict) -> None:
    """A webhook arrives, and the job it made runs."""
    actions.receive(*signed(event))
    with within(cast.bank) as session:
        stored = session.scalar(
            select(ProviderEvent.id).where(ProviderEvent.provider_event_id == event["id"])
        )
    jobs.apply(str(cast.bank.id), str(stored))


def deliver_all(cast: Cast, twin: Twin) -> None:
    for event in events(cast, twin):
        deliver(cast, event)


def settlements(cast: Cast, payment: Payment) -> list[Settlement]:
    with within(cast.bank) as session:
        return queries.settlements_of(session, payment.id)


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
    pay(cast, twin, payment)
    deliver_all(cast, twin)
    (settlement,) = settlements(cast, payment)
    assert settlement.outcome == "on_broken"
    assert settlement.applied_cents + settlement.credit_cents == 10_000


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


@settings(
    max_examples=12,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_any_order_of_events_ends_the_same(cast: Cast, twin: Twin, data) -> None:
    """Doubled and shuffled, with a credit and its refund in between."""
    deal = make_deal(cast.bank)
    before = len(events(cast, twin))
    payment = start(cast, deal, data.draw(st.sampled_from(["pix", "boleto"])), payer=ADDRESS)
    pay(cast, twin, payment, data.draw(st.sampled_from([None, 11_000, 9_000])))
    if data.draw(st.booleans()):
        machines.refund(
            twin.store,
            cast.bank.stripe_account,
            {"payment_intent": payment.provider_id, "amount": 1_000},
        )
    happened = events(cast, twin, before)
    doubled = happened + data.draw(st.lists(st.sampled_from(happened), max_size=4))
    for event in data.draw(st.permutations(doubled)):
        deliver(cast, event)
    with within(cast.bank) as session:
        found = queries.payment(session, payment.id)
        instalment = session.scalar(select(Instalment).where(Instalment.id == deal.instalments[0]))
        (settlement,) = queries.settlements_of(session, payment.id)
    assert found.state == PaymentState.PAID
    assert found.received_cents == settlement.received_cents
    assert settlement.applied_cents + settlement.credit_cents == settlement.received_cents
    assert instalment.paid_cents == settlement.applied_cents


def test_a_forged_or_old_event_changes_nothing(cast: Cast, twin: Twin, deal: Deal) -> None:
    payment = start(cast, deal)
    pay(cast, twin, payment)
    event = events(cast, twin)[-1]
    body, good = signed(event)
    for forged in (
        signed(event, "whsec_other"),
        signed(event, timestamp=1_000_000_000),
        (body.replace(b"10000", b"99999"), good),
        (body, ""),
        (body, None),
        (b"not json", good),
        (body, "t=1,v1="),
    ):
        with pytest.raises(Forged):
            actions.receive(*forged)
    with within(cast.bank) as session:
        assert session.scalars(select(ProviderEvent.id)).all() == []


def test_an_event_of_a_foreign_account_is_refused(cast: Cast, twin: Twin, deal: Deal) -> None:
    payment = start(cast, deal)
    event = events(cast, twin)[-1] | {"account": "acct_unknown"}
    with pytest.raises(UnknownAccount):
        actions.receive(*signed(event))
    crossed = events(cast, twin)[-1] | {"account": cast.shop.stripe_account}
    actions.receive(*signed(crossed))
    with within(cast.shop) as session:
        stored = session.scalar(select(ProviderEvent))
        actions.apply_event(session, cast.shop, stored.id)
        assert (stored.state, stored.outcome) == ("ignored", "not ours")
    with within(cast.bank) as session:
        assert queries.payment(session, payment.id).received_cents == 0


def test_a_payload_is_sealed(cast: Cast, twin: Twin, deal: Deal) -> None:
    start(cast, deal, "boleto", payer=ADDRESS)
    deliver_all(cast, twin)
    with within(cast.bank) as session:
        payloads = session.scalars(select(ProviderEvent.payload)).all()
    assert payloads
    assert not any(b"payment_intent" in payload for payload in payloads)


def test_an_event_whose_job_died_is_applied_by_the_sweep(
    cast: Cast, twin: Twin, deal: Deal
) -> None:
    payment = start(cast, deal)
    pay(cast, twin, payment)
    for event in events(cast, twin):
        actions.receive(*signed(event))
    with within(cast.bank) as session:
        for stored in session.scalars(select(ProviderEvent)):
            stored.received_at = now() - reconciling.LEFT_BEHIND_AFTER * 2
    reconciling.sweep(cast.bank)
    assert len(settlements(cast, payment)) == 1


def test_a_payment_whose_events_never_came_is_found_by_asking(
    cast: Cast, twin: Twin, deal: Deal
) -> None:
    paid, expired = start(cast, deal), start(cast, deal, "card", number=1)
    pay(cast, twin, paid)
    account = cast.bank.stripe_account
    checkout.expire(
        twin.store, account, twin.store.get("checkout.session", expired.provider_id, account)
    )
    with within(cast.bank) as session:
        for payment in queries.of_agreement(session, deal.id):
            payment.expires_at = now() - reconciling.GRACE * 2
    reconciling.sweep(cast.bank)
    with within(cast.bank) as session:
        assert queries.payment(session, paid.id).state == PaymentState.PAID
        assert queries.payment(session, expired.id).state == PaymentState.EXPIRED
    assert len(settlements(cast, paid)) == 1


def test_other_open_codes_of_a_paid_instalment_are_withdrawn(
    cast: Cast, twin: Twin, deal: Deal
) -> None:
    pix, card = start(cast, deal), start(cast, deal, "card")
    pay(cast, twin, pix)
    deliver_all(cast, twin)
    jobs.withdraw(str(cast.bank.id), str(deal.id))
    account = cast.bank.stripe_account
    assert twin.store.get("checkout.session", card.provider_id, account)["status"] == "expired"
    deliver_all(cast, twin)
    with within(cast.bank) as session:
        assert queries.payment(session, card.id).state == PaymentState.EXPIRED


def test_a_paid_page_is_settled_from_its_own_event_alone(
    cast: Cast, twin: Twin, deal: Deal
) -> None:
    """The charge's own events are lost: the completed page makes us ask."""
    payment = start(cast, deal, "card")
    pay(cast, twin, payment)
    (completed,) = [
        event for event in events(cast, twin) if event["type"] == "checkout.session.completed"
    ]
    deliver(cast, completed)
    assert settlements(cast, payment) == []
    jobs.look(str(cast.bank.id), str(payment.id))
    (settlement,) = settlements(cast, payment)
    assert settlement.outcome == "exact"


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
