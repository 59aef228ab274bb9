"""What a test, a proof or a person at the demo asks of the twin beyond Stripe's own API."""

from typing import Any

from flask import Blueprint, Response, current_app, jsonify, request

from app.workbench.stripe_twin import checkout, disputes, machines, methods
from app.workbench.stripe_twin.errors import NotFound, StripeError
from app.workbench.stripe_twin.store import Record, Store

blueprint = Blueprint("controls", __name__, url_prefix="/_twin")


@blueprint.errorhandler(StripeError)
def refused(error: StripeError) -> tuple[Response, int]:
    return jsonify(error.body()), error.status


@blueprint.post("/accounts")
def open_account() -> Response:
    """Register a connected account under a chosen id: {"id", "name"}."""
    told = _told()
    return jsonify(current_app.config["twin"].open_account(told["id"], told["name"]))


@blueprint.post("/payments/<object_id>/pay")
def pay(object_id: str) -> Response:
    """Pay a PaymentIntent or an open Checkout Session: {"amount"?} in cents."""
    return jsonify(act(object_id, "pay", _told().get("amount")))


@blueprint.post("/payments/<object_id>/expire")
def expire(object_id: str) -> Response:
    return jsonify(act(object_id, "expire"))


@blueprint.post("/payments/<object_id>/<any(refund, dispute, lost, won):verb>")
def back(object_id: str, verb: str) -> Response:
    """Send money of a paid PaymentIntent or Checkout Session back: {"amount"?} in cents."""
    return jsonify(send_back(object_id, verb, _told().get("amount")))


@blueprint.post("/manners")
def manners() -> Response:
    """How webhooks travel from now on: {"delay_seconds", "copies", "shuffled", "held"}."""
    store: Store = current_app.config["store"]
    for name, value in _told().items():
        setattr(store.manners, name, value)
    current_app.config["deliverer"].wake()
    return jsonify(waiting=current_app.config["deliverer"].waiting())


@blueprint.post("/faults")
def faults() -> Response:
    """Trouble for the next calls: {"refusals", "busy", "lost_answers"}."""
    for name, value in _told().items():
        setattr(current_app.config["faults"], name, value)
    return jsonify(done=True)


@blueprint.get("/events")
def events() -> Response:
    """Every event of an account, the newest first."""
    store: Store = current_app.config["store"]
    return jsonify(data=store.every("event", request.args.get("account")))


@blueprint.get("/waiting")
def waiting() -> Response:
    return jsonify(waiting=current_app.config["deliverer"].waiting())


def act(object_id: str, verb: str, amount: int | None = None) -> Record:
    """What the payer, their bank or time does to a payment. Raises StripeError."""
    store: Store = current_app.config["store"]
    account = store.owner(object_id) or ""
    with store.transaction():
        if object_id.startswith("cs_"):
            record = methods.require(store, "checkout.session", object_id, account)
            moves: dict[str, Any] = {
                "pay": checkout.complete,
                "expire": checkout.expire,
                "decline": checkout.decline,
            }
            done: Record = moves[verb](store, account, record)
        else:
            record = methods.require(store, "payment_intent", object_id, account)
            if verb == "pay":
                done = machines.pay(store, account, record, amount)
            else:
                done = machines.expire_intent(store, account, record)
    current_app.config["deliverer"].wake()
    return done


def send_back(object_id: str, verb: str, amount: int | None = None) -> Record:
    """A refund; a dispute; or how the dispute ends: lost or won. Raises StripeError."""
    store: Store = current_app.config["store"]
    account = store.owner(object_id) or ""
    with store.transaction():
        if object_id.startswith("cs_"):
            session = methods.require(store, "checkout.session", object_id, account)
            object_id = session["payment_intent"]
        params = {"payment_intent": object_id} | ({"amount": amount} if amount else {})
        if verb == "refund":
            done = machines.refund(store, account, params)
        elif verb == "dispute":
            done = disputes.dispute(store, account, params)
        else:
            made = disputes.of_intent(store, account, object_id)
            if made is None:
                raise NotFound("dispute", object_id)
            done = disputes.close(store, account, made, verb)
    current_app.config["deliverer"].wake()
    return done


def _told() -> dict[str, Any]:
    body: dict[str, Any] = request.get_json(silent=True) or {}
    return body
