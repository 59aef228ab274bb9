"""The webhook's door, over HTTP: what is stored, what is refused, and nothing on a portal's host."""

import json

from sqlalchemy import func, select

from app.payments import queries
from app.payments.models import PaymentState, ProviderEvent
from app.workbench.stripe_twin.deliveries import Endpoint, post
from app.workbench.stripe_twin.server import Twin
from tenants.scope import within
from tests.conftest import Cast, LiveServer
from tests.payments.acts import events, pay, signed, start
from tests.payments.people import Deal
from tests.waiting import until
from tests.work import drain, forget_waiting

PATH = "/webhooks/stripe"


def send(browse, host: str, body: bytes, signature: str | None) -> int:
    headers = {"Stripe-Signature": signature} if signature else {}
    return browse(host).post(PATH, data=body, headers=headers).status_code


def test_an_event_is_taken_again_and_again_and_stored_once(
    browse, settings, cast: Cast, twin: Twin, deal: Deal
) -> None:
    start(cast, deal)
    event = events(cast, twin)[-1]
    for _ in range(3):
        assert send(browse, settings.platform_host, *signed(event)) == 200
    with within(cast.bank) as session:
        assert session.scalar(select(func.count(ProviderEvent.id))) == 1


def test_what_is_not_signed_or_not_ours_is_refused(
    browse, settings, cast: Cast, twin: Twin, deal: Deal
) -> None:
    start(cast, deal)
    event = events(cast, twin)[-1]
    host = settings.platform_host
    body, _ = signed(event)
    assert send(browse, host, body, None) == 400
    assert send(browse, host, *signed(event, "whsec_other")) == 400
    assert send(browse, host, *signed(event | {"account": "acct_unknown"})) == 404
    assert send(browse, host, b"x" * 300_000, "t=1,v1=x") == 413
    platforms_own = {name: value for name, value in event.items() if name != "account"}
    assert send(browse, host, *signed(platforms_own)) == 200
    assert browse(host).get(PATH).status_code in (404, 405)


def test_a_portals_host_has_no_webhooks(browse, cast: Cast, twin: Twin, deal: Deal) -> None:
    start(cast, deal)
    event = events(cast, twin)[-1]
    assert send(browse, cast.bank.primary_host, *signed(event)) == 404


def test_the_twin_delivers_and_a_worker_settles(
    live_server: LiveServer, settings, database, cast: Cast, twin: Twin, deal: Deal
) -> None:
    """End to end over loopback: pay on the twin, signed webhook, stored, job, settled."""
    forget_waiting(database.conninfo)
    payment = start(cast, deal)
    pay(cast, twin, payment)
    twin.deliverer.endpoint = Endpoint(live_server.url(settings.platform_host, PATH), "whsec_test")
    twin.store.run(
        "UPDATE deliveries SET state = 'past' WHERE event NOT IN ({})".format(
            ",".join(repr(event["id"]) for event in events(cast, twin))
        )
    )
    twin.store.manners.copies = 2
    twin.store.manners.held = False
    twin.deliverer.wake()
    until(lambda: twin.deliverer.waiting() == 0)
    drain(database.conninfo)
    with within(cast.bank) as session:
        assert queries.payment(session, payment.id).state == PaymentState.PAID
        assert len(queries.settlements_of(session, payment.id)) == 1


def test_a_webhook_that_is_refused_is_sent_again(
    live_server: LiveServer, settings, cast: Cast, twin: Twin, deal: Deal
) -> None:
    body, signature = signed(json.loads('{"id": "evt_x", "object": "event", "type": "x"}'))
    url = live_server.url(settings.platform_host, PATH)
    assert post(url, body.decode(), {"Stripe-Signature": "t=1,v1=00"}) == 400
    assert post(url, body.decode(), {"Stripe-Signature": signature}) == 200
