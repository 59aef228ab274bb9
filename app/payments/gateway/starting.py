"""Pix, boleto and card on the creditor's account: what is asked, and what is answered."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

import stripe

from app.payments.gateway.door import client, translated
from app.payments.payer import Payer

if TYPE_CHECKING:
    from stripe.params import PaymentIntentCreateParams
    from stripe.params.checkout import (
        SessionCreateParams,
        SessionCreateParamsBrandingSettings,
        SessionCreateParamsPaymentIntentData,
    )

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
    with translated():
        intent = client().v1.payment_intents.create(params, asked.options)
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
    with translated():
        intent = client().v1.payment_intents.create(params, asked.options)
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
    with translated():
        session = client().v1.checkout.sessions.create(data, asked.options)
        return Started(
            provider_id=session.id,
            expires_at=_moment(session.expires_at, asked.expires_at),
            hosted_url=session.url,
        )


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
