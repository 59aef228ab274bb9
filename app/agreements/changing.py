"""Another due date for what is still open."""

import uuid
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.agreements.errors import NotAllowed
from app.agreements.models import Agreement, AgreementState, Instalment, InstalmentState
from app.agreements.notices import take_back
from app.agreements.receiving import as_open, monthly_ppm
from app.agreements.rules import date_choices, due_day_of, interest_of_moving, moved
from app.debts.models import Debtor
from app.history.actions import record
from app.offers.models import Offer
from app.offers.rules import Calendar
from app.offers.terms import Limits, PlanRules
from tenants.clock import today
from tenants.resolve import Resolved


@dataclass(frozen=True, slots=True)
class DateChange:
    """What moving the next payment to a date means."""

    due_on: date
    interest_cents: int
    """Added to the payment that moves first."""
    due_dates: tuple[date, ...]
    """Of every open payment, in order."""


def due_date_choices(
    session: Session, tenant: Resolved, *, agreement: Agreement, instalment_id: uuid.UUID
) -> list[date]:
    """To which dates the next payment may move; empty where it may not.

    Only the next open instalment moves (the later ones follow); never the down payment or a single
    payment, and no more often than the creditor's rules allow.
    """
    state = _State.of(session, tenant, agreement)
    if not state.movable(instalment_id):
        return []
    first = state.rows[0]
    return date_choices(state.plan, first.due_on, state.when, agreement.due_date_changes)


def preview_due_date(
    session: Session,
    tenant: Resolved,
    *,
    agreement: Agreement,
    instalment_id: uuid.UUID,
    due_on: date,
) -> DateChange:
    """What a change would mean, to be shown before it is confirmed. Raises NotAllowed."""
    choices = due_date_choices(session, tenant, agreement=agreement, instalment_id=instalment_id)
    if due_on not in choices:
        raise NotAllowed("the payment cannot move to this date")
    return _State.of(session, tenant, agreement).change(due_on, agreement)


def change_due_date(
    session: Session,
    tenant: Resolved,
    *,
    agreement: Agreement,
    instalment_id: uuid.UUID,
    due_on: date,
) -> Agreement:
    """Move the next payment to `due_on` (one of `due_date_choices`), the later ones after it.

    Where the agreement bears interest, that of the days between is added to the payment that moves,
    pro rata. Raises NotAllowed.
    """
    agreement = session.scalars(
        select(Agreement)
        .where(Agreement.id == agreement.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    change = preview_due_date(
        session, tenant, agreement=agreement, instalment_id=instalment_id, due_on=due_on
    )
    state = _State.of(session, tenant, agreement)
    for row, day in zip(state.rows, change.due_dates, strict=True):
        row.due_on = day
    first = state.rows[0]
    first.amount_cents += change.interest_cents
    first.interest_cents += change.interest_cents
    agreement.total_cents += change.interest_cents
    agreement.interest_cents += change.interest_cents
    agreement.saved_cents = max(0, agreement.saved_cents - change.interest_cents)
    agreement.due_day = due_day_of(state.plan, due_on, state.when)
    agreement.due_date_changes += 1
    take_back(session, agreement)
    record(
        session,
        debtor_id=agreement.debtor_id,
        kind="due_date.changed",
        subject_id=agreement.id,
        instalment=first.number,
        interest_cents=change.interest_cents,
    )
    session.flush()
    return agreement


@dataclass(frozen=True, slots=True)
class _State:
    rows: list[Instalment]
    plan: PlanRules
    when: Calendar
    count: int

    @classmethod
    def of(cls, session: Session, tenant: Resolved, agreement: Agreement) -> "_State":
        limits = session.scalars(select(Offer.limits).where(Offer.id == agreement.offer_id)).one()
        debtor = session.scalars(select(Debtor).where(Debtor.id == agreement.debtor_id)).one()
        rows = session.scalars(
            select(Instalment)
            .where(Instalment.agreement_id == agreement.id)
            .order_by(Instalment.number)
        ).all()
        waiting = [row for row in rows if row.state == InstalmentState.OPEN]
        when = Calendar(today(debtor.time_zone), debtor.uf, tenant.jurisdiction)
        is_open = agreement.state == AgreementState.OPEN
        plan = Limits.from_data(limits).plan
        return cls(waiting if is_open else [], plan, when, max(row.number for row in rows))

    def movable(self, instalment_id: uuid.UUID) -> bool:
        """Whether it is the next instalment of a plan."""
        first = self.rows[0] if self.rows else None
        return (
            first is not None and first.id == instalment_id and first.number > 0 and self.count > 1
        )

    def change(self, due_on: date, agreement: Agreement) -> DateChange:
        """The dates and the interest of moving to `due_on`."""
        waiting = [as_open(row) for row in self.rows]
        day = due_day_of(self.plan, due_on, self.when)
        dates = moved(waiting, due_on, day, self.when)
        interest = interest_of_moving(waiting, dates, monthly_ppm(agreement))
        return DateChange(due_on, interest, tuple(dates))
