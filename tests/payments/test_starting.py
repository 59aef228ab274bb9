"""Starting a payment: one open payment however often it is asked for."""

import dataclasses
import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.agreements.models import Agreement, Instalment
from app.history.models import Event
from app.payments import actions, queries
from app.payments.errors import MethodUnavailable, NothingDue, PayerIncomplete, Unavailable
from app.payments.gateway import RETRIES
from app.payments.models import Method, Payment, PaymentState
from app.workbench.stripe_twin.server import Twin
from tenants.clock import now, stopped_at
from tenants.keys import vault
from tenants.scope import within
from tests.conftest import Cast
from tests.payments.acts import ADDRESS, rename_account, start
from tests.payments.people import Deal, make_deal


def test_a_pix_shows_a_code_that_names_the_creditor(cast: Cast, deal: Deal) -> None:
    payment = start(cast, deal)
    assert payment.state == PaymentState.PENDING
    assert "BANCO AURORA" in (payment.pix_code or "")
    assert payment.amount_cents == 10_000
    assert payment.fee_cents == 300
    assert payment.is_simulated
    assert len(payment.verification_code or "") == 10


def test_asked_again_the_same_payment_comes_back(cast: Cast, deal: Deal, twin: Twin) -> None:
    first, second = start(cast, deal), start(cast, deal)
    assert first.id == second.id
    assert len(twin.store.every("payment_intent", cast.bank.stripe_account)) == 1


def test_two_tabs_at_once_make_one_payment(cast: Cast, deal: Deal, twin: Twin) -> None:
    made: list[Payment] = []
    tabs = [threading.Thread(target=lambda: made.append(start(cast, deal))) for _ in range(4)]
    for tab in tabs:
        tab.start()
    for tab in tabs:
        tab.join()
    assert len({payment.id for payment in made}) == 1
    assert len({payment.pix_code for payment in made}) == 1
    assert len(twin.store.every("payment_intent", cast.bank.stripe_account)) == 1


def test_another_method_or_instalment_is_another_payment(cast: Cast, deal: Deal) -> None:
    made = {start(cast, deal).id, start(cast, deal, "card").id, start(cast, deal, number=1).id}
    assert len(made) == 3


def test_an_expired_code_is_replaced(cast: Cast, deal: Deal) -> None:
    first = start(cast, deal)
    with within(cast.bank) as session:
        queries.payment(session, first.id).expires_at = now() - timedelta(minutes=1)
    assert start(cast, deal).id != first.id


def test_an_outage_leaves_a_row_that_the_next_try_finishes(
    cast: Cast, deal: Deal, twin: Twin
) -> None:
    twin.faults.refusals = RETRIES + 1
    with pytest.raises(Unavailable):
        start(cast, deal)
    payment = start(cast, deal)
    with within(cast.bank) as session:
        assert len(queries.of_agreement(session, deal.id)) == 1
    assert payment.state == PaymentState.PENDING


def test_answers_lost_on_the_way_make_no_second_payment(cast: Cast, deal: Deal, twin: Twin) -> None:
    twin.faults.lost_answers = RETRIES + 1
    with pytest.raises(Unavailable):
        start(cast, deal)
    payment = start(cast, deal)
    intents = twin.store.every("payment_intent", cast.bank.stripe_account)
    assert [intent["id"] for intent in intents] == [payment.provider_id]


def test_a_key_spent_with_another_address_gets_a_new_one(
    cast: Cast, deal: Deal, twin: Twin
) -> None:
    """The answer was lost and the page comes back to another address: a new attempt."""
    twin.faults.lost_answers = RETRIES + 1
    with pytest.raises(Unavailable):
        start(cast, deal, "card")
    payment = start(cast, deal, "card", return_url="http://other.localhost/{payment_id}")
    assert payment.attempt == 2
    assert payment.state == PaymentState.PENDING


def test_a_row_forgotten_for_long_is_not_asked_again(cast: Cast, deal: Deal, twin: Twin) -> None:
    twin.faults.refusals = RETRIES + 1
    with pytest.raises(Unavailable):
        start(cast, deal)
    with stopped_at(now() + timedelta(minutes=20)):
        payment = start(cast, deal)
    with within(cast.bank) as session:
        assert len(queries.of_agreement(session, deal.id)) == 2
    assert payment.state == PaymentState.PENDING


def test_a_boleto_asks_only_for_what_nobody_knows(cast: Cast, deal: Deal) -> None:
    with pytest.raises(PayerIncomplete) as caught:
        start(cast, deal, "boleto")
    assert caught.value.missing == ("line1", "city", "postal_code")
    payment = start(cast, deal, "boleto", payer=ADDRESS)
    assert payment.boleto_line
    assert (payment.hosted_url or "").endswith(".pdf")


def test_a_payers_address_is_sealed_and_known_the_next_time(cast: Cast, deal: Deal) -> None:
    payment = start(cast, deal, "boleto", payer=ADDRESS)
    assert b"Flores" not in (payment.payer or b"")
    with within(cast.bank) as session:
        assert "Flores" in vault(session).text(payment.payer or b"", "payer")
        assert queries.known_payer(session, deal.debtor_id).postal_code == "01310100"
    assert start(cast, deal, "boleto", number=1).boleto_line


def test_a_card_goes_to_a_page_in_the_creditors_branding(
    cast: Cast, deal: Deal, twin: Twin
) -> None:
    payment = start(cast, deal, "card")
    session = twin.store.get(
        "checkout.session", payment.provider_id or "", cast.bank.stripe_account or ""
    )
    assert session is not None
    assert session["branding_settings"]["display_name"] == "Banco Aurora"
    assert session["branding_settings"]["button_color"] == "#14325c"
    assert session["success_url"].endswith(f"/pagamento/{payment.id}")


def test_all_that_is_open_can_be_paid_at_once(cast: Cast, deal: Deal) -> None:
    with within(cast.bank) as session:
        payment = actions.start(
            session,
            cast.bank,
            agreement_id=deal.id,
            instalment_id=None,
            method=Method.PIX,
            locale="en",
            return_url="",
        )
    assert 0 < payment.amount_cents <= 30_000


def test_what_is_paid_or_closed_is_not_started(cast: Cast, deal: Deal) -> None:
    with within(cast.bank) as session:
        instalment = session.scalar(select(Instalment).where(Instalment.id == deal.instalments[0]))
        instalment.state = "paid"
    with pytest.raises(NothingDue):
        start(cast, deal)
    with within(cast.bank) as session:
        session.scalar(select(Agreement).where(Agreement.id == deal.id)).state = "broken"
    with pytest.raises(NothingDue):
        start(cast, deal, number=1)


def test_another_tenants_agreement_does_not_exist(cast: Cast, deal: Deal) -> None:
    with within(cast.shop) as session, pytest.raises(LookupError):
        actions.start(
            session,
            cast.shop,
            agreement_id=deal.id,
            instalment_id=deal.instalments[0],
            method="pix",
            locale="pt_BR",
            return_url="",
        )


def test_a_code_for_somebody_else_is_withdrawn_and_never_shown(
    cast: Cast, deal: Deal, twin: Twin
) -> None:
    rename_account(cast, twin, "Outra Empresa")
    with pytest.raises(MethodUnavailable, match="BR-24"):
        start(cast, deal)
    intents = twin.store.every("payment_intent", cast.bank.stripe_account)
    assert [intent["status"] for intent in intents] == ["canceled"]
    with within(cast.bank) as session:
        assert [row.pix_code for row in queries.of_agreement(session, deal.id)] == [None]


def test_an_amount_outside_the_methods_limits_is_refused(cast: Cast, twin: Twin) -> None:
    small = make_deal(cast.bank, (300,))
    with pytest.raises(MethodUnavailable):
        start(cast, small, "boleto", payer=ADDRESS)
    assert queries.methods(cast.bank, 300) == (Method.PIX, Method.CARD)


def test_a_creditor_without_an_account_takes_no_payment(cast: Cast, deal: Deal) -> None:
    unconnected = dataclasses.replace(cast.bank, stripe_account=None)
    with within(cast.bank) as session, pytest.raises(MethodUnavailable):
        actions.start(
            session,
            unconnected,
            agreement_id=deal.id,
            instalment_id=None,
            method="pix",
            locale="pt_BR",
            return_url="",
        )
    assert queries.methods(unconnected, 1_000) == ()


def test_starting_is_remembered_without_personal_data(cast: Cast, deal: Deal) -> None:
    payment = start(cast, deal)
    with within(cast.bank) as session:
        event = session.scalar(select(Event).where(Event.subject_id == payment.id))
    assert event.kind == "payment.started"
    assert event.data == {"method": "pix", "amount_cents": 10_000}
