"""What a person must look at once money went back, or failed to go back: tasks, one per matter."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.compliance.models import Task
from app.compliance.tasks import add_task
from app.payments.facts import Fact
from app.payments.models import Cause, Payment, Reversal, Settlement
from app.payments.returning import Noted
from tenants.clock import now

REFUND_WITHIN = timedelta(days=7)
REVIEW_WITHIN = timedelta(days=3)
CAUSE_OF = {"payment_dispute": Cause.DISPUTE, "payment_refund_review": Cause.REFUND}
"""The tasks that ask for a decision (reversing), and about which money each is."""


def ask(session: Session, payment: Payment, fact: Fact) -> None:
    """Note a credit's return; ask a person about all else that went back, or failed to."""
    settlement = session.scalar(
        select(Settlement).where(Settlement.provider_charge_id == fact.charge_id)
    )
    if settlement is not None:
        _went_back(session, payment, settlement, fact)
    if fact.failed_refund is not None:
        _owe_again(session, payment, settlement, fact, fact.failed_refund)


def undecided(session: Session, payment: Payment, settlement: Settlement, cause: Cause) -> int:
    """Cents of a settlement that are gone by a cause and that nobody has decided about."""
    gone = Noted.read(session, payment, settlement).gone(cause)
    decided = session.scalar(
        select(func.sum(Reversal.returned_cents)).where(
            Reversal.settlement_id == settlement.id, Reversal.cause == cause
        )
    )
    return max(gone - int(decided or 0), 0)


def _went_back(session: Session, payment: Payment, settlement: Settlement, fact: Fact) -> None:
    credit = settlement.credit_cents
    if credit and fact.refunded_cents >= credit:
        _returned(session, settlement, fact)
    if fact.disputed_cents:
        _review(session, payment, settlement, fact, "payment_dispute", fact.disputed_cents)
    elif fact.refunded_cents > credit:
        beyond = fact.refunded_cents - credit
        _review(session, payment, settlement, fact, "payment_refund_review", beyond)


def _review(
    session: Session, payment: Payment, settlement: Settlement, fact: Fact, kind: str, cents: int
) -> None:
    """A task to decide about it; open again where more went back than was decided about."""
    cause, at = f"{kind}:{settlement.id}", now()
    is_new = add_task(
        session,
        debtor_id=payment.debtor_id,
        kind=kind,
        rule=None,
        cause=cause,
        due_at=at + REVIEW_WITHIN,
        settlement_id=str(settlement.id),
        amount_cents=cents,
    )
    task = session.scalars(
        select(Task).where(Task.cause == cause).execution_options(populate_existing=True)
    ).one()
    left = undecided(session, payment, settlement, CAUSE_OF[kind])
    if not is_new and task.done_at is not None and left:
        task.done_at, task.due_at = None, at + REVIEW_WITHIN
    if left:
        task.data = {**task.data, "amount_cents": left}
    if fact.lost_dispute is not None and "lost" not in task.data:
        # Only now can it be decided: until then the money is withheld, and may come back.
        task.data = {**task.data, "lost": fact.lost_dispute}
        task.due_at = at + REVIEW_WITHIN


def _returned(session: Session, settlement: Settlement, fact: Fact) -> None:
    """The credit's task is done, unless this is older than the failure of that refund."""
    task = _refund_task(session, settlement)
    if task is None or task.done_at is not None:
        return
    failures = [datetime.fromisoformat(moment) for moment in task.data.get("failed", {}).values()]
    if not failures or (fact.at and fact.at >= max(failures)):
        task.done_at = now()


def _owe_again(
    session: Session, payment: Payment, settlement: Settlement | None, fact: Fact, refund: str
) -> None:
    """A refund that failed: its task is open again, once per refund, with its time anew."""
    task = _refund_task(session, settlement) if settlement else None
    at = fact.at or now()
    if task is None:
        add_task(
            session,
            debtor_id=payment.debtor_id,
            kind="payment_refund_failed",
            rule=None,
            cause=f"payment_refund_failed:{refund}",
            due_at=at + REVIEW_WITHIN,
            payment_id=str(payment.id),
        )
    elif refund not in task.data.get("failed", {}):
        failed = {**task.data.get("failed", {}), refund: at.isoformat()}
        task.data = {**task.data, "failed": failed}
        task.done_at, task.due_at = None, at + REFUND_WITHIN


def _refund_task(session: Session, settlement: Settlement) -> Task | None:
    return session.scalar(select(Task).where(Task.cause == f"refund:{settlement.id}"))
