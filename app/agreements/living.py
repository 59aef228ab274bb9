"""What a plan leaves of the month somebody told us about (BR-13)."""

import uuid

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.agreements.models import Agreement, AgreementState, Instalment, InstalmentState
from app.compliance.facts import Reason
from app.compliance.policy import Policy
from app.compliance.terms import check_budget
from app.history.models import Event
from app.offers.means import RULE, TOLD
from app.offers.terms import Option


def committed_cents(session: Session, debtor_id: uuid.UUID) -> int:
    """What the person pays each month by open agreements made here, in cents: the largest due."""
    largest = (
        select(func.max(Instalment.amount_cents))
        .join(
            Agreement,
            (Agreement.tenant_id == Instalment.tenant_id)
            & (Agreement.id == Instalment.agreement_id),
        )
        .where(
            Agreement.debtor_id == debtor_id,
            Agreement.state == AgreementState.OPEN,
            Instalment.number > 0,
            Instalment.state == InstalmentState.OPEN,
        )
        .group_by(Agreement.id)
    )
    return sum(session.scalars(largest))


def too_little_left(
    session: Session, debtor_id: uuid.UUID, option: Option, policy: Policy
) -> tuple[Reason, ...]:
    """Why a person of the creditor's must look at this plan first; nothing without a kept income.

    What is paid once is not asked about: the month it comes from is over when it is paid.
    """
    if RULE not in policy.rules or option.instalments <= 1:
        return ()
    told = session.scalar(
        select(Event.data)
        .where(Event.debtor_id == debtor_id, Event.kind == TOLD)
        .order_by(Event.at.desc(), Event.id.desc())
        .limit(1)
    )
    income = (told or {}).get("income_cents")
    if income is None:
        return ()
    heaviest = max(option.instalment_cents, option.last_instalment_cents)
    paid = committed_cents(session, debtor_id) + heaviest
    return check_budget(income_cents=income, instalments_cents=paid, policy=policy)
