"""Prove who somebody is: attempts counted, codes asked for and answered, birth dates compared.

What is asked of the database never depends on whether the person exists here.
"""

import hmac
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Row, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.debts import queries as debts
from app.debts.models import Debtor
from app.history.actions import record
from app.identity import jobs
from app.identity.models import Attempt, OneTimeCode
from app.identity.rules import (
    ADDRESS,
    CODE_MINUTES,
    CODE_TRIES,
    DEVICE,
    PERSON,
    PERSON_DAY,
    Limit,
)
from app.jobs import enqueue
from app.outreach import links
from app.outreach.models import AccessLink
from tenants import keys
from tenants.clock import now
from tenants.database import new_id
from tenants.scope import current_tenant_id


class TooManyAttempts(Exception):
    """Counted out; `until` is when the next attempt is allowed."""

    def __init__(self, until: datetime) -> None:
        super().__init__("too many attempts")
        self.until = until


class WrongAnswer(Exception):
    """The second factor does not fit."""


class CodeOver(Exception):
    """The code was used, has expired, was tried too often, or belongs to another browser."""


@dataclass(frozen=True, slots=True)
class Proof:
    """Somebody who showed both factors."""

    debtor_id: uuid.UUID
    session_epoch: int


@dataclass(frozen=True, slots=True)
class Challenge:
    """What the asking browser keeps: its code opens nowhere else."""

    code_id: uuid.UUID
    secret: str


def count_attempt(session: Session, *, kind: str, address: str, device: str, person: str) -> None:
    """Count one attempt against the address, the device and the person, in one statement.

    `kind` is what is attempted, each counted apart: "ask" for a code, "prove" who one is.

    `person` is anything that stands for them: a normalised document, or an id. The caller commits
    before judging the attempt, so that a failure counts. Raises TooManyAttempts.
    """
    at, vault = now(), keys.vault(session)
    said = {ADDRESS: address, DEVICE: device, PERSON: person, PERSON_DAY: person}
    limits: dict[bytes, Limit] = {
        vault.index(f"{kind}:{limit.kind}:{value}", "attempt"): limit
        for limit, value in said.items()
    }
    over = [
        start + limits[subject].window
        for subject, start, count in _counted(session, limits, at)
        if count > limits[subject].most
    ]
    if over:
        raise TooManyAttempts(max(over))


def _counted(
    session: Session, limits: dict[bytes, Limit], at: datetime
) -> Sequence[Row[bytes, datetime, int]]:
    rows = [
        {
            "tenant_id": current_tenant_id(),
            "id": new_id(),
            "subject": subject,
            "window_start": limit.window_start(at),
            "count": 1,
        }
        for subject, limit in sorted(limits.items())
    ]
    return session.execute(
        insert(Attempt)
        .values(rows)
        .on_conflict_do_update(
            index_elements=["tenant_id", "subject", "window_start"],
            set_={"count": Attempt.count + 1},
        )
        .returning(Attempt.subject, Attempt.window_start, Attempt.count)
    ).all()


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


def born_on(session: Session, link: AccessLink, birth_date: date) -> bool:
    """Whether the person a link was made for was born on that day."""
    known = debts.person(session, link.debtor_id).birth_date
    return known is not None and hmac.compare_digest(known.isoformat(), birth_date.isoformat())


def recognise(session: Session, debtor_id: uuid.UUID, *, by: str) -> Proof:
    """Both factors are shown: write it down and say what the browser's session is bound to."""
    epoch = session.scalars(select(Debtor.session_epoch).where(Debtor.id == debtor_id)).one()
    record(session, debtor_id=debtor_id, kind="identity.proved", by=by)
    return Proof(debtor_id, epoch)


def end_sessions(session: Session, debtor_id: uuid.UUID) -> None:
    """End every portal session of a person, wherever a copy of its cookie may be."""
    session.execute(
        update(Debtor)
        .where(Debtor.id == debtor_id)
        .values(session_epoch=Debtor.session_epoch + 1)
        .execution_options(synchronize_session=False)
    )


def open_link(session: Session, token: str) -> AccessLink | None:
    """The valid portal link of a token, or None. Marks nothing: preview bots come here too."""
    link = links.find(session, token)
    return link if link is not None and link.purpose == "portal" else None


def use_link(session: Session, link: AccessLink) -> None:
    """Somebody came through a link and showed the second factor."""
    if link.first_used_at is None:
        session.execute(
            update(AccessLink)
            .where(AccessLink.id == link.id, AccessLink.first_used_at.is_(None))
            .values(first_used_at=now())
            .execution_options(synchronize_session=False)
        )
    record(session, debtor_id=link.debtor_id, kind="link.opened", subject_id=link.message_id)


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
