"""What the provider's events and objects say of a payment: pure."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from app.payments.models import PaymentState


@dataclass(frozen=True, slots=True)
class Fact:
    """What the provider says of a payment. Money is named by its charge, and counts once."""

    state: PaymentState | None
    """The state it speaks for; None where it changes none."""
    payment_id: uuid.UUID | None = None
    provider_id: str | None = None
    charge_id: str | None = None
    received_cents: int = 0
    refunded_cents: int = 0
    disputed_cents: int = 0
    is_inquiry: bool = False
    """Only asked about: no money was taken back by the payer's bank."""
    won_dispute: str | None = None
    """A dispute that was decided for the creditor: its money is back."""
    lost_dispute: str | None = None
    """A dispute that was decided for the payer: its money stays gone."""
    failed_cents: int = 0
    failed_refund: str | None = None
    """A refund that did not reach the payer after all."""
    currency: str = "BRL"
    at: datetime | None = None
    needs_look: bool = False
    """Paid, but the event does not name the charge: the provider must be asked."""


def read_event(event: Mapping[str, Any]) -> Fact | None:
    """What a webhook event says of a payment; None where it says nothing that matters here."""
    reader = _READERS.get(event.get("type", ""))
    thing = event.get("data", {}).get("object", {})
    if reader is None or not isinstance(thing, Mapping):
        return None
    fact = reader(thing)
    return replace(fact, at=_moment(event.get("created"))) if fact else None


def read_object(thing: Mapping[str, Any], at: datetime) -> Fact | None:
    """What a PaymentIntent or Checkout Session, asked for at `at`, says."""
    if thing.get("object") == "checkout.session":
        fact = _session(thing)
    else:
        fact = _STANDINGS.get(thing.get("status", ""), _pending)(thing)
    return replace(fact, at=at) if fact else None


def _pending(intent: Mapping[str, Any]) -> Fact:
    return _fact(intent, PaymentState.PENDING)


def _succeeded(intent: Mapping[str, Any]) -> Fact:
    return replace(
        _fact(intent, PaymentState.PAID),
        charge_id=intent.get("latest_charge"),
        received_cents=int(intent.get("amount_received") or 0),
    )


def _failed(intent: Mapping[str, Any]) -> Fact:
    """A declined card leaves the page open for another; a Pix or boleto is over."""
    error = intent.get("last_payment_error")
    if (
        not isinstance(error, Mapping)
        or error.get("code") == "card_declined"
        or "card" in _types(intent)
    ):
        return _fact(intent, None)
    expired = error.get("code") == "payment_intent_payment_attempt_expired"
    return _fact(intent, PaymentState.EXPIRED if expired else PaymentState.FAILED)


def _canceled(intent: Mapping[str, Any]) -> Fact:
    return _fact(intent, PaymentState.EXPIRED)


def _charge(charge: Mapping[str, Any]) -> Fact | None:
    if not charge.get("paid") or not charge.get("captured") or charge.get("status") != "succeeded":
        return None
    refunded = int(charge.get("amount_refunded") or 0)
    received = int(charge.get("amount_captured") or 0)
    return Fact(
        state=PaymentState.REFUNDED if refunded and refunded == received else PaymentState.PAID,
        payment_id=_payment_id(charge),
        provider_id=charge.get("payment_intent"),
        charge_id=charge.get("id"),
        received_cents=received,
        refunded_cents=refunded,
        currency=str(charge.get("currency", "")).upper(),
    )


def _dispute(dispute: Mapping[str, Any]) -> Fact:
    return Fact(
        state=None,
        provider_id=dispute.get("payment_intent"),
        charge_id=dispute.get("charge"),
        disputed_cents=int(dispute.get("amount") or 0),
        is_inquiry=str(dispute.get("status", "")).startswith("warning_"),
        currency=str(dispute.get("currency", "")).upper(),
    )


def _dispute_closed(dispute: Mapping[str, Any]) -> Fact | None:
    """Won or lost; an inquiry that was closed took no money."""
    status = dispute.get("status")
    if status == "lost":
        return replace(_dispute(dispute), lost_dispute=dispute.get("id"))
    if status == "won":
        return replace(_dispute(dispute), disputed_cents=0, won_dispute=dispute.get("id"))
    return None


def _refund(refund: Mapping[str, Any]) -> Fact | None:
    """A refund of a Pix is accepted first and may fail days later."""
    if refund.get("status") not in ("failed", "canceled"):
        return None
    return Fact(
        state=None,
        provider_id=refund.get("payment_intent"),
        charge_id=refund.get("charge"),
        failed_cents=int(refund.get("amount") or 0),
        failed_refund=refund.get("id"),
        currency=str(refund.get("currency", "")).upper(),
    )


def _session(session: Mapping[str, Any]) -> Fact:
    if session.get("status") == "expired":
        return _fact(session, PaymentState.EXPIRED)
    paid = session.get("payment_status") == "paid"
    return replace(_fact(session, PaymentState.PENDING), needs_look=paid)


def _session_failed(session: Mapping[str, Any]) -> Fact:
    return _fact(session, PaymentState.FAILED)


def _fact(thing: Mapping[str, Any], state: PaymentState | None) -> Fact:
    return Fact(
        state=state,
        payment_id=_payment_id(thing),
        provider_id=thing.get("id"),
        currency=str(thing.get("currency", "")).upper(),
    )


def _payment_id(thing: Mapping[str, Any]) -> uuid.UUID | None:
    try:
        return uuid.UUID((thing.get("metadata") or {}).get("payment_id"))
    except (TypeError, ValueError, AttributeError):
        return None


def _types(intent: Mapping[str, Any]) -> list[str]:
    found: list[str] = intent.get("payment_method_types") or []
    return found


def _moment(seconds: object) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if isinstance(seconds, int) else None


_READERS = {
    "payment_intent.created": _pending,
    "payment_intent.requires_action": _pending,
    "payment_intent.processing": _pending,
    "payment_intent.succeeded": _succeeded,
    "payment_intent.payment_failed": _failed,
    "payment_intent.canceled": _canceled,
    "charge.succeeded": _charge,
    "charge.refunded": _charge,
    "charge.dispute.created": _dispute,
    "charge.dispute.funds_withdrawn": _dispute,
    "charge.dispute.closed": _dispute_closed,
    "refund.failed": _refund,
    "refund.updated": _refund,
    "checkout.session.completed": _session,
    "checkout.session.async_payment_succeeded": _session,
    "checkout.session.async_payment_failed": _session_failed,
    "checkout.session.expired": _session,
}

_STANDINGS = {
    "succeeded": _succeeded,
    "canceled": _canceled,
    "requires_payment_method": _failed,
}
