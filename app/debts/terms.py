"""The creditor's terms for charges on arrears: read from data, held to the legal limits.

Limits: rules BR-17 and BR-18 of the contact and offer policy. Fine at most 2% of what is owed
(CDC art. 52 §1), arrears interest at most 1% a month, no fee for a boleto or a contact; only a
financial institution may go on charging the contract's own rate (Resolução CMN 4.882), and all
charges on a card stay within the original debt (Lei 14.690/2023, applied here to every contract
date). Where no interest was agreed, the legal rate stands: Selic less IPCA, never below zero, plus
IPCA (Lei 14.905/2024); before that law its sum is at most the Selic of the older cases.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, Final

from themes.checks import ONE_OF, Problem
from themes.tables import NOT_A_TABLE, UNKNOWN
from themes.tomlfile import Fault, FileInvalid

PARTS: Final = 100_000_000
"""Rates are kept as whole parts of this: 0.01 is 1,000,000."""
FIRST_YEAR, LAST_YEAR = 1990, 2100
MOST_CONTRACT_RATE = Decimal("0.20")
"""A month. No law caps a bank's contract rate; beyond this it is a typing error."""
MOST_INDEX_RATE = Decimal("0.10")


class CreditorType(StrEnum):
    """Who lends decides what may be charged."""

    BANK = "bank"
    RETAIL = "retail"
    UTILITY = "utility"
    """Telecoms, power, water."""
    SERVICES = "services"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a creditor type may charge at most. Fractions; interest a month."""

    fine: Decimal
    interest_per_month: Decimal
    contract_rate: Decimal
    source: str


_COMMON = (Decimal("0.02"), Decimal("0.01"))
LIMITS: Final[dict[CreditorType, Limits]] = {
    CreditorType.BANK: Limits(*_COMMON, MOST_CONTRACT_RATE, "BR-17; CMN 4.882"),
    CreditorType.RETAIL: Limits(*_COMMON, Decimal(0), "BR-17; CDC 52"),
    CreditorType.UTILITY: Limits(*_COMMON, Decimal(0), "BR-17; CDC 52"),
    CreditorType.SERVICES: Limits(*_COMMON, Decimal(0), "BR-17; CDC 52"),
}
Errors = dict[str, Problem]
RATE: Final = 'A rate is a text such as "0.02", with at most eight decimals.'
LIMIT: Final = "From %(least)s to %(most)s (%(source)s)."
BANKS: Final = "Only a bank may charge this (%(source)s)."
YES_NO: Final = "This is true or false, without quotation marks."
FEE: Final = "No fee may be charged for a boleto or a contact (BR-17)."
NO_INDEX: Final = "The rates of %(names)s are missing under [indices]."
MONTH: Final = 'A month is written "2026-03", from %(first)s to %(last)s.'
CARD_CEILING: Final = Decimal(1)
"""All charges on a card, as a share of the original debt."""


@dataclass(frozen=True, slots=True)
class ProductTerms:
    """Terms of one product. Rates in PARTS; None for interest that was never agreed."""

    fine: int
    interest_per_month: int | None
    contract_rate_per_month: int
    index: str | None
    is_card: bool


@dataclass(frozen=True, slots=True)
class Terms:
    """A creditor's terms."""

    creditor_type: CreditorType
    common: ProductTerms
    products: Mapping[str, ProductTerms] = field(default_factory=dict)
    """By casefolded product name, where they differ."""
    indices: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """Name → "2026-03" → rate of that month in PARTS. A month without a rate counts zero."""

    def for_product(self, product: str) -> ProductTerms:
        """The terms of a product."""
        return self.products.get(product.casefold(), self.common)


MILD: Final = Terms(
    CreditorType.SERVICES,
    ProductTerms(0, 0, 0, None, is_card=False),
)
"""A creditor that set no terms charges nothing beyond the principal."""

_PRODUCT_KEYS: Final = (
    "fine", "interest_per_month", "contract_rate_per_month", "index", "card",
)  # fmt: skip
_KEYS: Final = ("creditor_type", *_PRODUCT_KEYS[:-1], "products", "indices")
_REFUSED_FEES: Final = ("boleto_fee", "contact_fee", "collection_fee", "fee")
UNAGREED: Final = "unagreed"
"""As interest: none was agreed, the legal rate stands."""


def from_data(data: Mapping[str, Any]) -> Terms:
    """Terms from parsed TOML or JSON. Raises FileInvalid, naming every key that is wrong.

    Rates are texts or whole numbers, never floats: "0.02" is 2%.
    """
    errors: Errors = {}
    _unknown(data, _KEYS, "", errors)
    try:
        creditor = CreditorType(str(data.get("creditor_type", "")))
    except ValueError:
        errors["creditor_type"] = (ONE_OF, {"choices": ", ".join(CreditorType)})
        raise _invalid(errors) from None
    indices = _indices(data.get("indices", {}), errors)
    common = _product(data, creditor, indices, "", errors)
    products = {}
    for name, body in _table(data.get("products", {}), "products", errors).items():
        prefix = f"products.{name}."
        own = _table(body, prefix.rstrip("."), errors)
        _unknown(own, _PRODUCT_KEYS, prefix, errors)
        inherited = {key: data[key] for key in _PRODUCT_KEYS if key in data} | dict(own)
        found: Errors = {}
        products[name.casefold()] = _product(inherited, creditor, indices, prefix, found)
        # What is inherited was already said of the creditor's own terms.
        errors |= {key: told for key, told in found.items() if key.removeprefix(prefix) in own}
    if errors:
        raise _invalid(errors)
    return Terms(creditor, common, products, indices)


def _invalid(errors: Errors) -> FileInvalid:
    return FileInvalid(Fault(key, (problem,)) for key, problem in errors.items())


def _unknown(data: Mapping[str, Any], known: tuple[str, ...], prefix: str, errors: Errors) -> None:
    for key in data:
        if key in _REFUSED_FEES:
            errors[prefix + key] = (FEE, {})
        elif key not in known:
            errors[prefix + key] = (UNKNOWN, {"fields": ", ".join(known)})


def _table(value: Any, key: str, errors: Errors) -> Mapping[str, Any]:
    if isinstance(value, Mapping):
        return value
    errors[key] = (NOT_A_TABLE, {})
    return {}


def _product(
    data: Mapping[str, Any],
    creditor: CreditorType,
    indices: Mapping[str, Mapping[str, int]],
    prefix: str,
    errors: Errors,
) -> ProductTerms:
    limits = LIMITS[creditor]

    def rate(key: str, most: Decimal) -> int:
        return _rate(data.get(key, "0"), prefix + key, Decimal(0), most, limits.source, errors)

    unagreed = data.get("interest_per_month") == UNAGREED
    index, card = data.get("index"), data.get("card", False)
    if index is not None and (not isinstance(index, str) or index not in indices):
        errors[prefix + "index"] = (NO_INDEX, {"names": str(index)})
    if not isinstance(card, bool):
        errors[prefix + "card"] = (YES_NO, {})
    if unagreed and not {"SELIC", "IPCA"} <= indices.keys():
        errors[prefix + "interest_per_month"] = (NO_INDEX, {"names": "SELIC, IPCA"})
    return ProductTerms(
        fine=rate("fine", limits.fine),
        interest_per_month=None
        if unagreed
        else rate("interest_per_month", limits.interest_per_month),
        contract_rate_per_month=rate("contract_rate_per_month", limits.contract_rate),
        index=index,
        is_card=card is True,
    )


def _rate(
    value: Any,
    key: str,
    least: Decimal,
    most: Decimal,
    source: str,
    errors: Errors,
) -> int:
    try:
        if isinstance(value, (float, bool)):
            raise InvalidOperation
        number = Decimal(str(value))
        parts = number * PARTS
        if not number.is_finite() or parts != parts.to_integral_value():
            raise InvalidOperation
    except InvalidOperation:
        errors[key] = (RATE, {})
        return 0
    if number > most == 0:
        errors[key] = (BANKS, {"source": source})
        return 0
    if not least <= number <= most:
        errors[key] = (LIMIT, {"least": f"{least:f}", "most": f"{most:f}", "source": source})
        return 0
    return int(parts)


def _indices(value: Any, errors: Errors) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for name, months in _table(value, "indices", errors).items():
        rates = found.setdefault(name, {})
        for month, rate in _table(months, f"indices.{name}", errors).items():
            key = f"indices.{name}.{month}"
            if not _is_month(month):
                errors[key] = (MONTH, {"first": FIRST_YEAR, "last": LAST_YEAR})
                continue
            rates[month] = _rate(rate, key, -MOST_INDEX_RATE, MOST_INDEX_RATE, name, errors)
    return found


def _is_month(text: str) -> bool:
    year, _, month = text.partition("-")
    return (
        len(year) == 4
        and len(month) == 2
        and year.isdecimal()
        and month.isdecimal()
        and FIRST_YEAR <= int(year) <= LAST_YEAR
        and 1 <= int(month) <= 12
    )
