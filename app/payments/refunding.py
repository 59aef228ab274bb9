"""Giving back what was received beyond what was due: a person decides, the key makes it one."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.compliance.actions import audit
from app.compliance.models import Task
from app.payments import gateway, queries
from app.payments.models import Method, Settlement
from tenants.resolve import Resolved


class NotRefundable(ValueError):
    """There is no open credit here, or its method cannot be refunded by the provider."""


def open_refunds(session: Session) -> list[Task]:
    """The credits that wait to be given back, the most urgent first."""
    return list(
        session.scalars(
            select(Task).where(Task.kind == "refund", Task.done_at.is_(None)).order_by(Task.due_at)
        )
    )


def give_back(session: Session, tenant: Resolved, task_id: uuid.UUID, *, actor: str) -> str:
    """Refund a credit; the id of the refund. Safe to repeat. The task is done by the event of it.

    A boleto cannot be refunded by the provider: the creditor pays it back to an account of the
    person. Raises NotRefundable, Unavailable, Refused.
    """
    task = session.scalar(select(Task).where(Task.id == task_id, Task.kind == "refund"))
    if task is None or task.done_at is not None:
        raise NotRefundable("no such open credit")
    settlement = session.scalar(
        select(Settlement).where(Settlement.id == uuid.UUID(task.data["settlement_id"]))
    )
    assert settlement is not None
    if queries.payment(session, settlement.payment_id).method == Method.BOLETO:
        raise NotRefundable("a boleto is paid back by bank transfer")
    assert tenant.stripe_account is not None
    refund = gateway.refund(
        tenant.stripe_account,
        charge_id=settlement.provider_charge_id,
        amount_cents=settlement.credit_cents,
        key=str(settlement.id),
    )
    audit(session, actor=actor, action="payment.refunded", subject_id=settlement.id, refund=refund)
    return refund
