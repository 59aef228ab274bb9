"""The one door to Stripe: requests typed against the pinned SDK, events verified.

Direct charges on the creditor's connected account: the account is the merchant of record, the
platform keeps its application fee. The API version is the SDK's own, sent with every request.
"""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

import stripe

from app.config import settings
from app.payments.errors import Forged, KeySpent, MethodUnavailable, Refused, Unavailable
from app.payments.payer import Payer

if TYPE_CHECKING:
    from stripe.params import PaymentIntentCreateParams
    from stripe.params.checkout import (
        SessionCreateParams,
        SessionCreateParamsBrandingSettings,
        SessionCreateParamsPaymentIntentData,
    )

TIMEOUT_SECONDS = (5.0, 20.0)
RETRIES = 2
SIGNATURE_TOLERANCE_SECONDS = 300
CHECKOUT_LOCALES: dict[str, Literal["pt-BR", "en"]] = {"pt_BR": "pt-BR", "en": "en"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A payment to be started, entirely from our row: asked twice, it is the same request."""

    payment_id: uuid.UUID
    attempt: int
    account: str
    amount_cents: int
    currency: str
    fee_cents: int
    description: str
    expires_at: datetime

    @property
    def key(self) -> str:
        """The idempotency key."""
        return f"payment:{self.payment_id}:{self.attempt}"

    @property
    def options(self) -> stripe.RequestOptions:
        return {"stripe_account": self.account, "idempotency_key": self.key}

    @property
    def metadata(self) -> dict[str, str]:
        return {"payment_id": str(self.payment_id)}


@dataclass(frozen=True, slots=True)
class Dress:
    """How the hosted card page looks: the creditor's name, colour, corners and logo."""

    display_name: str
    button_color: str | None = None
    border_style: Literal["pill", "rectangular", "rounded"] | None = None
    logo_url: str | None = None


@dataclass(frozen=True, slots=True)
class Started:
    """What the provider answers: its id and what the payer is shown."""

    provider_id: str
    expires_at: datetime
    pix_code: str | None = None
    boleto_line: str | None = None
    hosted_url: str | None = None


def start_pix(asked: Asked) -> Started:
    """A dynamic Pix code. No fact about the payer leaves: Pix needs none.

    Raises Unavailable, KeySpent, MethodUnavailable, Refused.
    """
    params = _intent(asked, "pix")
    params["payment_method_data"] = {"type": "pix"}
    params["payment_method_options"] = {"pix": {"expires_at": int(asked.expires_at.timestamp())}}
    with _translated():
        intent = _client().v1.payment_intents.create(params, asked.options)
        assert intent.next_action is not None
        shown = intent.next_action.pix_display_qr_code
        assert shown is not None
        return Started(
            provider_id=intent.id,
            expires_at=_moment(shown.expires_at, asked.expires_at),
            pix_code=shown.data,
            hosted_url=shown.hosted_instructions_url,
        )


def start_boleto(asked: Asked, payer: Payer, *, days: int) -> Started:
    """A registered boleto, payable until the end of the day that is `days` from now in São Paulo.

    Raises as `start_pix`.
    """
    params = _intent(asked, "boleto")
    params["payment_method_data"] = {
        "type": "boleto",
        "boleto": {"tax_id": payer.document},
        "billing_details": {
            "name": payer.name,
            "email": payer.email,
            "address": {
                "line1": payer.line1,
                "city": payer.city,
                "state": payer.state,
                "postal_code": payer.postal_code,
                "country": "BR",
            },
        },
    }
    params["payment_method_options"] = {"boleto": {"expires_after_days": days}}
    with _translated():
        intent = _client().v1.payment_intents.create(params, asked.options)
        assert intent.next_action is not None
        shown = intent.next_action.boleto_display_details
        assert shown is not None
        return Started(
            provider_id=intent.id,
            expires_at=_moment(shown.expires_at, asked.expires_at),
            boleto_line=shown.number,
            hosted_url=shown.pdf or shown.hosted_voucher_url,
        )


def start_card(asked: Asked, dress: Dress, *, locale: str, return_url: str) -> Started:
    """A hosted page in the creditor's branding, which comes back to `return_url` either way.

    Raises as `start_pix`.
    """
    data = _page(asked, dress, locale, return_url)
    with _translated():
        session = _client().v1.checkout.sessions.create(data, asked.options)
        return Started(
            provider_id=session.id,
            expires_at=_moment(session.expires_at, asked.expires_at),
            hosted_url=session.url,
        )


def retrieve(account: str, provider_id: str) -> dict[str, Any]:
    """The PaymentIntent or Checkout Session as it stands, as plain JSON.

    Raises Unavailable, Refused.
    """
    with _translated():
        if provider_id.startswith("cs_"):
            found: Any = _client().v1.checkout.sessions.retrieve(
                provider_id, options={"stripe_account": account}
            )
        else:
            found = _client().v1.payment_intents.retrieve(
                provider_id, options={"stripe_account": account}
            )
        plain: dict[str, Any] = found.to_dict()
        return plain


def withdraw(account: str, provider_id: str) -> None:
    """Make an unpaid code, boleto or page unpayable; nothing happens where it is too late.

    Raises Unavailable.
    """
    options: stripe.RequestOptions = {
        "stripe_account": account,
        "idempotency_key": f"withdraw:{provider_id}",
    }
    with _translated():
        try:
            if provider_id.startswith("cs_"):
                _client().v1.checkout.sessions.expire(provider_id, options=options)
            else:
                _client().v1.payment_intents.cancel(
                    provider_id, {"cancellation_reason": "duplicate"}, options
                )
        except stripe.InvalidRequestError:
            return


def refund(account: str, *, charge_id: str, amount_cents: int, key: str) -> str:
    """Give money back on the creditor's account; the id of the refund.

    The platform's fee is returned in proportion. Raises Unavailable, Refused.
    """
    with _translated():
        made = _client().v1.refunds.create(
            {"charge": charge_id, "amount": amount_cents, "refund_application_fee": True},
            {"stripe_account": account, "idempotency_key": f"refund:{key}"},
        )
        return made.id


def connect(*, tenant_id: uuid.UUID, name: str, legal_name: str, cnpj: str) -> str:
    """A connected account of the creditor's own (it pays its fees and bears its losses); its id.

    Raises Unavailable, Refused.
    """
    with _translated():
        account = _client().v1.accounts.create(
            {
                "country": "BR",
                "default_currency": "brl",
                "business_type": "company",
                "business_profile": {"name": name},
                "company": {"name": legal_name, "tax_id": cnpj},
                "capabilities": {
                    "card_payments": {"requested": True},
                    "pix_payments": {"requested": True},
                    "boleto_payments": {"requested": True},
                    "transfers": {"requested": True},
                },
                "controller": {
                    "fees": {"payer": "account"},
                    "losses": {"payments": "stripe"},
                    "stripe_dashboard": {"type": "full"},
                },
                "metadata": {"tenant_id": str(tenant_id)},
            },
            {"idempotency_key": f"account:{tenant_id}"},
        )
        return account.id


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


def _intent(asked: Asked, kind: Literal["pix", "boleto"]) -> "PaymentIntentCreateParams":
    params: PaymentIntentCreateParams = {
        "amount": asked.amount_cents,
        "currency": asked.currency.lower(),
        "confirm": True,
        "allowed_payment_method_types": [kind],
        "description": asked.description,
        "metadata": asked.metadata,
    }
    if asked.fee_cents:
        params["application_fee_amount"] = asked.fee_cents
    return params


def _page(asked: Asked, dress: Dress, locale: str, return_url: str) -> "SessionCreateParams":
    """A card page for one line: what is paid, in the creditor's dress."""
    intent: SessionCreateParamsPaymentIntentData = {
        "description": asked.description,
        "metadata": asked.metadata,
    }
    if asked.fee_cents:
        intent["application_fee_amount"] = asked.fee_cents
    return {
        "mode": "payment",
        "allowed_payment_method_types": ["card"],
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": asked.currency.lower(),
                    "unit_amount": asked.amount_cents,
                    "product_data": {"name": asked.description},
                },
            }
        ],
        "payment_intent_data": intent,
        "branding_settings": _branding(dress),
        "client_reference_id": str(asked.payment_id),
        "metadata": asked.metadata,
        "locale": CHECKOUT_LOCALES.get(locale, "auto"),
        "expires_at": int(asked.expires_at.timestamp()),
        "success_url": return_url,
        "cancel_url": return_url,
    }


def _branding(dress: Dress) -> "SessionCreateParamsBrandingSettings":
    worn: SessionCreateParamsBrandingSettings = {"display_name": dress.display_name}
    if dress.button_color:
        worn["button_color"] = dress.button_color
    if dress.border_style:
        worn["border_style"] = dress.border_style
    if dress.logo_url:
        worn["logo"] = {"type": "url", "url": dress.logo_url}
    return worn


def _moment(seconds: int | None, default: datetime) -> datetime:
    return datetime.fromtimestamp(seconds, UTC) if seconds else default


def _client() -> stripe.StripeClient:
    return _client_for(settings().stripe_api_key, settings().stripe_api_base)


@cache
def _client_for(api_key: str, base: str | None) -> stripe.StripeClient:
    return stripe.StripeClient(
        api_key,
        base_addresses={"api": base} if base else {},
        max_network_retries=RETRIES,
        http_client=stripe.RequestsClient(timeout=TIMEOUT_SECONDS),
    )


METHOD_PROBLEMS = {
    "payment_intent_invalid_parameter",
    "amount_too_small",
    "amount_too_large",
    "account_invalid",
}


@contextmanager
def _translated() -> Iterator[None]:
    """The SDK's errors as this capability's own."""
    try:
        yield
    except stripe.IdempotencyError as error:
        raise KeySpent(str(error)) from error
    except (stripe.APIConnectionError, stripe.RateLimitError, stripe.APIError) as error:
        raise Unavailable("the payment provider does not answer") from error
    except stripe.StripeError as error:
        if error.code in METHOD_PROBLEMS:
            raise MethodUnavailable(str(error)) from error
        raise Refused(f"{error.code or type(error).__name__}: {error.user_message}") from error
