"""Receipts and the quitação letter: numbered rows now, their PDFs and messages by a job.

Whoever pays has a right to a regular quitação (CC 319, 320); the creditor has five business days to
take a paid debt off the bureaus (STJ, Súmula 548; BR-22) and, by our own rule, to hand out the
letter (BR-23). On an agreement in instalments the bureau's clock starts with the first payment.
"""

from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.agreements.models import NumberSeries
from app.compliance.deadlines import bureau_removal_by, quitacao_by
from app.compliance.queries import policy_in_force
from app.compliance.tasks import add_task
from app.debts.models import Debtor
from app.jobs import enqueue
from app.payments import jobs
from app.payments.models import Payment, Receipt, Settlement
from tenants.clock import now
from tenants.database import new_id
from tenants.resolve import Resolved

LETTERS = {"receipt": "R", "quitacao": "Q"}


def issue(
    session: Session,
    tenant: Resolved,
    payment: Payment,
    settlement: Settlement,
    *,
    is_settled: bool,
) -> None:
    """Number a receipt for a settlement, and the letter when it settled the agreement."""
    _row(session, tenant, payment, settlement, "receipt", settlement.applied_cents)
    if is_settled:
        _row(session, tenant, payment, settlement, "quitacao", settlement.applied_cents)
    _deadlines(session, tenant, payment, settlement, is_settled=is_settled)
    enqueue(session, jobs.acknowledge, tenant_id=str(tenant.id), settlement_id=str(settlement.id))


def _row(
    session: Session,
    tenant: Resolved,
    payment: Payment,
    settlement: Settlement,
    kind: str,
    amount_cents: int,
) -> None:
    cause = f"{kind}:{settlement.id}"
    if session.scalar(select(Receipt.id).where(Receipt.cause == cause)) is not None:
        return
    session.add(
        Receipt(
            number=_number(session, tenant, LETTERS[kind]),
            kind=kind,
            cause=cause,
            agreement_id=payment.agreement_id,
            settlement_id=settlement.id,
            amount_cents=amount_cents,
            issued_at=now(),
        )
    )
    session.flush()


def _number(session: Session, tenant: Resolved, letter: str) -> str:
    """The next number of the tenant's series of the year: R-2026-000123."""
    year = now().astimezone(ZoneInfo(tenant.time_zone)).year
    statement = insert(NumberSeries).values(
        tenant_id=tenant.id, id=new_id(), series=f"{letter}-{year}", last=1
    )
    last = session.scalar(
        statement.on_conflict_do_update(
            index_elements=["tenant_id", "series"], set_={"last": NumberSeries.last + 1}
        ).returning(NumberSeries.last)
    )
    return f"{letter}-{year}-{last:06d}"


def _deadlines(
    session: Session,
    tenant: Resolved,
    payment: Payment,
    settlement: Settlement,
    *,
    is_settled: bool,
) -> None:
    uf = session.scalar(select(Debtor.uf).where(Debtor.id == payment.debtor_id))
    when = (settlement.received_at, tenant.time_zone, uf, policy_in_force(session))
    # An agreement that was open again and is settled anew has a letter, and a deadline, of its own.
    wanted = [("bureau_removal", "BR-22", payment.agreement_id, bureau_removal_by(*when))]
    if is_settled:
        wanted.append(("quitacao", "BR-23", settlement.id, quitacao_by(*when)))
    for kind, rule, about, due_at in wanted:
        add_task(
            session,
            debtor_id=payment.debtor_id,
            kind=kind,
            rule=rule,
            cause=f"{kind}:{about}",
            due_at=due_at,
            agreement_id=str(payment.agreement_id),
            settlement_id=str(settlement.id),
        )
