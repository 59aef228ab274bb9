"""Decisions about payments: pure. What an event says, which state follows, what may be shown."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from app.compliance.terms import PaymentFacts
from app.money import share
from app.payments import boleto, brcode
from app.payments.models import Method, PaymentState

PIX_LIFE = timedelta(hours=24)
BOLETO_DAYS = 3
CARD_LIFE = timedelta(hours=1)
FORGOTTEN_AFTER = timedelta(minutes=15)
"""A row that the provider never answered for is asked again until then, afterwards replaced."""
NEARLY_OVER = timedelta(minutes=2)
"""A code with less life than this is not handed out again."""

LIMITS: Mapping[Method, tuple[int, int]] = {
    Method.PIX: (50, 99_999_999),
    Method.BOLETO: (500, 4_999_999),
    Method.CARD: (50, 99_999_999),
}
"""Smallest and largest amount in cents that the provider takes per method."""

NOBODY = "nobody"
"""Stands where a beneficiary is not the creditor."""

BOLETO_TIME_ZONE = ZoneInfo("America/Sao_Paulo")
"""Boletos end at the end of a day there, wherever the payer is."""

_RANK = {state: rank for rank, state in enumerate(PaymentState)} | {
    PaymentState.EXPIRED: 2,
    PaymentState.FAILED: 3,
    PaymentState.PAID: 4,
    PaymentState.REFUNDED: 5,
}


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
    failed_refund: str | None = None
    """A refund that did not reach the payer after all."""
    currency: str = "BRL"
    at: datetime | None = None
    needs_look: bool = False
    """Paid, but the event does not name the charge: the provider must be asked."""


def after(current: str, said: PaymentState | None) -> PaymentState:
    """The state that follows. Whatever the order of events, the furthest one stands:
    created < pending < expired < failed < paid < refunded."""
    now = PaymentState(current)
    if said is None or _RANK[said] <= _RANK[now]:
        return now
    return said


def fee(amount_cents: int, basis_points: int) -> int:
    """The platform's application fee, half up."""
    return share(amount_cents, Decimal(basis_points) / 10_000)


def ends_at(method: Method, at: datetime) -> datetime:
    """Until when a payment started at `at` can be made."""
    if method is Method.PIX:
        return at + PIX_LIFE
    if method is Method.CARD:
        return at + CARD_LIFE
    last: date = at.astimezone(BOLETO_TIME_ZONE).date() + timedelta(days=BOLETO_DAYS)
    return datetime.combine(last, time(23, 59), BOLETO_TIME_ZONE).astimezone(UTC)


def boleto_days(created_at: datetime, expires_at: datetime) -> int:
    """The calendar days between the two, as the provider counts them."""
    first, last = (moment.astimezone(BOLETO_TIME_ZONE) for moment in (created_at, expires_at))
    return (last.date() - first.date()).days


def pix_facts(code: str, *, amount_cents: int, names: Iterable[str], document: str) -> PaymentFacts:
    """What BR-24 judges a Pix code by. A code carries the beneficiary's name, no document: a name
    that is one of the creditor's `names` stands for its `document`."""
    try:
        read = brcode.parse(code)
    except brcode.Malformed:
        return _facts("pix", NOBODY, document, is_dynamic=False, matches=False)
    ours = {brcode.printed_name(name) for name in names}
    payee = document if brcode.printed_name(read.merchant_name) in ours else NOBODY
    matches = read.amount_cents in (None, amount_cents)
    return _facts("pix", payee, document, is_dynamic=read.is_dynamic, matches=matches)


def boleto_facts(line: str, *, amount_cents: int, on: date, document: str) -> PaymentFacts:
    """What BR-24 judges a boleto by. The provider registers every one on the creditor's account;
    a line whose digits do not check is nobody's."""
    try:
        read = boleto.parse(line, around=on)
    except boleto.Malformed:
        return _facts("boleto", document, document, registered=False, matches=False)
    return _facts("boleto", document, document, matches=read.amount_cents == amount_cents)


def _facts(
    method: str,
    payee: str,
    document: str,
    *,
    registered: bool = True,
    is_dynamic: bool = True,
    matches: bool,
) -> PaymentFacts:
    return PaymentFacts(
        method=method,
        registered=registered,
        is_dynamic=is_dynamic,
        beneficiary_document=payee,
        creditor_documents=frozenset({document}),
        matches_registration=matches,
    )


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
        currency=str(dispute.get("currency", "")).upper(),
    )


def _refund(refund: Mapping[str, Any]) -> Fact | None:
    """A refund of a Pix is accepted first and may fail days later."""
    if refund.get("status") not in ("failed", "canceled"):
        return None
    return Fact(
        state=None,
        provider_id=refund.get("payment_intent"),
        charge_id=refund.get("charge"),
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
