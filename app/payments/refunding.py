"""Giving back what was received beyond what was due: a person decides, the key makes it one."""

import uuid
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.compliance.actions import audit
from app.compliance.models import Task
from app.payments import gateway, queries
from app.payments.models import Method, Settlement
from tenants.clock import now
from tenants.resolve import Resolved
from themes.lacking import Refused


class NotRefundable(Refused, ValueError):
    """There is no open credit here, or its method cannot be refunded by the provider."""


def open_refunds(session: Session) -> list[Task]:
    """The credits that wait to be given back, the most urgent first."""
    return list(
        session.scalars(
            select(Task).where(Task.kind == "refund", Task.done_at.is_(None)).order_by(Task.due_at)
        )
    )


def returned_at(session: Session, settlements: Collection[Settlement]) -> datetime | None:
    """When the last of these settlements' credits went back; None while one has not."""
    causes = [f"refund:{one.id}" for one in settlements if one.credit_cents]
    if not causes:
        return None
    done = session.scalars(select(Task.done_at).where(Task.cause.in_(causes))).all()
    moments = [moment for moment in done if moment is not None]
    return max(moments) if len(moments) == len(causes) else None


def note_returned(session: Session, task_id: uuid.UUID, *, actor: str) -> None:
    """A credit of a boleto was paid back by bank transfer. Raises NotRefundable."""
    task = _open_task(session, task_id)
    settlement = _settlement(session, task)
    if queries.payment(session, settlement.payment_id).method != Method.BOLETO:
        raise NotRefundable("The provider gives it back, and its event says so.")
    task.done_at = now()
    audit(session, actor=actor, action="payment.returned", subject_id=settlement.id)


def _open_task(session: Session, task_id: uuid.UUID) -> Task:
    task = session.scalar(select(Task).where(Task.id == task_id, Task.kind == "refund"))
    if task is None or task.done_at is not None:
        raise NotRefundable("There is no such open credit.")
    return task


def _settlement(session: Session, task: Task) -> Settlement:
    wanted = uuid.UUID(task.data["settlement_id"])
    return session.scalars(select(Settlement).where(Settlement.id == wanted)).one()


def give_back(session: Session, tenant: Resolved, task_id: uuid.UUID, *, actor: str) -> str:
    """Refund a credit; the id of the refund. Safe to repeat. The task is done by the event of it.

    A boleto cannot be refunded by the provider: the creditor pays it back to an account of the
    person. Raises NotRefundable, Unavailable, Refused.
    """
    task = _open_task(session, task_id)
    settlement = _settlement(session, task)
    payment = queries.payment(session, settlement.payment_id)
    if payment.method == Method.BOLETO:
        raise NotRefundable("A boleto is paid back by bank transfer.")
    assert tenant.stripe_account is not None
    refund = gateway.refund(
        tenant.stripe_account,
        charge_id=settlement.provider_charge_id,
        amount_cents=settlement.credit_cents,
        key=":".join((str(settlement.id), *task.data.get("failed", {}))),
        returns_fee=payment.fee_cents > 0,
    )
    audit(session, actor=actor, action="payment.refunded", subject_id=settlement.id, refund=refund)
    return refund
