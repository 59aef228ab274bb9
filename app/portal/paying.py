"""A payment as a page shows it: the code, until when, to whom; and what became of it."""

import io
import uuid
from dataclasses import dataclass
from datetime import datetime

import segno
from sqlalchemy.orm import Session

from app.agreements import queries as agreements
from app.agreements.models import InstalmentState
from app.config import settings
from app.payments import queries, refunding
from app.payments.models import Payment, PaymentState
from app.payments.queries import GoneBack
from tenants.clock import now
from tenants.resolve import Resolved


@dataclass(frozen=True, slots=True)
class Paying:
    """Amounts in cents. `state` is pending, paid, expired, failed, refunded or created."""

    id: uuid.UUID
    agreement_id: uuid.UUID
    instalment_id: uuid.UUID | None
    method: str
    state: str
    amount_cents: int
    received_cents: int
    expires_at: datetime | None
    pix_code: str | None
    qr: str | None
    boleto_line: str | None
    hosted_url: str | None
    verification_code: str | None
    beneficiary: str
    beneficiary_cnpj: str
    receipt_id: uuid.UUID | None
    quitacao_id: uuid.UUID | None
    outcomes: frozenset[str] = frozenset()
    """What its money did: agreements.rules.Outcome, one per arrival."""
    credit_cents: int = 0
    """What arrived beyond what was due; it is given back."""
    returned_at: datetime | None = None
    """When all of it was given back."""
    back: GoneBack | None = None
    """What of it went back to the payer and was to be paid again."""
    is_open_again: bool = False
    """Whether any of what that had paid is open still."""
    left_cents: int = 0
    """What is still missing of the instalment it was for."""
    twin_url: str | None = None
    """Where a visitor of the demo plays the bank."""


def paying(session: Session, tenant: Resolved, payment: Payment) -> Paying:
    """A payment with the name its money goes to, and its receipts once it arrived."""
    to = queries.beneficiary(session, tenant)
    is_paid = payment.state in (PaymentState.PAID, PaymentState.REFUNDED)
    receipts = queries.receipts_of_payment(session, payment.id) if is_paid else []
    letters = queries.receipts_of(session, payment.agreement_id) if is_paid else []
    arrived = queries.settlements_of(session, payment.id) if is_paid else []
    return Paying(
        id=payment.id,
        agreement_id=payment.agreement_id,
        instalment_id=payment.instalment_id,
        method=payment.method,
        state=state_of(payment),
        amount_cents=payment.amount_cents,
        received_cents=payment.received_cents,
        expires_at=payment.expires_at,
        pix_code=payment.pix_code,
        qr=qr_of(payment.pix_code) if payment.pix_code else None,
        boleto_line=payment.boleto_line,
        hosted_url=payment.hosted_url,
        verification_code=payment.verification_code,
        beneficiary=to.legal_name,
        beneficiary_cnpj=to.cnpj,
        receipt_id=next((one.id for one in receipts if one.kind == "receipt"), None),
        quitacao_id=next(
            (one.id for one in letters if one.kind == "quitacao" and not one.is_void), None
        ),
        outcomes=frozenset(one.outcome for one in arrived),
        credit_cents=sum(one.credit_cents for one in arrived),
        returned_at=refunding.returned_at(session, arrived),
        back=queries.gone_back(session, payment.agreement_id, payment_id=payment.id)
        if is_paid
        else None,
        is_open_again=is_paid and _is_open_again(session, payment),
        left_cents=_left(session, payment) if is_paid else 0,
        twin_url=settings().stripe_api_base,
    )


def _is_open_again(session: Session, payment: Payment) -> bool:
    rows = agreements.instalments_of(session, payment.agreement_id)
    waits = [row.id for row in rows if row.state == InstalmentState.OPEN]
    found = queries.gone_back(session, payment.agreement_id, payment_id=payment.id, of=waits)
    return found is not None


def _left(session: Session, payment: Payment) -> int:
    rows = agreements.instalments_of(session, payment.agreement_id)
    return sum(
        row.amount_cents - row.paid_cents
        for row in rows
        if row.id == payment.instalment_id and row.state == InstalmentState.OPEN
    )


def state_of(payment: Payment) -> str:
    """Its state; one whose time has passed is expired even before the provider says so."""
    waits = payment.state in (PaymentState.CREATED, PaymentState.PENDING)
    if waits and payment.expires_at is not None and payment.expires_at < now():
        return PaymentState.EXPIRED
    return payment.state


def qr_of(code: str) -> str:
    """A QR code as inline SVG: dark on white in every mode, so that any camera reads it."""
    out = io.BytesIO()
    segno.make(code, error="m", micro=False).save(
        out,
        kind="svg",
        xmldecl=False,
        svgns=False,
        border=4,
        light="#fff",
        dark="#000",
        omitsize=True,
        svgclass=None,
        lineclass=None,
    )
    return out.getvalue().decode()
