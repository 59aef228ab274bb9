"""Events of the provider in any order, forged, foreign or lost, and what is asked when they never come."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.agreements.models import Instalment
from app.payments import actions, jobs, queries, reconciling
from app.payments.errors import Forged, UnknownAccount
from app.payments.models import PaymentState, ProviderEvent
from app.workbench.stripe_twin import checkout, machines
from app.workbench.stripe_twin.server import Twin
from tenants.clock import now
from tenants.scope import within
from tests.conftest import Cast
from tests.payments.acts import (
    ADDRESS,
    deliver,
    deliver_all,
    events,
    leave_behind,
    pay,
    settlements,
    signed,
    start,
)
from tests.payments.people import Deal, make_deal


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
    leave_behind(cast, twin)
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
