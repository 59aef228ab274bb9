"""Money of a payment that went back: a person decides what it means for the agreement.

Either it is owed again (what it had paid is open, what it proved is void) or the creditor accepts
that it is gone. Nothing is decided by itself, twice, or before the provider has decided.
"""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Text, cast, select
from sqlalchemy.orm import Session

from app.agreements.actions import Part, TakenOff, take_off
from app.agreements.models import Agreement
from app.compliance.actions import audit
from app.compliance.models import Task
from app.history.actions import record
from app.jobs import enqueue
from app.payments import jobs, queries, voiding
from app.payments.models import Cause, Payment, Reversal, Settlement
from app.payments.reviewing import CAUSE_OF, undecided
from tenants.clock import now
from tenants.database import new_id
from tenants.resolve import Resolved
from themes.lacking import Refused


class NotReversible(Refused, ValueError):
    """There is nothing to decide here, or not yet; the text says why."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A payment whose money went back, to be decided about."""

    task_id: uuid.UUID
    agreement: str
    """Its number."""
    cents: int
    standing: str
    """refunded; withheld, while the dispute may still be won; lost; kept, where none
    is gone (any more)."""
    due_at: datetime


def waiting(session: Session) -> list[Waiting]:
    """What waits for a decision, the most urgent first."""
    rows = session.execute(
        select(Task, Settlement, Payment, Agreement.number)
        .join(Settlement, cast(Settlement.id, Text) == Task.data["settlement_id"].astext)
        .join(Payment, Payment.id == Settlement.payment_id)
        .join(Agreement, Agreement.id == Payment.agreement_id)
        .where(Task.kind.in_(CAUSE_OF), Task.done_at.is_(None))
        .order_by(Task.due_at, Task.id)
    )
    found = []
    for task, settlement, payment, number in rows:
        cents = undecided(session, payment, settlement, CAUSE_OF[task.kind])
        found.append(Waiting(task.id, number, cents, _standing(task, cents), task.due_at))
    return found


def _standing(task: Task, cents: int) -> str:
    if not cents:
        return "kept"
    if CAUSE_OF[task.kind] is Cause.REFUND:
        return "refunded"
    return "lost" if "lost" in task.data else "withheld"


@dataclass(frozen=True, slots=True)
class Reversed:
    """What is owed again."""

    cents: int
    due: tuple[tuple[int, date], ...]
    """Instalments that are open again, and their due dates."""
    was_settled: bool


def reverse(session: Session, tenant: Resolved, task_id: uuid.UUID, *, actor: str) -> Reversed:
    """What went back is owed again: the instalments that it had paid are open, the last one first.

    As much as the provider says is gone for good, never more than was applied. Receipts and the
    letter that no longer hold are void, and a job tells the person (notifying). All of it in the
    caller's transaction; of two at once the second finds the task done. Raises NotReversible,
    agreements.errors.CannotReopen.
    """
    matter = _Matter.open(session, task_id)
    cents = undecided(session, matter.payment, matter.settlement, matter.cause)
    if not cents:
        raise NotReversible(
            "Here nothing of this payment is gone that an agreement had counted and nobody decided"
            " about: close the task with --keep."
        )
    if matter.cause is Cause.DISPUTE and "lost" not in matter.task.data:
        raise NotReversible(
            "The dispute is not decided: its money is withheld, and may come back. Wait for the"
            " provider's decision, or accept the return with --keep."
        )
    taken = take_off(
        session,
        tenant,
        matter.payment.agreement_id,
        parts=matter.parts(),
        cents=cents,
        today=queries.local_day(session, matter.payment.debtor_id, now()),
    )
    voiding.void(session, tenant, matter.settlement, cents, reopened=taken.was_settled)
    decided = matter.decide(cents, taken)
    _tell(session, matter, cents, taken)
    enqueue(session, jobs.notify, tenant_id=str(tenant.id), reversal_id=str(decided))
    audit(
        session, actor=actor, action="payment.reversed", subject_id=matter.settlement.id,
        task=str(task_id), cents=cents,
    )  # fmt: skip
    session.flush()
    return Reversed(cents, taken.due, taken.was_settled)


def keep(session: Session, task_id: uuid.UUID, *, actor: str) -> int:
    """The creditor accepts that the money is gone: nothing reopens; how many cents are accepted.

    Closes the task as well where nothing is gone any more. Raises NotReversible.
    """
    matter = _Matter.open(session, task_id)
    cents = undecided(session, matter.payment, matter.settlement, matter.cause)
    matter.decide(cents, None)
    audit(
        session, actor=actor, action="payment.return_accepted", subject_id=matter.settlement.id,
        task=str(task_id), cents=cents,
    )  # fmt: skip
    session.flush()
    return cents


def _tell(session: Session, matter: "_Matter", cents: int, taken: TakenOff) -> None:
    """For the person's history; the money itself was told when it went back (returning)."""
    record(
        session,
        debtor_id=matter.payment.debtor_id,
        kind="payment.reversed",
        subject_id=matter.payment.id,
        settlement_id=str(matter.settlement.id),
        cause=matter.cause,
        reversed_cents=cents,
        instalments=[number for number, _ in taken.due],
    )


@dataclass(frozen=True, slots=True)
class _Matter:
    """A task to decide, its payment locked."""

    session: Session
    task: Task
    settlement: Settlement
    payment: Payment

    @classmethod
    def open(cls, session: Session, task_id: uuid.UUID) -> "_Matter":
        """The payment is locked first, as where facts are taken in; then the task decides."""
        task = session.scalar(select(Task).where(Task.id == task_id))
        if task is None or task.kind not in CAUSE_OF:
            raise NotReversible("There is no such task about money that went back.")
        wanted = uuid.UUID(task.data["settlement_id"])
        settlement = session.scalars(select(Settlement).where(Settlement.id == wanted)).one()
        payment = queries.payment(session, settlement.payment_id, lock=True)
        session.refresh(task, with_for_update=True)
        if task.done_at is not None:
            at = task.done_at.date().isoformat()
            raise NotReversible("This was decided on %(day)s: nothing is open.", day=at)
        return cls(session, task, settlement, payment)

    @property
    def cause(self) -> Cause:
        """About which money it is."""
        return CAUSE_OF[self.task.kind]

    def parts(self) -> list[Part]:
        """What of the settlement is in its instalments still."""
        left = {instalment: list(part) for instalment, part in self.settlement.parts.items()}
        for earlier in self.session.scalars(
            select(Reversal.parts).where(Reversal.settlement_id == self.settlement.id)
        ):
            for instalment, (cents, _) in earlier.items():
                left[instalment][0] -= cents
        return [Part(uuid.UUID(one), paid, saved) for one, (paid, saved) in left.items()]

    def decide(self, cents: int, taken: TakenOff | None) -> uuid.UUID:
        """Keep the decision; the task is done. Its id."""
        parts: dict[str, Any] = {}
        if taken is not None:
            parts = {str(part.instalment_id): list(part[1:]) for part in taken.parts}
        decision = new_id()
        self.session.add(
            Reversal(
                id=decision,
                settlement_id=self.settlement.id,
                task_id=self.task.id,
                cause=self.cause,
                returned_cents=cents,
                reversed_cents=cents if taken is not None else 0,
                parts=parts,
                decided_at=now(),
            )
        )
        self.task.done_at = now()
        return decision
