"""Nothing is lost when an event or a job is: the provider is asked."""

import uuid
from collections.abc import Callable
from datetime import timedelta

import structlog
from sqlalchemy import or_, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.agreements.actions import payoff_quote
from app.agreements.models import Agreement, AgreementState, Instalment, InstalmentState
from app.payments import facts, gateway, queries, rules
from app.payments.actions import apply_event
from app.payments.errors import PaymentError
from app.payments.models import Payment, PaymentState, ProviderEvent, ProviderEventState
from app.payments.settling import take
from tenants.clock import now
from tenants.resolve import Resolved
from tenants.scope import within

log = structlog.get_logger()

LEFT_BEHIND_AFTER = timedelta(minutes=1)
GRACE = timedelta(minutes=2)
"""After its end a payment is given this long for its last event to arrive."""
AT_ONCE = 500
"""Rows per tenant and sweep."""
OPEN = (PaymentState.CREATED, PaymentState.PENDING)


def look_at(tenant: Resolved, payment_id: uuid.UUID) -> None:
    """Ask the provider about one payment and take what it says, in a transaction of its own.

    A row that the provider never heard of ends as failed. Raises Unavailable, Refused, LookupError.
    """
    with within(tenant) as session:
        payment = queries.payment(session, payment_id)
        provider_id = payment.provider_id
    fact = None
    if provider_id and tenant.stripe_account:
        thing = gateway.retrieve(tenant.stripe_account, provider_id)
        # A page that expired says so itself; its intent only remembers a declined card.
        if thing.get("status") == "complete" and thing.get("payment_intent"):
            thing = gateway.retrieve(tenant.stripe_account, thing["payment_intent"])
        fact = facts.read_object(thing, now())
    with within(tenant) as session:
        if fact is not None:
            take(session, tenant, fact)
        elif provider_id is None:
            row = queries.payment(session, payment_id, lock=True)
            if row.provider_id is None:
                row.state = rules.after(row.state, PaymentState.FAILED)


def sweep(tenant: Resolved) -> int:
    """Apply what was stored and never applied; ask about what is over its time. How many rows."""
    done = 0
    with within(tenant) as session:
        events = _left_behind(session)
        payments = _over_time(session)
    for event_id in events:
        done += _tried(_apply, tenant, event_id)
    for payment_id in payments:
        done += _tried(look_at, tenant, payment_id)
    return done


def _apply(tenant: Resolved, event_id: uuid.UUID) -> None:
    with within(tenant) as session:
        apply_event(session, tenant, event_id)


def _tried(step: Callable[[Resolved, uuid.UUID], None], tenant: Resolved, row: uuid.UUID) -> bool:
    """Whether `step` went well. One row that cannot be read or asked never holds up the others."""
    try:
        step(tenant, row)
    except (PaymentError, LookupError, ValueError, SQLAlchemyError) as error:
        log.warning("payment.not_reconciled", row=str(row), error=type(error).__name__)
        return False
    return True


def withdraw_paid(tenant: Resolved, agreement_id: uuid.UUID) -> int:
    """Withdraw open payments of instalments that are paid, or of an agreement that is closed.

    Raises Unavailable.
    """
    with within(tenant) as session:
        doomed = _no_longer_due(session, agreement_id)
    assert tenant.stripe_account is not None
    for provider_id in doomed:
        gateway.withdraw(tenant.stripe_account, provider_id)
    return len(doomed)


def _left_behind(session: Session) -> list[uuid.UUID]:
    return list(
        session.scalars(
            select(ProviderEvent.id)
            .where(
                ProviderEvent.state == ProviderEventState.STORED,
                ProviderEvent.received_at < now() - LEFT_BEHIND_AFTER,
            )
            .order_by(ProviderEvent.created_at)
            .limit(AT_ONCE)
        )
    )


def _over_time(session: Session) -> list[uuid.UUID]:
    at = now()
    return list(
        session.scalars(
            select(Payment.id)
            .where(
                Payment.state.in_(OPEN),
                or_(
                    Payment.expires_at < at - GRACE,
                    (Payment.state == PaymentState.CREATED)
                    & (Payment.created_at < at - rules.FORGOTTEN_AFTER),
                ),
            )
            .order_by(Payment.expires_at)
            .limit(AT_ONCE)
        )
    )


def _no_longer_due(session: Session, agreement_id: uuid.UUID) -> list[str]:
    agreement = session.scalar(select(Agreement).where(Agreement.id == agreement_id))
    if agreement is None:
        return []
    is_over = agreement.state in (AgreementState.SETTLED, AgreementState.CANCELLED)
    return [
        payment.provider_id
        for payment in queries.of_agreement(session, agreement_id)
        if payment.state in OPEN
        and payment.provider_id
        and (is_over or _asks_too_much(session, agreement, payment))
    ]


def _asks_too_much(session: Session, agreement: Agreement, payment: Payment) -> bool:
    """Whether what it was made for was paid since, or is less by now."""
    if payment.instalment_id is not None:
        state = select(Instalment.state).where(Instalment.id == payment.instalment_id)
        return session.scalar(state) != InstalmentState.OPEN
    if agreement.state != AgreementState.OPEN:
        return False  # money for a broken agreement has its own outcome
    then = queries.local_day(session, payment.debtor_id, payment.created_at)
    return payoff_quote(session, agreement, then).total_cents < payment.amount_cents
