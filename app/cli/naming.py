"""Who a command speaks of, and what it says of nobody."""

import uuid
from collections.abc import Sized

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cli.speech import aside, end, spoken
from app.debts.models import Debtor
from app.debts.queries import find_debtor
from app.offers.models import Offer
from app.outreach.models import Message
from tenants import resolve


def tenant(slug: str) -> resolve.Resolved:
    """The tenant a command names; ends the command where there is none."""
    try:
        return resolve.by_slug(slug)
    except LookupError:
        end(spoken(), "There is no creditor “%(slug)s”.", slug=slug)


def person(session: Session, text: str) -> uuid.UUID:
    """The person that an id, a CPF or a CNPJ names here; ends the command where there is none."""
    wanted = _as_id(text)
    if wanted is None:
        found = find_debtor(session, text)
    else:
        found = wanted if _is_person(session, wanted) else None
    if found is None:
        end(spoken(), "Nobody here has the id, CPF or CNPJ “%(text)s”.", text=text)
    return found


def subject(session: Session, text: str, model: type[Offer | Message]) -> uuid.UUID | None:
    """The latest row about the person that an id, a CPF or a CNPJ names, None without one; any
    other id as it is written. Ends the command for nobody."""
    wanted = _as_id(text)
    if wanted is not None and not _is_person(session, wanted):
        return wanted
    debtor_id = wanted or person(session, text)
    return session.scalar(
        select(model.id).where(model.debtor_id == debtor_id).order_by(model.id.desc()).limit(1)
    )


def _as_id(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _is_person(session: Session, wanted: uuid.UUID) -> bool:
    return session.scalar(select(Debtor.id).where(Debtor.id == wanted)) is not None


def if_none(found: Sized, message: str) -> None:
    """An empty list says so, aside: what reads the lines reads none."""
    if not found:
        aside(spoken(), message)
