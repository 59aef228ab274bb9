"""Where somebody stands when no offer is waiting for them: each case has its own page."""

import uuid
from datetime import date
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.agreements.models import Agreement, AgreementState
from app.compliance import dates
from app.compliance.facts import DebtFacts
from app.compliance.queries import policy_in_force
from app.compliance.stops import NOTHING, stops_of
from app.debts.models import Debt, DebtState


class Standing(StrEnum):
    """Why there is no offer."""

    IN_REVIEW = "in_review"
    LOOKED_AFTER = "looked_after"
    """Nobody may be asked to pay (BR-10, BR-12): a person talks with whoever is there."""
    AGREED = "agreed"
    ALREADY_PAID = "already_paid"
    RECALLED = "recalled"
    NOTHING_OWED = "nothing_owed"
    PAST_ITS_TIME = "past_its_time"
    """Everything open is prescribed: nobody asks for it (BR-01)."""
    WITH_A_PERSON = "with_a_person"
    """Something is open, but the creditor's rules make no offer by themselves."""


def standing(session: Session, debtor_id: uuid.UUID, on: date) -> tuple[Standing, uuid.UUID | None]:
    """Where the person stands that day, and the open agreement where there is one."""
    agreement_id = session.scalars(
        select(Agreement.id)
        .where(Agreement.debtor_id == debtor_id, Agreement.state == AgreementState.OPEN)
        .order_by(Agreement.id.desc())
        .limit(1)
    ).first()
    if agreement_id is not None:
        return Standing.AGREED, agreement_id
    states = set(session.scalars(select(Debt.state).where(Debt.debtor_id == debtor_id)))
    if DebtState.OPEN in states:
        stopped = stops_of(session, [debtor_id]).get(debtor_id, NOTHING)
        if stopped.is_personal:
            return Standing.LOOKED_AFTER, None
        if stopped.everything or stopped.debts:
            return Standing.IN_REVIEW, None
        is_past = _is_all_past(session, debtor_id, on)
        return (Standing.PAST_ITS_TIME if is_past else Standing.WITH_A_PERSON), None
    if DebtState.SETTLED in states:
        return Standing.ALREADY_PAID, None
    return (Standing.RECALLED if DebtState.RECALLED in states else Standing.NOTHING_OWED), None


def _is_all_past(session: Session, debtor_id: uuid.UUID, on: date) -> bool:
    rows = session.execute(
        select(Debt.due_on, Debt.instrument, Debt.interruption_on).where(
            Debt.debtor_id == debtor_id, Debt.state == DebtState.OPEN
        )
    )
    past = dates.prescribed([DebtFacts(*row) for row in rows], on, policy_in_force(session))
    return bool(past.all())
