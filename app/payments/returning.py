"""Money that went back to its payer after it had been applied: recorded, so that nobody counts it
as kept.

The provider names what was refunded of a charge in all, and disputes and failures one by one; all
of it comes late, twice and in any order. What is recorded are the differences.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.history.actions import record
from app.history.models import Event
from app.payments.facts import Fact
from app.payments.models import Cause, Payment, Settlement
from tenants.clock import now

KIND = "payment.returned"


def note(
    session: Session, payment: Payment, settlement: Settlement, fact: Fact, failed_credit: int
) -> None:
    """Record what of a settlement's applied money left by this fact, or came back by it.

    `failed_credit`: how many cents of a failed refund are the credit's, and so were never applied.
    """
    if not settlement.applied_cents:
        return
    noted = Noted.read(session, payment, settlement)
    at = fact.at or now()
    if fact.refunded_cents:
        noted.leaves(Cause.REFUND, fact.refunded_cents - settlement.credit_cents, at)
    if fact.disputed_cents and not fact.is_inquiry:
        noted.leaves(Cause.DISPUTE, fact.disputed_cents, at)
    if fact.failed_refund is not None and fact.failed_cents > failed_credit:
        back = fact.failed_cents - failed_credit
        noted.comes_back(Cause.REFUND, back, at, by=fact.failed_refund)
    if fact.won_dispute is not None:
        noted.comes_back(Cause.DISPUTE, settlement.applied_cents, at, by=fact.won_dispute)


@dataclass(frozen=True, slots=True)
class Noted:
    """What was recorded so far of how a settlement's money went back."""

    session: Session
    payment: Payment
    settlement: Settlement
    told: list[dict[str, Any]]

    @classmethod
    def read(cls, session: Session, payment: Payment, settlement: Settlement) -> "Noted":
        """From the person's events."""
        rows = session.scalars(
            select(Event.data).where(
                Event.debtor_id == payment.debtor_id,
                Event.kind == KIND,
                Event.subject_id == payment.id,
            )
        )
        mine = [one for one in rows if one["settlement_id"] == str(settlement.id)]
        return cls(session, payment, settlement, mine)

    def gone(self, *causes: str) -> int:
        """Cents that are not kept, by these causes."""
        return sum(one["returned_cents"] for one in self.told if one["cause"] in causes)

    def told_by(self, by: str) -> bool:
        """Whether that money came back by this refund or dispute is recorded."""
        return any(one.get("by") == by for one in self.told)

    def leaves(self, cause: str, cents: int, at: datetime) -> None:
        """`cents` are gone in all by this cause, unless the news is older than that they came
        back."""
        back = [one["told_at"] for one in self.told if one["cause"] == cause and one.get("by")]
        if back and at < max(datetime.fromisoformat(moment) for moment in back):
            return
        other = Cause.REFUND if cause == Cause.DISPUTE else Cause.DISPUTE
        room = self.settlement.applied_cents - self.gone(other)
        more = min(cents, room) - self.gone(cause)
        if more > 0:
            self._record(cause, more, at)

    def comes_back(self, cause: str, cents: int, at: datetime, *, by: str) -> None:
        """As much of it is kept after all, once for each `by`."""
        if not self.told_by(by):
            self._record(cause, -min(cents, self.gone(cause)), at, by=by)

    def _record(self, cause: str, cents: int, at: datetime, **more: str) -> None:
        record(
            self.session,
            debtor_id=self.payment.debtor_id,
            kind=KIND,
            subject_id=self.payment.id,
            settlement_id=str(self.settlement.id),
            cause=cause,
            returned_cents=cents,
            told_at=at.isoformat(),
            **more,
        )
