"""Money that arrives: what it pays, what is left, and when the agreement is settled."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.agreements.models import (
    Agreement,
    AgreementDebt,
    AgreementState,
    Instalment,
    InstalmentState,
)
from app.agreements.notices import take_back
from app.agreements.queries import instalments_of
from app.agreements.returning import deduct
from app.agreements.rules import Open, Outcome, Quote, outcome, payoff
from app.debts.models import Debt, Debtor, DebtState
from app.history.actions import record
from app.offers import price
from app.offers.actions import make_offers
from app.offers.queries import rules_in_force
from tenants import resolve


class Part(NamedTuple):
    """What of a payment went to one instalment, in cents."""

    instalment_id: uuid.UUID
    paid_cents: int
    saved_cents: int
    """Interest that an early payoff took off it."""


@dataclass(frozen=True, slots=True)
class Applied:
    """What a payment did, in cents; applied + credit = received."""

    outcome: Outcome
    applied_cents: int
    credit_cents: int
    """To be given back."""
    agreement_settled: bool
    parts: tuple[Part, ...] = field(default=(), compare=False)
    """Where what was applied went, in the schedule's order; nothing of an ended agreement's."""
    overtaken: tuple[uuid.UUID, ...] = field(default=(), compare=False)
    """Reversals whose notice still waited and was taken back: it named other amounts."""


def apply_payment(
    session: Session,
    agreement_id: uuid.UUID,
    *,
    instalment_id: uuid.UUID | None,
    received_cents: int,
    at: datetime,
    quoted_on: date | None = None,
) -> Applied:
    """Put received money where it belongs; to be called exactly once per receipt of money.

    - *exact*, *late* (after the due date, the agreement still open: no extra charge), *over* (the
      excess is credit, never moved to another instalment), *under* (the instalment stays open for
      the rest);
    - *duplicate*: the instalment or the agreement was paid before: all of it is credit;
    - *on_broken*: it lowers what is owed on the debts that came back, the rest is credit.

    `instalment_id` None is an early payoff at the quote of `quoted_on` (the debtor's date when the
    payment was made; by default that of `at`); too little for it pays instalments in their order.
    Raises LookupError for an unknown agreement or instalment, ValueError for no money.
    """
    if received_cents <= 0:
        raise ValueError("a payment is more than nothing")
    agreement = session.scalar(
        select(Agreement).where(Agreement.id == agreement_id).with_for_update()
    )
    if agreement is None:
        raise LookupError("no such agreement")
    if agreement.state in (AgreementState.BROKEN, AgreementState.CANCELLED):
        applied = deduct(session, agreement, received_cents)
        _offer_less(session, agreement, at)
        return Applied(Outcome.ON_BROKEN, applied, received_cents - applied, False)
    if agreement.state == AgreementState.SETTLED:
        return Applied(Outcome.DUPLICATE, 0, received_cents, False)
    overtaken = take_back(session, agreement)
    taking = _Taking(session, agreement, received_cents, at)
    if instalment_id is None:
        done = taking.payoff(quoted_on or taking.today)
    else:
        done = taking.instalment(instalment_id)
    return replace(done, overtaken=overtaken)


def _offer_less(session: Session, agreement: Agreement, at: datetime) -> None:
    """An open offer asks for less once money lowered its debts."""
    if rules_in_force(session) is not None:
        tenant = resolve.by_id(agreement.tenant_id)
        today = at.astimezone(ZoneInfo(tenant.time_zone)).date()
        make_offers(session, tenant, [agreement.debtor_id], today)


def payoff_quote(session: Session, agreement: Agreement, today: date) -> Quote:
    """What pays off the agreement on `today` (the debtor's date), interest reduced (CDC 52 § 2)."""
    rows = [
        as_open(row)
        for row in instalments_of(session, agreement.id)
        if row.state == InstalmentState.OPEN
    ]
    return payoff(rows, monthly_ppm(agreement), today)


def monthly_ppm(agreement: Agreement) -> int:
    """The agreement's monthly rate in parts per million; 0 without interest."""
    return price.parts_per_million(agreement.monthly_rate or 0)


def as_open(row: Instalment) -> Open:
    """An instalment as the rules see it."""
    return Open(row.number, row.due_on, row.amount_cents, row.interest_cents, row.paid_cents)


@dataclass(frozen=True, slots=True)
class _Taking:
    session: Session
    agreement: Agreement
    received_cents: int
    at: datetime
    parts: list[Part] = field(default_factory=list)

    @property
    def today(self) -> date:
        """The debtor's date of the payment."""
        zone = self.session.scalar(
            select(Debtor.time_zone).where(Debtor.id == self.agreement.debtor_id)
        )
        return self.at.astimezone(ZoneInfo(zone or "UTC")).date()

    def instalment(self, instalment_id: uuid.UUID) -> Applied:
        """Money towards one instalment."""
        rows = instalments_of(self.session, self.agreement.id)
        row = next((row for row in rows if row.id == instalment_id), None)
        if row is None:
            raise LookupError("no such instalment of this agreement")
        if row.state != InstalmentState.OPEN:
            return Applied(Outcome.DUPLICATE, 0, self.received_cents, False)
        due = row.amount_cents - row.paid_cents
        became = outcome(due, self.received_cents, is_late=self.today > row.due_on)
        applied = self._pay(row, self.received_cents)
        return self._done(rows, became, applied)

    def payoff(self, quoted_on: date) -> Applied:
        """Money towards everything that is open."""
        rows = instalments_of(self.session, self.agreement.id)
        waiting = [row for row in rows if row.state == InstalmentState.OPEN]
        quote = payoff([as_open(row) for row in waiting], monthly_ppm(self.agreement), quoted_on)
        became = outcome(quote.total_cents, self.received_cents, is_late=False)
        if became is Outcome.UNDER:
            return self._done(rows, became, self._in_order(waiting, {}))
        saved = self._reduce(waiting, quote.saved_cents)
        applied = self._in_order(waiting, saved)
        return self._done(rows, became, applied)

    def _in_order(self, rows: list[Instalment], saved: Mapping[uuid.UUID, int]) -> int:
        left = self.received_cents
        for row in rows:
            if left:
                left -= self._pay(row, left, saved.get(row.id, 0))
        return self.received_cents - left

    def _reduce(self, rows: list[Instalment], saved_cents: int) -> dict[uuid.UUID, int]:
        """Take the interest of an early payoff off the instalments, the farthest first; how much
        of each."""
        saved = {}
        for row in reversed(rows):
            less = min(saved_cents, as_open(row).interest_left_cents)
            row.amount_cents -= less
            row.interest_cents -= less
            self.agreement.total_cents -= less
            self.agreement.interest_cents -= less
            self.agreement.saved_cents += less
            saved_cents -= less
            saved[row.id] = less
        return saved

    def _pay(self, row: Instalment, cents: int, saved_cents: int = 0) -> int:
        paid = min(cents, row.amount_cents - row.paid_cents)
        row.paid_cents += paid
        self.parts.append(Part(row.id, paid, saved_cents))
        if row.paid_cents == row.amount_cents:
            row.state = InstalmentState.PAID
            row.paid_at = self.at
        return paid

    def _done(self, rows: list[Instalment], became: Outcome, applied_cents: int) -> Applied:
        settled = all(row.state != InstalmentState.OPEN for row in rows)
        if settled:
            self._settle()
        self.session.flush()
        credit = self.received_cents - applied_cents
        return Applied(became, applied_cents, credit, settled, tuple(self.parts))

    def _settle(self) -> None:
        """Everything is paid: the agreement and its debts are settled."""
        agreement = self.agreement
        agreement.state = AgreementState.SETTLED
        agreement.closed_at = self.at
        debts = self.session.scalars(
            select(AgreementDebt).where(AgreementDebt.agreement_id == agreement.id)
        ).all()
        for debt in debts:
            debt.is_open = False
        self.session.execute(
            update(Debt)
            .where(Debt.id.in_([debt.debt_id for debt in debts]))
            .values(state=DebtState.SETTLED, updated_at=self.at)
            .execution_options(synchronize_session=False)
        )
        record(
            self.session,
            debtor_id=agreement.debtor_id,
            kind="agreement.settled",
            subject_id=agreement.id,
            total_cents=agreement.total_cents,
        )
