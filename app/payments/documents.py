"""Receipts and quitação letters as PDFs, made once and kept sealed.

The fields are those of a regular quitação (CC 320): the amount, the debt, who paid, when and where,
and who gives it.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.agreements.models import Agreement, AgreementDebt, Instalment
from app.debts.models import Debt
from app.payments import queries
from app.payments.models import Method, Payment, Receipt, Settlement
from tenants import files
from tenants.models import StoredFile
from tenants.resolve import Resolved
from themes import brands, formats
from themes.dress import Brand
from themes.models import BrandAsset
from themes.paper import Sheet
from themes.translations import catalogue

Gettext = Callable[[str], str]


def method_name(gettext: Gettext, method: Method) -> str:
    """What people call a method."""
    names = {Method.PIX: "Pix", Method.BOLETO: gettext("Boleto"), Method.CARD: gettext("Card")}
    return names[method]


@dataclass(frozen=True, slots=True)
class Facts:
    """What a receipt says; the same facts make the page and the PDF. Money in cents."""

    number: str
    kind: str
    amount_cents: int
    currency: str
    payer_name: str
    payer_document: str
    agreement_number: str
    instalment_number: int | None
    """None for an early payoff, 0 for the down payment."""
    instalments_count: int
    debts: tuple[tuple[str, str], ...]
    """Product and contract of each debt."""
    method: Method
    paid_at: datetime
    charge_id: str
    place: str
    is_simulated: bool


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
    )


def receipt_file(
    session: Session, tenant: Resolved, receipt_id: uuid.UUID
) -> tuple[StoredFile, bytes]:
    """The PDF of a receipt or letter, made now if it does not exist yet. Raises LookupError."""
    receipt = session.scalar(select(Receipt).where(Receipt.id == receipt_id).with_for_update())
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


def render(
    brand: Brand,
    said: Facts,
    *,
    time_zone: str,
    locale: str,
    issued_at: datetime,
    logo: bytes | None = None,
) -> bytes:
    """The PDF of what is `said`."""
    _: Gettext = catalogue(locale, "payments").gettext
    is_letter = said.kind == "quitacao"
    sheet = Sheet(
        brand,
        locale=locale,
        title=_("Quitação letter") if is_letter else _("Receipt"),
        logo=logo,
    )
    amount = formats.money(said.amount_cents, said.currency, locale)
    sheet.figure(_("Amount received"), amount)
    sheet.paragraph(_statement(_, brand, said, amount))
    sheet.rows(_rows(_, brand, said, time_zone, locale))
    issued = formats.moment(issued_at, time_zone, locale)
    sheet.paragraph(f"{said.place}, {issued}")
    sheet.paragraph(f"{brand.legal_name}\nCNPJ {formats.cnpj(brand.cnpj)}")
    if said.is_simulated:
        sheet.note(_("Simulated payment: no money has moved and this document proves nothing."))
    return sheet.to_bytes()


def _statement(gettext: Gettext, brand: Brand, said: Facts, amount: str) -> str:
    """The sentence that gives quitação."""
    if said.kind == "quitacao":
        sentence = gettext(
            "%(creditor)s declares that %(payer)s, %(document)s, has paid agreement %(agreement)s "
            "in full, and gives full quitação of the debts below: nothing is owed on them any more."
        )
    else:
        sentence = gettext(
            "%(creditor)s has received from %(payer)s, %(document)s, the amount of %(amount)s for "
            "%(what)s of agreement %(agreement)s, and gives quitação of the amount received."
        )
    return sentence % {
        "creditor": brand.legal_name,
        "payer": formats.full_name(said.payer_name),
        "document": _document(said.payer_document),
        "amount": amount,
        "what": _what_for(gettext, said.instalment_number, said.instalments_count),
        "agreement": said.agreement_number,
    }


def _what_for(gettext: Gettext, number: int | None, count: int) -> str:
    """What was paid, as it stands in the sentence above (in Portuguese with its preposition)."""
    if number is None:
        return gettext("all that was still open")
    if number == 0:
        return gettext("the down payment")
    return gettext("instalment %(number)d of %(count)d") % {"number": number, "count": count}


def _rows(
    gettext: Gettext, brand: Brand, said: Facts, time_zone: str, locale: str
) -> list[tuple[str, str]]:
    rows = [
        (gettext("Number"), said.number),
        (
            gettext("Paid by"),
            f"{formats.full_name(said.payer_name)}, {_document(said.payer_document)}",
        ),
        (gettext("Paid on"), formats.moment(said.paid_at, time_zone, locale)),
        (gettext("Paid with"), method_name(gettext, said.method)),
        (gettext("Agreement"), said.agreement_number),
    ]
    rows += [
        (
            gettext("Debt"),
            gettext("%(product)s, contract %(contract)s")
            % {"product": brand.product(product, locale), "contract": contract},
        )
        for product, contract in said.debts
    ]
    return [*rows, (gettext("Transaction"), said.charge_id)]


def _document(text: str) -> str:
    is_person = len(text) == 11
    return f"CPF {formats.cpf(text)}" if is_person else f"CNPJ {formats.cnpj(text)}"


def _debts(session: Session, agreement_id: uuid.UUID) -> tuple[tuple[str, str], ...]:
    rows = session.execute(
        select(Debt.product, Debt.contract)
        .join(AgreementDebt, AgreementDebt.debt_id == Debt.id)
        .where(AgreementDebt.agreement_id == agreement_id)
        .order_by(Debt.contract)
    )
    return tuple((product, contract) for product, contract in rows)


def amount_of(session: Session, receipt: Receipt) -> int:
    """What `receipt` is about, in cents: a letter is about everything applied to its agreement."""
    if receipt.kind != "quitacao":
        return receipt.amount_cents
    applied = session.scalars(
        select(Settlement.applied_cents)
        .join(Payment, Payment.id == Settlement.payment_id)
        .where(Payment.agreement_id == receipt.agreement_id)
    )
    return sum(applied)


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
