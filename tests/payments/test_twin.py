"""The twin itself: what it keeps, how time passes in it, how it behaves as a process."""

import http.client
import json
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import stripe

from app.payments import gateway
from app.workbench.stripe_twin import checkout, machines
from app.workbench.stripe_twin.deliveries import Deliverer, Endpoint
from app.workbench.stripe_twin.errors import BadRequest
from app.workbench.stripe_twin.server import Twin
from app.workbench.stripe_twin.store import Store
from tests.conftest import Cast
from tests.payments.test_gateway import asked
from tests.waiting import until


def test_what_is_over_its_time_expires_by_itself(twin: Twin, cast: Cast) -> None:
    account = cast.bank.stripe_account
    pix = gateway.start_pix(asked(account)).provider_id
    card = gateway.start_card(
        asked(account, expires_at=datetime.now(UTC) + timedelta(hours=1)),
        gateway.Dress("Banco Aurora"),
        locale="en",
        return_url="http://bank.localhost/",
    ).provider_id
    for kind, one, field in (
        ("payment_intent", pix, "_expires_at"),
        ("checkout.session", card, "expires_at"),
    ):
        record = twin.store.get(kind, one, account)
        twin.store.save(record | {field: 1})
    twin.expire_due()
    intent = gateway.retrieve(account, pix)
    assert intent["status"] == "requires_payment_method"
    assert intent["last_payment_error"]["code"] == "payment_intent_payment_attempt_expired"
    assert gateway.retrieve(account, card)["status"] == "expired"
    kinds = [event["type"] for event in twin.store.every("event", account)]
    assert {"payment_intent.payment_failed", "checkout.session.expired"} <= set(kinds)


def test_a_final_state_stays_final(twin: Twin, cast: Cast) -> None:
    account = cast.bank.stripe_account
    intent_id = gateway.start_pix(asked(account)).provider_id
    gateway.withdraw(account, intent_id)
    intent = twin.store.get("payment_intent", intent_id, account)
    for move in (
        lambda: machines.pay(twin.store, account, intent),
        lambda: machines.cancel_intent(twin.store, account, intent, None),
        lambda: machines.confirm_intent(twin.store, account, "", intent, {}),
    ):
        with pytest.raises(BadRequest):
            move()


def test_more_than_a_charge_cannot_be_given_back(twin: Twin, cast: Cast) -> None:
    account = cast.bank.stripe_account
    intent_id = gateway.start_pix(asked(account)).provider_id
    intent = twin.store.get("payment_intent", intent_id, account)
    machines.pay(twin.store, account, intent)
    machines.refund(twin.store, account, {"payment_intent": intent_id, "amount": 12_000})
    with pytest.raises(BadRequest):
        machines.refund(twin.store, account, {"payment_intent": intent_id, "amount": 346})


def test_a_session_is_paid_or_expired_once(twin: Twin, cast: Cast) -> None:
    account = cast.bank.stripe_account
    session_id = gateway.start_card(
        asked(account), gateway.Dress("x"), locale="en", return_url="http://bank.localhost/"
    ).provider_id
    session = twin.store.get("checkout.session", session_id, account)
    checkout.complete(twin.store, account, session)
    for move in (checkout.complete, checkout.expire, checkout.decline):
        with pytest.raises(BadRequest):
            move(twin.store, account, session)


def test_a_method_the_account_has_not_activated_is_refused(twin: Twin, cast: Cast) -> None:
    client = stripe.StripeClient("sk_test_x", base_addresses={"api": twin.url})
    account = client.v1.accounts.create(
        {
            "business_profile": {"name": "Loja"},
            "capabilities": {"card_payments": {"requested": True}},
        }
    )
    with pytest.raises(stripe.InvalidRequestError, match="activate"):
        client.v1.payment_intents.create(
            {"amount": 500, "currency": "brl", "allowed_payment_method_types": ["pix"]},
            {"stripe_account": account.id},
        )


def test_webhooks_wait_for_an_endpoint_that_is_down(twin: Twin, tmp_path: Path) -> None:
    """Retried with growing pauses, given up only after many."""
    store = Store(tmp_path / "twin.sqlite")
    store.add({"id": "evt_1", "object": "event", "created": 1, "type": "x"}, "acct_1")
    store.run("INSERT INTO deliveries (event, due) VALUES ('evt_1', 0)")
    deliverer = Deliverer(store, Endpoint("http://127.0.0.1:9/", "whsec_x"))
    deliverer.start()
    until(lambda: store.run("SELECT attempts FROM deliveries")[0][0] >= 2)
    deliverer.stop()
    assert store.run("SELECT state FROM deliveries") == [("waiting",)]
    store.close()


def ask(address: str, verb: str, path: str, body: dict | None = None) -> dict:
    connection = http.client.HTTPConnection(address, timeout=120)
    connection.request(verb, path, json.dumps(body or {}), {"Content-Type": "application/json"})
    answer = json.loads(connection.getresponse().read())
    connection.close()
    return answer


def begin(state: Path) -> tuple[subprocess.Popen, str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "app.workbench.stripe_twin", "--port", "0",
         "--webhook-url", "http://127.0.0.1:9/", "--webhook-secret", "whsec_x",
         "--state", str(state)],
        stdout=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    assert process.stdout is not None
    line = process.stdout.readline()
    assert "SIMULATED" in line
    return process, line.split("http://")[1].strip()


def test_a_restart_keeps_everything_even_after_a_kill(tmp_path: Path) -> None:
    state = tmp_path / "twin.sqlite"
    process, address = begin(state)
    try:
        ask(address, "POST", "/_twin/accounts", {"id": "acct_1", "name": "Loja"})
        client = stripe.StripeClient("sk_test_x", base_addresses={"api": f"http://{address}"})
        asked_for = {"amount": 500, "currency": "brl", "allowed_payment_method_types": ["pix"]}
        options = {"stripe_account": "acct_1", "idempotency_key": "k"}
        intent = client.v1.payment_intents.create(asked_for, options)
        process.send_signal(signal.SIGKILL)
        process.wait(120)
        process.stdout.close()
        process, address = begin(state)
        client = stripe.StripeClient("sk_test_x", base_addresses={"api": f"http://{address}"})
        assert client.v1.payment_intents.create(asked_for, options).id == intent.id
        assert ask(address, "GET", "/_twin/waiting")["waiting"] == 1
    finally:
        process.terminate()
        process.wait(120)
        process.stdout.close()
