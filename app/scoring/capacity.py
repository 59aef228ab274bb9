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
HEAVY = 6.0


@dataclass(frozen=True, slots=True)
class Load:
    """What offers would weigh (m, …): log of instalment ÷ comfortable, and so on."""

    burden: Floats
    heavy: Floats
    """Instalment ÷ comfortable, at most 6."""
    income_burden: Floats
    income_heavy: Floats
    told_burden: Floats
    """Against what the person said fits in their month; as where it just fits while unknown."""
    told_heavy: Floats
    at_once: Floats
    length: Floats
    """Log of the number of instalments."""
    count: Floats


def load_of(
    instalment: Floats, count: Floats, comfortable: Floats, income: Floats, fits: Floats
) -> Load:
    """The load of offers: `instalment` in cents and `count` (m, …); the rest (m,): income nan
    and what fits in a month 0 where unknown."""
    more = (1,) * (instalment.ndim - 1)
    ratio = instalment / comfortable.reshape(-1, *more)
    income_burden, income_heavy = _against(instalment, INCOME_SHARE * income)
    told_burden, told_heavy = _against(instalment, fits)
    return Load(
        burden=_log(ratio),
        heavy=_heavy(ratio),
        income_burden=income_burden,
        income_heavy=income_heavy,
        told_burden=told_burden,
        told_heavy=told_heavy,
        at_once=(count <= 1).astype(np.float32),
        length=np.log(np.maximum(count, 1)).astype(np.float32),
        count=count.astype(np.float32),
    )


def _against(instalment: Floats, carried: Floats) -> tuple[Floats, Floats]:
    """Burden and weight (m, …) against what each carries (m,); as if equal to it while unknown."""
    burden = np.zeros(instalment.shape, dtype=np.float32)
    heavy = np.ones(instalment.shape, dtype=np.float32)
    known = np.flatnonzero(np.isfinite(carried) & (carried > 0))
    share = instalment[known] / carried[known].reshape(-1, *(1,) * (instalment.ndim - 1))
    burden[known], heavy[known] = _log(share), _heavy(share)
    return burden, heavy


def _heavy(ratio: Floats) -> Floats:
    return np.minimum(ratio, HEAVY).astype(np.float32)


def _log(ratio: Floats) -> Floats:
    return np.clip(np.log(np.maximum(ratio, 1e-3)), LIGHTEST, HEAVIEST).astype(np.float32)


CARRIED = ("income_burden", "income_heavy", "told_burden", "told_heavy")
"""What an instalment weighs against what a person is known to carry."""


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
            ("at_once", 1), ("first", 1), *((name, 1) for name in CARRIED),
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
        for name in CARRIED:
            linear += getattr(load, name) * beta[at[name]][0]
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
        for name in ("burden", "heavy", "at_once", *CARRIED):
            columns[:, at[name].start] = getattr(load, name)
        columns[:, at["first"].start] = first
        self.model.learn(columns, paid)
