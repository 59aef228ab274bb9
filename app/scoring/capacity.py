"""What instalment somebody can keep: the chance that a due instalment is paid, and the cash kept.

Affordability first: a plan is worth what will be paid of it, not what was signed.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.scoring.blocks import Blocks
from app.scoring.logistic import Logistic, sigmoid
from app.scoring.priors import KEEP

Floats = NDArray[Any]
"""Single-precision floats; whole amounts are taken as well."""
FIRST_DUE, MONTH = 5, 30
"""Days from agreeing to the first instalment, and between instalments."""
INCOME_SHARE = 0.1
"""A tenth of the income: the instalment that burdens somebody of known income by 0."""
LIGHTEST, HEAVIEST = -3.0, 4.0


@dataclass(frozen=True, slots=True)
class Load:
    """What offers would weigh (m, …): log of instalment ÷ comfortable, and so on."""

    burden: Floats
    heavy: Floats
    """Instalment ÷ comfortable, at most 6."""
    income_burden: Floats
    income_heavy: Floats
    at_once: Floats
    length: Floats
    """Log of the number of instalments."""
    count: Floats


def load_of(instalment: Floats, count: Floats, comfortable: Floats, income: Floats) -> Load:
    """The load of offers: `instalment` in cents and `count` (m, …); the rest (m,), income nan
    where unknown."""
    more = (1,) * (instalment.ndim - 1)
    comfortable, income = comfortable.reshape(-1, *more), income.reshape(-1, *more)
    ratio = instalment / comfortable
    known = np.isfinite(income) & (income > 0)
    carried = np.where(known, INCOME_SHARE * income, 1.0)
    share = instalment / carried
    income_burden = np.where(known, _log(share), 0.0)
    return Load(
        burden=_log(ratio),
        heavy=np.minimum(ratio, 6.0).astype(np.float32),
        income_burden=income_burden.astype(np.float32),
        income_heavy=np.where(known, np.minimum(share, 6.0), 1.0).astype(np.float32),
        at_once=(count <= 1).astype(np.float32),
        length=np.log(np.maximum(count, 1)).astype(np.float32),
        count=count.astype(np.float32),
    )


def _log(ratio: Floats) -> Floats:
    return np.clip(np.log(np.maximum(ratio, 1e-3)), LIGHTEST, HEAVIEST).astype(np.float32)


@dataclass(slots=True)
class Keeping:
    """Paying a due instalment: a logistic regression, and how many pay the whole at once."""

    blocks: Blocks
    model: Logistic
    whole: NDArray[np.float64]
    """(2,): plans paid at once although instalments were agreed on, plans."""

    @classmethod
    def fresh(cls, traits: int) -> "Keeping":
        """At the priors."""
        blocks = Blocks.of([
            ("intercept", 1), ("trait", traits - 1), ("burden", 1), ("heavy", 1),
            ("at_once", 1), ("first", 1), ("income_burden", 1), ("income_heavy", 1),
        ])  # fmt: skip
        return cls(blocks, blocks.model(KEEP), np.array([2.0, 20.0]))

    def share_kept(self, traits: Floats, load: Load, horizon_days: int) -> Floats:
        """The share of the agreed sum that is paid within the horizon (m, …).

        An instalment is due only after those before it were paid: a geometric sum.
        """
        beta, at = self.model.mean.astype(np.float32), self.blocks
        base = traits[:, 1:] @ beta[at["trait"]] + beta[at["intercept"]][0]
        linear = (
            base.reshape(-1, *(1,) * (load.burden.ndim - 1)) + load.burden * (beta[at["burden"]][0])
        )
        linear += load.heavy * beta[at["heavy"]][0] + load.at_once * beta[at["at_once"]][0]
        linear += load.income_burden * beta[at["income_burden"]][0]
        linear += load.income_heavy * beta[at["income_heavy"]][0]
        first, later = sigmoid(linear + beta[at["first"]][0]), sigmoid(linear)
        inside = 1 + max(0, (horizon_days - FIRST_DUE) // MONTH)
        due = np.minimum(load.count, inside)
        geometric = (1 - later**due) / np.maximum(1 - later, 1e-4)
        in_parts = first * geometric / np.maximum(load.count, 1)
        at_once = np.float32(self.whole[0] / self.whole[1]) * first
        mixed = at_once + (1 - at_once) * in_parts
        return np.asarray(np.where(load.count > 1, mixed, in_parts), dtype=np.float32)

    def learn(
        self, traits: Floats, load: Load, first: NDArray[np.bool_], paid: NDArray[np.bool_]
    ) -> None:
        """Take in instalments that fell due (m,): paid, or broken on."""
        columns, at = self.blocks.empty(len(traits)), self.blocks
        columns[:, : traits.shape[1]] = traits
        for name in ("burden", "heavy", "at_once", "income_burden", "income_heavy"):
            columns[:, at[name].start] = getattr(load, name)
        columns[:, at["first"].start] = first
        self.model.learn(columns, paid)
