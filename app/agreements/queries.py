"""Reading agreements."""

import uuid

from sqlalchemy import case, select
from sqlalchemy.orm import Session

from app.agreements.models import Agreement, AgreementDebt, AgreementState, Instalment


def agreement(session: Session, agreement_id: uuid.UUID) -> Agreement | None:
    """One agreement."""
    return session.scalar(select(Agreement).where(Agreement.id == agreement_id))


def agreements_of(session: Session, debtor_id: uuid.UUID) -> list[Agreement]:
    """A person's agreements: open ones first, then the newest."""
    is_open = case((Agreement.state == AgreementState.OPEN, 0), else_=1)
    return list(
        session.scalars(
            select(Agreement)
            .where(Agreement.debtor_id == debtor_id)
            .order_by(is_open, Agreement.accepted_at.desc(), Agreement.id.desc())
        )
    )


def instalments_of(session: Session, agreement_id: uuid.UUID) -> list[Instalment]:
    """The schedule, by number; 0 is the down payment."""
    return list(
        session.scalars(
            select(Instalment)
            .where(Instalment.agreement_id == agreement_id)
            .order_by(Instalment.number)
        )
    )


def debts_of(session: Session, agreement_id: uuid.UUID) -> list[AgreementDebt]:
    """Which debts an agreement settles."""
    return list(
        session.scalars(
            select(AgreementDebt)
            .where(AgreementDebt.agreement_id == agreement_id)
            .order_by(AgreementDebt.debt_id)
        )
    )
