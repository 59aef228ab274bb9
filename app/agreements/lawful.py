"""No charge beyond the law is agreed to (BR-17, BR-18): the last look before an agreement binds.

Offers are made within the same limits; here they are asked once more, of the policy in force.
"""

from collections.abc import Mapping
from datetime import date

from sqlalchemy.orm import Session

from app.compliance.facts import Reason
from app.compliance.policy import Policy
from app.compliance.terms import MILLION, ChargeFacts, check_charges
from app.debts.queries import terms_in_force
from app.offers.schema import FINANCIAL
from app.offers.terms import DebtTerms, Limits

MONTH_DAYS = 30


def unlawful_charges(
    session: Session, limits: Limits, due_dates: Mapping[str, date], today: date, policy: Policy
) -> tuple[Reason, ...]:
    """Every limit that a debt of an offer exceeds; `due_dates`: debt id → when it fell due."""
    terms = terms_in_force(session)
    # A bank's contract rate and the legal rate (nothing was agreed) have no monthly cap.
    is_free = terms.creditor_type == FINANCIAL or terms.common.interest_per_month is None
    return tuple(
        reason
        for debt in limits.debts
        for reason in check_charges(_facts(debt, due_dates[debt.debt_id], today, is_free), policy)
    )


def _facts(debt: DebtTerms, due_on: date, today: date, is_free: bool) -> ChargeFacts:
    days = max((today - due_on).days, 0)
    return ChargeFacts(
        principal_cents=debt.principal_cents,
        fine_cents=debt.fine_cents,
        interest_cents=debt.interest_cents,
        months_late_ppm=-(-days * MILLION // MONTH_DAYS),
        is_card=debt.cap_ppm is not None,
        interest_is_contractual=is_free,
    )
