"""An agreement as a person reads it, before and after it is accepted."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.agreements import queries, terms
from app.agreements.models import Agreement, AgreementState, Instalment, InstalmentState
from app.agreements.pausing import Pause, pause_of
from app.agreements.rules import schedule
from app.debts.models import Debt
from app.offers.queries import StoredOffer
from app.offers.rules import Calendar, Option
from app.payments import queries as payments
from app.payments.models import Receipt
from app.payments.queries import GoneBack
from app.portal.choices import of_option
from app.portal.language import current
from app.portal.proposal import title
from app.portal.worn import brand
from tenants.resolve import Resolved

Row = tuple[int, date, int, str]
"""Number (0 is the down payment), due date, cents, state: paid, late, open or cancelled."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be agreed. Amounts in cents; rates are fractions."""

    title: str
    accounts: list[tuple[str, str]]
    """Product and contract of each debt that it settles."""
    owed_cents: int
    total_cents: int
    saved_cents: int
    today_cents: int
    first_due_on: date
    rows: list[Row]
    interest_cents: int
    monthly_rate: float | None
    annual_cost: float | None
    due_days: tuple[int, ...]
    due_day: int | None
    terms: list[tuple[str, str, bool]]
    """Heading, text, and whether it restricts and so stands out (CDC 54 § 4)."""
    choice: dict[str, str]
    """What leads the simulator to this plan."""


@dataclass(frozen=True, slots=True)
class Agreed:
    """What was agreed, and how far it has come."""

    id: uuid.UUID
    number: str
    state: str
    accepted_at: datetime
    total_cents: int
    saved_cents: int
    paid_cents: int
    rows: list[Row]
    instalment_ids: list[uuid.UUID]
    next_id: uuid.UUID | None
    next_number: int | None
    next_cents: int
    next_due_on: date | None
    can_pay_off: bool
    receipts: list[Receipt] = field(default_factory=list)
    pause: Pause | None = None
    """Why and since when it rests: nothing is due meanwhile."""
    after_the_end_cents: int = 0
    """What came when it had ended, and lowered what is owed."""
    back: GoneBack | None = None
    """What went back to the payer and is to be paid again."""

    @property
    def is_new(self) -> bool:
        """Nothing has been paid yet."""
        return self.state == AgreementState.OPEN and self.paid_cents == 0 and self.back is None

    @property
    def is_late(self) -> bool:
        """Whether the next payment should have come already."""
        return any(n == self.next_number and state == "late" for n, _, _, state in self.rows)

    @property
    def quitacao(self) -> Receipt | None:
        """The letter that says all is settled, once there is one that holds."""
        letters = (one for one in self.receipts if one.kind == "quitacao" and not one.is_void)
        return next(letters, None)

    @property
    def paid_count(self) -> int:
        """How many of its payments are done."""
        return sum(state == "paid" for *_, state in self.rows)


def preview(
    session: Session, tenant: Resolved, offer: StoredOffer, option: Option, when: Calendar
) -> Preview:
    """An option as the agreement it would become today."""
    limits = offer.typed_limits
    rows = [
        (row.number, row.due_on, row.amount_cents, "open") for row in schedule(limits, option, when)
    ]
    rate, cost = option.monthly_rate, option.annual_cost
    return Preview(
        title=title(option.kind, option.instalments, current()),
        accounts=_accounts(session, offer),
        owed_cents=offer.total_cents,
        total_cents=option.total_cents,
        saved_cents=option.saved_cents,
        today_cents=rows[0][2],
        first_due_on=rows[0][1],
        rows=rows,
        interest_cents=option.interest_cents,
        monthly_rate=float(rate) if rate is not None else None,
        annual_cost=float(cost) if cost is not None else None,
        due_days=limits.plan.due_days if option.instalments > 1 else (),
        due_day=option.due_day,
        terms=[
            (f"{number}. {clause.heading}", clause.text, clause.stands_out)
            for number, clause in enumerate(
                terms.clauses(brand(), tenant, offer, option, current()), 1
            )
        ],
        choice=of_option(option).query(),
    )


def _accounts(session: Session, offer: StoredOffer) -> list[tuple[str, str]]:
    """In the offer's order."""
    ids = [uuid.UUID(debt["id"]) for debt in offer.debts]
    found = session.execute(select(Debt.id, Debt.product, Debt.contract).where(Debt.id.in_(ids)))
    named = {row.id: (brand().product(row.product, current()), row.contract) for row in found}
    return [named[one] for one in ids]


def agreed(session: Session, agreement: Agreement, on: date) -> Agreed:
    """An agreement with its payments and receipts."""
    instalments = queries.instalments_of(session, agreement.id)
    is_open = agreement.state == AgreementState.OPEN
    due = next((one for one in instalments if one.state == InstalmentState.OPEN), None)
    due = due if is_open else None
    pause = pause_of(session, agreement) if is_open else None
    left = [one for one in instalments if one.state == InstalmentState.OPEN]
    return Agreed(
        id=agreement.id,
        number=agreement.number,
        state=agreement.state,
        accepted_at=agreement.accepted_at,
        total_cents=agreement.total_cents,
        saved_cents=agreement.saved_cents,
        paid_cents=sum(one.paid_cents for one in instalments),
        rows=[
            (one.number, one.due_on, one.amount_cents, _state(one, on, is_open, pause))
            for one in instalments
        ],
        instalment_ids=[one.id for one in instalments],
        next_id=due.id if due else None,
        next_number=due.number if due else None,
        next_cents=due.amount_cents - due.paid_cents if due else 0,
        next_due_on=due.due_on if due else None,
        can_pay_off=is_open and len(left) > 1 and pause is None,
        receipts=list(payments.receipts_of(session, agreement.id)),
        pause=pause,
        after_the_end_cents=0 if is_open else payments.paid_after_the_end(session, agreement.id),
        back=_back(session, agreement, left) if is_open else None,
    )


def _back(session: Session, agreement: Agreement, left: Sequence[Instalment]) -> GoneBack | None:
    """What went back of open instalments, no more than is left of them."""
    whole = payments.gone_back(session, agreement.id, of=[one.id for one in left])
    if whole is None:
        return None
    found = [
        min(back.cents, one.amount_cents - one.paid_cents)
        for one in left
        if (back := payments.gone_back(session, agreement.id, of=[one.id]))
    ]
    return replace(whole, cents=sum(found)) if sum(found) else None


def _state(instalment: Instalment, on: date, is_open: bool, pause: Pause | None) -> str:
    if instalment.state != InstalmentState.OPEN:
        return instalment.state
    if not is_open:
        return InstalmentState.CANCELLED  # nobody asks for it any more
    return "late" if instalment.due_on < on and pause is None else instalment.state
