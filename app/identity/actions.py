"""Prove who somebody is: attempts counted, birth dates compared, what was shown written down.

What is asked of the database never depends on whether the person exists here.
"""

import hmac
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Row, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.debts import queries as debts
from app.debts.models import Debtor
from app.history.actions import record
from app.identity.models import Attempt
from app.identity.rules import (
    ADDRESS,
    DEVICE,
    PERSON,
    PERSON_DAY,
    Limit,
)
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


@dataclass(frozen=True, slots=True)
class Proof:
    """Somebody who showed both factors."""

    debtor_id: uuid.UUID
    session_epoch: int


def count_attempt(session: Session, *, kind: str, address: str, device: str, person: str) -> None:
    """Count one attempt against the address, the device and the person, in one statement.

    `kind` is what is attempted, each counted apart: "ask" for a code, "prove" who one is. `person`
    is anything that stands for them: a normalised document, or an id. The caller commits
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
