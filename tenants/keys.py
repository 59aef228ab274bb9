"""Envelope and index keys per tenant.

Each tenant has two 256-bit keys: one seals (AES-256-GCM), one makes blind indexes (HMAC-SHA256).
Both are stored wrapped by a master key, which lives in AWS KMS or in a local key file. Deleting a
tenant's two rows makes everything sealed with them unreadable, and its indexes unguessable.
"""

import base64
import hashlib
import hmac
import os
import time
import uuid
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from tenants import aws, changes
from tenants.models import KeyPurpose, TenantKey
from tenants.scope import current_tenant_id

FORMAT = b"\x01"
NONCE_BYTES = 12
CACHE_SECONDS = 600.0
"""How long opened keys are kept at most; `shred` is seen within seconds (tenants.changes)."""


class Unreadable(ValueError):
    """Sealed bytes that this tenant's key does not open: shredded, foreign or damaged."""


class MasterKey(Protocol):
    """Wraps and unwraps tenants' keys; `context` binds a wrapped key to its tenant and purpose."""

    name: str

    def wrap(self, key: bytes, context: dict[str, str]) -> bytes: ...
    def unwrap(self, wrapped: bytes, context: dict[str, str]) -> bytes: ...


class LocalMasterKey:
    """A master key in a file of 32 base64-encoded bytes, readable by its owner alone."""

    def __init__(self, key: bytes) -> None:
        if len(key) != 32:
            raise ValueError("the master key is 32 bytes, base64-encoded")
        self._cipher = AESGCM(key)
        self.name = "local:" + hashlib.sha256(b"traje master" + key).hexdigest()[:16]

    @classmethod
    def from_file(cls, path: Path, *, create: bool = False) -> "LocalMasterKey":
        """Load the key, or make one first when `create`. Raises FileNotFoundError, ValueError."""
        if create and not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(base64.b64encode(AESGCM.generate_key(256)) + b"\n")
        return cls(base64.b64decode(path.read_bytes().strip(), validate=True))

    def wrap(self, key: bytes, context: dict[str, str]) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, key, _canonical(context))

    def unwrap(self, wrapped: bytes, context: dict[str, str]) -> bytes:
        try:
            return self._cipher.decrypt(
                wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], _canonical(context)
            )
        except InvalidTag as error:
            raise Unreadable("the master key does not open this tenant's key") from error


class KmsMasterKey:
    """A master key in AWS KMS, spoken to through boto3."""

    def __init__(self, key_id: str, *, endpoint_url: str | None = None) -> None:
        self.name = f"kms:{key_id}"
        self._key_id = key_id
        self._client = aws.client("kms", endpoint_url)

    def wrap(self, key: bytes, context: dict[str, str]) -> bytes:
        answer = self._client.encrypt(KeyId=self._key_id, Plaintext=key, EncryptionContext=context)
        return bytes(answer["CiphertextBlob"])

    def unwrap(self, wrapped: bytes, context: dict[str, str]) -> bytes:
        try:
            answer = self._client.decrypt(
                KeyId=self._key_id, CiphertextBlob=wrapped, EncryptionContext=context
            )
        except self._client.exceptions.InvalidCiphertextException as error:
            raise Unreadable("the master key does not open this tenant's key") from error
        return bytes(answer["Plaintext"])


def _canonical(context: dict[str, str]) -> bytes:
    return "\n".join(f"{key}={context[key]}" for key in sorted(context)).encode()


class Vault:
    """Seals, opens and indexes with one tenant's keys."""

    def __init__(self, tenant_id: uuid.UUID, data_key: bytes, index_key: bytes) -> None:
        self._prefix = tenant_id.bytes
        self._cipher = AESGCM(data_key)
        # Copied for every index: setting up a keyed hash costs three times as much as using it.
        self._keyed = hmac.new(index_key, digestmod="sha256")

    def seal(self, plain: bytes | str, context: str) -> bytes:
        """Encrypt `plain`; it opens only with the same `context` (a name for what it holds)."""
        if isinstance(plain, str):
            plain = plain.encode()
        nonce = os.urandom(NONCE_BYTES)
        return FORMAT + nonce + self._cipher.encrypt(nonce, plain, self._bound(context))

    def unseal(self, sealed: bytes, context: str) -> bytes:
        """The plain bytes. Raises Unreadable."""
        if sealed[:1] != FORMAT:
            raise Unreadable("unknown format of sealed bytes")
        nonce, body = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
        try:
            return self._cipher.decrypt(nonce, body, self._bound(context))
        except InvalidTag as error:
            raise Unreadable("this tenant's key does not open these bytes") from error

    def text(self, sealed: bytes, context: str) -> str:
        """The plain text. Raises Unreadable."""
        return self.unseal(sealed, context).decode()

    def index(self, value: str, kind: str) -> bytes:
        """A keyed blind index of a *normalised* value: equal values of a kind, equal bytes."""
        keyed = self._keyed.copy()
        keyed.update(f"{kind}\x00{value}".encode())
        return keyed.digest()

    def _bound(self, context: str) -> bytes:
        return self._prefix + context.encode()


_master: MasterKey | None = None
_vaults: dict[uuid.UUID, tuple[float, Vault]] = {}


def use(master: MasterKey) -> None:
    """Choose the master key for this process."""
    global _master
    _master = master
    _vaults.clear()


def _chosen() -> MasterKey:
    if _master is None:
        raise RuntimeError("no master key is chosen: call tenants.keys.use(...) first")
    return _master


def _context(tenant_id: uuid.UUID, purpose: str) -> dict[str, str]:
    return {"tenant": str(tenant_id), "purpose": purpose}


def create(session: Session) -> None:
    """Make the entered tenant's two keys. Does nothing where they exist."""
    tenant_id, master = current_tenant_id(), _chosen()
    existing = set(session.scalars(select(TenantKey.purpose)))
    for purpose in KeyPurpose:
        if purpose not in existing:
            wrapped = master.wrap(AESGCM.generate_key(256), _context(tenant_id, purpose))
            session.add(TenantKey(purpose=purpose, wrapped=wrapped, master=master.name))
    session.flush()


def vault(session: Session) -> Vault:
    """The entered tenant's vault, kept in memory for minutes. Raises Unreadable after `shred`."""
    tenant_id = current_tenant_id()
    return kept(tenant_id) or _open(session, tenant_id)


def kept(tenant_id: uuid.UUID) -> Vault | None:
    """A tenant's vault, where this process has opened it lately: no session is needed."""
    found = _vaults.get(tenant_id)
    return found[1] if found and found[0] > time.monotonic() else None


def _open(session: Session, tenant_id: uuid.UUID) -> Vault:
    rows = session.execute(select(TenantKey.purpose, TenantKey.wrapped)).all()
    keys = {
        purpose: _chosen().unwrap(wrapped, _context(tenant_id, purpose))
        for purpose, wrapped in rows
    }
    if set(keys) != set(KeyPurpose):
        raise Unreadable("this tenant has no keys: they were never made, or were shredded")
    opened = Vault(tenant_id, keys[KeyPurpose.DATA], keys[KeyPurpose.INDEX])
    _vaults[tenant_id] = (time.monotonic() + CACHE_SECONDS, opened)
    return opened


def shred(session: Session) -> None:
    """Delete the entered tenant's keys: its personal data can never be read again.

    Other processes forget the keys within seconds.
    """
    session.execute(delete(TenantKey))
    changes.touch(session, current_tenant_id())
    _vaults.pop(current_tenant_id(), None)


@changes.on_change
def _forget(tenant_ids: set[uuid.UUID]) -> None:
    for tenant_id in tenant_ids:
        _vaults.pop(tenant_id, None)
