"""Checkout Sessions: open → complete or expired; the PaymentIntent is made when somebody pays."""

from app.workbench.stripe_twin import machines, methods
from app.workbench.stripe_twin.errors import BadRequest
from app.workbench.stripe_twin.events import emit
from app.workbench.stripe_twin.store import Record, Store, new_id, now

SHORTEST_SECONDS = 30 * 60
LONGEST_SECONDS = 24 * 60 * 60
SLACK_SECONDS = 60
"""A request takes a moment: its time of expiry was computed before."""


def create(store: Store, account: str, base_url: str, params: Record) -> Record:
    """An open session with its page's address. Raises BadRequest where Stripe would."""
    if params.get("mode") != "payment":
        raise BadRequest("The twin knows payment mode alone.", None, "mode")
    if not params.get("success_url"):
        raise BadRequest("Missing required param: success_url.", "parameter_missing", "success_url")
    expires_at = params.get("expires_at", now() + LONGEST_SECONDS)
    if not SHORTEST_SECONDS - SLACK_SECONDS <= expires_at - now() <= LONGEST_SECONDS:
        raise BadRequest("A session expires 30 minutes to 24 hours from now.", None, "expires_at")
    total, currency = _total(params.get("line_items") or [])
    types = params.get("allowed_payment_method_types") or ["card"]
    methods.check_capabilities(store, account, types)
    record = _blank(params, total, currency, types, expires_at)
    record["url"] = f"{base_url}/checkout/{record['id']}"
    return store.add(record, account)


def _blank(params: Record, total: int, currency: str, types: list[str], expires_at: int) -> Record:
    return {
        "id": new_id("checkout.session"),
        "object": "checkout.session",
        "amount_subtotal": total,
        "amount_total": total,
        "branding_settings": params.get("branding_settings"),
        "cancel_url": params.get("cancel_url"),
        "client_reference_id": params.get("client_reference_id"),
        "created": now(),
        "currency": currency,
        "expires_at": expires_at,
        "livemode": False,
        "locale": params.get("locale"),
        "metadata": params.get("metadata", {}),
        "mode": "payment",
        "payment_intent": None,
        "payment_method_types": types,
        "payment_status": "unpaid",
        "status": "open",
        "success_url": params["success_url"],
        "ui_mode": "hosted_page",
        "_intent": params.get("payment_intent_data") or {},
        "_title": params["line_items"][0]["price_data"]["product_data"]["name"],
    }


def complete(store: Store, account: str, session: Record) -> Record:
    """The payer's card is charged. Raises BadRequest unless the session is open."""
    _require_open(session)
    data = session["_intent"]
    asked = {
        "amount": session["amount_total"],
        "currency": session["currency"],
        "allowed_payment_method_types": ["card"],
        **{
            name: data[name]
            for name in ("application_fee_amount", "description", "metadata")
            if name in data
        },
    }
    intent = machines.create_intent(store, account, "", asked)
    intent["payment_method"] = new_id("payment_method")
    machines.pay(store, account, intent)
    session |= {"status": "complete", "payment_status": "paid", "payment_intent": intent["id"]}
    session["url"] = None
    store.save(session)
    emit(store, account, "checkout.session.completed", session)
    return session


def decline(store: Store, account: str, session: Record) -> Record:
    """The card is refused; the session stays open for another try."""
    _require_open(session)
    asked = {
        "amount": session["amount_total"],
        "currency": session["currency"],
        "metadata": session["_intent"].get("metadata", {}),
    }
    intent = machines.create_intent(store, account, "", asked)
    intent["last_payment_error"] = {
        "type": "card_error",
        "code": "card_declined",
        "message": "The card was declined.",
    }
    store.save(intent)
    session["payment_intent"] = intent["id"]
    store.save(session)
    emit(store, account, "payment_intent.payment_failed", intent)
    return session


def expire(store: Store, account: str, session: Record) -> Record:
    _require_open(session)
    session |= {"status": "expired", "url": None}
    store.save(session)
    emit(store, account, "checkout.session.expired", session)
    return session


def _require_open(session: Record) -> None:
    if session["status"] != "open":
        raise BadRequest(f"This session is {session['status']}, not open.")


def _total(items: list[Record]) -> tuple[int, str]:
    if not items:
        raise BadRequest("Missing required param: line_items.", "parameter_missing", "line_items")
    total, currency = 0, None
    for index, item in enumerate(items):
        price = item.get("price_data") or {}
        if "unit_amount" not in price or "product_data" not in price or "quantity" not in item:
            raise BadRequest(
                "The twin wants price_data and quantity.", None, f"line_items[{index}]"
            )
        if currency not in (None, price["currency"]):
            raise BadRequest("One currency per session.", None, f"line_items[{index}]")
        total, currency = total + price["unit_amount"] * item["quantity"], price["currency"]
    assert currency is not None
    return total, currency
