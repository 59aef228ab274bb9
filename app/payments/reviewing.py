"""What a person must look at once money went back, or failed to go back: tasks, one per matter."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.compliance.models import AuditEntry, Task
from app.compliance.tasks import add_task
from app.payments.facts import Fact
from app.payments.models import Cause, Payment, Reversal, Settlement
from app.payments.returning import Noted, note
from tenants.clock import now

REFUND_WITHIN = timedelta(days=7)
REVIEW_WITHIN = timedelta(days=3)
CAUSE_OF = {"payment_dispute": Cause.DISPUTE, "payment_refund_review": Cause.REFUND}
"""The tasks that ask for a decision (reversing), and about which money each is."""


def ask(session: Session, payment: Payment, settlement: Settlement | None, fact: Fact) -> None:
    """Note what went back or came back; ask a person about all of it but a credit's return."""
    if settlement is None:
        if fact.failed_refund is not None:
            _failed(session, payment, fact, fact.failed_refund)
        return
    failed_credit = _failed_credit(session, payment, settlement, fact)
    note(session, payment, settlement, fact, failed_credit)
    _went_back(session, payment, settlement, fact)
    if fact.failed_refund is not None:
        if failed_credit:
            _owe_again(session, settlement, fact, fact.failed_refund)
        if fact.failed_cents > failed_credit or not fact.failed_cents:
            _failed(session, payment, fact, fact.failed_refund)
    if fact.won_dispute is not None:
        _came_back(session, payment, settlement, fact.won_dispute)


def _failed_credit(session: Session, payment: Payment, settlement: Settlement, fact: Fact) -> int:
    """Cents of a failed refund that were the credit's.

    Known by its id, where the credit was given back from here and that refund stands; otherwise by
    its amount: the credit's own, more than was applied, or a part of it where nothing else left.
    """
    task, credit = _refund_task(session, settlement), settlement.credit_cents
    if task is None or fact.failed_refund is None:
        return 0
    noted, failed = Noted.read(session, payment, settlement), task.data.get("failed", {})
    if noted.told_by(fact.failed_refund) and fact.failed_refund not in failed:
        return 0
    given = _given_back(session, settlement)
    if fact.failed_refund in given or fact.failed_refund in failed:
        is_credit = True
    elif given - set(failed):
        is_credit = False
    elif failed and task.done_at is None:
        is_credit = False  # it had come back before, and did not leave again
    else:
        is_credit = fact.failed_cents == credit or (
            fact.failed_cents < credit and not noted.gone(Cause.REFUND)
        )
    is_credit = is_credit or fact.failed_cents > settlement.applied_cents
    return min(credit, fact.failed_cents) if is_credit else 0


def _given_back(session: Session, settlement: Settlement) -> set[str]:
    """The refunds by which its credit was given back from here."""
    refunds = session.scalars(
        select(AuditEntry.data["refund"].astext).where(
            AuditEntry.action == "payment.refunded", AuditEntry.subject_id == settlement.id
        )
    )
    return set(refunds)


def undecided(session: Session, payment: Payment, settlement: Settlement, cause: Cause) -> int:
    """Cents of a settlement that are gone by a cause and that nobody has decided about."""
    gone = Noted.read(session, payment, settlement).gone(cause)
    return max(gone - _decided(session, settlement, cause)[0], 0)


def _decided(session: Session, settlement: Settlement, cause: Cause) -> tuple[int, int]:
    """Cents that were decided about, and of these what is owed again."""
    returned, owed_again = session.execute(
        select(func.sum(Reversal.returned_cents), func.sum(Reversal.reversed_cents)).where(
            Reversal.settlement_id == settlement.id, Reversal.cause == cause
        )
    ).one()
    return int(returned or 0), int(owed_again or 0)


def _went_back(session: Session, payment: Payment, settlement: Settlement, fact: Fact) -> None:
    credit = settlement.credit_cents
    applied = Noted.read(session, payment, settlement).gone(Cause.REFUND)
    if credit and fact.refunded_cents - applied >= credit:
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
        task.data = {key: value for key, value in task.data.items() if key != "lost"}
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


def _owe_again(session: Session, settlement: Settlement, fact: Fact, refund: str) -> None:
    """The credit's refund failed: its task is open again, once per refund, with its time anew."""
    task, at = _refund_task(session, settlement), fact.at or now()
    if task is not None and refund not in task.data.get("failed", {}):
        failed = {**task.data.get("failed", {}), refund: at.isoformat()}
        task.data = {**task.data, "failed": failed}
        task.done_at, task.due_at = None, at + REFUND_WITHIN


def _failed(session: Session, payment: Payment, fact: Fact, refund: str) -> None:
    """Another refund that failed: a person looks at it, once."""
    add_task(
        session,
        debtor_id=payment.debtor_id,
        kind="payment_refund_failed",
        rule=None,
        cause=f"payment_refund_failed:{refund}",
        due_at=(fact.at or now()) + REVIEW_WITHIN,
        payment_id=str(payment.id),
    )


def _came_back(session: Session, payment: Payment, settlement: Settlement, dispute: str) -> None:
    """A dispute was won after what it took had been put to the person's debt again."""
    gone = Noted.read(session, payment, settlement).gone(Cause.DISPUTE)
    decided, owed_again = _decided(session, settlement, Cause.DISPUTE)
    back = min(decided - gone, owed_again)
    if back > 0:
        add_task(
            session,
            debtor_id=payment.debtor_id,
            kind="payment_came_back",
            rule=None,
            cause=f"payment_came_back:{dispute}",
            due_at=now() + REVIEW_WITHIN,
            settlement_id=str(settlement.id),
            amount_cents=back,
        )


def _refund_task(session: Session, settlement: Settlement) -> Task | None:
    return session.scalar(select(Task).where(Task.cause == f"refund:{settlement.id}"))
