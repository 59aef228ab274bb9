"""Receipts and letters that no longer hold: marked, and their PDFs made anew with the mark."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.compliance.models import Task
from app.debts.jobs import erase_file
from app.jobs import enqueue
from app.payments.models import Payment, Receipt, Settlement
from tenants import files
from tenants.clock import now
from tenants.resolve import Resolved


def void(
    session: Session, tenant: Resolved, settlement: Settlement, cents: int, *, reopened: bool
) -> None:
    """Mark the receipt of a settlement of which `cents` are owed again, and with `reopened` the
    agreement's letter."""
    found = list(
        session.scalars(
            select(Receipt)
            .where(Receipt.settlement_id == settlement.id, Receipt.kind == "receipt")
            .with_for_update()
        )
    )
    for receipt in found:
        receipt.returned_cents += cents
    if reopened:
        found += _letters(session, settlement)
    for receipt in found:
        receipt.returned_at = now()
        if receipt.file_id is not None:
            files.delete(session, receipt.file_id)
            file_id = str(receipt.file_id)
            enqueue(session, erase_file, tenant_id=str(tenant.id), file_id=file_id)
            receipt.file_id = None


def _letters(session: Session, settlement: Settlement) -> Sequence[Receipt]:
    """The letters that hold of the settlement's agreement; none is to be handed out any more."""
    agreement = select(Payment.agreement_id).where(Payment.id == settlement.payment_id)
    letters = session.scalars(
        select(Receipt)
        .where(
            Receipt.agreement_id == agreement.scalar_subquery(),
            Receipt.kind == "quitacao",
            Receipt.returned_at.is_(None),
        )
        .with_for_update()
    ).all()
    for task in session.scalars(
        select(Task).where(
            Task.cause.in_([letter.cause for letter in letters]), Task.done_at.is_(None)
        )
    ):
        task.done_at = now()
    return letters
