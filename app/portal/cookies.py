"""Flask's signed cookie and Flask-WTF's form token, with less work for each request."""

import hmac
from typing import Any

from flask import Flask, current_app, g, session
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import generate_csrf
from itsdangerous import HMACAlgorithm, Signer, TimestampSigner, URLSafeTimedSerializer
from itsdangerous.encoding import base64_encode
from itsdangerous.serializer import Serializer

FORM_TOKENS = "portal.form_tokens"
RAW = "csrf_token"
"""Flask-WTF's name for a visitor's secret in the cookie, and in `g` for what it was signed to."""


class OneStep(HMACAlgorithm):
    """The same HMAC, computed in one call."""

    def __init__(self, digest_method: Any = None) -> None:
        super().__init__(digest_method)
        self._name: str = self.digest_method().name

    def get_signature(self, key: bytes, value: bytes) -> bytes:
        """The HMAC of `value`, raw."""
        return hmac.digest(key, value, self._name)


class KeptSigner(TimestampSigner):
    """The same signatures; a key is derived from each secret once."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.algorithm = OneStep(self.digest_method)
        self._derived: dict[str | bytes | None, bytes] = {}

    def derive_key(self, secret_key: str | bytes | None = None) -> bytes:
        """The key of one of our own secrets; None is the newest."""
        if (kept := self._derived.get(secret_key)) is None:
            kept = self._derived[secret_key] = super().derive_key(secret_key)
        return kept


class KeptSerializer(URLSafeTimedSerializer):
    """The same signatures; the signer, which holds keys alone, is made once."""

    default_signer = KeptSigner
    _kept: Signer | None = None

    def make_signer(self, salt: str | bytes | None = None) -> Signer:
        """The signer of this serializer's own salt; any other is made anew."""
        if salt not in (None, self.salt):
            return super().make_signer(salt)
        if self._kept is None:
            self._kept = super().make_signer(salt)
        return self._kept


class FormTokens(KeptSerializer):
    """Signs without trying to compress: what is signed is random, and reads back the same."""

    def dump_payload(self, obj: object) -> bytes:
        """JSON in base64."""
        return base64_encode(Serializer.dump_payload(self, obj))


class SignedCookies(SecureCookieSessionInterface):
    """The same cookie; what signs it is made once instead of twice in each request."""

    _serializer: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """For the one app it was given to: its secret key stays as it is while it runs."""
        if self._serializer is None and (made := super().get_signing_serializer(app)):
            self._serializer = KeptSerializer(
                made.secret_keys,
                salt=made.salt,
                serializer=made.serializer,
                signer_kwargs=made.signer_kwargs,
            )
        return self._serializer


def prepare(app: Flask) -> None:
    """Give the app its cookies and what signs its form tokens."""
    app.session_interface = SignedCookies()
    app.extensions[FORM_TOKENS] = FormTokens(app.config["SECRET_KEY"], salt="wtf-csrf-token")


def form_token() -> str:
    """This visitor's form token, as Flask-WTF makes and checks it: signed once per request."""
    if RAW not in session:
        generate_csrf()
    elif RAW not in g:
        signed: str = current_app.extensions[FORM_TOKENS].dumps(session[RAW])
        setattr(g, RAW, signed)
    return str(g.csrf_token)
