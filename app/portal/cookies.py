"""Flask's signed cookie and Flask-WTF's form token, with less work for each request."""

from flask import Flask, current_app, g, session
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import generate_csrf
from itsdangerous import Signer, URLSafeTimedSerializer
from itsdangerous.encoding import base64_encode
from itsdangerous.serializer import Serializer

FORM_TOKENS = "portal.form_tokens"
RAW = "csrf_token"
"""Flask-WTF's name for a visitor's secret in the cookie, and in `g` for what it was signed to."""


class KeptSerializer(URLSafeTimedSerializer):
    """The same signatures; the signer, which holds keys alone, is made once."""

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
