"""What a fact from the provider does: the payment moves on, money is settled once per charge.

Facts arrive late, twice and in any order; the row of the payment is locked, states only advance
(`rules.after`), and a charge that has its settlement changes nothing any more.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.agreements.actions import apply_payment
from app.compliance.tasks import add_task
from app.history.actions import record
from app.jobs import enqueue
from app.payments import jobs, queries, reviewing, rules
from app.payments.facts import Fact
from app.payments.models import Payment, PaymentState, Settlement
from app.payments.receipts import issue
from tenants.clock import now
from tenants.database import new_id
from tenants.resolve import Resolved


def take(session: Session, tenant: Resolved, fact: Fact) -> str | None:
    """Apply a fact to its payment; what came of it, None for a payment that is not ours."""
    payment = _payment_of(session, fact)
    if payment is None:
        return None
    if fact.currency != payment.currency:
        return "another currency"
    settlement = _settle(session, tenant, payment, fact)
    if fact.state != PaymentState.PAID or payment.received_cents:
        payment.state = rules.after(payment.state, fact.state)
    if fact.needs_look and not payment.received_cents:
        enqueue(session, jobs.look, tenant_id=str(tenant.id), payment_id=str(payment.id))
    reviewing.ask(session, payment, settlement or _settlement_of(session, fact), fact)
    session.flush()
    return settlement.outcome if settlement else str(fact.state or "noted")


def _payment_of(session: Session, fact: Fact) -> Payment | None:
    """The payment a fact is about, locked: by our own id in it, else by the provider's."""
    payment_id = fact.payment_id
    if payment_id is None and fact.charge_id:
        payment_id = session.scalar(
            select(Settlement.payment_id).where(Settlement.provider_charge_id == fact.charge_id)
        )
    if payment_id is None and fact.provider_id:
        payment_id = session.scalar(
            select(Payment.id).where(Payment.provider_id == fact.provider_id)
        )
    if payment_id is None:
        return None
    try:
        return queries.payment(session, payment_id, lock=True)
    except LookupError:
        return None


def _settlement_of(session: Session, fact: Fact) -> Settlement | None:
    """What the fact's charge did, where it names one that did something."""
    if not fact.charge_id:
        return None
    return session.scalar(select(Settlement).where(Settlement.provider_charge_id == fact.charge_id))


def _settle(session: Session, tenant: Resolved, payment: Payment, fact: Fact) -> Settlement | None:
    """Put a charge's money where it belongs, unless that was done before."""
    if not fact.charge_id or fact.received_cents <= 0 or _settlement_of(session, fact):
        return None
    at = fact.at or now()
    applied = apply_payment(
        session,
        payment.agreement_id,
        instalment_id=payment.instalment_id,
        received_cents=fact.received_cents,
        at=at,
        quoted_on=queries.local_day(session, payment.debtor_id, payment.created_at),
    )
    settlement = Settlement(
        id=new_id(),
        payment_id=payment.id,
        provider_charge_id=fact.charge_id,
        received_cents=fact.received_cents,
        applied_cents=applied.applied_cents,
        credit_cents=applied.credit_cents,
        outcome=applied.outcome,
        parts={str(part.instalment_id): list(part[1:]) for part in applied.parts},
        received_at=at,
    )
    session.add(settlement)
    payment.received_cents += fact.received_cents
    payment.paid_at = min(payment.paid_at or at, at)
    session.flush()
    _follow(session, tenant, payment, settlement, is_settled=applied.agreement_settled)
    for reversal_id in applied.overtaken:
        enqueue(
            session,
            jobs.notify,
            tenant_id=str(tenant.id),
            reversal_id=str(reversal_id),
            settlement_id=str(settlement.id),
        )
    return settlement


def _follow(
    session: Session,
    tenant: Resolved,
    payment: Payment,
    settlement: Settlement,
    *,
    is_settled: bool,
) -> None:
    """What money sets in motion: history, receipt and letters, the credit's return, clean-up."""
    record(
        session,
        debtor_id=payment.debtor_id,
        kind="payment.received",
        subject_id=payment.id,
        outcome=settlement.outcome,
        received_cents=settlement.received_cents,
        applied_cents=settlement.applied_cents,
        credit_cents=settlement.credit_cents,
    )
    if settlement.credit_cents:
        _owe_back(session, payment, settlement)
    if settlement.applied_cents:
        issue(session, tenant, payment, settlement, is_settled=is_settled)
    enqueue(
        session,
        jobs.withdraw,
        tenant_id=str(tenant.id),
        agreement_id=str(payment.agreement_id),
    )


def _owe_back(session: Session, payment: Payment, settlement: Settlement) -> None:
    """What came beyond what was due is the payer's: somebody gives it back by a date."""
    add_task(
        session,
        debtor_id=payment.debtor_id,
        kind="refund",
        rule=None,
        cause=f"refund:{settlement.id}",
        due_at=settlement.received_at + reviewing.REFUND_WITHIN,
        settlement_id=str(settlement.id),
        amount_cents=settlement.credit_cents,
    )
