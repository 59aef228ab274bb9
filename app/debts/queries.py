"""What others ask about people and their debts."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.debts import terms as charge_terms
from app.debts.models import ChargeTerms, ContactPoint, ContactState, Debt, Debtor, DebtState, Whose
from app.debts.portfolio.columns.documents import documents
from app.debts.portfolio.models import PortfolioDifference, PortfolioImport
from app.debts.terms import Terms
from tenants.keys import vault


@dataclass(frozen=True, slots=True)
class Person:
    """A debtor, opened: handle with care, never store or log it."""

    id: uuid.UUID
    name: str
    document: str
    document_kind: str
    birth_date: date | None
    uf: str | None
    time_zone: str
    locale: str
    preferred_channel: str | None
    preferred_hour: int | None


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact point, opened."""

    id: uuid.UUID
    kind: str
    address: str
    is_mobile: bool | None
    position: int


def find_debtor(session: Session, document: str) -> uuid.UUID | None:
    """Who has this CPF or CNPJ, however it is written; None for nobody and for no document."""
    normalised = documents(pl.Series([document[:40]])).values[0]
    if normalised is None:
        return None
    index = vault(session).index(normalised, "document")
    return session.scalar(select(Debtor.id).where(Debtor.document_index == index))


def person(session: Session, debtor_id: uuid.UUID) -> Person:
    """One person, opened. Raises LookupError, keys.Unreadable."""
    found = people(session, [debtor_id])
    if not found:
        raise LookupError("no such debtor")
    return found[debtor_id]


def people(session: Session, debtor_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Person]:
    """Several people by id, opened; unknown ids are left out."""
    opened = vault(session)
    rows = session.scalars(select(Debtor).where(Debtor.id.in_(debtor_ids)))
    return {row.id: _opened(row, json.loads(opened.text(row.sealed, "debtor"))) for row in rows}


def _opened(row: Debtor, plain: dict[str, Any]) -> Person:
    born = plain["birth_date"]
    return Person(
        id=row.id,
        name=plain["name"],
        document=plain["document"],
        document_kind=row.document_kind,
        birth_date=date.fromisoformat(born) if born else None,
        uf=row.uf,
        time_zone=row.time_zone,
        locale=row.locale,
        preferred_channel=row.preferred_channel,
        preferred_hour=row.preferred_hour,
    )


def debts_of(
    session: Session, debtor_id: uuid.UUID, states: Sequence[str] = tuple(DebtState)
) -> list[Debt]:
    """The debts of a person, oldest first; by default those of every state."""
    return list(
        session.scalars(
            select(Debt)
            .where(Debt.debtor_id == debtor_id, Debt.state.in_(states))
            .order_by(Debt.due_on, Debt.id)
        )
    )


def addresses(session: Session, debtor_id: uuid.UUID) -> list[ContactPoint]:
    """A person's addresses that work: their own first, the creditor's order, the newest first."""
    return list(
        session.scalars(
            select(ContactPoint)
            .where(ContactPoint.debtor_id == debtor_id, ContactPoint.state == ContactState.ACTIVE)
            .order_by(
                ContactPoint.whose != Whose.OWN,
                ContactPoint.position,
                ContactPoint.created_at.desc(),
                ContactPoint.id,
            )
        )
    )


def contacts_of(session: Session, debtor_id: uuid.UUID) -> list[Contact]:
    """The same addresses, opened."""
    opened = vault(session)
    return [
        Contact(row.id, row.kind, opened.text(row.sealed, "contact"), row.is_mobile, row.position)
        for row in addresses(session, debtor_id)
    ]


def terms_in_force(session: Session) -> Terms:
    """The latest terms for charges; `terms.MILD` where the creditor set none."""
    data = session.scalar(select(ChargeTerms.terms).order_by(ChargeTerms.version.desc()).limit(1))
    return charge_terms.MILD if data is None else charge_terms.from_data(data)


def imports(session: Session, limit: int = 20) -> list[PortfolioImport]:
    """The latest imports, newest first."""
    newest = PortfolioImport.started_at.desc()
    return list(session.scalars(select(PortfolioImport).order_by(newest).limit(limit)))


def open_differences(session: Session, limit: int = 200) -> list[PortfolioDifference]:
    """What files said against agreements and payments here, and nobody has settled yet."""
    return list(
        session.scalars(
            select(PortfolioDifference)
            .where(PortfolioDifference.resolved_at.is_(None))
            .order_by(PortfolioDifference.id)
            .limit(limit)
        )
    )
