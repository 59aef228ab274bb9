"""Codes to a contact on file: asked for, answered in the browser that asked, over after a while.

What is asked of the database never depends on whether the person exists here.
"""

import hmac
import secrets
import uuid
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, update
from sqlalchemy.orm import Session

from app.identity import jobs
from app.identity.models import OneTimeCode
from app.identity.rules import CODE_MINUTES, CODE_TRIES
from app.jobs import enqueue
from tenants import keys
from tenants.clock import now
from tenants.database import new_id
from tenants.scope import current_tenant_id


class CodeOver(Exception):
    """The code was used, has expired, was tried too often, or belongs to another browser."""


@dataclass(frozen=True, slots=True)
class Challenge:
    """What the asking browser keeps: its code opens nowhere else."""

    code_id: uuid.UUID
    secret: str


def ask_for_code(
    session: Session,
    *,
    document: str | None = None,
    debtor_id: uuid.UUID | None = None,
    channel: str | None = None,
) -> Challenge:
    """Write the request down and leave the looking-up and sending to a job.

    `document` is a normalised CPF or CNPJ of somebody who may not exist here; `debtor_id` comes
    from a link.
    """
    index = keys.vault(session).index(document, "document") if document else None
    return _ask(session, document_index=index, debtor_id=debtor_id, channel=channel)


def _ask(
    session: Session,
    *,
    document_index: bytes | None,
    debtor_id: uuid.UUID | None,
    channel: str | None,
) -> Challenge:
    challenge = Challenge(new_id(), secrets.token_urlsafe(24))
    session.add(
        OneTimeCode(
            id=challenge.code_id,
            document_index=document_index,
            debtor_id=debtor_id,
            channel=channel,
            challenge=keys.vault(session).index(challenge.secret, "challenge"),
            expires_at=now() + timedelta(minutes=CODE_MINUTES),
        )
    )
    enqueue(
        session,
        jobs.send_code,
        tenant_id=str(current_tenant_id()),
        code_id=str(challenge.code_id),
    )
    return challenge


def ask_again(session: Session, challenge: Challenge, *, channel: str | None) -> Challenge:
    """A new code for whoever the old one was for; the old one is over. Raises CodeOver."""
    row = session.execute(
        update(OneTimeCode)
        .where(*_unused(session, challenge))
        .values(used_at=now())
        .returning(OneTimeCode.document_index, OneTimeCode.debtor_id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if row is None:
        raise CodeOver
    index = row.document_index
    debtor_id = None if index else row.debtor_id
    return _ask(session, document_index=index, debtor_id=debtor_id, channel=channel)


def try_code(session: Session, challenge: Challenge, code: str) -> uuid.UUID | None:
    """Spend one try. The debtor's id when the digits fit, else None; the caller commits either.

    Raises CodeOver.
    """
    row = session.execute(
        update(OneTimeCode)
        .where(
            *_unused(session, challenge),
            OneTimeCode.expires_at > now(),
            OneTimeCode.attempts < CODE_TRIES,
        )
        .values(attempts=OneTimeCode.attempts + 1)
        .returning(OneTimeCode.debtor_id, OneTimeCode.code_hash)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if row is None:
        raise CodeOver
    expected = code_hash(session, challenge.code_id, code)
    fits = hmac.compare_digest(row.code_hash or bytes(32), expected)
    if not fits or row.debtor_id is None:
        return None
    session.execute(
        update(OneTimeCode)
        .where(OneTimeCode.id == challenge.code_id)
        .values(used_at=now())
        .execution_options(synchronize_session=False)
    )
    return uuid.UUID(str(row.debtor_id))


def code_hash(session: Session, code_id: uuid.UUID, code: str) -> bytes:
    """What is stored of a code."""
    return keys.vault(session).index(f"{code_id}:{code}", "code")


def _unused(session: Session, challenge: Challenge) -> tuple[ColumnElement[bool], ...]:
    secret = keys.vault(session).index(challenge.secret, "challenge")
    return (
        OneTimeCode.id == challenge.code_id,
        OneTimeCode.challenge == secret,
        OneTimeCode.used_at.is_(None),
    )
