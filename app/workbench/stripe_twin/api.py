"""The HTTP side of the contract: authentication, accounts, idempotency, routes, errors."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, Response, current_app, request
from stripe import api_version

from app.workbench.stripe_twin import accounts, checkout, contract, forms, machines, methods
from app.workbench.stripe_twin.errors import (
    BadRequest,
    KeyInUse,
    KeyReused,
    NotAuthenticated,
    NotPermitted,
    StripeError,
)
from app.workbench.stripe_twin.events import public
from app.workbench.stripe_twin.store import Record, Store

blueprint = Blueprint("api", __name__)
PLATFORM = "acct_platform"


@dataclass(frozen=True, slots=True)
class Call:
    """One checked request."""

    store: Store
    account: str
    base_url: str
    params: Record
    ids: dict[str, str]

    def find(self, kind: str) -> Record:
        return methods.require(self.store, kind, next(iter(self.ids.values())), self.account)


def _create_account(call: Call) -> Record:
    return accounts.create(call.store, call.params)


def _account(call: Call) -> Record:
    found = call.store.get("account", call.ids["account"], call.ids["account"])
    if found is None:
        raise NotPermitted(f"No access to account '{call.ids['account']}'.", "account_invalid")
    return found


def _list(kind: str) -> Callable[[Call], Record]:
    def listed(call: Call) -> Record:
        limit = call.params.get("limit", 10)
        found = call.store.every(kind, call.account, limit + 1)
        wanted = call.params.get("payment_intent")
        if wanted:
            found = [record for record in found if record.get("payment_intent") == wanted]
        data = [public(record) for record in found[:limit]]
        return {"object": "list", "data": data, "has_more": len(found) > limit, "url": request.path}

    return listed


HANDLERS: dict[str, Callable[[Call], Record]] = {
    "account.create": _create_account,
    "account.retrieve": _account,
    "account.update": lambda call: accounts.update(call.store, _account(call), call.params),
    "paymentintent.create": lambda call: machines.create_intent(
        call.store, call.account, call.base_url, call.params
    ),
    "paymentintent.confirm": lambda call: machines.confirm_intent(
        call.store, call.account, call.base_url, call.find("payment_intent"), call.params
    ),
    "paymentintent.retrieve": lambda call: call.find("payment_intent"),
    "paymentintent.list": _list("payment_intent"),
    "paymentintent.cancel": lambda call: machines.cancel_intent(
        call.store,
        call.account,
        call.find("payment_intent"),
        call.params.get("cancellation_reason"),
    ),
    "charge.retrieve": lambda call: call.find("charge"),
    "charge.list": _list("charge"),
    "refund.create": lambda call: machines.refund(call.store, call.account, call.params),
    "refund.retrieve": lambda call: call.find("refund"),
    "session.create": lambda call: checkout.create(
        call.store, call.account, call.base_url, call.params
    ),
    "session.retrieve": lambda call: call.find("checkout.session"),
    "session.expire": lambda call: checkout.expire(
        call.store, call.account, call.find("checkout.session")
    ),
}


@blueprint.route("/v1/<path:path>", methods=["GET", "POST", "DELETE"])
def answer(path: str) -> Response:
    """Every call of the API."""
    store: Store = current_app.config["store"]
    faults = current_app.config["faults"]
    if faults.take("refusals"):
        return _json({"error": {"type": "api_error", "message": "Simulated outage."}}, 503)
    try:
        if faults.take("busy"):
            raise KeyInUse()
        status, body = _answer(store)
    except StripeError as error:
        status, body = error.status, error.body()
    current_app.config["deliverer"].wake()
    if faults.take("lost_answers"):
        _cut_the_line()
    return _json(body, status)


def _answer(store: Store) -> tuple[int, Record]:
    found = contract.find(request.method, request.path)
    if found is None:
        raise StripeError(f"Unrecognized request URL ({request.method}: {request.path}).")
    route, ids = found
    account = _authenticate(store)
    text = request.get_data(as_text=True) if request.method == "POST" else _query()
    params = contract.check(route.params, forms.decode(text))
    handler = HANDLERS.get(route.name)
    if handler is None:
        raise BadRequest(f"{route.name} exists at Stripe, but the twin does not know it.")
    call = Call(store, account, request.host_url.rstrip("/"), params, ids)
    key = request.headers.get("Idempotency-Key") if request.method == "POST" else None
    with store.transaction():
        return _once(call, key, text, handler) if key else (200, public(handler(call)))


def _once(call: Call, key: str, text: str, handler: Callable[[Call], Record]) -> tuple[int, Record]:
    """The first answer to a key is its answer for ever; other parameters are refused."""
    fingerprint = hashlib.sha256(f"{request.path}\n{text}".encode()).hexdigest()
    kept = call.store.run(
        "SELECT fingerprint, status, body FROM answers WHERE account = ? AND key = ?",
        call.account,
        key,
    )
    if kept:
        if kept[0][0] != fingerprint:
            raise KeyReused(
                "Keys for idempotent requests can only be used with the same parameters they "
                "were first used with."
            )
        return int(kept[0][1]), json.loads(kept[0][2])
    try:
        status, body = 200, public(handler(call))
    except StripeError as error:
        status, body = error.status, error.body()
    call.store.run(
        "INSERT INTO answers VALUES (?, ?, ?, ?, ?)",
        call.account,
        key,
        fingerprint,
        status,
        json.dumps(body),
    )
    return status, body


def _authenticate(store: Store) -> str:
    """The account that the request is about. Raises NotAuthenticated, NotPermitted."""
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    if scheme != "Bearer" or not key.startswith("sk_test_"):
        raise NotAuthenticated("Invalid API Key provided: the twin takes test keys (sk_test_…).")
    version = request.headers.get("Stripe-Version")
    if version != api_version:
        raise BadRequest(f"Invalid Stripe API version: {version}")
    account = request.headers.get("Stripe-Account")
    if account is None:
        return PLATFORM
    if store.get("account", account, account) is None:
        raise NotPermitted(
            f"The provided key does not have access to account '{account}' "
            "(or that account does not exist).",
            "account_invalid",
        )
    return account


def _query() -> str:
    return request.query_string.decode()


def _json(body: Record, status: int) -> Response:
    return Response(json.dumps(body), status, {"Request-Id": "req_twin"}, "application/json")


def _cut_the_line() -> None:
    """The request took effect, its answer never arrives: what a lost connection looks like."""
    connection = request.environ["werkzeug.socket"]
    connection.shutdown(2)
    connection.close()
