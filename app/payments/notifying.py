"""Somebody whose payment went back is told what is open again, once a person has decided so.

Not before: while a dispute is undecided nothing is owed, and nobody is to be asked for anything.
Nor where the creditor accepts the loss: nothing changes for the payer then.
"""

import uuid
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.agreements.models import Agreement, AgreementState, InstalmentState
from app.agreements.notices import RETURNED, cause_of, take_back
from app.agreements.pausing import pause_of
from app.agreements.queries import instalments_of
from app.outreach.actions import write_message
from app.outreach.models import Message, MessageClass
from app.payments import queries
from app.payments.models import Payment, Reversal, Settlement
from tenants.clock import now
from tenants.resolve import Resolved


def notify(
    session: Session, tenant: Resolved, reversal_id: uuid.UUID, after: uuid.UUID | None = None
) -> None:
    """Write the notice of a decision, once: what went back, what is open, by when, what to do.

    Nobody asked for it: it stands under the whole contact policy. No message where what was open
    again is paid by now, or where the agreement has ended or rests while somebody looks into it.
    `after` is the settlement of another payment that overtook the notice before it left: it is
    written anew.
    """
    row = session.execute(
        select(Reversal, Settlement, Payment)
        .join(Settlement, Settlement.id == Reversal.settlement_id)
        .join(Payment, Payment.id == Settlement.payment_id)
        .where(Reversal.id == reversal_id)
    ).one_or_none()
    if row is None:
        return
    reversal, settlement, payment = row
    agreement = session.scalars(
        select(Agreement).where(Agreement.id == payment.agreement_id).with_for_update()
    ).one()
    waiting = [
        one for one in instalments_of(session, agreement.id) if one.state == InstalmentState.OPEN
    ]
    again = [one.due_on for one in waiting if str(one.id) in reversal.parts]
    cause = cause_of(agreement, reversal.id, after)
    if agreement.state != AgreementState.OPEN or not again or pause_of(session, agreement):
        return
    if session.scalar(select(Message.id).where(Message.cause == cause).limit(1)) is not None:
        return  # told before: what it says stays, or was taken back
    today = queries.local_day(session, payment.debtor_id, now())
    take_back(session, agreement)
    write_message(
        session,
        tenant,
        debtor_id=payment.debtor_id,
        intent=RETURNED,
        cause=cause,
        message_class=MessageClass.OUTBOUND,
        facts={
            "amount_cents": reversal.reversed_cents,
            "paid_on": settlement.received_at.astimezone(ZoneInfo(tenant.time_zone)).date(),
            "agreement_number": agreement.number,
            "total_cents": sum(one.amount_cents - one.paid_cents for one in waiting),
            "due_on": min(
                (one.due_on for one in waiting if one.due_on >= today), default=min(again)
            ),
        },
    )
