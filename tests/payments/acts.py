"""What payers, the provider and its webhooks do."""

import json

from sqlalchemy import select, update
from stripe import WebhookSignature

from app.payments import actions, jobs, queries, reconciling
from app.payments.models import Payment, ProviderEvent, Settlement
from app.payments.payer import Payer
from app.workbench.stripe_twin import checkout, machines
from app.workbench.stripe_twin.server import Twin
from tenants.clock import now
from tenants.scope import within
from tests.conftest import Cast
from tests.payments.people import Deal

ADDRESS = Payer(line1="Rua das Flores, 10", city="São Paulo", state="SP", postal_code="01310100")
SECRET = "whsec_test"


def start(cast: Cast, deal: Deal, method: str = "pix", number: int = 0, **more) -> Payment:
    more.setdefault("return_url", "http://bank.localhost/pagamento/{payment_id}")
    with within(cast.bank) as session:
        return actions.start(
            session,
            cast.bank,
            agreement_id=deal.id,
            instalment_id=deal.instalments[number],
            method=method,
            locale="pt_BR",
            **more,
        )


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


def leave_behind(cast: Cast, twin: Twin) -> None:
    """Every event arrives, and the jobs that should apply them are lost."""
    for event in events(cast, twin):
        actions.receive(*signed(event))
    with within(cast.bank) as session:
        session.execute(
            update(ProviderEvent).values(received_at=now() - reconciling.LEFT_BEHIND_AFTER * 2)
        )


def rename_account(cast: Cast, twin: Twin, name: str) -> None:
    """The bank's account at the provider is somebody else's by its name."""
    account = twin.store.get("account", cast.bank.stripe_account, cast.bank.stripe_account)
    account["business_profile"]["name"] = name
    twin.store.save(account)
