"""Receipts and quitação letters: what they say, and their PDFs, made once and kept sealed."""

import uuid

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.agreements.models import Agreement, AgreementDebt, Instalment
from app.debts.models import Debt
from app.payments import queries
from app.payments.models import Method, Payment, Receipt, Reversal, Settlement
from app.payments.printing import Facts, render
from tenants import files
from tenants.models import StoredFile
from tenants.resolve import Resolved
from themes import brands
from themes.dress import Brand
from themes.models import BrandAsset


def facts(session: Session, receipt: Receipt) -> Facts:
    """Gather what `receipt` says. Raises LookupError."""
    settlement = session.scalar(select(Settlement).where(Settlement.id == receipt.settlement_id))
    if settlement is None:
        raise LookupError("a receipt rests on a settlement")
    payment = queries.payment(session, settlement.payment_id)
    agreement = session.scalar(select(Agreement).where(Agreement.id == receipt.agreement_id))
    assert agreement is not None
    person = queries.known_payer(session, payment.debtor_id)
    numbers = dict(
        session.execute(
            select(Instalment.id, Instalment.number).where(Instalment.agreement_id == agreement.id)
        ).all()
    )
    return Facts(
        number=receipt.number,
        kind=receipt.kind,
        amount_cents=amount_of(session, receipt),
        currency=payment.currency,
        payer_name=person.name,
        payer_document=person.document,
        agreement_number=agreement.number,
        instalment_number=numbers.get(payment.instalment_id) if payment.instalment_id else None,
        instalments_count=sum(1 for number in numbers.values() if number > 0),
        debts=_debts(session, agreement.id),
        method=Method(payment.method),
        paid_at=settlement.received_at,
        charge_id=settlement.provider_charge_id,
        place=_brand(session, agreement).address_parts.city,
        is_simulated=payment.is_simulated,
        is_void=receipt.is_void,
        returned_cents=receipt.returned_cents,
        returned_at=receipt.returned_at,
    )


def receipt_file(
    session: Session, tenant: Resolved, receipt_id: uuid.UUID
) -> tuple[StoredFile, bytes]:
    """The PDF of a receipt or letter, made now if it does not exist yet. Raises LookupError.

    It says what is true now, also where the caller had read the receipt before.
    """
    receipt = session.scalar(
        select(Receipt)
        .where(Receipt.id == receipt_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if receipt is None:
        raise LookupError("no such receipt")
    if receipt.file_id is None:
        agreement = session.scalar(select(Agreement).where(Agreement.id == receipt.agreement_id))
        assert agreement is not None
        brand = _brand(session, agreement)
        content = render(
            brand,
            facts(session, receipt),
            time_zone=tenant.time_zone,
            locale=agreement.locale,
            issued_at=receipt.issued_at,
            logo=_logo(session, brand),
        )
        stored = files.save(
            session,
            name=f"{receipt.number}.pdf",
            content_type="application/pdf",
            content=content,
        )
        receipt.file_id = stored.id
        session.flush()
        return stored, content
    return files.read(session, receipt.file_id)


def _debts(session: Session, agreement_id: uuid.UUID) -> tuple[tuple[str, str], ...]:
    rows = session.execute(
        select(Debt.product, Debt.contract)
        .join(AgreementDebt, AgreementDebt.debt_id == Debt.id)
        .where(AgreementDebt.agreement_id == agreement_id)
        .order_by(Debt.contract)
    )
    return tuple((product, contract) for product, contract in rows)


def amount_of(session: Session, receipt: Receipt) -> int:
    """What `receipt` is about, in cents: a letter is about everything that its agreement
    had been paid, and had still, when it was issued."""
    if receipt.kind != "quitacao" or receipt.settlement_id is None:
        return receipt.amount_cents
    arrived = (
        select(Settlement.id)
        .join(Payment, Payment.id == Settlement.payment_id)
        .where(Payment.agreement_id == receipt.agreement_id, Settlement.id <= receipt.settlement_id)
    )
    applied = session.scalar(
        select(func.sum(Settlement.applied_cents)).where(Settlement.id.in_(arrived))
    )
    reversed_before = session.scalar(
        select(func.sum(Reversal.reversed_cents)).where(
            Reversal.settlement_id.in_(arrived), Reversal.decided_at <= receipt.issued_at
        )
    )
    return int(applied or 0) - int(reversed_before or 0)


def _brand(session: Session, agreement: Agreement) -> Brand:
    return brands.load(session, agreement.brand_version_id)


def _logo(session: Session, brand: Brand) -> bytes | None:
    asset = brand.assets.get("logo_light")
    if asset is None:
        return None
    return session.scalar(
        select(BrandAsset.content).where(
            BrandAsset.brand_version_id == brand.version_id, BrandAsset.role == "logo_light"
        )
    )
