"""What the payer is told after paying: the PDFs and the messages, by a job of their own.

Money is never held up by a message: this runs after the settlement is committed, and once more if
it was interrupted; the message's cause makes it one message.
"""

import uuid
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.agreements.models import Agreement
from app.compliance.models import Task
from app.outreach.actions import write_message
from app.outreach.models import MessageClass
from app.payments import documents, queries
from app.payments.models import Receipt, Settlement
from tenants.clock import now
from tenants.resolve import Resolved


def acknowledge(session: Session, tenant: Resolved, settlement_id: uuid.UUID) -> None:
    """Make the PDFs of a settlement's receipt and letter and write their messages. Idempotent."""
    settlement = session.scalar(select(Settlement).where(Settlement.id == settlement_id))
    if settlement is None:
        return
    for receipt in session.scalars(
        select(Receipt)
        .where(Receipt.settlement_id == settlement_id)
        .order_by(Receipt.id)
        .with_for_update()
    ):
        if receipt.is_void:
            continue  # the money went back before anybody was told that it had come
        documents.receipt_file(session, tenant, receipt.id)
        _tell(session, tenant, settlement, receipt)
        if receipt.kind == "quitacao":
            _done(session, receipt)


def _tell(session: Session, tenant: Resolved, settlement: Settlement, receipt: Receipt) -> None:
    payment = queries.payment(session, settlement.payment_id)
    number = session.scalar(select(Agreement.number).where(Agreement.id == receipt.agreement_id))
    paid_on = settlement.received_at.astimezone(ZoneInfo(tenant.time_zone)).date()
    write_message(
        session,
        tenant,
        debtor_id=payment.debtor_id,
        intent=receipt.kind,
        cause=receipt.cause,
        message_class=MessageClass.REQUESTED,
        facts={
            "amount_cents": receipt.amount_cents,
            "paid_on": paid_on,
            "agreement_number": number,
        },
    )


def _done(session: Session, receipt: Receipt) -> None:
    """The letter exists and is on its way: its task is done (BR-23)."""
    task = session.scalar(select(Task).where(Task.cause == receipt.cause))
    if task is not None and task.done_at is None:
        task.done_at = now()
