"""Agreements that are not kept: broken after the grace period, with a way back."""

import uuid
from datetime import date, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.agreements.models import (
    Agreement,
    AgreementState,
    Instalment,
    InstalmentState,
)
from app.agreements.returning import bring_back
from app.agreements.rules import is_overdue
from app.history.actions import record
from app.offers.actions import make_offers
from app.offers.models import Offer
from app.offers.queries import rules_in_force
from app.offers.terms import Limits
from app.outreach.actions import write_message
from app.outreach.models import MessageClass
from tenants.clock import now
from tenants.resolve import Resolved

LEAST_GRACE_DAYS = 5
"""No rules allow less: what is not overdue by this cannot break."""


def overdue(session: Session, today: date) -> list[uuid.UUID]:
    """Open agreements with a payment overdue beyond their grace period, on the tenant's date."""
    candidates = session.execute(
        select(Agreement.id, Offer.limits, Instalment.due_on)
        .join(Offer, Offer.id == Agreement.offer_id)
        .join(Instalment, Instalment.agreement_id == Agreement.id)
        .where(
            Agreement.state == AgreementState.OPEN,
            Instalment.state == InstalmentState.OPEN,
            Instalment.due_on < today - timedelta(days=LEAST_GRACE_DAYS),
        )
    ).all()
    return sorted(
        {
            agreement_id
            for agreement_id, limits, due_on in candidates
            if is_overdue(due_on, Limits.from_data(limits).plan.grace_days, today)
        }
    )


def break_overdue(session: Session, tenant: Resolved, today: date) -> int:
    """Break every overdue agreement; how many broke.

    The debts are open again, less what was paid; the person gets a new offer, and a message with
    the way back.
    """
    return sum(break_one(session, tenant, one, today) for one in overdue(session, today))


def break_one(session: Session, tenant: Resolved, agreement_id: uuid.UUID, today: date) -> bool:
    """Break one agreement unless it was paid or broken meanwhile."""
    agreement = session.scalar(
        select(Agreement)
        .where(Agreement.id == agreement_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if agreement is None or agreement.state != AgreementState.OPEN:
        return False
    agreement.state = AgreementState.BROKEN
    agreement.closed_at = now()
    bring_back(session, agreement)
    session.execute(
        update(Instalment)
        .where(Instalment.agreement_id == agreement.id, Instalment.state == InstalmentState.OPEN)
        .values(state=InstalmentState.CANCELLED)
        .execution_options(synchronize_session="fetch")
    )
    record(session, debtor_id=agreement.debtor_id, kind="agreement.broken", subject_id=agreement.id)
    if rules_in_force(session) is not None:
        make_offers(session, tenant, [agreement.debtor_id], today)
    write_message(
        session,
        tenant,
        debtor_id=agreement.debtor_id,
        intent="broken_agreement",
        cause=f"broken_agreement:{agreement.id}",
        message_class=MessageClass.OUTBOUND,
        facts={"agreement_number": agreement.number},
    )
    return True
