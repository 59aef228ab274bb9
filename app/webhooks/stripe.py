"""Stripe's events: the signature is the only credential, the body is taken as it came."""

import structlog
from flask import request

from app.payments import actions
from app.payments.errors import Forged, UnknownAccount
from app.webhooks import blueprint

log = structlog.get_logger()

LARGEST_BYTES = 256 * 1024


@blueprint.post("/stripe")
def stripe() -> tuple[str, int]:
    """200 once stored (again, too); 400 for what Stripe did not sign; 404 for a foreign account."""
    if (request.content_length or 0) > LARGEST_BYTES:
        return "", 413
    try:
        actions.receive(request.get_data(cache=False), request.headers.get("Stripe-Signature"))
    except Forged:
        log.warning("webhook.forged", provider="stripe")
        return "", 400
    except UnknownAccount:
        log.warning("webhook.unknown_account", provider="stripe")
        return "", 404
    return "", 200
