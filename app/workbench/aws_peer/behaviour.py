"""What the peer can do with a valid call; any other valid operation is refused."""

import hashlib
import os
import uuid
from collections.abc import Callable
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.workbench.aws_peer.contract import Call

NONCE_BYTES = 12
PAGE = 1_000
"""Keys in one listing, as many as S3 gives."""


class Refused(Exception):
    """The service's own refusal of a valid call: HTTP status and error code."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code


class Behaviour:
    """The state of the services: one master key that never leaves, and the objects of buckets."""

    def __init__(self) -> None:
        self.objects: dict[tuple[str, str], bytes] = {}
        self.identities: dict[str, tuple[bool, bool]] = {}
        """SES domains: whether DKIM is verified, and whether the custom MAIL FROM is."""
        self._key = AESGCM(AESGCM.generate_key(256))
        self._acts: dict[tuple[str, str], Callable[[dict[str, Any]], dict[str, Any]]] = {
            ("sesv2", "GetEmailIdentity"): self._identity,
            ("sesv2", "SendEmail"): lambda _: {"MessageId": f"0100{uuid.uuid4().hex}-000000"},
            ("pinpoint-sms-voice-v2", "SendTextMessage"): _message_id,
            ("sns", "Publish"): _message_id,
            ("kms", "Encrypt"): self._encrypt,
            ("kms", "Decrypt"): self._decrypt,
            ("s3", "PutObject"): self._put,
            ("s3", "GetObject"): self._get,
            ("s3", "DeleteObject"): self._delete,
            ("s3", "ListObjectsV2"): self._list,
        }

    def act(self, call: Call) -> dict[str, Any]:
        """The result of a call. Raises Refused."""
        what = self._acts.get((call.service, call.operation))
        if what is None:
            raise Refused(501, "NotImplemented")
        return what(call.parameters)

    def _identity(self, asked: dict[str, Any]) -> dict[str, Any]:
        try:
            signs, is_mail_from_set = self.identities[asked["EmailIdentity"]]
        except KeyError as error:
            raise Refused(404, "NotFoundException") from error
        return {
            "IdentityType": "DOMAIN",
            "VerifiedForSendingStatus": signs,
            "DkimAttributes": {
                "SigningEnabled": True,
                "Status": "SUCCESS" if signs else "PENDING",
                "SigningAttributesOrigin": "AWS_SES",
            },
            "MailFromAttributes": {
                "MailFromDomain": f"bounce.{asked['EmailIdentity']}",
                "MailFromDomainStatus": "SUCCESS" if is_mail_from_set else "PENDING",
                "BehaviorOnMxFailure": "REJECT_MESSAGE",
            },
        }

    def _encrypt(self, asked: dict[str, Any]) -> dict[str, Any]:
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._key.encrypt(nonce, asked["Plaintext"], _bound(asked))
        return {"CiphertextBlob": nonce + sealed, "KeyId": asked["KeyId"]}

    def _decrypt(self, asked: dict[str, Any]) -> dict[str, Any]:
        blob = asked["CiphertextBlob"]
        try:
            plain = self._key.decrypt(blob[:NONCE_BYTES], blob[NONCE_BYTES:], _bound(asked))
        except InvalidTag as error:
            raise Refused(400, "InvalidCiphertextException") from error
        return {"Plaintext": plain, "KeyId": asked["KeyId"]}

    def _put(self, asked: dict[str, Any]) -> dict[str, Any]:
        self.objects[asked["Bucket"], asked["Key"]] = asked["Body"]
        return {"ETag": f'"{hashlib.sha256(asked["Body"]).hexdigest()[:32]}"'}

    def _get(self, asked: dict[str, Any]) -> dict[str, Any]:
        try:
            return {"Body": self.objects[asked["Bucket"], asked["Key"]]}
        except KeyError as error:
            raise Refused(404, "NoSuchKey") from error

    def _delete(self, asked: dict[str, Any]) -> dict[str, Any]:
        self.objects.pop((asked["Bucket"], asked["Key"]), None)
        return {}

    def _list(self, asked: dict[str, Any]) -> dict[str, Any]:
        after = asked.get("ContinuationToken") or asked.get("StartAfter", "")
        keys = sorted(
            key
            for bucket, key in self.objects
            if bucket == asked["Bucket"] and key.startswith(asked["Prefix"]) and key > after
        )
        page = keys[:PAGE]
        is_cut = len(keys) > PAGE
        return {
            "IsTruncated": is_cut,
            "Contents": [{"Key": key} for key in page],
            **({"NextContinuationToken": page[-1]} if is_cut else {}),
        }


def _message_id(_: dict[str, Any]) -> dict[str, Any]:
    return {"MessageId": str(uuid.uuid4())}


def _bound(asked: dict[str, Any]) -> bytes:
    """Key and encryption context: what is sealed opens under the same alone."""
    context = asked.get("EncryptionContext", {})
    return "\n".join([asked["KeyId"], *(f"{k}={context[k]}" for k in sorted(context))]).encode()
