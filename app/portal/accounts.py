"""An account as a person reads it: origin, age, and what the amount is made of."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.compliance import dates
from app.compliance.facts import DebtFacts
from app.compliance.models import Hold
from app.compliance.queries import policy_in_force
from app.debts import queries, rules
from app.debts.models import Debt, DebtState
from app.debts.terms import Terms
from app.portal.language import N_, current, text
from app.portal.worn import brand


@dataclass(frozen=True, slots=True)
class Account:
    """One contract. Amounts in cents; `state` is a DebtState, `hold` the kind of an open hold."""

    id: uuid.UUID
    product: str
    contract: str
    origin: str | None
    due_on: date
    days: int
    parts: list[tuple[str, int]]
    total_cents: int
    state: str
    hold: str | None = None
    held_since: datetime | None = None
    answered_at: datetime | None = None
    """When somebody last answered that it stays, after the person had questioned it."""
    is_past: bool = False
    """Prescribed: nobody asks for it any more (BR-01), so no amount is shown."""

    @property
    def is_owed(self) -> bool:
        """Still open and asked for, or inside an agreement."""
        return self.state in (DebtState.OPEN, DebtState.AGREED) and not self.is_past

    @property
    def is_offered(self) -> bool:
        """Whether there may be a proposal for it."""
        return self.state == DebtState.OPEN and not self.is_past


def accounts(session: Session, debtor_id: uuid.UUID, on: date) -> list[Account]:
    """Every account of a person with its charges on that day: what is owed comes first."""
    terms = queries.terms_in_force(session)
    holds = {
        hold.debt_id: hold  # an open one stands before those that were answered
        for hold in session.scalars(
            select(Hold)
            .where(Hold.debtor_id == debtor_id)
            .order_by(Hold.resolved_at.nulls_last(), Hold.opened_at.desc())
        )
    }
    debts = queries.debts_of(session, debtor_id)
    past = _past(session, debts, on)
    made = [_account(debt, terms, holds.get(debt.id), on, debt.id in past) for debt in debts]
    return sorted(made, key=lambda one: (not one.is_owed, one.due_on))


def account(session: Session, debtor_id: uuid.UUID, debt_id: uuid.UUID, on: date) -> Account | None:
    """One account, if it is that person's."""
    return next((one for one in accounts(session, debtor_id, on) if one.id == debt_id), None)


def parts(*, principal: int, fine: int, interest: int, index: int) -> list[tuple[str, int]]:
    """What an amount is made of, item by item; charges that are nothing are left out."""
    rows = [
        (N_("Original amount"), principal),
        (N_("Fine for late payment"), fine),
        (N_("Interest for the delay"), interest),
        (N_("Monetary correction"), index),
    ]
    locale = current()
    return [
        (text(locale, words), cents)
        for place, (words, cents) in enumerate(rows)
        if place == 0 or cents
    ]


def _past(session: Session, debts: list[Debt], on: date) -> set[uuid.UUID]:
    still_open = [debt for debt in debts if debt.state == DebtState.OPEN]
    if not still_open:
        return set()
    claims = [DebtFacts(debt.due_on, debt.instrument, debt.interruption_on) for debt in still_open]
    flags = dates.prescribed(claims, on, policy_in_force(session))
    return {debt.id for debt, is_past in zip(still_open, flags, strict=True) if is_past}


def _account(debt: Debt, terms: Terms, hold: Hold | None, on: date, is_past: bool) -> Account:
    items, total = _charged(debt, terms, on)
    held = hold if hold and hold.resolved_at is None else None
    return Account(
        id=debt.id,
        product=brand().product(debt.product, current()),
        contract=debt.contract,
        origin=debt.origin,
        due_on=debt.due_on,
        days=max((on - debt.due_on).days, 0),
        parts=items,
        total_cents=total,
        state=debt.state,
        hold=held.kind if held else None,
        held_since=held.opened_at if held else None,
        answered_at=hold.resolved_at if hold else None,
        is_past=is_past,
    )


def _charged(debt: Debt, terms: Terms, on: date) -> tuple[list[tuple[str, int]], int]:
    """The items of an account and their sum; what is no longer owed has none."""
    if debt.principal_cents <= 0:
        return [], 0
    owed = rules.charges(
        terms,
        principal_cents=debt.principal_cents,
        due_on=debt.due_on,
        product=debt.product,
        as_of=on,
        contracted_on=debt.contracted_on,
    )
    items = parts(
        principal=owed.principal, fine=owed.fine, interest=owed.interest, index=owed.index
    )
    return items, owed.total
