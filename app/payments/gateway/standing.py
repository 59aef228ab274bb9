"""What became of a payment at the provider: asked for, withdrawn, given back."""

from typing import Any

import stripe

from app.payments.gateway.door import client, translated


def retrieve(account: str, provider_id: str) -> dict[str, Any]:
    """The PaymentIntent or Checkout Session as it stands, as plain JSON.

    Raises Unavailable, Refused.
    """
    with translated():
        if provider_id.startswith("cs_"):
            found: Any = client().v1.checkout.sessions.retrieve(
                provider_id, options={"stripe_account": account}
            )
        else:
            found = client().v1.payment_intents.retrieve(
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
    with translated():
        try:
            if provider_id.startswith("cs_"):
                client().v1.checkout.sessions.expire(provider_id, options=options)
            else:
                client().v1.payment_intents.cancel(
                    provider_id, {"cancellation_reason": "duplicate"}, options
                )
        except stripe.InvalidRequestError:
            return


def refund(
    account: str, *, charge_id: str, amount_cents: int, key: str, returns_fee: bool = True
) -> str:
    """Give money back on the creditor's account; the id of the refund.

    The platform's fee is returned in proportion, where one was taken: the provider refuses to
    return one that was not. Raises Unavailable, Refused.
    """
    with translated():
        made = client().v1.refunds.create(
            {"charge": charge_id, "amount": amount_cents, "refund_application_fee": returns_fee},
            {"stripe_account": account, "idempotency_key": f"refund:{key}"},
        )
        return made.id
