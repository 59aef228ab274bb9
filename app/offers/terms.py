"""The values an offer is made of: reasons, the terms of each debt, limits, options.

All amounts are cents, all fractions whole parts per million (ppm), so that a stored offer reads
back exactly as it was made. `to_data` gives what goes into JSON, `from_data` the value again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from app.offers import price

MILLION = price.MILLION
FINE_PPM = 20_000
"""A fine on arrears is 2% at most (CDC 52 §1; BR-17)."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is as it is: a code of app.offers.explain and the numbers it speaks of."""

    code: str
    params: Mapping[str, Any]

    def to_data(self) -> dict[str, Any]:
        """As JSON."""
        return {"code": self.code, "params": dict(self.params)}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Reason":
        """From JSON."""
        return cls(data["code"], data["params"])


def because(code: str, **params: Any) -> Reason:
    """A reason, readably."""
    return Reason(code, params)


@dataclass(frozen=True, slots=True)
class DebtFacts:
    """What the rules look at in one debt, on one day."""

    debt_id: str
    product: str
    """Casefolded."""
    days_past_due: int
    principal_cents: int
    fine_cents: int = 0
    interest_cents: int = 0
    index_cents: int = 0


@dataclass(frozen=True, slots=True)
class DebtTerms:
    """One debt inside an offer: what is owed on it and how far the creditor goes."""

    debt_id: str
    band: str
    principal_cents: int
    fine_cents: int
    interest_cents: int
    index_cents: int
    principal_ppm: int
    """Maximum discount on principal."""
    charges_ppm: int
    """Maximum discount on fine, interest and index."""
    opening_ppm: int
    """The share of the maximum that the offer gives without being asked."""
    keep_ppm: int
    """The share of the discount that is left in the longest plan."""
    down_ppm: int
    cap_ppm: int | None
    """Charges and interest together stay within this share of the principal (cards, BR-18)."""

    @property
    def charges_cents(self) -> int:
        """Fine, interest and index."""
        return self.fine_cents + self.interest_cents + self.index_cents

    @property
    def owed_cents(self) -> int:
        """What is owed without any discount."""
        return self.principal_cents + self.charges_cents

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "DebtTerms":
        """From JSON."""
        return cls(**data)


@dataclass(frozen=True, slots=True)
class PlanRules:
    """What holds for a plan as a whole, whatever debts are in it."""

    longest: int
    """The most instalments; 1 = only at once."""
    min_instalment_cents: int
    monthly_ppm: int
    comfortable_cents: int
    """The instalment the creditor takes to fit most months: it picks the recommended plan."""
    due_days: tuple[int, ...]
    first_payment_days: int
    """Days from acceptance to the first money: at once, or the down payment."""
    first_instalment_days: int
    grace_days: int
    """Days after a due date before the agreement breaks."""
    due_date_changes: int
    due_date_change_days: int
    """How many days an instalment may move, at most."""
    month_cents: int | None = None
    """What the person let us keep of what fits in their month: it picks the recommended plan then.
    None: they never said."""
    room_cents: int | None = None
    """What their income leaves beyond what they need to live on (BR-13): no plan asks for more.
    None: no income is known."""

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "PlanRules":
        """From JSON."""
        return cls(**{**data, "due_days": tuple(data["due_days"])})


@dataclass(frozen=True, slots=True)
class Limits:
    """Everything the simulator and a counter-offer move within."""

    debts: tuple[DebtTerms, ...]
    plan: PlanRules

    @property
    def owed_cents(self) -> int:
        """What is owed on all debts without any discount."""
        return sum(debt.owed_cents for debt in self.debts)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Limits":
        """From JSON."""
        debts = tuple(DebtTerms.from_data(debt) for debt in data["debts"])
        return cls(debts, PlanRules.from_data(data["plan"]))


class OptionKind(StrEnum):
    """How a person may settle."""

    CASH = "cash"
    INSTALMENTS = "instalments"
    BUDGET = "budget"


@dataclass(frozen=True, slots=True)
class Option:
    """One way to settle. `instalments` counts the monthly ones; the down payment is apart."""

    kind: OptionKind
    total_cents: int
    down_payment_cents: int
    instalments: int
    instalment_cents: int
    last_instalment_cents: int
    monthly_ppm: int
    annual_cost_bp: int | None
    """CET in basis points of a year; None where there is no interest."""
    interest_cents: int
    saved_principal_cents: int
    saved_charges_cents: int
    due_day: int | None
    first_due_on: date
    """When the first money is due: at once, the down payment, or the first instalment."""
    reasons: tuple[Reason, ...] = ()

    @property
    def monthly_rate(self) -> Decimal | None:
        """The monthly rate as a fraction; None without interest."""
        return price.fraction(self.monthly_ppm) if self.interest_cents else None

    @property
    def annual_cost(self) -> Decimal | None:
        """The CET as an annual fraction; None without interest."""
        return None if self.annual_cost_bp is None else Decimal(self.annual_cost_bp) / 10_000

    @property
    def net_cents(self) -> int:
        """What is owed after the discount, before any interest."""
        return self.total_cents - self.interest_cents

    @property
    def saved_cents(self) -> int:
        """How much less than what is owed today is paid in all; never below zero."""
        return saved_cents(
            self.saved_principal_cents, self.saved_charges_cents, self.interest_cents
        )

    @property
    def today_cents(self) -> int:
        """The first money: the whole, the down payment, or the first instalment."""
        return self.down_payment_cents or self.instalment_cents

    def to_data(self) -> dict[str, Any]:
        """As JSON."""
        data = {name: getattr(self, name) for name in _OPTION_FIELDS}
        data["kind"] = str(self.kind)
        data["first_due_on"] = self.first_due_on.isoformat()
        data["reasons"] = [reason.to_data() for reason in self.reasons]
        return data

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Option":
        """From JSON."""
        return cls(
            **{
                **data,
                "kind": OptionKind(data["kind"]),
                "first_due_on": date.fromisoformat(data["first_due_on"]),
                "reasons": tuple(Reason.from_data(reason) for reason in data["reasons"]),
            }
        )


@dataclass(frozen=True, slots=True)
class Made:
    """An offer as the rules make it, before it is stored."""

    limits: Limits
    options: tuple[Option, ...]
    reasons: tuple[Reason, ...]


def saved_cents(principal: int, charges: int, interest: int) -> int:
    """What an option saves: its discounts less its interest, never below zero."""
    return max(0, principal + charges - interest)


def kept_ppm(keep_ppm: Any, count: Any, longest: Any) -> Any:
    """The share of the discount left in a plan of `count`: from 1 at once evenly to `keep_ppm`."""
    return MILLION - (MILLION - keep_ppm) * (count - 1) // (longest - 1 + (longest == 1))


def discount(amount: Any, maximum_ppm: Any, share_ppm: Any) -> Any:
    """A discount in whole cents, rounded down: never beyond the maximum."""
    return amount * (maximum_ppm * share_ppm // MILLION) // MILLION


def share_up(amount: Any, ppm: Any) -> Any:
    """A share in whole cents, rounded up: never below the minimum."""
    return (amount * ppm + MILLION - 1) // MILLION


_OPTION_FIELDS = tuple(field.name for field in fields(Option))
