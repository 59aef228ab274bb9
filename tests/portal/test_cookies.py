"""What signs cookies and form tokens signs as its library does; it only does it faster."""

import hashlib
from typing import Any

import pytest
from itsdangerous import BadSignature, URLSafeTimedSerializer

from app.portal.cookies import FormTokens, KeptSerializer

SECRETS = ["the one before", "the one in force"]
WAYS: list[dict[str, Any]] = [
    {},
    {"key_derivation": "hmac", "digest_method": hashlib.sha1},
    {"key_derivation": "hmac", "digest_method": hashlib.sha256},
]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("ours", [KeptSerializer, FormTokens])
def test_signatures_are_those_of_the_library(
    ours: type[URLSafeTimedSerializer], way: dict[str, Any]
) -> None:
    kept = ours(SECRETS, salt="a salt", signer_kwargs=way)
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
