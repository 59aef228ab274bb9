"""The one door to Stripe: requests typed against the pinned SDK, events verified.

Direct charges on the creditor's connected account: the account is the merchant of record, the
platform keeps its application fee. The API version is the SDK's own, sent with every request.
"""

from app.payments.gateway.accounts import connect
from app.payments.gateway.door import RETRIES, is_live
from app.payments.gateway.events import verified
from app.payments.gateway.standing import refund, retrieve, withdraw
from app.payments.gateway.starting import (
    Asked,
    Dress,
    Started,
    start_boleto,
    start_card,
    start_pix,
)

__all__ = [
    "RETRIES",
    "Asked",
    "Dress",
    "Started",
    "connect",
    "is_live",
    "refund",
    "retrieve",
    "start_boleto",
    "start_card",
    "start_pix",
    "verified",
    "withdraw",
]
