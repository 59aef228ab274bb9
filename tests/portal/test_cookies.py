"""What seals cookies and form tokens signs as its library does; it only does it faster."""

import hashlib
from typing import Any

import pytest
from flask import session
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer
from itsdangerous.encoding import base64_decode, base64_encode

from app.portal.cookies import Seal

SECRETS = ["the one before", "the one in force"]
WAYS: list[dict[str, Any]] = [
    {},
    {"key_derivation": "hmac", "digest_method": hashlib.sha1},
    {"key_derivation": "hmac", "digest_method": hashlib.sha256},
]
AN_HOUR = 3_600
VISITS: list[dict[str, Any]] = [
    {"a": 1},
    {"person": "0" * 400},
    {"device": "é", "since": 1, "challenge": ["x", None, True]},
    {"tagged": ("a", "tuple"), "more": {"bytes": b"\x00"}},
]


@pytest.mark.parametrize("way", WAYS)
def test_each_reads_what_the_other_signed(way: dict[str, Any]) -> None:
    library = URLSafeTimedSerializer(SECRETS, salt="a salt", signer_kwargs=way)
    before = URLSafeTimedSerializer(SECRETS[:1], salt="a salt", signer_kwargs=way)
    seal = Seal(library)
    assert library.loads(seal.sign(base64_encode('{"who":"a"}'))) == {"who": "a"}
    for theirs in (library, before):
        opened = seal.open(theirs.dumps({"who": "b"}).encode(), AN_HOUR)
        assert base64_decode(opened) == b'{"who":"b"}'


def test_what_was_signed_otherwise_is_refused() -> None:
    library = URLSafeTimedSerializer(SECRETS, salt="a salt")
    seal = Seal(library)
    others = [
        URLSafeTimedSerializer("another secret", salt="a salt"),
        URLSafeTimedSerializer(SECRETS, salt="another salt"),
        URLSafeTimedSerializer(SECRETS, salt="a salt", signer_kwargs={"key_derivation": "none"}),
    ]
    signed = library.dumps("ours").encode()
    forged = [other.dumps("ours").encode() for other in others]
    for sealed in [*forged, signed[:-2], b"x" + signed, signed + b"=", b".", b"..", b""]:
        with pytest.raises(BadSignature):
            seal.open(sealed, AN_HOUR)


@pytest.mark.parametrize("longest", [-1, -AN_HOUR])
def test_what_is_too_old_is_refused(longest: int) -> None:
    library = URLSafeTimedSerializer(SECRETS, salt="a salt")
    with pytest.raises(SignatureExpired):
        Seal(library).open(library.dumps("ours").encode(), longest)


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
