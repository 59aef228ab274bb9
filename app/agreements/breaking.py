"""Agreements that are not kept: broken after the grace period, with a way back."""

import uuid
from datetime import date, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.agreements.clock import is_overdue
from app.agreements.models import (
    Agreement,
    AgreementState,
    Instalment,
    InstalmentState,
)
from app.agreements.notices import take_back
from app.agreements.pausing import holds_on, pause_of, paused, stretches
from app.agreements.returning import bring_back
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


def overdue(session: Session, tenant: Resolved, today: date) -> list[uuid.UUID]:
    """Open agreements with a payment overdue beyond their grace period, on the tenant's date.

    While a hold on one of its debts or on the person is open, an agreement does not break, and the
    days on hold are not counted afterwards.
    """
    rows = session.execute(
        select(Agreement.id, Agreement.debtor_id, Offer.limits, Instalment.due_on)
        .join(Offer, Offer.id == Agreement.offer_id)
        .join(Instalment, Instalment.agreement_id == Agreement.id)
        .where(
            Agreement.state == AgreementState.OPEN,
            Instalment.state == InstalmentState.OPEN,
            Instalment.due_on < today - timedelta(days=LEAST_GRACE_DAYS),
        )
    ).all()
    late = [
        (row.id, row.debtor_id, row.due_on, grace)
        for row in rows
        if is_overdue(row.due_on, grace := Limits.from_data(row.limits).plan.grace_days, today)
    ]
    holds = holds_on(session, {agreement_id: debtor_id for agreement_id, debtor_id, *_ in late})
    return sorted(
        {
            agreement_id
            for agreement_id, _, due_on, grace in late
            if paused(holds[agreement_id]) is None
            and is_overdue(due_on, grace, today, stretches(holds[agreement_id], tenant.time_zone))
        }
    )


def break_overdue(session: Session, tenant: Resolved, today: date) -> int:
    """Break every overdue agreement; how many broke.

    The debts are open again, less what was paid; the person gets a new offer, and a message with
    the way back.
    """
    return sum(break_one(session, tenant, one, today) for one in overdue(session, tenant, today))


def break_one(session: Session, tenant: Resolved, agreement_id: uuid.UUID, today: date) -> bool:
    """Break one agreement unless it was paid, broken or put on hold meanwhile."""
    agreement = session.scalar(
        select(Agreement)
        .where(Agreement.id == agreement_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if agreement is None or agreement.state != AgreementState.OPEN:
        return False
    if pause_of(session, agreement) is not None:
        return False
    end(session, agreement, AgreementState.BROKEN)
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


def end(session: Session, agreement: Agreement, state: AgreementState) -> None:
    """Close an open agreement: its debts are open again, less what was paid on it."""
    agreement.state = state
    agreement.closed_at = now()
    take_back(session, agreement)
    bring_back(session, agreement)
    session.execute(
        update(Instalment)
        .where(Instalment.agreement_id == agreement.id, Instalment.state == InstalmentState.OPEN)
        .values(state=InstalmentState.CANCELLED)
        .execution_options(synchronize_session="fetch")
    )
