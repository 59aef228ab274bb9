"""Amazon SNS notifications: verified before anything of them is believed.

Signature version 2 (SHA256 with RSA) over the fields AWS documents; the certificate only from an
*.amazonaws.com host over https; only topics on our list.
"""

import base64
import binascii
import json
import re
import ssl
import urllib.request
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from cachetools import TTLCache
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

HOST = re.compile(r"sns\.[a-z0-9-]{3,30}\.amazonaws\.com(\.cn)?")
SIGNED_FIELDS = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": (
        "Message",
        "MessageId",
        "SubscribeURL",
        "Timestamp",
        "Token",
        "TopicArn",
        "Type",
    ),
}
SIGNED_FIELDS["UnsubscribeConfirmation"] = SIGNED_FIELDS["SubscriptionConfirmation"]
FETCH_SECONDS = 5
LARGEST_FETCH = 64 * 1024
CERTIFICATE_SECONDS = 3600

Fetch = Callable[[str], bytes]
"""Gets an https address; raises OSError."""

_certificates: TTLCache[str, x509.Certificate] = TTLCache(16, CERTIFICATE_SECONDS)


class Forged(ValueError):
    """A notification that did not come from one of our topics, or was changed on the way."""


@dataclass(frozen=True, slots=True)
class Notification:
    """What a topic of ours said."""

    type: str
    id: str
    topic: str
    message: dict[str, Any]
    subscribe_url: str | None = None


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_arguments: Any, **_named: Any) -> None:
        return None


def fetch(url: str) -> bytes:
    """Get an address on Amazon's own hosts: https, no redirects, small. Raises OSError, Forged."""
    _check_address(url)
    opener = urllib.request.build_opener(
        _NoRedirects, urllib.request.HTTPSHandler(context=ssl.create_default_context())
    )
    with opener.open(url, timeout=FETCH_SECONDS) as answer:
        return bytes(answer.read(LARGEST_FETCH))


def verify(body: bytes, topics: Collection[str], *, get: Fetch = fetch) -> Notification:
    """The notification of a raw request body. Raises Forged."""
    envelope = _envelope(body)
    if envelope.get("TopicArn") not in topics:
        raise Forged("not one of our topics")
    if envelope.get("SignatureVersion") != "2":
        raise Forged("not signed with signature version 2")
    _check_signature(envelope, _certificate(envelope.get("SigningCertURL", ""), get))
    return Notification(
        type=envelope["Type"],
        id=envelope["MessageId"],
        topic=envelope["TopicArn"],
        message=_message(envelope),
        subscribe_url=envelope.get("SubscribeURL"),
    )


def confirm(notification: Notification, *, get: Fetch = fetch) -> None:
    """Accept a subscription of a verified topic. Raises Forged, OSError."""
    url = notification.subscribe_url or ""
    _check_address(url)
    get(url)


def _envelope(body: bytes) -> dict[str, str]:
    try:
        envelope = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Forged("not JSON") from error
    if not isinstance(envelope, dict):
        raise Forged("not a notification")
    if not all(isinstance(value, str) for value in envelope.values()):
        raise Forged("not a notification")
    if envelope.get("Type") not in SIGNED_FIELDS:
        raise Forged("not a notification")
    needed = {*SIGNED_FIELDS[envelope["Type"]], "Signature"} - {"Subject"}
    if needed - set(envelope):
        raise Forged("fields are missing")
    return envelope


def _message(envelope: dict[str, str]) -> dict[str, Any]:
    if envelope["Type"] != "Notification":
        return {}
    try:
        message = json.loads(envelope["Message"])
    except (ValueError, RecursionError):
        return {}
    return message if isinstance(message, dict) else {}


def canonical(envelope: dict[str, str]) -> bytes:
    """The text that is signed."""
    fields = (name for name in SIGNED_FIELDS[envelope["Type"]] if name in envelope)
    return "".join(f"{name}\n{envelope[name]}\n" for name in fields).encode()


def _check_address(url: str) -> None:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise Forged("not an address") from error
    is_ours = parts.scheme == "https" and HOST.fullmatch(parts.hostname or "")
    if not is_ours or port not in (None, 443) or parts.username or parts.password:
        raise Forged("not an address of Amazon SNS")


def _certificate(url: str, get: Fetch) -> x509.Certificate:
    _check_address(url)
    if not urlsplit(url).path.endswith(".pem"):
        raise Forged("not a certificate")
    certificate = _certificates.get(url)
    if certificate is None:
        try:
            certificate = x509.load_pem_x509_certificate(get(url))
        except (OSError, ValueError) as error:
            raise Forged("the certificate cannot be read") from error
        _certificates[url] = certificate
    at = datetime.now(UTC)
    if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
        raise Forged("the certificate is not valid now")
    return certificate


def _check_signature(envelope: dict[str, str], certificate: x509.Certificate) -> None:
    key = certificate.public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        raise Forged("not an RSA certificate")
    try:
        signature = base64.b64decode(envelope["Signature"], validate=True)
        key.verify(signature, canonical(envelope), padding.PKCS1v15(), hashes.SHA256())
    except (binascii.Error, InvalidSignature) as error:
        raise Forged("the signature does not fit") from error
