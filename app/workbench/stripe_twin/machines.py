"""PaymentIntents, charges and refunds as state machines.

requires_payment_method → requires_action → processing → succeeded; canceled from what is not final;
a voucher or Pix code that expires goes back to requires_payment_method.
"""

from app.workbench.stripe_twin import methods
from app.workbench.stripe_twin.errors import BadRequest
from app.workbench.stripe_twin.events import emit
from app.workbench.stripe_twin.methods import require
from app.workbench.stripe_twin.store import Record, Store, new_id, now

CANCELABLE = ("requires_payment_method", "requires_confirmation", "requires_action", "processing")


def create_intent(store: Store, account: str, base_url: str, params: Record) -> Record:
    """A PaymentIntent; with `confirm`, already showing its Pix code or boleto."""
    types = params.get("allowed_payment_method_types") or ["card"]
    methods.check_amount(params["amount"], params["currency"], types)
    methods.check_capabilities(store, account, types)
    fee = params.get("application_fee_amount")
    if fee is not None and not 0 < fee <= params["amount"]:
        raise BadRequest("The fee must be within the amount.", None, "application_fee_amount")
    intent = _blank_intent(params, types)
    store.add(intent, account)
    emit(store, account, "payment_intent.created", intent)
    return (
        confirm_intent(store, account, base_url, intent, params)
        if params.get("confirm")
        else intent
    )


def confirm_intent(
    store: Store, account: str, base_url: str, intent: Record, params: Record
) -> Record:
    """Show what the payer needs. Raises BadRequest where the state or the data do not allow it."""
    if intent["status"] not in ("requires_payment_method", "requires_confirmation"):
        raise BadRequest(
            f"This PaymentIntent's status is {intent['status']}: it cannot be confirmed.",
            "payment_intent_unexpected_state",
        )
    data = params.get("payment_method_data")
    if data is None:
        raise BadRequest(
            "A payment method is needed to confirm.", "parameter_missing", "payment_method"
        )
    kind = data["type"]
    if kind not in intent["payment_method_types"] or kind not in ("pix", "boleto"):
        raise BadRequest(
            f"The payment method type {kind} is not allowed here.",
            None,
            "payment_method_data[type]",
        )
    options = params.get("payment_method_options", {}).get(kind) or {}
    show = methods.show_pix if kind == "pix" else methods.show_boleto
    intent["next_action"], intent["_expires_at"] = show(
        store, account, base_url, intent, data, options
    )
    intent["payment_method"] = new_id("payment_method")
    intent["payment_method_types"] = [kind]
    intent["status"] = "requires_action"
    intent["last_payment_error"] = None
    intent["_payer"] = data.get("billing_details", {}) | data.get("boleto", {})
    store.save(intent)
    emit(store, account, "payment_intent.requires_action", intent)
    return intent


def cancel_intent(store: Store, account: str, intent: Record, reason: str | None) -> Record:
    if intent["status"] not in CANCELABLE:
        raise BadRequest(
            f"You cannot cancel this PaymentIntent because it has a status of {intent['status']}.",
            "payment_intent_unexpected_state",
        )
    intent |= {"status": "canceled", "canceled_at": now(), "cancellation_reason": reason}
    intent["next_action"] = None
    store.save(intent)
    emit(store, account, "payment_intent.canceled", intent)
    return intent


def expire_intent(store: Store, account: str, intent: Record) -> Record:
    """The code or voucher is no longer payable."""
    kind = intent["payment_method_types"][0]
    intent |= {
        "status": "requires_payment_method",
        "next_action": None,
        "payment_method": None,
        "last_payment_error": {
            "type": "card_error",
            "code": "payment_intent_payment_attempt_expired",
            "message": f"The {kind} expired before it was paid.",
        },
    }
    store.save(intent)
    emit(store, account, "payment_intent.payment_failed", intent)
    return intent


def pay(store: Store, account: str, intent: Record, amount: int | None = None) -> Record:
    """The payer's bank pays; `amount` other than asked for, late or again as real life might do.

    A second payment of the same code makes a second charge, announced by `charge.succeeded` alone.
    """
    if intent["status"] == "canceled":
        raise BadRequest("A canceled payment cannot be paid.", "payment_intent_unexpected_state")
    received = amount or intent["amount"]
    again = intent["status"] == "succeeded"
    if not again and intent["payment_method_types"] == ["boleto"]:
        intent["status"] = "processing"
        store.save(intent)
        emit(store, account, "payment_intent.processing", intent)
    charge = _charge(store, account, intent, received)
    emit(store, account, "charge.succeeded", charge)
    if not again:
        intent |= {"status": "succeeded", "amount_received": received, "next_action": None}
        intent["latest_charge"] = charge["id"]
        store.save(intent)
        emit(store, account, "payment_intent.succeeded", intent)
    return intent


def refund(store: Store, account: str, params: Record) -> Record:
    """Give a charge back, whole or in part. Raises BadRequest beyond what is left of it."""
    charge = require(store, "charge", charge_id(store, account, params), account)
    left = charge["amount"] - charge["amount_refunded"]
    amount = params.get("amount", left)
    if not 0 < amount <= left:
        raise BadRequest(
            f"Refund amount ({amount}) is greater than unrefunded amount ({left}).",
            "charge_already_refunded",
            "amount",
        )
    if params.get("refund_application_fee") and not charge["application_fee_amount"]:
        raise BadRequest(
            f"Attempting to refund_application_fee on {charge['id']}, but it has no application "
            "fee",
            None,
            "refund_application_fee",
        )
    made = {
        "id": new_id("refund"),
        "object": "refund",
        "amount": amount,
        "charge": charge["id"],
        "created": now(),
        "currency": charge["currency"],
        "metadata": params.get("metadata", {}),
        "payment_intent": charge["payment_intent"],
        "reason": params.get("reason"),
        "status": "succeeded",
    }
    store.add(made, account)
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    store.save(charge)
    emit(store, account, "refund.created", made)
    emit(store, account, "charge.refunded", charge)
    return made


def fail_refund(store: Store, account: str, made: Record) -> Record:
    """The payer's bank sends it back, as it may days later."""
    charge = require(store, "charge", made["charge"], account)
    charge["amount_refunded"] -= made["amount"]
    charge["refunded"] = False
    store.save(charge)
    made |= {"status": "failed", "failure_reason": "declined"}
    store.save(made)
    emit(store, account, "refund.failed", made)
    return made


def charge_id(store: Store, account: str, params: Record) -> str:
    """The charge that is named, by itself or by its intent. Raises BadRequest."""
    found = params.get("charge")
    if not found and params.get("payment_intent"):
        intent = require(store, "payment_intent", params["payment_intent"], account)
        found = intent["latest_charge"]
    if not found:
        raise BadRequest(
            "One of charge or payment_intent is required.", "parameter_missing", "charge"
        )
    return str(found)


def _blank_intent(params: Record, types: list[str]) -> Record:
    intent_id = new_id("payment_intent")
    return {
        "id": intent_id,
        "object": "payment_intent",
        "amount": params["amount"],
        "amount_received": 0,
        "application_fee_amount": params.get("application_fee_amount"),
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": "automatic_async",
        "client_secret": f"{intent_id}_secret_{new_id('event')[4:]}",
        "confirmation_method": "automatic",
        "created": now(),
        "currency": params["currency"],
        "description": params.get("description"),
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "metadata": params.get("metadata", {}),
        "next_action": None,
        "payment_method": None,
        "payment_method_types": types,
        "status": "requires_payment_method",
    }


def _charge(store: Store, account: str, intent: Record, amount: int) -> Record:
    charge = {
        "id": new_id("charge"),
        "object": "charge",
        "amount": amount,
        "amount_captured": amount,
        "amount_refunded": 0,
        "application_fee_amount": intent["application_fee_amount"],
        "captured": True,
        "created": now(),
        "currency": intent["currency"],
        "description": intent["description"],
        "disputed": False,
        "livemode": False,
        "metadata": intent["metadata"],
        "paid": True,
        "payment_intent": intent["id"],
        "payment_method": intent["payment_method"],
        "payment_method_details": {"type": intent["payment_method_types"][0]},
        "refunded": False,
        "status": "succeeded",
    }
    return store.add(charge, account)
