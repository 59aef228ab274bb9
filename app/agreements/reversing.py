"""Money that an agreement had and has no longer: what it had paid is open again, in fair time."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.agreements.clock import NOTICE_DAYS, later
from app.agreements.errors import CannotReopen
from app.agreements.models import (
    Agreement,
    AgreementDebt,
    AgreementState,
    Instalment,
    InstalmentState,
)
from app.agreements.queries import instalments_of
from app.agreements.receiving import Part
from app.debts.models import Debt, Debtor, DebtState
from app.history.actions import record
from app.offers.models import Offer
from app.offers.rules import Calendar
from app.offers.terms import Limits
from tenants.clock import now
from tenants.resolve import Resolved

ELSEWHERE: Mapping[str, str] = {
    DebtState.AGREED: "%(contract)s (in another agreement)",
    DebtState.OPEN: "%(contract)s (open by itself)",
    DebtState.RECALLED: "%(contract)s (recalled)",
    DebtState.DISMISSED: "%(contract)s (dismissed)",
}
ENDED: Mapping[str, str] = {
    AgreementState.BROKEN: "Agreement %(number)s is broken since then, and its debts came back less"
    " what was paid: nothing is due in it that this payment could be owed on.",
    AgreementState.CANCELLED: "Agreement %(number)s is cancelled since then, and its debts came"
    " back less what was paid: nothing is due in it that this payment could be owed on.",
}
WENT = "Agreement %(number)s was settled, and of its debts these went another way since: %(debts)s."
MORE = "%(cents)s cents more would be taken off than it had paid."


@dataclass(frozen=True, slots=True)
class TakenOff:
    """What is open again."""

    parts: tuple[Part, ...]
    """What was taken off each instalment, the last one first."""
    due: tuple[tuple[int, date], ...]
    """Number and due date of each of these instalments, in order."""
    was_settled: bool
    """The agreement had been settled, and is open again."""


def take_off(
    session: Session,
    tenant: Resolved,
    agreement_id: uuid.UUID,
    *,
    parts: Sequence[Part],
    cents: int,
    today: date,
) -> TakenOff:
    """Take `cents` of a payment off the instalments that it paid, the last one first.

    `parts` is what of that payment is in them still, at least `cents`, one part for each that it
    paid. Where nothing is left of it, the interest that an early payoff saved is asked for again:
    the payoff never was. What is open again falls due no sooner than the agreement's grace period
    after `today` (the person's date), free of charge, and later payments follow (clock.later); a
    settled agreement and its debts are open again. Raises CannotReopen, LookupError.
    """
    agreement = session.scalar(
        select(Agreement).where(Agreement.id == agreement_id).with_for_update()
    )
    if agreement is None:
        raise LookupError("no such agreement")
    was_settled = agreement.state == AgreementState.SETTLED
    if was_settled:
        _open_again(session, agreement)
    elif agreement.state != AgreementState.OPEN:
        raise CannotReopen(ENDED[agreement.state], number=agreement.number)
    rows = instalments_of(session, agreement.id)
    taken = _taken(rows, parts, cents)
    touched = {part.instalment_id for part in taken}
    if cents == sum(part.paid_cents for part in parts):
        touched |= _charge_again(agreement, rows, parts)
    _give_time(session, tenant, agreement, rows, touched, today)
    session.flush()
    due = tuple((row.number, row.due_on) for row in rows if row.id in touched)
    return TakenOff(tuple(taken), due, was_settled)


def _taken(rows: Sequence[Instalment], parts: Sequence[Part], cents: int) -> list[Part]:
    in_it, taken = {part.instalment_id: part for part in parts}, []
    for row in reversed(rows):
        part = in_it.get(row.id)
        less = min(cents, part.paid_cents) if part else 0
        if part is None or not less:
            continue
        row.paid_cents -= less
        row.state, row.paid_at = InstalmentState.OPEN, None
        cents -= less
        taken.append(part._replace(paid_cents=less))
    if cents:
        raise CannotReopen(MORE, cents=cents)
    return taken


def _charge_again(
    agreement: Agreement, rows: Sequence[Instalment], parts: Sequence[Part]
) -> set[uuid.UUID]:
    """Undo what `receiving` took off for an early payoff; of which instalments."""
    saved = {part.instalment_id: part.saved_cents for part in parts if part.saved_cents}
    for row in rows:
        if more := saved.get(row.id, 0):
            row.amount_cents += more
            row.interest_cents += more
            row.state, row.paid_at = InstalmentState.OPEN, None
            agreement.total_cents += more
            agreement.interest_cents += more
            agreement.saved_cents = max(0, agreement.saved_cents - more)
    return set(saved)


def _give_time(
    session: Session,
    tenant: Resolved,
    agreement: Agreement,
    rows: Sequence[Instalment],
    touched: set[uuid.UUID],
    today: date,
) -> None:
    """What was late before keeps its date; from the first that is open again on, all have time."""
    first = min(row.number for row in rows if row.id in touched)
    waiting = [row for row in rows if row.state == InstalmentState.OPEN and row.number >= first]
    limits = session.scalars(select(Offer.limits).where(Offer.id == agreement.offer_id)).one()
    days = max(Limits.from_data(limits).plan.grace_days, NOTICE_DAYS)
    debtor = session.scalars(select(Debtor).where(Debtor.id == agreement.debtor_id)).one()
    dates = later(
        [row.due_on for row in waiting],
        agreement.due_day,
        today + timedelta(days=days),
        Calendar(today, debtor.uf, tenant.jurisdiction),
        down=first == 0,
    )
    for row, day in zip(waiting, dates, strict=True):
        row.due_on = day


def _open_again(session: Session, agreement: Agreement) -> None:
    """A settled agreement holds its debts again, unless one of them went another way since."""
    links = session.scalars(
        select(AgreementDebt)
        .where(AgreementDebt.agreement_id == agreement.id)
        .order_by(AgreementDebt.debt_id)
    ).all()
    debts = session.scalars(
        select(Debt)
        .where(Debt.id.in_([link.debt_id for link in links]))
        .order_by(Debt.id)
        .with_for_update()
    ).all()
    gone = [debt for debt in debts if debt.state != DebtState.SETTLED]
    if gone:
        told = [(ELSEWHERE[debt.state], {"contract": debt.contract}) for debt in gone]
        raise CannotReopen(WENT, number=agreement.number, debts=told)
    for debt in debts:
        debt.state, debt.updated_at = DebtState.AGREED, now()
    for link in links:
        link.is_open = True
    agreement.state, agreement.closed_at = AgreementState.OPEN, None
    record(
        session,
        debtor_id=agreement.debtor_id,
        kind="agreement.reopened",
        subject_id=agreement.id,
    )
