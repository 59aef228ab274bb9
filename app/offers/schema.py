"""A creditor's offer rules, from TOML or JSON to typed values; errors name the field."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from marshmallow import ValidationError, post_load, validates_schema

from app.offers import price
from app.offers.terms import FINE_PPM, MILLION
from themes.checks import Problem, written
from themes.tables import Kind, Table, Whole, listed, table, text
from themes.tomlfile import Fault, FileInvalid, checked

FINANCIAL = "bank"
"""The creditor type of app.debts.rules whose rates no usury law limits."""
MOST_INSTALMENTS = 60
"""A plan of five years: the longest that Lei 14.181 knows."""
NON_FINANCIAL_MONTHLY_PPM = 10_000
"""1% a month: what a creditor that is no financial institution may ask (Decreto 22.626; BR-17)."""
USURY = "Only a bank may ask more than 0.01 a month (Decreto 22.626; BR-17)."
FRACTION = "A fraction from 0 to %(most)s, with at most six decimals, such as 0.05."
SAME_NAME = "Several bands are called %(names)s: each has a name of its own."


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
    """Typed rules. Raises FileInvalid naming each wrong field, e.g. `bands[2].monthly_rate`."""
    if not isinstance(data, Mapping):
        raise ValueError("rules: names with their values are needed")
    rules: Rules = checked(RulesSchema(), data)
    if creditor_type == FINANCIAL:
        return rules
    _refuse_usury(rules)
    return replace(rules, mora_monthly=NON_FINANCIAL_MONTHLY_PPM)


def _refuse_usury(rules: Rules) -> None:
    faults = [
        Fault(f"bands[{index}].monthly_rate", ((USURY, {}),), band.name)
        for index, band in enumerate(rules.bands)
        if band.monthly_rate > NON_FINANCIAL_MONTHLY_PPM
    ]
    if faults:
        raise FileInvalid(faults)


class Fraction(Kind[int]):
    """A fraction 0…1 (text keeps it exact), loaded as parts per million."""

    def __init__(self, *, most: str = "1", **options: Any) -> None:
        super().__init__((FRACTION, {"most": most}), **options)
        self._most = price.parts_per_million(most)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise self.make_error("invalid")
        try:
            ppm = price.parts_per_million(value)
        except (ValueError, ArithmeticError) as wrong:
            raise self.make_error("invalid") from wrong
        if not 0 <= ppm <= self._most:
            raise self.make_error("invalid")
        return ppm


class Span(Kind[tuple[int, int]]):
    """[from, to], both included; [from] has no end."""

    def __init__(self, *, end: int, **options: Any) -> None:
        takes = (
            "Two whole numbers in order, from 0 to %(most)s, such as [1, 60];"
            " [61] alone has no end."
        )
        super().__init__((takes, {"most": written(end)}), **options)
        self._end = end

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> tuple[int, int]:
        whole = isinstance(value, list) and all(type(number) is int for number in value)
        if not whole or len(value) not in (1, 2):
            raise self.make_error("invalid")
        first, last = value[0], value[-1] if len(value) == 2 else self._end
        if not 0 <= first <= last <= self._end:
            raise self.make_error("invalid")
        return first, last


class BandSchema(Table):
    """One band of the rules."""

    name = text(1, 60)
    days_past_due = Span(end=36_500, required=True)
    amount_cents = Span(end=price.LARGEST_CENTS, load_default=(0, price.LARGEST_CENTS))
    products = listed(text(0, 200), load_default=list)
    principal_discount = Fraction(required=True)
    charges_discount = Fraction(required=True)
    opening = Fraction(load_default=MILLION)
    keep = Fraction(load_default=MILLION)
    longest = Whole(1, MOST_INSTALMENTS, required=True)
    opening_longest = Whole(1, MOST_INSTALMENTS, load_default=MOST_INSTALMENTS)
    min_instalment_cents = Whole(1, price.LARGEST_CENTS, load_default=1)
    min_down_payment = Fraction(most="0.9", load_default=0)
    monthly_rate = Fraction(most="0.1", load_default=0)
    comfortable_instalment_cents = Whole(1, price.LARGEST_CENTS, load_default=15_000)

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


class RulesSchema(Table):
    """The file: what holds for every plan, then the bands."""

    bands = listed(table(BandSchema), 1, 200)
    due_days = listed(Whole(1, 28), 1, 28)
    validity_days = Whole(1, 90, required=True)
    first_payment_days = Whole(0, 30, load_default=3)
    first_instalment_days = Whole(1, 60, load_default=20)
    grace_days = Whole(5, 60, load_default=10)
    due_date_changes = Whole(0, 12, load_default=1)
    due_date_change_days = Whole(1, 31, load_default=15)
    card_products = listed(text(0, 200), load_default=list)
    card_cap = Fraction(load_default=MILLION)
    agent_authority = Fraction(load_default=0)

    @validates_schema
    def names_differ(self, data: dict[str, Any], **_: Any) -> None:
        """Two bands of one name could not be told apart in a reason."""
        names = [band.name for band in data["bands"]]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            told: Problem = (SAME_NAME, {"names": ", ".join(f"“{name}”" for name in twice)})
            raise ValidationError([told], "bands")

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
