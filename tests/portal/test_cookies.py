"""What signs cookies and form tokens signs as its library does; it only does it faster."""

import hashlib
from typing import Any

import pytest
from flask import session
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import BadSignature, URLSafeTimedSerializer

from app.portal.cookies import KeptSerializer

SECRETS = ["the one before", "the one in force"]
WAYS: list[dict[str, Any]] = [
    {},
    {"key_derivation": "hmac", "digest_method": hashlib.sha1},
    {"key_derivation": "hmac", "digest_method": hashlib.sha256},
]
VISITS: list[dict[str, Any]] = [
    {"a": 1},
    {"person": "0" * 400},
    {"device": "é", "since": 1, "challenge": ["x", None, True]},
    {"tagged": ("a", "tuple"), "more": {"bytes": b"\x00"}},
]


@pytest.mark.parametrize("way", WAYS)
def test_signatures_are_those_of_the_library(way: dict[str, Any]) -> None:
    kept = KeptSerializer(SECRETS, salt="a salt", signer_kwargs=way)
    plain = URLSafeTimedSerializer(SECRETS, salt="a salt", signer_kwargs=way)
    before = URLSafeTimedSerializer(SECRETS[:1], salt="a salt", signer_kwargs=way)
    for _ in range(2):
        assert plain.loads(kept.dumps({"who": "a"})) == {"who": "a"}
        assert kept.loads(plain.dumps({"who": "b"})) == {"who": "b"}
        assert kept.loads(before.dumps({"who": "c"})) == {"who": "c"}


def test_what_was_signed_otherwise_is_refused() -> None:
    kept = KeptSerializer(SECRETS, salt="a salt")
    kept.loads(kept.dumps("ours"))
    others = [
        URLSafeTimedSerializer("another secret", salt="a salt"),
        URLSafeTimedSerializer(SECRETS, salt="another salt"),
        URLSafeTimedSerializer(SECRETS, salt="a salt", signer_kwargs={"key_derivation": "none"}),
    ]
    signed = kept.dumps("ours")
    for forged in [*(other.dumps("ours") for other in others), signed[:-2], "x" + signed, ""]:
        with pytest.raises(BadSignature):
            kept.loads(forged)


@pytest.mark.parametrize("visit", VISITS)
@pytest.mark.parametrize("writer", [SecureCookieSessionInterface(), None], ids=["flask", "ours"])
def test_a_visit_reads_back_as_it_was_kept(app: Any, visit: dict[str, Any], writer: Any) -> None:
    writer = writer or app.session_interface
    sealed = writer.get_signing_serializer(app).dumps(visit)
    cookie = f"{app.config['SESSION_COOKIE_NAME']}={sealed}"
    with app.test_request_context("/", headers={"Cookie": cookie}):
        assert dict(session) == visit


@pytest.mark.parametrize("sealed", ["", "x", ".", "a.b.c", "é", "eyJhIjoxfQ.Zw.x"])
def test_a_cookie_that_is_not_ours_is_an_empty_visit(app: Any, sealed: str) -> None:
    cookie = f"{app.config['SESSION_COOKIE_NAME']}={sealed}"
    with app.test_request_context("/", headers={"Cookie": cookie}):
        assert dict(session) == {}
