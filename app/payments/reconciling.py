"""Nothing is lost when an event or a job is: the provider is asked."""

import uuid
from datetime import timedelta

import structlog
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.agreements.models import Agreement, AgreementState, Instalment, InstalmentState
from app.payments import gateway, queries, rules
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
        if thing.get("object") == "checkout.session" and thing.get("payment_intent"):
            thing = gateway.retrieve(tenant.stripe_account, thing["payment_intent"])
        fact = rules.read_object(thing, now())
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
        with within(tenant) as session:
            apply_event(session, tenant, event_id)
        done += 1
    for payment_id in payments:
        try:
            look_at(tenant, payment_id)
            done += 1
        except PaymentError as error:
            log.warning("payment.not_reconciled", payment_id=str(payment_id), error=str(error))
    return done


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
    open_ids = set(
        session.scalars(
            select(Instalment.id).where(
                Instalment.agreement_id == agreement_id,
                Instalment.state == InstalmentState.OPEN,
            )
        )
    )
    return [
        payment.provider_id
        for payment in queries.of_agreement(session, agreement_id)
        if payment.state in OPEN
        and payment.provider_id
        and (is_over or (payment.instalment_id and payment.instalment_id not in open_ids))
    ]
