"""Links in messages: tokens that can be made again, and are stored nowhere.

A token is derived from its row's id with the tenant's index key, so that a message can be composed
long after its link was made, while the database holds only a hash. A link of a message has the
message's own id. Tokens never reach a log.
"""

import base64
import binascii
import hashlib
import hmac
import uuid
from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.outreach.models import AccessLink
from tenants import bulk
from tenants.clock import now
from tenants.database import new_id
from tenants.keys import Vault, vault
from tenants.scope import current_tenant_id

PORTAL = "portal"
DAYS = 30
TOKEN_BYTES = 12
TOKEN_LENGTH = 16
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 8
_PAIRS = [low + high for high in CODE_ALPHABET for low in CODE_ALPHABET]
"""Two characters at a time: codes are made by the hundred thousand."""


def token_of(keys: Vault, link_id: uuid.UUID | str) -> str:
    """The token of a link: 96 bits, 16 characters that need no escaping in an address."""
    return base64.urlsafe_b64encode(keys.index(str(link_id), "link")[:TOKEN_BYTES]).decode()


def hash_of(token: str) -> bytes:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).digest()


LINKS = bulk.Insert(
    "access_links",
    ("purpose", "expires_at", "created_at"),
    ("id", "debtor_id", "message_id", "token_hash"),
)


def insert_many(writer: bulk.Writer, keys: Vault, messages: Iterable[tuple[bytes, bytes]]) -> None:
    """Links of messages, (message, person) each; a link has its message's id."""
    at = now()
    expires_at = bulk.moment(at + timedelta(days=DAYS))
    rows = [
        (message_id, debtor_id, message_id, hash_of(token_of(keys, uuid.UUID(bytes=message_id))))
        for message_id, debtor_id in messages
    ]
    writer.insert(LINKS, (bulk.text(PORTAL), expires_at, bulk.moment(at)), rows)


def create(
    session: Session,
    debtor_id: uuid.UUID,
    *,
    message_id: uuid.UUID | None = None,
    purpose: str = PORTAL,
    days: int = DAYS,
) -> str:
    """Make a link and return its token; the caller puts it into an address."""
    keys, link_id = vault(session), message_id or new_id()
    token, at = token_of(keys, link_id), now()
    session.execute(
        insert(AccessLink)
        .values(
            tenant_id=current_tenant_id(),
            id=link_id,
            debtor_id=debtor_id,
            message_id=message_id,
            token_hash=hash_of(token),
            purpose=purpose,
            expires_at=at + timedelta(days=days),
            created_at=at,
        )
        .on_conflict_do_nothing(index_elements=["tenant_id", "id"])
    )
    return token


def find(session: Session, token: str, *, purpose: str = PORTAL) -> AccessLink | None:
    """The link of a token if it is still good: neither expired nor revoked."""
    if len(token) != TOKEN_LENGTH:
        return None
    return session.scalar(
        select(AccessLink).where(
            AccessLink.token_hash == hash_of(token),
            AccessLink.purpose == purpose,
            AccessLink.revoked_at.is_(None),
            AccessLink.expires_at > now(),
        )
    )


def revoke(session: Session, debtor_id: uuid.UUID) -> None:
    """End every link of a person."""
    session.execute(
        update(AccessLink)
        .where(
            AccessLink.tenant_id == current_tenant_id(),
            AccessLink.debtor_id == debtor_id,
            AccessLink.revoked_at.is_(None),
        )
        .values(revoked_at=now())
    )


def revoke_those(session: Session, link_ids: Iterable[uuid.UUID]) -> None:
    """End some links; a link of a message has the message's id."""
    session.execute(
        update(AccessLink)
        .where(
            AccessLink.tenant_id == current_tenant_id(),
            AccessLink.id.in_(list(link_ids)),
            AccessLink.revoked_at.is_(None),
        )
        .values(revoked_at=now())
    )


def unsubscribe_token(keys: Vault, message_id: uuid.UUID, name: str | None = None) -> str:
    """A message's one-click unsubscribe: the token proves itself, has no row, never expires.

    `name` is the id written out, where it is at hand.
    """
    seal = keys.index(name or str(message_id), "unsubscribe")[:TOKEN_BYTES]
    return base64.urlsafe_b64encode(message_id.bytes + seal).decode().rstrip("=")


def unsubscribing_message(keys: Vault, token: str) -> uuid.UUID | None:
    """The message an unsubscribe token was made for, or None when it was not made here."""
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (binascii.Error, ValueError):
        return None
    if len(raw) != 16 + TOKEN_BYTES:
        return None
    message_id = uuid.UUID(bytes=raw[:16])
    seal = keys.index(str(message_id), "unsubscribe")[:TOKEN_BYTES]
    return message_id if hmac.compare_digest(seal, raw[16:]) else None


def verification_code(keys: Vault, message_id: uuid.UUID) -> str:
    """What a person types to ask whether a message is genuine: eight unambiguous characters."""
    number = int.from_bytes(keys.index(str(message_id), "verification")[:8], "big")
    code = ""
    for _ in range(CODE_LENGTH // 2):
        number, pair = divmod(number, len(_PAIRS))
        code += _PAIRS[pair]
    return code
