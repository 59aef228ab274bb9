"""What a provider's event says: which message of which tenant, and what became of it. Pure."""

import uuid
from collections.abc import Mapping
from typing import Any, NamedTuple

SES_KINDS = {
    "Delivery": "delivered",
    "Bounce": "bounced",
    "Complaint": "complained",
    "Open": "opened",
    "Click": "clicked",
    "Reject": "failed",
    "Rendering Failure": "failed",
    "DeliveryDelay": "delayed",
}
SMS_KINDS = {
    "TEXT_DELIVERED": "delivered",
    "TEXT_SUCCESSFUL": "delivered",
    "TEXT_INVALID": "bounced",
    "TEXT_UNREACHABLE": "failed",
    "TEXT_BLOCKED": "failed",
    "TEXT_CARRIER_BLOCKED": "failed",
    "TEXT_CARRIER_UNREACHABLE": "failed",
    "TEXT_INVALID_MESSAGE": "failed",
    "TEXT_SPAM": "failed",
    "TEXT_TTL_EXPIRED": "failed",
    "TEXT_UNKNOWN": "failed",
}


class Reported(NamedTuple):
    """A provider's event about one message of ours."""

    tenant_id: uuid.UUID
    message_id: uuid.UUID
    kind: str


def understand(message: Mapping[str, Any]) -> Reported | None:
    """Which message of which tenant an event of SES or End User Messaging is about."""
    try:
        if "mail" in message:
            tags = message["mail"]["tags"]
            kind = SES_KINDS.get(message.get("eventType") or message["notificationType"])
            tenant, about = tags["tenant"][0], tags["message"][0]
        else:
            context = message["context"]
            kind = SMS_KINDS.get(message["eventType"])
            tenant, about = context["tenant"], context["message"]
        if kind == "bounced" and _is_soft(message):
            kind = "failed"
        return Reported(uuid.UUID(tenant), uuid.UUID(about), kind) if kind else None
    except (KeyError, IndexError, TypeError, ValueError, AttributeError):
        return None


def _is_soft(message: Mapping[str, Any]) -> bool:
    bounce = message.get("bounce")
    return bounce is not None and bounce.get("bounceType") != "Permanent"


def kept(message: Mapping[str, Any]) -> dict[str, Any]:
    """The event without the link that was clicked: a link opens the portal."""
    click = message.get("click")
    return {**message, "click": {"at": click.get("timestamp")}} if click else dict(message)
