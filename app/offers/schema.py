"""A creditor's offer rules, from a TOML file or JSON to typed values; errors name the field."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from app.offers import price
from app.offers.terms import FINE_PPM, MILLION

FINANCIAL = "bank"
"""The creditor type of app.debts.rules whose rates no usury law limits."""
MOST_INSTALMENTS = 60
"""A plan of five years: the longest that Lei 14.181 knows."""
NON_FINANCIAL_MONTHLY_PPM = 10_000
"""1% a month: what a creditor that is no financial institution may ask (Decreto 22.626; BR-17)."""


class RulesInvalid(ValueError):
    """The rules break the format or the law. `errors`: dotted field → what is wrong."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__("; ".join(f"{field}: {text}" for field, text in errors.items()))
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Band:
    """For which debts, and how far. The first band that fits a debt is its own."""

    name: str
    days_past_due: tuple[int, int]
    amount_cents: tuple[int, int]
    """Of principal, both ends included."""
    products: tuple[str, ...]
    """Casefolded; empty: any."""
    principal_discount: int
    charges_discount: int
    opening: int
    keep: int
    longest: int
    opening_longest: int
    """Up to how many instalments an offer goes before anything was conceded (≤ longest)."""
    min_instalment_cents: int
    min_down_payment: int
    monthly_rate: int
    comfortable_instalment_cents: int


@dataclass(frozen=True, slots=True)
class Rules:
    """A creditor's offer rules; fractions are parts per million."""

    bands: tuple[Band, ...]
    due_days: tuple[int, ...]
    validity_days: int
    first_payment_days: int
    first_instalment_days: int
    grace_days: int
    due_date_changes: int
    due_date_change_days: int
    card_products: frozenset[str]
    card_cap: int
    """Share of a card debt's principal that charges and interest together never pass (BR-18)."""
    fine_most: int = FINE_PPM
    """The most that a fine on arrears may be (BR-17)."""
    agent_authority: int = 0
    """The share of the maximum discount up to which a person of the creditor's may go."""
    mora_monthly: int | None = None
    """The most that interest on arrears may be (BR-17); None for a financial institution."""


def parse(data: Mapping[str, Any], *, creditor_type: str = FINANCIAL) -> Rules:
    """Typed rules. Raises RulesInvalid naming each wrong field, e.g. `bands.2.monthly_rate`."""
    try:
        rules: Rules = RulesSchema().load(dict(data))
    except ValidationError as wrong:
        raise RulesInvalid(dict(_flatten(wrong.messages))) from wrong
    if creditor_type == FINANCIAL:
        return rules
    _refuse_usury(rules)
    return replace(rules, mora_monthly=NON_FINANCIAL_MONTHLY_PPM)


def parse_toml(source: bytes) -> dict[str, Any]:
    """Rules as written, to be given to `parse`. Raises RulesInvalid for what is no TOML."""
    try:
        return tomllib.loads(source.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise RulesInvalid({"file": str(wrong)}) from wrong


def _refuse_usury(rules: Rules) -> None:
    errors = {
        f"bands.{index}.monthly_rate": "more than 1% a month is for banks alone (BR-17)"
        for index, band in enumerate(rules.bands)
        if band.monthly_rate > NON_FINANCIAL_MONTHLY_PPM
    }
    if errors:
        raise RulesInvalid(errors)


def _flatten(messages: Any, path: str = "") -> list[tuple[str, str]]:
    if isinstance(messages, dict):
        found = []
        for key, inner in messages.items():
            name = f"{path}.{key}".strip(".") if key != "_schema" else path or "rules"
            found += _flatten(inner, name)
        return found
    return [(path, " ".join(str(message) for message in messages))]


class Fraction(fields.Field[int]):
    """A fraction 0…1 (text keeps it exact), loaded as parts per million."""

    def __init__(self, *, most: str = "1", **options: Any) -> None:
        super().__init__(**options)
        self._most = price.parts_per_million(most)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise ValidationError("A fraction, such as 0.25.")
        try:
            ppm = price.parts_per_million(value)
        except (ValueError, ArithmeticError) as wrong:
            raise ValidationError("A fraction with at most six decimals, such as 0.25.") from wrong
        if not 0 <= ppm <= self._most:
            raise ValidationError(f"Between 0 and {price.fraction(self._most)}.")
        return ppm


class Span(fields.Field[tuple[int, int]]):
    """[from, to], both included; [from] has no end."""

    def __init__(self, *, end: int, **options: Any) -> None:
        super().__init__(**options)
        self._end = end

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> tuple[int, int]:
        whole = isinstance(value, list) and all(type(number) is int for number in value)
        if not whole or len(value) not in (1, 2):
            raise ValidationError("A list of whole numbers: [from, to], or [from] without an end.")
        first, last = value[0], value[-1] if len(value) == 2 else self._end
        if not 0 <= first <= last <= self._end:
            raise ValidationError(f"From 0, in order, up to {self._end}.")
        return first, last


def _whole(least: int, most: int, **options: Any) -> fields.Integer:
    return fields.Integer(strict=True, validate=validate.Range(least, most), **options)


class BandSchema(Schema):
    """One band of the rules."""

    name = fields.String(required=True, validate=validate.Length(1, 60))
    days_past_due = Span(end=36_500, required=True)
    amount_cents = Span(end=price.LARGEST_CENTS, load_default=(0, price.LARGEST_CENTS))
    products = fields.List(fields.String(), load_default=list)
    principal_discount = Fraction(required=True)
    charges_discount = Fraction(required=True)
    opening = Fraction(load_default=MILLION)
    keep = Fraction(load_default=MILLION)
    longest = _whole(1, MOST_INSTALMENTS, required=True)
    opening_longest = _whole(1, MOST_INSTALMENTS, load_default=MOST_INSTALMENTS)
    min_instalment_cents = _whole(1, price.LARGEST_CENTS, load_default=1)
    min_down_payment = Fraction(most="0.9", load_default=0)
    monthly_rate = Fraction(most="0.1", load_default=0)
    comfortable_instalment_cents = _whole(1, price.LARGEST_CENTS, load_default=15_000)

    @post_load
    def typed(self, data: dict[str, Any], **_: Any) -> Band:
        """The band as a value."""
        return Band(
            **{
                **data,
                "products": tuple(p.casefold() for p in data["products"]),
                "opening_longest": min(data["opening_longest"], data["longest"]),
            }
        )


class RulesSchema(Schema):
    """The file: what holds for every plan, then the bands."""

    bands = fields.List(fields.Nested(BandSchema), required=True, validate=validate.Length(1, 200))
    due_days = fields.List(_whole(1, 28), required=True, validate=validate.Length(1, 28))
    validity_days = _whole(1, 90, required=True)
    first_payment_days = _whole(0, 30, load_default=3)
    first_instalment_days = _whole(1, 60, load_default=20)
    grace_days = _whole(5, 60, load_default=10)
    due_date_changes = _whole(0, 12, load_default=1)
    due_date_change_days = _whole(1, 31, load_default=15)
    card_products = fields.List(fields.String(), load_default=list)
    card_cap = Fraction(load_default=MILLION)
    agent_authority = Fraction(load_default=0)

    @validates_schema
    def names_differ(self, data: dict[str, Any], **_: Any) -> None:
        """Two bands of one name could not be told apart in a reason."""
        names = [band.name for band in data.get("bands", [])]
        if len(set(names)) < len(names):
            raise ValidationError("Every band has a name of its own.", "bands")

    @post_load
    def typed(self, data: dict[str, Any], **_: Any) -> Rules:
        """The rules as a value."""
        return Rules(
            **{
                **data,
                "bands": tuple(data["bands"]),
                "due_days": tuple(sorted(set(data["due_days"]))),
                "card_products": frozenset(p.casefold() for p in data["card_products"]),
            }
        )
