"""What a creditor gives the engine to work within: channels, costs, caps, hours, budgets."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from numbers import Integral, Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

LegalHours = Mapping[str, Mapping[int, tuple[int, int]]]
MOST_STEPS = 3
LEARNED, KEPT = "learned", "kept"
MOST_OPTIONS = 64
"""Channel × hour options fit into one stored 64-bit set."""
BEYOND = 1e15
"""No amount or count of a spec is as large: beyond it cents are no longer exact."""
MOST_WORDINGS = 128
"""Their places are kept in a byte."""


def plain_day(day: Any, what: str = "day") -> date:
    """The date itself, also of a moment. Raises ValueError for what is neither, with its name."""
    if isinstance(day, datetime):
        return day.date()
    if not isinstance(day, date):
        raise ValueError(f"{what}: a date is needed, not {day!r}")
    return day


@dataclass(frozen=True, slots=True)
class Incumbent:
    """How the creditor contacts today: the rules that the engine is measured against."""

    channels: tuple[str, ...]
    """In order; the first that reaches the person is used."""
    hour: int
    spacing_days: int
    wording: str


@dataclass(frozen=True, slots=True)
class Spec:
    """Limits and prices. Money in cents; fractions 0…1. Raises ValueError naming the field."""

    channels: tuple[str, ...]
    hours: tuple[int, ...]
    """Local hours that may be chosen."""
    wordings: tuple[str, ...]
    cost_cents: Mapping[str, float]
    """A contact by channel; missing: nothing. Channels that are none of the spec's are passed over,
    here as in `capacity`."""
    capacity: Mapping[str, int | None]
    """Contacts a day; None or missing: no limit."""
    legal_hours: LegalHours
    """Region (or "*") → weekday (0 Monday) → (from, to): from ≤ hour < to. Missing: none."""
    incumbent: Incumbent
    closed: frozenset[date] = frozenset()
    per_day: int = 1
    per_week: int = 3
    per_day_and_channel: int = 1
    discount_budget: float | None = None
    """What conceded discounts are held to, of the balances they are conceded on, on average: the
    price of conceding rises while what was agreed lies above it, so over weeks and not on the
    first day; never below the creditor's own opening."""
    steps: int = 3
    opening: str = LEARNED
    """Where somebody's first offer begins: where most is expected of it (LEARNED), or at most at
    the `opening` and `opening_longest` of the creditor's rules (KEPT). Steps go on to the maximum.
    """
    as_of: date | None = None
    """The day of which the portfolio's days past due are told: from then on the debts grow older
    with the days, from band to band of the rules. None: they stay as told."""
    income_left_cents: float = 60_000.0
    """What an instalment must leave of a known month's income (BR-13: the mínimo existencial)."""
    complaint_cents: float = 5_000.0
    opt_out_cents: float = 500.0
    horizon_days: int = 365
    """Cash within so many days of a commitment counts: the shorter, the shorter the plans."""
    seed: int = 0
    holdout: float = 0.10
    untouched: float = 0.01
    explore: float = 0.05
    """Share of contacts drawn evenly among all that is allowed, and of offers among those thought
    nearly as good as the best. Beside it choices are spread near the best (wider for who is new),
    and offers vary more while few were seen: these count as explored too."""
    no_step: float = 0.10
    features_allowed: tuple[str, ...] = ()
    """Columns of the creditor's own that may be looked at."""
    withheld: tuple[str, ...] = ()
    """Optional columns of the portfolio that may not, though they stand there."""
    paydays: frozenset[date] = frozenset()
    """Days on which money comes to most people (wages, a thirteenth salary): they count for whoever
    has no `payday` of their own."""
    budget_cents: float | None = None
    """What a day's contacts may cost together; None: no limit."""

    def __post_init__(self) -> None:
        if not isinstance(self.incumbent, Incumbent):
            raise ValueError("incumbent: how the creditor contacts today is needed")
        for name in ("closed", "paydays"):
            if not isinstance(getattr(self, name) or (), Iterable):
                raise ValueError(f"{name}: dates are needed")
            days = frozenset(plain_day(day, name) for day in getattr(self, name) or ())
            object.__setattr__(self, name, days)
        if self.as_of is not None:
            object.__setattr__(self, "as_of", plain_day(self.as_of, "as_of"))
        _check_choices(self)
        _check_hours(self)
        _check_numbers(self)

    def costs(self) -> NDArray[np.float32]:
        """Cents a contact by channel (C,)."""
        return np.array([self.cost_cents.get(c, 0.0) for c in self.channels], dtype=np.float32)

    def capacities(self) -> NDArray[np.float64]:
        """Contacts a day by channel (C,); inf where there is no limit."""
        found = [self.capacity.get(channel) for channel in self.channels]
        return np.array([np.inf if limit is None else float(limit) for limit in found])

    def open_hours(self, region: str, day: date) -> NDArray[np.bool_]:
        """Which of `hours` are legal in a region on a day (H,)."""
        if day in self.closed:
            return np.zeros(len(self.hours), dtype=bool)
        week = self.legal_hours.get(region, self.legal_hours.get("*", {}))
        first, end = week.get(day.weekday(), (0, 0))
        return np.array([first <= hour < end for hour in self.hours], dtype=bool)


@dataclass(frozen=True, slots=True)
class Index:
    """Names to positions, once."""

    channels: Mapping[str, int] = field(default_factory=dict)
    hours: Mapping[int, int] = field(default_factory=dict)
    wordings: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, spec: Spec) -> "Index":
        """The positions in a spec's tuples."""
        return cls(
            {name: at for at, name in enumerate(spec.channels)},
            {hour: at for at, hour in enumerate(spec.hours)},
            {name: at for at, name in enumerate(spec.wordings)},
        )


def _check_choices(spec: Spec) -> None:
    for name in ("channels", "hours", "wordings", "features_allowed", "withheld"):
        values = getattr(spec, name)
        if not isinstance(values, Collection) or isinstance(values, str):
            raise ValueError(f"{name}: a tuple is needed")
        if name != "hours" and not all(isinstance(value, str) for value in values):
            raise ValueError(f"{name}: names are needed")
    for name in ("channels", "hours", "wordings"):
        values = getattr(spec, name)
        if not values or len(set(values)) < len(values):
            raise ValueError(f"{name}: at least one, each once")
    if len(spec.channels) * len(spec.hours) > MOST_OPTIONS:
        raise ValueError(f"hours: channels × hours at most {MOST_OPTIONS}")
    if len(spec.wordings) > MOST_WORDINGS:
        raise ValueError(f"wordings: at most {MOST_WORDINGS}")
    if spec.opening not in (LEARNED, KEPT):
        raise ValueError(f"opening: {LEARNED} or {KEPT}")
    theirs, apart = spec.incumbent.channels, spec.incumbent.spacing_days
    are_known = (
        isinstance(theirs, tuple | list) and theirs and all(c in spec.channels for c in theirs)
    )
    if not are_known or not isinstance(apart, Integral) or apart < 1:
        raise ValueError("incumbent: channels of the spec, whole days apart, at least one")
    if spec.incumbent.hour not in spec.hours or spec.incumbent.wording not in spec.wordings:
        raise ValueError("incumbent: an hour and a wording of the spec")


def _check_hours(spec: Spec) -> None:
    for name in ("legal_hours", "cost_cents", "capacity"):
        if not isinstance(getattr(spec, name), Mapping):
            raise ValueError(f"{name}: names with their values are needed")
    if not all(_is_count(hour) and hour <= 23 for hour in spec.hours):
        raise ValueError("hours: whole numbers from 0 to 23")
    for region, week in spec.legal_hours.items():
        if not isinstance(week, Mapping) or not all(map(_is_open, week, week.values())):
            raise ValueError(f"legal_hours: {region}: weekday 0 to 6 → (from, to), 0 to 24")


def _is_open(weekday: Any, hours: Any) -> bool:
    """Whether a weekday with its hours is one."""
    two = isinstance(hours, tuple | list) and len(hours) == 2
    return two and weekday in range(7) and all(_is_amount(hour) and hour <= 24 for hour in hours)


def _check_numbers(spec: Spec) -> None:
    for name in ("per_day", "per_week", "per_day_and_channel", "steps", "horizon_days", "seed"):
        if not isinstance(getattr(spec, name), Integral):
            raise ValueError(f"{name}: a whole number")
    for name in ("holdout", "untouched", "explore", "no_step"):
        if not _is_amount(getattr(spec, name)) or getattr(spec, name) > 1:
            raise ValueError(f"{name}: between 0 and 1")
    if spec.holdout + spec.untouched > 1:
        raise ValueError("holdout: with untouched at most 1")
    if not 0 <= spec.steps <= MOST_STEPS:
        raise ValueError(f"steps: 0 to {MOST_STEPS}")
    budget = 0.0 if spec.discount_budget is None else spec.discount_budget
    if not _is_amount(budget) or budget > 1:
        raise ValueError("discount_budget: between 0 and 1")
    amounts = ("complaint_cents", "opt_out_cents", "income_left_cents")
    for name in ("per_day", "per_week", "per_day_and_channel", *amounts):
        if not _is_amount(getattr(spec, name)):
            raise ValueError(f"{name}: not below zero, and no more than a number")
    if spec.budget_cents is not None and not _is_amount(spec.budget_cents):
        raise ValueError("budget_cents: not below zero, and no more than a number")
    if not all(map(_is_amount, spec.cost_cents.values())):
        raise ValueError("cost_cents: not below zero, and no more than a number")
    if not all(limit is None or _is_count(limit) for limit in spec.capacity.values()):
        raise ValueError("capacity: a whole number, not below zero; None is no limit")
    if spec.horizon_days < 1:
        raise ValueError("horizon_days: at least one")


def _is_amount(value: Any) -> bool:
    is_number = isinstance(value, Real) and not isinstance(value, bool)
    return is_number and not value < 0 and value < BEYOND


def _is_count(value: Any) -> bool:
    return isinstance(value, Integral) and _is_amount(value)
