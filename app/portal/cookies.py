"""Flask's signed cookie and Flask-WTF's form token, with less work for each request.

Both are as itsdangerous signs them, `payload.time.signature`: the libraries read what is signed
here, and what they have signed is read here.
"""

import hmac
import json
import time
import zlib
from typing import Any

import orjson
from flask import Flask, current_app
from flask.globals import app_ctx, request_ctx
from flask.sessions import (
    SecureCookieSession,
    SecureCookieSessionInterface,
    SessionMixin,
    session_json_serializer,
)
from flask.wrappers import Request, Response
from flask_wtf.csrf import generate_csrf
from itsdangerous import BadData, BadSignature, SignatureExpired, URLSafeTimedSerializer
from itsdangerous.encoding import base64_decode, base64_encode, bytes_to_int, int_to_bytes
from itsdangerous.serializer import Serializer

FORM_TOKENS = "portal.form_tokens"
RAW = "csrf_token"
"""Flask-WTF's name for a visitor's secret in the cookie, and in `g` for what it was signed to."""
TAG = b'{" '
"""Begins what Flask's cookie holds besides plain JSON."""


class Seal:
    """The signature of one library's serializer; its keys are derived once."""

    def __init__(self, serializer: URLSafeTimedSerializer) -> None:
        signer = serializer.make_signer()
        name = signer.digest_method().name
        keys = [signer.derive_key(secret) for secret in reversed(signer.secret_keys)]
        # Copied for every signature: that keeps the interpreter, where `hmac.digest` would hand it
        # to the next thread and wait for it again.
        self._keyed = [hmac.new(key, digestmod=name) for key in keys]
        """The one that signs first, then those before it."""

    def sign(self, payload: bytes) -> bytes:
        """`payload`, which is URL-safe base64, with the time and the signature."""
        signed = payload + b"." + base64_encode(int_to_bytes(int(time.time())))
        return signed + b"." + _signature(self._keyed[0], signed)

    def open(self, sealed: bytes, longest: float) -> bytes:
        """The payload. Raises BadSignature; SignatureExpired after `longest` seconds."""
        signed, _, signature = sealed.rpartition(b".")
        for keyed in self._keyed:
            if hmac.compare_digest(signature, _signature(keyed, signed)):
                break
        else:
            raise BadSignature("it was not signed with one of our keys")
        payload, _, at = signed.rpartition(b".")
        age = int(time.time()) - bytes_to_int(base64_decode(at))
        if not 0 <= age <= longest:
            raise SignatureExpired(f"it is {age} seconds old")
        return payload


def _signature(keyed: hmac.HMAC, signed: bytes) -> bytes:
    own = keyed.copy()
    own.update(signed)
    return base64_encode(own.digest())


class Uncompressed(URLSafeTimedSerializer):
    """Signs what is as good as random without trying to compress it; it reads back the same."""

    def dump_payload(self, obj: object) -> bytes:
        """JSON in base64."""
        return base64_encode(Serializer.dump_payload(self, obj))


class SignedCookies(SecureCookieSessionInterface):
    """The same cookie. Almost every answer reads it, few change it."""

    def __init__(self, app: Flask) -> None:
        serializer = self.get_signing_serializer(app)
        assert serializer is not None
        self._seal = Seal(serializer)
        self._longest = app.permanent_session_lifetime.total_seconds()

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """Flask's, without compression."""
        made = super().get_signing_serializer(app)
        return made and Uncompressed(
            made.secret_keys,
            salt=made.salt,
            serializer=made.serializer,
            signer_kwargs=made.signer_kwargs,
        )

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession:
        """What the visitor's cookie holds; nothing where it is not ours or too old."""
        sealed = request.cookies.get(app.config["SESSION_COOKIE_NAME"])
        if not sealed:
            return self.session_class()
        try:
            return self.session_class(_read(self._seal.open(sealed.encode(), self._longest)))
        except BadData:
            return self.session_class()

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """As Flask does; where nothing changed there is only to say that the cookie was read."""
        if not session or session.modified or "Vary" in response.headers:
            super().save_session(app, session, response)
        elif session.accessed:
            response.headers["Vary"] = "Cookie"


def _read(payload: bytes) -> Any:
    """The payload: JSON in base64, compressed where Flask itself wrote it."""
    if payload.startswith(b"."):
        text = zlib.decompress(base64_decode(payload[1:]))
    else:
        text = base64_decode(payload)
    return session_json_serializer.loads(text.decode()) if TAG in text else orjson.loads(text)


def prepare(app: Flask) -> None:
    """Give the app its cookies and what signs its form tokens."""
    app.session_interface = SignedCookies(app)
    tokens = URLSafeTimedSerializer(app.config["SECRET_KEY"], salt="wtf-csrf-token")
    app.extensions[FORM_TOKENS] = Seal(tokens)


def form_token() -> str:
    """This visitor's form token, as Flask-WTF makes and checks it: signed once per request."""
    visit, now = request_ctx.session, app_ctx.g  # themselves: their proxies cost a detour
    if RAW not in visit:
        return str(generate_csrf())
    if RAW not in now:
        payload = base64_encode(json.dumps(visit[RAW]))
        setattr(now, RAW, current_app.extensions[FORM_TOKENS].sign(payload).decode())
    return str(now.csrf_token)
