"""Flask's signed cookie and Flask-WTF's form token, with less work for each request."""

from typing import Any

from flask import Flask, current_app, g, session
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask.wrappers import Response
from flask_wtf.csrf import generate_csrf
from itsdangerous import Signer, TimestampSigner, URLSafeTimedSerializer
from itsdangerous.encoding import base64_encode
from itsdangerous.serializer import Serializer

FORM_TOKENS = "portal.form_tokens"
RAW = "csrf_token"
"""Flask-WTF's name for a visitor's secret in the cookie, and in `g` for what it was signed to."""


class KeptSigner(TimestampSigner):
    """The same signatures; a key is derived from each secret once."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._derived: dict[str | bytes | None, bytes] = {}

    def derive_key(self, secret_key: str | bytes | None = None) -> bytes:
        """The key of one of our own secrets; None is the newest."""
        if (kept := self._derived.get(secret_key)) is None:
            kept = self._derived[secret_key] = super().derive_key(secret_key)
        return kept


class KeptSerializer(URLSafeTimedSerializer):
    """The same signatures; the signer, which holds keys alone, is made once.

    It signs without trying to compress what is short or random, and reads back the same.
    """

    default_signer = KeptSigner
    _kept: Signer | None = None

    def make_signer(self, salt: str | bytes | None = None) -> Signer:
        """The signer of this serializer's own salt; any other is made anew."""
        if salt not in (None, self.salt):
            return super().make_signer(salt)
        if self._kept is None:
            self._kept = super().make_signer(salt)
        return self._kept

    def dump_payload(self, obj: object) -> bytes:
        """What is signed, in base64."""
        return base64_encode(Serializer.dump_payload(self, obj))


class SignedCookies(SecureCookieSessionInterface):
    """The same cookie. Almost every answer reads it, few change it."""

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

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """As Flask does; where nothing changed there is only to say that the cookie was read."""
        if not session or session.modified or "Vary" in response.headers:
            super().save_session(app, session, response)
        elif session.accessed:
            response.headers["Vary"] = "Cookie"


def prepare(app: Flask) -> None:
    """Give the app its cookies and what signs its form tokens."""
    app.session_interface = SignedCookies()
    app.extensions[FORM_TOKENS] = KeptSerializer(app.config["SECRET_KEY"], salt="wtf-csrf-token")


def form_token() -> str:
    """This visitor's form token, as Flask-WTF makes and checks it: signed once per request."""
    if RAW not in session:
        generate_csrf()
    elif RAW not in g:
        signed: str = current_app.extensions[FORM_TOKENS].dumps(session[RAW])
        setattr(g, RAW, signed)
    return str(g.csrf_token)
