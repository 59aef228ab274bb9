"""Taking an import back: what it changed becomes what it was, what it made goes.

Who has been written to, or has looked at an offer, stays: the debts that came with the import are
then recalled instead of deleted, so that contact stops and the record of it remains.
"""

import json
import uuid
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Table, delete, func, select, update
from sqlalchemy.orm import Session

from app.debts.models import ContactPoint, ContactState, Debt, Debtor, DebtState
from app.debts.portfolio import statements
from app.debts.portfolio.models import (
    ImportState,
    PortfolioChange,
    PortfolioDifference,
    PortfolioImport,
)
from app.debts.portfolio.problems import NotThere, UndoRefused
from tenants import bulk, clock
from tenants.bulk import Packed, Update, Writer
from tenants.database import Base
from tenants.keys import vault
from tenants.scope import current_tenant_id

CHUNK = 2_000
RESTORED = (
    statements.CHANGED_DEBTORS,
    statements.CHANGED_DEBTS,
    statements.RECALLED_DEBTS,
    statements.CHANGED_CONTACTS,
)
OWN_TABLES = frozenset({"debtors", "debts", "contact_points", "portfolio_differences"})

BOUND = (DebtState.AGREED, DebtState.SETTLED, DebtState.DISMISSED)
"""What was decided with the person here: an import that is undone does not take it away."""


def undo(session: Session, import_id: uuid.UUID) -> PortfolioImport:
    """Take the latest applied import back. Raises NotThere, UndoRefused."""
    row = session.scalar(
        select(PortfolioImport).where(PortfolioImport.id == import_id).with_for_update()
    )
    if row is None:
        raise NotThere("no_import")
    _refuse(session, row)
    _restore(session, row)
    session.execute(
        delete(PortfolioDifference).where(PortfolioDifference.portfolio_import_id == row.id)
    )
    _unmake(session, row)
    session.execute(delete(PortfolioChange).where(PortfolioChange.portfolio_import_id == row.id))
    row.state, row.finished_at = ImportState.UNDONE, clock.now()
    session.flush()
    return row


def _refuse(session: Session, row: PortfolioImport) -> None:
    if row.state != ImportState.APPLIED:
        raise UndoRefused("undo_state")
    later = select(func.count()).where(
        PortfolioImport.id > row.id,
        PortfolioImport.state.in_([ImportState.APPLIED, ImportState.RUNNING]),
    )
    if session.scalar(later):
        raise UndoRefused("undo_order")
    bound = select(func.count()).where(
        Debt.changed_in_import_id == row.id,
        Debt.state.in_(BOUND),
    )
    paid = select(func.count()).where(
        Debt.created_by_import_id == row.id,
        Debt.paid_here_cents > 0,
        Debt.state.not_in(BOUND),
    )
    count = (session.scalar(bound) or 0) + (session.scalar(paid) or 0)
    if count:
        raise UndoRefused("undo_agreed", count=count)


def _restore(session: Session, row: PortfolioImport) -> None:
    connection: Any = session.connection().connection.driver_connection
    writer, opened = Writer(connection, current_tenant_id()), vault(session)
    last = uuid.UUID(int=0)
    while changes := _changes(session, row.id, last):
        last = changes[-1].id
        before = [
            (change.table_name, change.row_id, json.loads(opened.text(change.before, "change")))
            for change in changes
        ]
        _keep_paid(session, before)
        _keep_learned(session, before)
        stamps = [bulk.moment(clock.now()), row.id.bytes]
        for what in RESTORED:
            names = {name for name, _ in what.varying}
            rows = [
                _packed(what, row_id, was)
                for table, row_id, was in before
                if table == what.table and was.keys() == names
            ]
            writer.update(what, stamps if what.shared else [], rows)


def _changes(session: Session, import_id: uuid.UUID, last: uuid.UUID) -> Sequence[PortfolioChange]:
    return session.scalars(
        select(PortfolioChange)
        .where(PortfolioChange.portfolio_import_id == import_id, PortfolioChange.id > last)
        .order_by(PortfolioChange.id)
        .limit(CHUNK)
    ).all()


def _keep_paid(session: Session, before: list[tuple[str, uuid.UUID, dict[str, Any]]]) -> None:
    """What was paid here since stays off the principal."""
    ids = [row_id for table, row_id, _ in before if table == "debts"]
    rows = session.execute(
        select(Debt.id, Debt.principal_cents).where(Debt.id.in_(ids), Debt.paid_here_cents > 0)
    )
    paid = {row[0]: row[1] for row in rows}
    for table, row_id, was in before:
        if table == "debts" and row_id in paid and "principal_cents" in was:
            was["principal_cents"] = paid[row_id]


def _keep_learned(session: Session, before: list[tuple[str, uuid.UUID, dict[str, Any]]]) -> None:
    """An address that bounced since, or is somebody else's, stays so."""
    ids = [row_id for table, row_id, _ in before if table == "contact_points"]
    rows = session.execute(
        select(ContactPoint.id, ContactPoint.state).where(
            ContactPoint.id.in_(ids),
            ContactPoint.state.not_in([ContactState.ACTIVE, ContactState.REPLACED]),
        )
    )
    learned = {row[0]: row[1] for row in rows}
    for table, row_id, was in before:
        if table == "contact_points" and row_id in learned:
            was["state"] = learned[row_id]


_PACK: dict[str, Any] = {
    "bytea": lambda value: bytes.fromhex(value),
    "uuid": lambda value: uuid.UUID(value).bytes,
    "date": lambda value: bulk.day(date.fromisoformat(value)),
    "int4": bulk.int4,
    "int8": bulk.int8,
    "text": bulk.text,
}


def _packed(what: Update, row_id: uuid.UUID, was: dict[str, Any]) -> list[Packed]:
    cells = [None if was[n] is None else _PACK[kind](was[n]) for n, kind in what.varying]
    return [row_id.bytes, *cells]


def _unmake(session: Session, row: PortfolioImport) -> None:
    """Delete what the import made, person by person; recall where others refer to it."""
    made = session.execute(
        select(Debt.id, Debt.debtor_id).where(Debt.created_by_import_id == row.id)
    ).all()
    known = referenced(session, "debtors", {debtor_id for _, debtor_id in made})
    agreed = referenced(session, "debts", {debt_id for debt_id, _ in made})
    kept = {debt_id for debt_id, debtor_id in made if debtor_id in known or debt_id in agreed}
    now = clock.now()
    for ids in _chunks(kept):
        session.execute(
            update(Debt)
            .where(Debt.id.in_(ids), Debt.state == DebtState.OPEN)
            .values(state=DebtState.RECALLED, state_before_recall=DebtState.OPEN, updated_at=now)
        )
    for ids in _chunks(debt_id for debt_id, _ in made if debt_id not in kept):
        session.execute(delete(PortfolioDifference).where(PortfolioDifference.debt_id.in_(ids)))
        session.execute(delete(Debt).where(Debt.id.in_(ids)))
    _unmake_people(session, row)


def _unmake_people(session: Session, row: PortfolioImport) -> None:
    """People without a debt and a past; and the addresses added to people without a past."""
    came = session.scalars(
        select(ContactPoint.debtor_id).where(ContactPoint.created_by_import_id == row.id)
    ).all()
    made = session.scalars(select(Debtor.id).where(Debtor.created_by_import_id == row.id)).all()
    known = referenced(session, "debtors", {*came, *made})
    for ids in _chunks(set(came) - known):
        session.execute(
            delete(ContactPoint).where(
                ContactPoint.debtor_id.in_(ids), ContactPoint.created_by_import_id == row.id
            )
        )
    for ids in _chunks(set(made) - known):
        owing = set(session.scalars(select(Debt.debtor_id).where(Debt.debtor_id.in_(ids))))
        gone = [debtor_id for debtor_id in ids if debtor_id not in owing]
        session.execute(delete(Debtor).where(Debtor.id.in_(gone)))


def referenced(session: Session, table: str, ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Which rows of a table other capabilities point to, by the foreign keys of the schema: this
    capability need not know theirs."""
    wanted, found = list(ids), set[uuid.UUID]()
    for referring, column in _referring(table):
        for part in _chunks(wanted):
            found.update(
                session.scalars(
                    select(referring.c[column])
                    .where(
                        referring.c.tenant_id == current_tenant_id(),
                        referring.c[column].in_(part),
                    )
                    .distinct()
                )
            )
    return found


def _referring(table: str) -> list[tuple[Table, str]]:
    return [
        (other, constraint.column_keys[1])
        for other in Base.metadata.sorted_tables
        if other.name not in OWN_TABLES
        for constraint in other.foreign_key_constraints
        if constraint.referred_table.name == table
    ]


def _chunks(ids: Iterable[uuid.UUID]) -> Iterable[list[uuid.UUID]]:
    wanted = list(ids)
    for start in range(0, len(wanted), CHUNK):
        yield wanted[start : start + CHUNK]
