"""Events: believed only when the provider signed them."""

import json
from typing import Any

import stripe

from app.config import settings
from app.payments.errors import Forged

SIGNATURE_TOLERANCE_SECONDS = 300


def verified(raw_body: bytes, signature: str | None) -> dict[str, Any]:
    """The event in a webhook's body. Raises Forged unless the provider signed it within minutes."""
    try:
        stripe.WebhookSignature.verify_header(
            raw_body, signature, settings().stripe_webhook_secret, SIGNATURE_TOLERANCE_SECONDS
        )
        event: dict[str, Any] = json.loads(raw_body)
    except (stripe.SignatureVerificationError, ValueError) as error:
        raise Forged("the signature does not prove this event") from error
    if event.get("object") != "event" or not isinstance(event.get("id"), str):
        raise Forged("signed, but not an event")
    return event
