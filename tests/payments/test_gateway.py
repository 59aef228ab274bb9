"""The gateway speaks to the twin through the unmodified SDK, over loopback HTTP."""

import dataclasses
import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
import stripe

from app.payments import boleto, brcode, gateway
from app.payments.errors import KeySpent, MethodUnavailable, Refused, Unavailable
from app.payments.payer import Payer
from app.workbench.stripe_twin.server import Twin
from tests.conftest import Cast

PAYER = Payer(
    name="Maria das Dores",
    document="52998224725",
    email="maria@example.com",
    line1="Rua das Flores, 10",
    city="São Paulo",
    state="SP",
    postal_code="01310100",
)


def asked(account: str, **changes: object) -> gateway.Asked:
    made = gateway.Asked(
        payment_id=uuid.uuid4(),
        attempt=1,
        account=account,
        amount_cents=12_345,
        currency="BRL",
        fee_cents=370,
        description="Acordo A-2026-000123",
        expires_at=datetime.now(UTC) + timedelta(hours=24),
    )
    return dataclasses.replace(made, **changes)


def test_a_pix_is_dynamic_and_names_the_creditor(twin: Twin, cast: Cast) -> None:
    started = gateway.start_pix(asked(cast.bank.stripe_account))
    code = brcode.parse(started.pix_code or "")
    assert code.is_dynamic
    assert code.amount_cents == 12_345
    assert code.merchant_name == "BANCO AURORA"
    assert "simulado" in (code.url or "")
    assert started.provider_id.startswith("pi_")


def test_a_boleto_has_a_valid_line_and_a_pdf(twin: Twin, cast: Cast) -> None:
    started = gateway.start_boleto(asked(cast.bank.stripe_account), PAYER, days=3)
    line = boleto.parse(started.boleto_line or "", around=date.today())
    assert line.amount_cents == 12_345
    assert abs((line.due_on - date.today()).days - 3) <= 1
    assert (started.hosted_url or "").endswith(".pdf")


def test_a_card_page_wears_the_creditors_dress(twin: Twin, cast: Cast) -> None:
    started = gateway.start_card(
        asked(cast.bank.stripe_account, expires_at=datetime.now(UTC) + timedelta(hours=1)),
        gateway.Dress("Banco Aurora", button_color="#123456", border_style="pill"),
        locale="pt_BR",
        return_url="http://bank.localhost/pagamento/1",
    )
    session = gateway.retrieve(cast.bank.stripe_account, started.provider_id)
    assert session["branding_settings"]["button_color"] == "#123456"
    assert session["locale"] == "pt-BR"
    assert session["amount_total"] == 12_345


def test_the_platform_takes_its_fee_on_the_creditors_account(twin: Twin, cast: Cast) -> None:
    started = gateway.start_pix(asked(cast.bank.stripe_account))
    intent = gateway.retrieve(cast.bank.stripe_account, started.provider_id)
    assert intent["application_fee_amount"] == 370


def test_the_same_request_again_is_the_same_payment(twin: Twin, cast: Cast) -> None:
    request = asked(cast.bank.stripe_account)
    assert gateway.start_pix(request) == gateway.start_pix(request)


def test_a_key_used_with_other_parameters_is_refused(twin: Twin, cast: Cast) -> None:
    request = asked(cast.bank.stripe_account)
    gateway.start_pix(request)
    with pytest.raises(KeySpent):
        gateway.start_pix(dataclasses.replace(request, amount_cents=99))


def test_a_lost_answer_is_found_again_under_the_same_key(twin: Twin, cast: Cast) -> None:
    before = len(twin.store.every("payment_intent", cast.bank.stripe_account))
    twin.faults.lost_answers = 1
    gateway.start_pix(asked(cast.bank.stripe_account))
    assert len(twin.store.every("payment_intent", cast.bank.stripe_account)) == before + 1


def test_an_outage_ends_in_a_calm_error(twin: Twin, cast: Cast) -> None:
    twin.faults.refusals = gateway.RETRIES + 1
    with pytest.raises(Unavailable):
        gateway.start_pix(asked(cast.bank.stripe_account))


def test_one_account_never_sees_anothers_payment(twin: Twin, cast: Cast) -> None:
    started = gateway.start_pix(asked(cast.bank.stripe_account))
    with pytest.raises(Refused):
        gateway.retrieve(cast.shop.stripe_account, started.provider_id)


def test_an_unknown_account_is_refused(twin: Twin, cast: Cast) -> None:
    with pytest.raises((MethodUnavailable, Refused)):
        gateway.start_pix(asked("acct_nobody"))


def test_a_boleto_below_its_minimum_is_a_method_problem(twin: Twin, cast: Cast) -> None:
    with pytest.raises(MethodUnavailable):
        gateway.start_boleto(
            asked(cast.bank.stripe_account, amount_cents=400, fee_cents=0), PAYER, days=3
        )


def test_a_boleto_without_an_address_is_refused(twin: Twin, cast: Cast) -> None:
    with pytest.raises(Refused, match="line1"):
        gateway.start_boleto(
            asked(cast.bank.stripe_account), dataclasses.replace(PAYER, line1=""), days=3
        )


def test_a_withdrawn_code_is_canceled_and_withdrawing_twice_is_harmless(
    twin: Twin, cast: Cast
) -> None:
    account = cast.bank.stripe_account
    started = gateway.start_pix(asked(account))
    gateway.withdraw(account, started.provider_id)
    gateway.withdraw(account, started.provider_id)
    assert gateway.retrieve(account, started.provider_id)["status"] == "canceled"


def test_a_connected_account_is_made_once_per_tenant(twin: Twin, cast: Cast) -> None:
    told = {
        "tenant_id": cast.bank.id,
        "name": "Banco Aurora",
        "legal_name": "Banco Aurora S.A.",
        "cnpj": "11222333000181",
    }
    account = gateway.connect(**told)
    assert account == gateway.connect(**told)
    assert gateway.start_pix(asked(account)).pix_code


def raw_client(twin: Twin) -> stripe.StripeClient:
    return stripe.StripeClient("sk_test_x", base_addresses={"api": twin.url}, max_network_retries=0)


@pytest.mark.parametrize(
    ("params", "param"),
    [
        (
            {"amount": 100, "currency": "brl", "payment_method_types": ["pix"]},
            "payment_method_types",
        ),
        ({"currency": "brl"}, "amount"),
        ({"amount": "much", "currency": "brl"}, "amount"),
        ({"amount": 100, "currency": "brl", "confirm": "yes"}, "confirm"),
        (
            {"amount": 100, "currency": "brl", "payment_method_data": {"type": "pixx"}},
            "payment_method_data[type]",
        ),
        (
            {
                "amount": 100,
                "currency": "brl",
                "payment_method_options": {"pix": {"expires_afterwards": 1}},
            },
            "payment_method_options[pix][expires_afterwards]",
        ),
        (
            {"amount": 100, "currency": "brl", "allowed_payment_method_types": "pix"},
            "allowed_payment_method_types",
        ),
    ],
)
def test_what_the_sdks_types_do_not_know_is_refused(
    twin: Twin, cast: Cast, params: dict, param: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        raw_client(twin).v1.payment_intents.create(
            params, {"stripe_account": cast.bank.stripe_account}
        )
    assert caught.value.param == param


def test_only_test_keys_and_the_pinned_version_are_taken(twin: Twin, cast: Cast) -> None:
    live = stripe.StripeClient("sk_live_x", base_addresses={"api": twin.url})
    with pytest.raises(stripe.AuthenticationError):
        live.v1.payment_intents.list()
    with pytest.raises(stripe.InvalidRequestError, match="version"):
        raw_client(twin).v1.payment_intents.list({}, {"stripe_version": "2019-01-01"})


KNOWN = {
    "payment_intent": stripe.PaymentIntent,
    "charge": stripe.Charge,
    "refund": stripe.Refund,
    "checkout.session": stripe.checkout.Session,
    "account": stripe.Account,
    "event": stripe.Event,
}


def test_the_twins_own_answers_keep_the_sdks_types(twin: Twin, cast: Cast) -> None:
    """Whatever an object of the twin carries, the SDK's class of it knows the field."""
    account = cast.bank.stripe_account
    started = gateway.start_pix(asked(account))
    intent = twin.store.get("payment_intent", started.provider_id, account)
    from app.workbench.stripe_twin import machines
    from app.workbench.stripe_twin.events import public

    paid = machines.pay(twin.store, account, intent)
    gateway.refund(account, charge_id=paid["latest_charge"], amount_cents=5, key="x")
    for kind, known in KNOWN.items():
        for record in twin.store.every(kind, account):
            assert set(public(record)) <= set(known.__annotations__) | {"object"}, kind
