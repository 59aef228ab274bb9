"""Starting a payment: our row first, then the provider under a key made from the row.

The row is committed before the provider is asked, so a lost connection, a double submit or a second
tab finds it and asks again under the same key: the provider answers the same.
"""

import secrets
import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.agreements.actions import payoff_quote
from app.agreements.models import Agreement, AgreementState, Instalment, InstalmentState
from app.config import settings
from app.history.actions import record
from app.payments import queries, rules
from app.payments.asking import ask
from app.payments.errors import MethodUnavailable, NothingDue, PayerIncomplete
from app.payments.models import Method, Payment, PaymentState
from app.payments.payer import Payer
from tenants.clock import now
from tenants.database import new_id
from tenants.keys import vault
from tenants.resolve import Resolved
from tenants.scope import within

CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 10


def start(
    session: Session,
    tenant: Resolved,
    *,
    agreement_id: uuid.UUID,
    instalment_id: uuid.UUID | None,
    method: Method | str,
    locale: str,
    return_url: str,
    payer: Payer | None = None,
) -> Payment:
    """A payment of an instalment (None: of all that is open) that the person can make now.

    Safe to repeat: the same open payment comes back. Our row is committed in a transaction of its
    own, which locks the agreement: `session` must only have read so far. "{payment_id}" in
    `return_url` becomes the payment's id. `payer` completes what is known, for a boleto.
    Raises NothingDue, PayerIncomplete, MethodUnavailable, Unavailable, Refused, LookupError.
    """
    method = Method(method)
    if tenant.stripe_account is None:
        raise MethodUnavailable("this creditor has no connected account")
    with within(tenant) as own:
        made = _row(own, tenant, agreement_id, instalment_id, method, payer or Payer())
    if made.provider_id is None:  # whatever its state: an event may have been faster
        ask(session, tenant, made, locale=locale, return_url=return_url)
    return queries.payment(session, made.id, refresh=True)


def _row(
    session: Session,
    tenant: Resolved,
    agreement_id: uuid.UUID,
    instalment_id: uuid.UUID | None,
    method: Method,
    payer: Payer,
) -> Payment:
    """The open payment for this, or a new row; one at a time per agreement."""
    agreement = session.scalar(
        select(Agreement).where(Agreement.id == agreement_id).with_for_update()
    )
    if agreement is None:
        raise LookupError("no such agreement")
    amount = _due(session, agreement, instalment_id)
    low, high = rules.LIMITS[method]
    if not low <= amount <= high:
        raise MethodUnavailable(f"{method} takes {low} to {high} cents")
    existing = _reusable(session, agreement, instalment_id, method, amount)
    if existing is not None:
        return existing
    made = _new(agreement, instalment_id, method, amount)
    made.fee_cents = rules.fee(amount, tenant.fee_basis_points)
    if method is Method.BOLETO:
        complete = _payer(session, agreement.debtor_id, payer)
        made.payer = vault(session).seal(complete.to_json(), "payer")
    session.add(made)
    session.flush()
    record(
        session,
        debtor_id=agreement.debtor_id,
        kind="payment.started",
        subject_id=made.id,
        method=str(method),
        amount_cents=amount,
    )
    return made


def _new(
    agreement: Agreement, instalment_id: uuid.UUID | None, method: Method, amount: int
) -> Payment:
    at = now()
    return Payment(
        id=new_id(),
        debtor_id=agreement.debtor_id,
        agreement_id=agreement.id,
        instalment_id=instalment_id,
        method=method,
        amount_cents=amount,
        currency=agreement.currency,
        state=PaymentState.CREATED,
        attempt=1,
        is_simulated=settings().payments_are_simulated,
        verification_code="".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH)),
        expires_at=rules.ends_at(method, at),
        created_at=at,
    )


def _due(session: Session, agreement: Agreement, instalment_id: uuid.UUID | None) -> int:
    """What is to be paid now, in cents. Raises NothingDue, LookupError."""
    if agreement.state != AgreementState.OPEN:
        raise NothingDue(f"the agreement is {agreement.state}")
    if instalment_id is None:
        here = queries.local_day(session, agreement.debtor_id, now())
        due = payoff_quote(session, agreement, here).total_cents
    else:
        instalment = session.scalar(
            select(Instalment).where(
                Instalment.id == instalment_id, Instalment.agreement_id == agreement.id
            )
        )
        if instalment is None:
            raise LookupError("no such instalment")
        if instalment.state != InstalmentState.OPEN:
            raise NothingDue(f"the instalment is {instalment.state}")
        due = instalment.amount_cents - instalment.paid_cents
    if due <= 0:
        raise NothingDue("nothing is left to pay")
    return due


def _reusable(
    session: Session,
    agreement: Agreement,
    instalment_id: uuid.UUID | None,
    method: Method,
    amount: int,
) -> Payment | None:
    at = now()
    for payment in session.scalars(
        select(Payment)
        .where(
            Payment.agreement_id == agreement.id,
            Payment.instalment_id.is_not_distinct_from(instalment_id),
            Payment.method == method,
            Payment.amount_cents == amount,
            Payment.state.in_((PaymentState.CREATED, PaymentState.PENDING)),
            Payment.expires_at > at + rules.NEARLY_OVER,
        )
        .order_by(Payment.created_at.desc())
    ):
        forgotten = payment.created_at < at - rules.FORGOTTEN_AFTER
        if payment.provider_id is not None or not forgotten:
            return payment
    return None


def _payer(session: Session, debtor_id: uuid.UUID, told: Payer) -> Payer:
    """Who a boleto names. Raises PayerIncomplete with the names of what nobody knows."""
    complete = told.over(queries.known_payer(session, debtor_id))
    missing = complete.missing_for_boleto()
    if missing:
        raise PayerIncomplete(missing)
    return complete
