"""Debts that come back from a broken agreement, less what was paid on it."""

import uuid
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.agreements.models import Agreement, AgreementDebt, Instalment
from app.agreements.rules import Returned, deducted
from app.debts.models import Debt, DebtState
from tenants.clock import now


def bring_back(session: Session, agreement: Agreement) -> None:
    """Reopen the debts of an agreement that broke, less everything that was paid on it."""
    paid = session.scalar(
        select(func.sum(Instalment.paid_cents)).where(Instalment.agreement_id == agreement.id)
    )
    links = _links(session, agreement.id)
    debts = _locked(session, [link.debt_id for link in links])
    for link in links:
        link.is_open = False
        if debts[link.debt_id].state == DebtState.AGREED:
            debts[link.debt_id].state = DebtState.OPEN
    _lower(links, [debts[link.debt_id] for link in links], int(paid or 0))
    session.flush()


def deduct(session: Session, agreement: Agreement, received_cents: int) -> int:
    """Money that arrives after the break lowers the debts that came back; how much of it did.

    Debts that are settled, recalled or in another agreement by now take none.
    """
    links = _links(session, agreement.id)
    debts = _locked(session, [link.debt_id for link in links])
    open_links = [link for link in links if debts[link.debt_id].state == DebtState.OPEN]
    left = sum(_left(link, debts[link.debt_id]) for link in open_links)
    applied = min(received_cents, left)
    _lower(open_links, [debts[link.debt_id] for link in open_links], applied)
    session.flush()
    return applied


def _links(session: Session, agreement_id: uuid.UUID) -> Sequence[AgreementDebt]:
    return session.scalars(
        select(AgreementDebt)
        .where(AgreementDebt.agreement_id == agreement_id)
        .order_by(AgreementDebt.debt_id)
    ).all()


def _locked(session: Session, debt_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Debt]:
    rows = session.scalars(
        select(Debt).where(Debt.id.in_(debt_ids)).order_by(Debt.id).with_for_update()
    )
    return {debt.id: debt for debt in rows}


def _left(link: AgreementDebt, debt: Debt) -> int:
    """What is left of a debt's owed amount at the agreement's day, after earlier deductions."""
    now_cents = min(debt.principal_cents, link.principal_cents)
    return link.owed_cents * now_cents // link.principal_cents


def _lower(links: Sequence[AgreementDebt], debts: Sequence[Debt], paid_cents: int) -> None:
    returned = [
        Returned(str(debt.id), debt.principal_cents, _left(link, debt))
        for link, debt in zip(links, debts, strict=True)
    ]
    for debt, less in zip(debts, deducted(returned, paid_cents), strict=True):
        if not less:
            continue
        debt.paid_here_cents += less
        debt.updated_at = now()
        if debt.principal_cents == less:
            debt.state = DebtState.SETTLED
        else:
            debt.principal_cents -= less
