"""Against Stripe's own test mode: does the pinned SDK's contract hold, and do our assumptions?

Runs only with STRIPE_TEST_KEY (sk_test_…) and, for direct charges, STRIPE_TEST_ACCOUNT (acct_… of a
Brazilian connected account with Pix, boleto and card payments). Without them it says so.
"""

import dataclasses
import os
import uuid
from datetime import UTC, date, datetime, timedelta

import pytest

from app import config
from app.payments import boleto, brcode, facts, gateway
from app.payments.errors import KeySpent
from app.payments.models import PaymentState
from tests.payments.test_gateway import PAYER

KEY = os.environ.get("STRIPE_TEST_KEY", "")
ACCOUNT = os.environ.get("STRIPE_TEST_ACCOUNT", "")

pytestmark = pytest.mark.skipif(
    not KEY.startswith("sk_test_") or not ACCOUNT,
    reason="NOT RUN against Stripe's test mode: set STRIPE_TEST_KEY and STRIPE_TEST_ACCOUNT",
)


@pytest.fixture(autouse=True)
def test_mode():
    before = config.settings()
    config.use(dataclasses.replace(before, stripe_api_key=KEY, stripe_api_base=None))
    yield
    config.use(before)


def asked(**changes: object) -> gateway.Asked:
    made = gateway.Asked(
        payment_id=uuid.uuid4(),
        attempt=1,
        account=ACCOUNT,
        amount_cents=12_345,
        currency="BRL",
        fee_cents=370,
        description="Acordo A-2026-000123",
        expires_at=datetime.now(UTC) + timedelta(hours=2),
    )
    return dataclasses.replace(made, **changes)


def test_a_pix_is_a_dynamic_br_code() -> None:
    request = asked()
    started = gateway.start_pix(request)
    assert brcode.parse(started.pix_code or "").is_dynamic
    assert gateway.start_pix(request).provider_id == started.provider_id
    gateway.withdraw(ACCOUNT, started.provider_id)
    fact = facts.read_object(gateway.retrieve(ACCOUNT, started.provider_id), datetime.now(UTC))
    assert fact is not None
    assert fact.state == PaymentState.EXPIRED
    assert fact.payment_id == request.payment_id


def test_a_key_with_other_parameters_is_spent() -> None:
    request = asked()
    gateway.start_pix(request)
    with pytest.raises(KeySpent):
        gateway.start_pix(dataclasses.replace(request, amount_cents=999))


def test_a_boleto_has_a_line_and_a_pdf() -> None:
    started = gateway.start_boleto(asked(), PAYER, days=3)
    assert boleto.parse(started.boleto_line or "", around=date.today()).amount_cents == 12_345
    assert started.hosted_url


def test_a_card_page_opens_in_our_dress() -> None:
    started = gateway.start_card(
        asked(),
        gateway.Dress("Banco Aurora", button_color="#14325c", border_style="rectangular"),
        locale="pt_BR",
        return_url="https://example.com/pagamento",
    )
    assert (started.hosted_url or "").startswith("https://")
    gateway.withdraw(ACCOUNT, started.provider_id)
