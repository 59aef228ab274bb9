"""The SDK's client, how long we wait for it, and its errors as this capability's own."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import stripe

from app.config import settings
from app.payments.errors import KeySpent, MethodUnavailable, PaymentError, Refused, Unavailable

TIMEOUT_SECONDS = (4.0, 12.0)
"""To connect, to answer. A person waits in front of a page, a web thread behind it."""
RETRIES = 1
METHOD_PROBLEMS = {
    "payment_intent_invalid_parameter",
    "amount_too_small",
    "amount_too_large",
    "account_invalid",
}
KEY_IN_USE = "idempotency_key_in_use"


def is_live() -> bool:
    """Whether our key moves money. A Connect endpoint in live mode gets events of test mode, too
    (https://docs.stripe.com/connect/webhooks)."""
    return "_live_" in settings().stripe_api_key


def client() -> stripe.StripeClient:
    """The client of the configured key."""
    return _client_for(settings().stripe_api_key, settings().stripe_api_base)


@cache
def _client_for(api_key: str, base: str | None) -> stripe.StripeClient:
    return stripe.StripeClient(
        api_key,
        base_addresses={"api": base} if base else {},
        max_network_retries=RETRIES,
        http_client=stripe.RequestsClient(timeout=TIMEOUT_SECONDS),
    )


@contextmanager
def translated() -> Iterator[None]:
    """The SDK's errors as this capability's own."""
    try:
        yield
    except stripe.StripeError as error:
        # The chain would carry the provider's own words, which may repeat what a payer typed.
        raise _ours(error) from None


def _ours(error: stripe.StripeError) -> PaymentError:
    """Codes and names of parameters alone."""
    if error.code == KEY_IN_USE:
        return Unavailable("the same request is still being answered")
    if isinstance(error, stripe.IdempotencyError):
        return KeySpent("the key was used with other parameters")
    if isinstance(error, (stripe.APIConnectionError, stripe.RateLimitError, stripe.APIError)):
        return Unavailable("the payment provider does not answer")
    said = f"{error.code or type(error).__name__} {getattr(error, 'param', None) or ''}".strip()
    return MethodUnavailable(said) if error.code in METHOD_PROBLEMS else Refused(said)
