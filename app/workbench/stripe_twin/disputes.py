"""Disputes: the payer's bank takes a charge back at once, the card network decides later."""

from app.workbench.stripe_twin.errors import BadRequest
from app.workbench.stripe_twin.events import emit
from app.workbench.stripe_twin.machines import charge_id
from app.workbench.stripe_twin.methods import require
from app.workbench.stripe_twin.store import Record, Store, new_id, now


def dispute(store: Store, account: str, params: Record) -> Record:
    """A charge, whole or `amount` of it, is withheld. Raises BadRequest for one disputed before."""
    charge = require(store, "charge", charge_id(store, account, params), account)
    if charge["disputed"]:
        raise BadRequest(f"{charge['id']} has been disputed before.", None, "charge")
    made = {
        "id": new_id("dispute"),
        "object": "dispute",
        "amount": params.get("amount", charge["amount"]),
        "charge": charge["id"],
        "created": now(),
        "currency": charge["currency"],
        "is_charge_refundable": False,
        "livemode": False,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "reason": "fraudulent",
        "status": "needs_response",
    }
    store.add(made, account)
    charge["disputed"] = True
    store.save(charge)
    emit(store, account, "charge.dispute.created", made)
    emit(store, account, "charge.dispute.funds_withdrawn", made)
    return made


def close(store: Store, account: str, made: Record, status: str) -> Record:
    """Decided: "won" by the creditor, whose money comes back, or "lost".

    Raises BadRequest for a dispute that is closed.
    """
    if made["status"] != "needs_response":
        raise BadRequest(f"This dispute is {made['status']}.")
    made["status"] = status
    store.save(made)
    emit(store, account, "charge.dispute.closed", made)
    if status == "won":
        emit(store, account, "charge.dispute.funds_reinstated", made)
    return made


def of_intent(store: Store, account: str, intent_id: str) -> Record | None:
    """The dispute of a payment."""
    found = store.every("dispute", account)
    return next((one for one in found if one["payment_intent"] == intent_id), None)
