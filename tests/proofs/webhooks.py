"""Webhooks as networks bring them: whatever the order, the same money in the same place.

Two creditors see the same story of payments. The first one's events arrive once and in order; the
second one's doubled, late, shuffled and mixed with forgeries, over real HTTP, signed by the twin,
applied by a real worker. Every payment must end the same.
"""

import json
import random
import threading
from dataclasses import dataclass

from sqlalchemy import func, select
from stripe import WebhookSignature
from werkzeug.serving import make_server

from app.agreements.models import Agreement, Instalment
from app.factory import create_app
from app.payments import actions, queries
from app.payments.models import ProviderEvent, Receipt
from app.workbench.stripe_twin import checkout, machines
from app.workbench.stripe_twin.deliveries import Endpoint, post
from app.workbench.stripe_twin.server import Quiet, Twin
from tenants.resolve import Resolved
from tenants.scope import within
from tests.conftest import make_tenant
from tests.payments.acts import ADDRESS
from tests.payments.people import Deal, make_deal
from tests.stage import stage
from tests.waiting import until
from tests.work import drain

SECRET = "whsec_proof"
STORIES = 24
SEED = 20_261_121
COPIES = 3


@dataclass(frozen=True)
class Story:
    """What happens to one agreement's first instalment."""

    method: str
    amount: int | None
    expires_first: bool
    paid_twice: bool
    other_method_too: bool
    refund: int | None
    instalments: int


def stories() -> list[Story]:
    chance = random.Random(SEED)
    return [
        Story(
            method=chance.choice(["pix", "boleto", "card"]),
            amount=chance.choice([None, None, 12_000, 7_000]),
            expires_first=chance.random() < 0.25,
            paid_twice=chance.random() < 0.2,
            other_method_too=chance.random() < 0.2,
            refund=chance.choice([None, None, 500, 2_000]),
            instalments=chance.choice([1, 2, 3]),
        )
        for _ in range(STORIES)
    ]


def run() -> dict[str, int]:
    """Figures: events delivered, forged ones, and payments that ended differently."""
    twin = Twin().start()
    twin.store.manners.held = True
    try:
        with stage(STRIPE_API_BASE=twin.url, STRIPE_WEBHOOK_SECRET=SECRET) as set_up:
            server = make_server(
                "127.0.0.1",
                0,
                create_app(set_up.settings),
                threaded=True,
                request_handler=Quiet,
            )
            thread = threading.Thread(target=server.serve_forever, daemon=True)
            thread.start()
            url = f"http://{set_up.settings.platform_host}:{server.server_port}/webhooks/stripe"
            twin.deliverer.endpoint = Endpoint(url, SECRET)
            try:
                return _compare(twin, url, set_up.database.conninfo)
            finally:
                server.shutdown()
                thread.join()
    finally:
        twin.stop()


def _compare(twin: Twin, url: str, conninfo: str) -> dict[str, int]:
    told = stories()
    orderly = _tell(twin, _creditor(twin, "orderly"), told)
    _deliver(twin, copies=1, shuffled=False)
    drain(conninfo)
    unruly = _tell(twin, _creditor(twin, "unruly"), told)
    forged = _forge(twin, url, unruly[0])
    _deliver(twin, copies=COPIES, shuffled=True)
    forged += _forge(twin, url, unruly[0])
    drain(conninfo)
    pairs = zip(_ends(*orderly), _ends(*unruly), strict=True)
    differences = [pair for pair in pairs if pair[0] != pair[1]]
    for one, other in differences[:5]:
        print(f"  in order {one}\n  unruly   {other}")
    return {
        "payments": STORIES * 2,
        "events": twin.store.run("SELECT count(*) FROM deliveries WHERE state = 'delivered'")[0][0],
        "forged": forged,
        "lost": _not_applied(unruly[0]) + _not_applied(orderly[0]),
        "differences": len(differences),
    }


def _creditor(twin: Twin, name: str) -> Resolved:
    account = f"acct_{name}"
    tenant = make_tenant(name, "Banco Aurora", stripe_account=account, fee_basis_points=300)
    twin.open_account(account, tenant.name)
    return tenant


def _tell(twin: Twin, tenant: Resolved, told: list[Story]) -> tuple[Resolved, list[Deal]]:
    deals = [make_deal(tenant, (10_000,) * story.instalments) for story in told]
    for story, deal in zip(told, deals, strict=True):
        _happen(twin, tenant, story, deal)
    return tenant, deals


def _happen(twin: Twin, tenant: Resolved, story: Story, deal: Deal) -> None:
    account = tenant.stripe_account
    provider_id = _start(tenant, deal, story.method)
    if story.method == "card":
        session = twin.store.get("checkout.session", provider_id, account)
        checkout.decline(twin.store, account, session)
        intent_id = checkout.complete(twin.store, account, session)["payment_intent"]
        amount = None
    else:
        intent_id, amount = provider_id, story.amount
        intent = twin.store.get("payment_intent", intent_id, account)
        if story.expires_first:
            machines.expire_intent(twin.store, account, intent)
        machines.pay(twin.store, account, intent, amount)
    if story.paid_twice:
        machines.pay(twin.store, account, twin.store.get("payment_intent", intent_id, account))
    if story.refund:
        asked = {"payment_intent": intent_id, "amount": story.refund}
        machines.refund(twin.store, account, asked)
    if story.other_method_too:
        other = _start(tenant, deal, "pix" if story.method != "pix" else "boleto")
        machines.pay(twin.store, account, twin.store.get("payment_intent", other, account))


def _start(tenant: Resolved, deal: Deal, method: str) -> str:
    with within(tenant) as session:
        payment = actions.start(
            session,
            tenant,
            agreement_id=deal.id,
            instalment_id=deal.instalments[0],
            method=method,
            locale="pt_BR",
            return_url="http://portal.localhost/pagamento/{payment_id}",
            payer=ADDRESS,
        )
        assert payment.provider_id
        return payment.provider_id


def _deliver(twin: Twin, *, copies: int, shuffled: bool) -> None:
    """Let what is queued travel: so many copies of each, each late by a whim."""
    if shuffled:
        ids = [
            row[0] for row in twin.store.run("SELECT event FROM deliveries WHERE state = 'waiting'")
        ]
        chance = random.Random(SEED)
        chance.shuffle(ids := ids * copies)
        twin.store.run("DELETE FROM deliveries WHERE state = 'waiting'")
        for late, event in enumerate(ids):
            twin.store.run("INSERT INTO deliveries (event, due) VALUES (?, ?)", event, float(late))
    twin.store.manners.held = False
    twin.deliverer.wake()
    until(lambda: twin.deliverer.waiting() == 0, seconds=240)
    twin.store.manners.held = True


def _forge(twin: Twin, url: str, tenant: Resolved) -> int:
    """Events nobody signed, or signed long ago, or changed on the way: each must be refused."""
    tried = 0
    for event in twin.store.every("event", tenant.stripe_account, 20):
        body = json.dumps(event)
        good = WebhookSignature.generate_signature_header(body, SECRET)
        for sent, signature in (
            (body, WebhookSignature.generate_signature_header(body, "whsec_guess")),
            (body, WebhookSignature.generate_signature_header(body, SECRET, timestamp=1)),
            (body.replace('"brl"', '"usd"'), good),
        ):
            if sent == body and signature == good:
                continue
            status = post(url, sent, {"Stripe-Signature": signature})
            tried += 1
            assert status == 400, f"a forged event was answered {status}"
    return tried


def _ends(tenant: Resolved, deals: list[Deal]) -> list[object]:
    """How each story ended, in figures that do not depend on ids or times."""
    with within(tenant) as session:
        return [_end(session, deal) for deal in deals]


def _end(session, deal: Deal) -> object:
    payments = queries.of_agreement(session, deal.id)[::-1]
    settled = [queries.settlements_of(session, payment.id) for payment in payments]
    instalments = session.scalars(
        select(Instalment).where(Instalment.agreement_id == deal.id).order_by(Instalment.number)
    )
    return {
        "agreement": session.scalar(select(Agreement.state).where(Agreement.id == deal.id)),
        "instalments": [(one.state, one.paid_cents) for one in instalments],
        "received": sum(payment.received_cents for payment in payments),
        "applied": sum(one.applied_cents for rows in settled for one in rows),
        "credit": sum(one.credit_cents for rows in settled for one in rows),
        "charges": sum(len(rows) for rows in settled),
        "paid": sorted(payment.state for payment in payments),
        "receipted": sum(
            session.scalars(
                select(Receipt.amount_cents).where(
                    Receipt.agreement_id == deal.id, Receipt.kind == "receipt"
                )
            )
        ),
        "letters": session.scalar(
            select(func.count(Receipt.id)).where(
                Receipt.agreement_id == deal.id, Receipt.kind == "quitacao"
            )
        ),
    }


def _not_applied(tenant: Resolved) -> int:
    with within(tenant) as session:
        return session.scalar(
            select(func.count(ProviderEvent.id)).where(ProviderEvent.state == "stored")
        )
