"""Events: believed only when the provider signed them."""

import json
from typing import Any

import stripe

from app.config import settings
from app.payments.errors import Forged

SIGNATURE_TOLERANCE_SECONDS = 300
LONGEST = 256
END_OF_TIME = 2**35
"""Seconds; beyond the year 3000."""


def verified(raw_body: bytes, signature: str | None) -> dict[str, Any]:
    """The event in a webhook's body. Raises Forged unless the provider signed it within minutes."""
    try:
        stripe.WebhookSignature.verify_header(
            raw_body, signature, settings().stripe_webhook_secret, SIGNATURE_TOLERANCE_SECONDS
        )
        event: dict[str, Any] = json.loads(raw_body)
    except (stripe.SignatureVerificationError, ValueError) as error:
        raise Forged("the signature does not prove this event") from error
    if not isinstance(event, dict) or event.get("object") != "event" or not _is_whole(event):
        raise Forged("signed, but not an event")
    return event


def _is_whole(event: dict[str, Any]) -> bool:
    """Whether what we rely on is there and of its kind, and fits our columns."""
    names = (event.get("id"), event.get("type", ""), event.get("account") or "")
    return (
        all(isinstance(name, str) and len(name) < LONGEST and "\0" not in name for name in names)
        and isinstance(event.get("created", 0), int)
        and 0 <= event.get("created", 0) < END_OF_TIME
        and isinstance(event.get("data", {}), dict)
    )
