"""A hold is answered: the debt leaves for good, or everything goes on where it was.

Offers are remade here, in the same transaction: nobody waits for the night to be offered again what
is theirs to settle. There is no message of its own: the person reads the answer in the portal.
"""

import uuid
from collections.abc import Collection
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import money
from app.agreements import queries
from app.agreements.breaking import end
from app.agreements.models import Agreement, AgreementState, Instalment
from app.agreements.pausing import concerns, resume
from app.compliance import stops
from app.compliance.actions import audit, resolve_hold
from app.compliance.models import Hold
from app.compliance.tasks import add_task
from app.debts.models import Debt, DebtState
from app.history.actions import record
from app.offers.actions import make_offers
from app.offers.queries import rules_in_force
from tenants.clock import now
from tenants.resolve import Resolved
from themes.lacking import Lacking, Refused

REVIEW_WITHIN = timedelta(days=3)
"""Until somebody has looked at what was paid on a debt that turned out not to be owed."""
LEAVES = (DebtState.OPEN, DebtState.AGREED, DebtState.RECALLED)
"""States from which an upheld debt leaves: a recalled one would come back with a later file."""


class Outcome(StrEnum):
    """What came of a hold."""

    UPHELD = "upheld"
    """The person is right: the debt leaves for good."""
    REJECTED = "rejected"
    """It was not so, or is over: everything goes on."""


class NotAnswerable(Refused, ValueError):
    """The hold was answered before, or this answer does not fit its kind."""


def answer_hold(
    session: Session,
    tenant: Resolved,
    hold_id: uuid.UUID,
    *,
    outcome: Outcome,
    actor: str,
    today: date,
    note: str | None = None,
) -> Hold:
    """End a hold, with all that follows; the caller owns the transaction.

    Upheld, the debts it names are dismissed: an open agreement that holds one is cancelled, the
    other debts come back less what was paid, and somebody looks at what was paid in vain. Rejected,
    agreements go on with new dates for what fell due meanwhile. Either way the person's offer is
    remade on `today` (the tenant's date). `note` is for the team and is sealed. Raises Lacking,
    NotAnswerable.
    """
    hold = session.scalar(
        select(Hold)
        .where(Hold.id == hold_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if hold is None:
        raise Lacking("There is no such hold.")
    if hold.resolved_at is not None:
        raise NotAnswerable("The hold was answered before.")
    if outcome is Outcome.UPHELD and not stops.is_about_debts(hold.kind):
        raise NotAnswerable("This holds as long as it is so: it can only be rejected.")
    resolve_hold(session, hold, resolution=outcome, note=note)
    audit(
        session, actor=actor, action="hold.answered", subject_id=hold.id,
        kind=hold.kind, outcome=str(outcome),
    )  # fmt: skip
    session.flush()
    if outcome is Outcome.UPHELD:
        _dismiss(session, hold)
    else:
        for agreement in _open_agreements(session, hold):
            resume(session, tenant, agreement)
    session.flush()
    if rules_in_force(session) is not None:
        make_offers(session, tenant, [hold.debtor_id], today)
    return hold


def _open_agreements(session: Session, hold: Hold) -> list[Agreement]:
    """The person's open agreements that the hold concerned."""
    found = session.scalars(
        select(Agreement)
        .where(Agreement.debtor_id == hold.debtor_id, Agreement.state == AgreementState.OPEN)
        .order_by(Agreement.id)
        .with_for_update()
    )
    return [
        agreement
        for agreement in found
        if concerns(hold, [link.debt_id for link in queries.debts_of(session, agreement.id)])
    ]


def _dismiss(session: Session, hold: Hold) -> None:
    """The debts of an upheld hold leave for good, and so does an agreement over one of them."""
    wanted = Debt.debtor_id == hold.debtor_id
    ids = session.scalars(select(Debt.id).where(wanted, Debt.state.in_(LEAVES))).all()
    gone = [one for one in ids if stops.stop([(hold.kind, hold.debt_id)]).covers(one)]
    for agreement in _open_agreements(session, hold):
        _cancel(session, agreement, gone)
    debts = session.scalars(select(Debt).where(Debt.id.in_(gone)).order_by(Debt.id)).all()
    for debt in debts:
        debt.state = DebtState.DISMISSED
        debt.updated_at = now()
        record(session, debtor_id=hold.debtor_id, kind="debt.dismissed", subject_id=debt.id)


def _cancel(session: Session, agreement: Agreement, gone: Collection[uuid.UUID]) -> None:
    links = queries.debts_of(session, agreement.id)
    paid = session.scalar(
        select(func.sum(Instalment.paid_cents)).where(Instalment.agreement_id == agreement.id)
    )
    parts = money.in_proportion(int(paid or 0), [link.owed_cents for link in links])
    in_vain = sum(part for part, link in zip(parts, links, strict=True) if link.debt_id in gone)
    end(session, agreement, AgreementState.CANCELLED)
    record(
        session, debtor_id=agreement.debtor_id, kind="agreement.cancelled", subject_id=agreement.id
    )
    if in_vain:
        # CDC 42, sole paragraph: what was paid without being owed goes back, perhaps doubled.
        add_task(
            session,
            debtor_id=agreement.debtor_id,
            kind="undue_payment",
            rule="BR-11",
            cause=f"undue_payment:{agreement.id}",
            due_at=now() + REVIEW_WITHIN,
            agreement_id=str(agreement.id),
            amount_cents=in_vain,
        )
