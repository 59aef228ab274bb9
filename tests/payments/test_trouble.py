"""What real life does to payments: lost answers, foreign modes, stuck events, failed refunds."""

import dataclasses
import traceback

import pytest
from sqlalchemy import select

from app import config
from app.compliance.models import AuditEntry, Task
from app.payments import actions, gateway, jobs, queries, reconciling, refunding
from app.payments.errors import MethodUnavailable, Refused, Unavailable
from app.payments.models import PaymentState, ProviderEvent
from app.payments.payer import Payer
from app.workbench.stripe_twin import checkout, machines
from app.workbench.stripe_twin.server import Twin
from tenants.actions import change_state
from tenants.clock import now
from tenants.models import TenantState
from tenants.scope import within
from tests.conftest import Cast
from tests.payments.acts import (
    deliver,
    deliver_all,
    events,
    leave_behind,
    pay,
    rename_account,
    settlements,
    signed,
    start,
)
from tests.payments.people import Deal, make_deal
from tests.work import drain, forget_waiting


def test_a_code_whose_answer_was_lost_is_shown_though_its_event_came_first(
    cast: Cast, twin: Twin, deal: Deal
) -> None:
    twin.faults.lost_answers = gateway.RETRIES + 1
    with pytest.raises(Unavailable):
        start(cast, deal)
    deliver_all(cast, twin)
    payment = start(cast, deal)
    assert payment.pix_code
    assert payment.state == PaymentState.PENDING
    assert len(twin.store.every("payment_intent", cast.bank.stripe_account)) == 1


def test_a_key_that_is_still_being_answered_is_not_spent(
    cast: Cast, twin: Twin, deal: Deal
) -> None:
    """Two tabs at once: the provider says 409 to the second; no second code may come of it."""
    twin.faults.busy = gateway.RETRIES + 1
    with pytest.raises(Unavailable):
        start(cast, deal)
    payment = start(cast, deal)
    assert payment.attempt == 1
    assert payment.pix_code


def test_a_refused_code_is_remembered_though_the_visit_is_rolled_back(
    cast: Cast, twin: Twin, deal: Deal
) -> None:
    rename_account(cast, twin, "Outra Empresa")
    with pytest.raises(MethodUnavailable, match="BR-24"):
        start(cast, deal)
    with within(cast.bank) as session:
        (row,) = queries.of_agreement(session, deal.id)
        noted = session.scalars(select(AuditEntry.action)).all()
    assert row.state == PaymentState.FAILED
    assert "payment.not_shown" in noted


@pytest.mark.parametrize("key", ["sk_live_x", "rk_live_x"])
def test_a_live_key_takes_no_event_of_test_mode(
    cast: Cast, twin: Twin, deal: Deal, key: str
) -> None:
    """A Connect endpoint gets both: play money must not pay a real debt."""
    payment = start(cast, deal)
    pay(cast, twin, payment)
    used = config.settings()
    config.use(dataclasses.replace(used, stripe_api_key=key))
    for event in events(cast, twin):
        assert actions.receive(*signed(event)) is False
    config.use(used)
    with within(cast.bank) as session:
        assert session.scalars(select(ProviderEvent.id)).all() == []
    assert settlements(cast, payment) == []


def test_an_event_that_cannot_be_applied_does_not_hold_up_the_others(
    cast: Cast, twin: Twin, deal: Deal
) -> None:
    paid, waiting = start(cast, deal), start(cast, deal, "card", number=1)
    pay(cast, twin, paid)
    pay(cast, twin, waiting)
    leave_behind(cast, twin)
    with within(cast.bank) as session:
        first = session.scalars(select(ProviderEvent).order_by(ProviderEvent.created_at)).first()
        first.payload = b"damaged"
    reconciling.sweep(cast.bank)
    assert len(settlements(cast, paid)) == 1
    with within(cast.bank) as session:
        left = session.scalars(select(ProviderEvent.state)).all()
    assert left.count("stored") == 1


def test_a_suspended_creditors_payments_are_still_looked_after(
    cast: Cast, twin: Twin, deal: Deal, database
) -> None:
    payment = start(cast, deal)
    pay(cast, twin, payment)
    leave_behind(cast, twin)
    change_state(cast.bank.id, TenantState.SUSPENDED)
    forget_waiting(database.conninfo)
    jobs.sweep(0)
    drain(database.conninfo)
    assert len(settlements(cast, payment)) == 1


def test_a_page_that_was_declined_and_left_ends(cast: Cast, twin: Twin, deal: Deal) -> None:
    payment = start(cast, deal, "card")
    account = cast.bank.stripe_account
    page = twin.store.get("checkout.session", payment.provider_id, account)
    checkout.decline(twin.store, account, page)
    checkout.expire(twin.store, account, page)
    with within(cast.bank) as session:
        queries.payment(session, payment.id).expires_at = now() - reconciling.GRACE * 2
    reconciling.sweep(cast.bank)
    with within(cast.bank) as session:
        assert queries.payment(session, payment.id).state == PaymentState.EXPIRED


def over_paid(cast: Cast, twin: Twin, deal: Deal) -> Task:
    """The task of a credit."""
    payment = start(cast, deal)
    pay(cast, twin, payment, payment.amount_cents + 2_500)
    deliver_all(cast, twin)
    with within(cast.bank) as session:
        (task,) = refunding.open_refunds(session)
    return task


def test_a_credit_is_given_back_where_the_platform_takes_no_fee(cast: Cast, twin: Twin) -> None:
    free = dataclasses.replace(cast.bank, fee_basis_points=0)
    cast = dataclasses.replace(cast, bank=free)
    task = over_paid(cast, twin, make_deal(free))
    with within(free) as session:
        assert refunding.give_back(session, free, task.id, actor="test").startswith("re_")


def test_a_refund_that_fails_is_owed_again(cast: Cast, twin: Twin, deal: Deal) -> None:
    """A Pix refund is accepted first and may fail days later."""
    task = over_paid(cast, twin, deal)
    with within(cast.bank) as session:
        first = refunding.give_back(session, cast.bank, task.id, actor="test")
    deliver_all(cast, twin)
    machines.fail_refund(
        twin.store,
        cast.bank.stripe_account,
        twin.store.get("refund", first, cast.bank.stripe_account),
    )
    for _ in range(2):
        deliver(cast, events(cast, twin)[-1])
    with within(cast.bank) as session:
        (again,) = refunding.open_refunds(session)
        assert again.data["amount_cents"] == 2_500
        second = refunding.give_back(session, cast.bank, again.id, actor="test")
    assert second != first
    deliver_all(cast, twin)
    with within(cast.bank) as session:
        assert refunding.open_refunds(session) == []


def test_an_old_code_for_everything_is_withdrawn_once_a_part_is_paid(
    cast: Cast, twin: Twin, deal: Deal
) -> None:
    with within(cast.bank) as session:
        everything = actions.start(
            session,
            cast.bank,
            agreement_id=deal.id,
            instalment_id=None,
            method="pix",
            locale="pt_BR",
            return_url="",
        )
    part = start(cast, deal)
    pay(cast, twin, part)
    deliver_all(cast, twin)
    jobs.withdraw(str(cast.bank.id), str(deal.id))
    account = cast.bank.stripe_account
    assert twin.store.get("payment_intent", everything.provider_id, account)["status"] == "canceled"


def test_what_the_provider_says_about_a_payer_stays_out_of_our_errors(
    cast: Cast, twin: Twin, deal: Deal
) -> None:
    odd = Payer(
        line1="Rua das Flores, 10",
        city="São Paulo",
        state="SP",
        postal_code="01310100",
        email="maria-at-home",
    )
    with pytest.raises(Refused, match="email_invalid") as caught:
        start(cast, deal, "boleto", payer=odd)
    assert "maria" not in "".join(traceback.format_exception(caught.value))
