"""What pages and documents ask about payments."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, true
from sqlalchemy.orm import Session

from app.agreements.rules import Outcome
from app.debts import queries as debts
from app.debts.models import ContactKind, Debtor
from app.payments.models import Method, Payment, PaymentState, Receipt, Reversal, Settlement
from app.payments.payer import Payer
from app.payments.rules import LIMITS
from tenants.keys import vault
from tenants.resolve import Resolved
from themes import brands
from themes.dress import Brand


@dataclass(frozen=True, slots=True)
class Beneficiary:
    """Who is paid, to compare with what the bank's app shows. `cnpj` is unformatted."""

    name: str
    legal_name: str
    cnpj: str

    @property
    def names(self) -> tuple[str, ...]:
        """The names under which the creditor is paid."""
        return (self.name, self.legal_name)


def payment(
    session: Session, payment_id: uuid.UUID, *, lock: bool = False, refresh: bool = False
) -> Payment:
    """One payment, if asked locked for this transaction. Raises LookupError."""
    statement = select(Payment).where(Payment.id == payment_id)
    if lock:
        statement = statement.with_for_update()
    found = session.scalar(statement.execution_options(populate_existing=lock or refresh))
    if found is None:
        raise LookupError("no such payment")
    return found


def of_agreement(session: Session, agreement_id: uuid.UUID) -> list[Payment]:
    """The payments of an agreement, the newest first."""
    return list(
        session.scalars(
            select(Payment)
            .where(Payment.agreement_id == agreement_id)
            .order_by(Payment.created_at.desc(), Payment.id.desc())
        )
    )


def settlements_of(session: Session, payment_id: uuid.UUID) -> list[Settlement]:
    """What a payment's money did, the oldest first."""
    return list(
        session.scalars(
            select(Settlement).where(Settlement.payment_id == payment_id).order_by(Settlement.id)
        )
    )


def paid_after_the_end(session: Session, agreement_id: uuid.UUID) -> int:
    """Cents that came when an agreement had ended, and lowered what is owed on its debts."""
    found = session.scalar(
        select(func.sum(Settlement.applied_cents))
        .join(Payment, Payment.id == Settlement.payment_id)
        .where(Payment.agreement_id == agreement_id, Settlement.outcome == Outcome.ON_BROKEN)
    )
    return int(found or 0)


@dataclass(frozen=True, slots=True)
class GoneBack:
    """Money that went back to the payer and is to be paid again."""

    cents: int
    at: datetime
    """When that was decided."""


def gone_back(
    session: Session,
    agreement_id: uuid.UUID,
    *,
    payment_id: uuid.UUID | None = None,
    of: Collection[uuid.UUID] | None = None,
) -> GoneBack | None:
    """What was taken off an agreement again, all together; only of a payment, or only what these
    instalments had, where they are named."""
    rows = session.execute(
        select(Reversal.parts, Reversal.decided_at)
        .join(Settlement, Settlement.id == Reversal.settlement_id)
        .join(Payment, Payment.id == Settlement.payment_id)
        .where(
            Payment.agreement_id == agreement_id,
            Payment.id == payment_id if payment_id else true(),
        )
    )
    parts = [
        (cents, row.decided_at)
        for row in rows
        for instalment, (cents, _) in row.parts.items()
        if of is None or uuid.UUID(instalment) in of
    ]
    return GoneBack(sum(cents for cents, _ in parts), max(at for _, at in parts)) if parts else None


def receipt(session: Session, receipt_id: uuid.UUID) -> Receipt:
    """One receipt or quitação letter. Raises LookupError."""
    found = session.scalar(select(Receipt).where(Receipt.id == receipt_id))
    if found is None:
        raise LookupError("no such receipt")
    return found


def receipts_of(session: Session, agreement_id: uuid.UUID) -> list[Receipt]:
    """The receipts of an agreement and its quitação letter, the newest first."""
    return list(
        session.scalars(
            select(Receipt)
            .where(Receipt.agreement_id == agreement_id)
            .order_by(Receipt.issued_at.desc(), Receipt.id.desc())
        )
    )


def receipts_of_payment(session: Session, payment_id: uuid.UUID) -> list[Receipt]:
    """The receipts that a payment's settlements made."""
    return list(
        session.scalars(
            select(Receipt)
            .join(Settlement, Settlement.id == Receipt.settlement_id)
            .where(Settlement.payment_id == payment_id)
            .order_by(Receipt.id)
        )
    )


def by_verification_code(session: Session, code: str) -> Payment | None:
    """The payment a person asks about on the authenticity page, by the code printed beside it."""
    wanted = "".join(character for character in code.upper() if character.isalnum())
    return session.scalar(select(Payment).where(Payment.verification_code == wanted).limit(1))


def methods(tenant: Resolved, amount_cents: int) -> tuple[Method, ...]:
    """The methods that take this amount for this creditor, the quickest first."""
    if tenant.stripe_account is None:
        return ()
    return tuple(method for method, (low, high) in LIMITS.items() if low <= amount_cents <= high)


def beneficiary(session: Session, tenant: Resolved) -> Beneficiary:
    """The creditor as the one who is paid."""
    dress = brand(session)
    if dress is None:
        return Beneficiary(tenant.name, tenant.name, "")
    return Beneficiary(dress.name, dress.legal_name, dress.cnpj)


def brand(session: Session) -> Brand | None:
    """The published brand, or None for a creditor who has none yet."""
    try:
        return brands.published(session)
    except LookupError:
        return None


def known_payer(session: Session, debtor_id: uuid.UUID) -> Payer:
    """What is on file about a payer: the portfolio's facts and what they told us last time.

    Raises LookupError.
    """
    known = debts.person(session, debtor_id)
    emails = (
        contact.address
        for contact in debts.contacts_of(session, debtor_id)
        if contact.kind == ContactKind.EMAIL
    )
    on_file = Payer(
        name=known.name,
        document=known.document,
        email=next(emails, ""),
        state=known.uf or "",
    )
    last = session.scalar(
        select(Payment.payer)
        .where(Payment.debtor_id == debtor_id, Payment.payer.is_not(None))
        .order_by(Payment.created_at.desc())
        .limit(1)
    )
    return on_file.over(Payer.from_json(vault(session).text(last, "payer"))) if last else on_file


def local_day(session: Session, debtor_id: uuid.UUID, moment: datetime) -> date:
    """The date of `moment` where the person is."""
    zone = session.scalar(select(Debtor.time_zone).where(Debtor.id == debtor_id))
    return moment.astimezone(ZoneInfo(zone or "UTC")).date()


def is_open(found: Payment) -> bool:
    """Whether it can still be paid as far as we know."""
    return found.state in (PaymentState.CREATED, PaymentState.PENDING)
