"""What an offer is chosen by: where people are on the ladder, what else may come, what is known."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.scoring.capacity import Keeping
from app.scoring.sensitivity import Sensitivity

Floats = NDArray[Any]
"""Single-precision floats."""
Column = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where `m` people are on the ladder."""

    balance: Column
    discount: NDArray[np.float64]
    """The best discount seen, of the balance; 0 where nothing was seen."""
    instalments: Column
    """The longest plan seen; 0 where nothing was seen."""
    step: Column
    left: Column
    """Steps that may still come."""
    may_step: NDArray[np.bool_]
    """Came without closing on an earlier day, and steps are theirs to have."""
    rules_only: NDArray[np.bool_]
    """The creditor's opening offer and nothing else: holdout and untouched."""
    no_steps: NDArray[np.bool_]

    def rows(self, positions: Column) -> "Standing":
        """Some of them."""
        return Standing(*(getattr(self, name)[positions] for name in self.__slots__))

    def seen(self) -> Column:
        """The best discount seen, in cents of the balance now."""
        return np.rint(self.discount * self.balance).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What would come without an agreement today (m,)."""

    cure: Floats
    """The chance of paying everything unasked soon, within the horizon."""
    back: Floats
    """The chance of another visit."""

    def rows(self, positions: Column) -> "Outlook":
        """Some of them."""
        return Outlook(self.cure[positions], self.back[positions])


@dataclass(frozen=True, slots=True)
class Scores:
    """The models an offer is chosen by and the price of conceding."""

    agree: Sensitivity
    keep: Keeping
    horizon_days: int
    concession_price: float = 0.0
    """Cents per cent conceded beyond the cent itself: keeps the budget for discounts."""
    explore: float = 0.05
    keeps_opening: bool = False
    """Whether first offers stay within the creditor's own opening."""
    income_left_cents: int = 60_000
    """What an instalment must leave of a known month's income."""
