"""Receipts and quitação letters in print.

The fields are those of a regular quitação (CC 320): the amount, the debt, who paid, when and where,
and who gives it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from app.payments.models import Method
from themes import formats
from themes.dress import Brand
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
    is_void: bool = False
    returned_cents: int = 0
    returned_at: datetime | None = None
    """When money of it went back to the payer and was owed again."""


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
    if said.returned_at is not None:
        noted_on = said.returned_at.astimezone(ZoneInfo(time_zone)).date()
        sheet.mark(_no_longer(_, said, formats.day(noted_on, locale), locale))
    sheet.figure(_("Amount received"), amount)
    sheet.paragraph(_statement(_, brand, said, amount))
    sheet.rows(_rows(_, brand, said, time_zone, locale))
    issued = formats.moment(issued_at, time_zone, locale)
    sheet.paragraph(f"{said.place}, {issued}")
    sheet.paragraph(f"{brand.legal_name}\nCNPJ {formats.cnpj(brand.cnpj)}")
    if said.is_simulated:
        sheet.note(_("Simulated payment: no money has moved and this document proves nothing."))
    return sheet.to_bytes()


def _no_longer(gettext: Gettext, said: Facts, day: str, locale: str) -> str:
    """What of it does not hold any more, since money went back."""
    if said.kind == "quitacao":
        sentence = gettext(
            "This letter is no longer valid: a payment of the agreement went back to the payer, as "
            "noted on %(day)s, and the agreement is open again."
        )
    elif said.is_void:
        sentence = gettext(
            "This receipt is no longer valid: the payment went back to the payer, as noted on "
            "%(day)s."
        )
    else:
        sentence = gettext(
            "Of this payment %(returned)s went back to the payer, as noted on %(day)s. The receipt "
            "is valid for %(left)s."
        )
    left = said.amount_cents - said.returned_cents
    return sentence % {
        "day": day,
        "returned": formats.money(said.returned_cents, said.currency, locale),
        "left": formats.money(left, said.currency, locale),
    }


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
