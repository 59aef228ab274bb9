"""What instalment somebody can keep: the chance that a due instalment is paid, and the cash kept.

Affordability first: a plan is worth what will be paid of it, not what was signed.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.scoring.blocks import Blocks
from app.scoring.logistic import Logistic, sigmoid
from app.scoring.people import People
from app.scoring.priors import KEEP, PAY_WHOLE
from app.scoring.traits import Moments

Floats = NDArray[Any]
"""Single-precision floats; whole amounts are taken as well."""
FIRST_DUE, MONTH = 5, 30
"""Days from agreeing to the first instalment, and between instalments."""
ELASTICITY = 0.8
"""By how much a month carries more where the income is larger: nearly in proportion, for incomes
are told roughly. An assumption."""
MOST_RICHER = 1.5
OWED_ELSEWHERE = 0.1
"""What each other debt takes of a month. An assumption."""
LIGHTEST, HEAVIEST = -3.0, 4.0
HEAVY = 6.0


@dataclass(frozen=True, slots=True)
class Load:
    """What offers would weigh (m, …): log of instalment ÷ what a month can carry, and so on."""

    burden: Floats
    heavy: Floats
    """Instalment ÷ what a month can carry, at most 6."""
    over: Floats
    """The log of that, where it is more than one: up to what a month carries weighs little."""
    beyond: Floats
    """Log of instalment ÷ what they said fits, where it is more; 0 where they said nothing."""
    at_once: Floats
    length: Floats
    """Log of the number of instalments."""
    count: Floats

    def rows(self, positions: NDArray[Any]) -> "Load":
        """The load of some."""
        return Load(*(getattr(self, name)[positions] for name in self.__slots__))


def load_of(instalment: Floats, count: Floats, carried: Floats, told: Floats) -> Load:
    """The load of offers: `instalment` in cents (m, …) and `count`, of that shape or one that
    spreads to it; `carried` (m,): what a month of each is thought to carry, `told` what they said,
    cents, 0 where nothing."""
    more = (1,) * (instalment.ndim - 1)
    ratio = instalment / carried.reshape(-1, *more)
    said = np.flatnonzero(told > 0)
    beyond = np.zeros(instalment.shape, dtype=np.float32)
    over = instalment[said] / told[said].reshape(-1, *more)
    beyond[said] = np.minimum(np.log(np.maximum(over, 1.0)), HEAVIEST)
    burden = np.clip(np.log(np.maximum(ratio, 1e-3)), LIGHTEST, HEAVIEST).astype(np.float32)
    return Load(
        beyond=beyond,
        burden=burden,
        heavy=np.minimum(ratio, HEAVY).astype(np.float32),
        over=np.maximum(burden, np.float32(0)),
        at_once=(count <= 1).astype(np.float32),
        length=np.log(np.maximum(count, 1)).astype(np.float32),
        count=count.astype(np.float32),
    )


def carried(comfortable: Floats, people: People, usual: Moments) -> Floats:
    """What a month of each person is thought to carry (n,), cents: the creditor's comfortable
    instalment, more for who is known to earn more than others and less for who owes elsewhere.

    `usual`: mean and deviation of log income among everybody; 0 where nobody's is known.
    """
    known = np.isfinite(people.income) & (people.income > 0) & (usual[0] > 0)
    log_income = np.log(np.where(known, people.income, 1.0))
    richer = np.where(known, np.clip(log_income - usual[0], -MOST_RICHER, MOST_RICHER), 0.0)
    owes = 1 + OWED_ELSEWHERE * np.minimum(people.other_debts, 10)
    found = comfortable * np.exp(ELASTICITY * richer) / owes
    return np.asarray(found, dtype=np.float32)


@dataclass(slots=True)
class Keeping:
    """Paying a due instalment, and paying the whole at once although instalments were agreed on:
    two logistic regressions."""

    blocks: Blocks
    model: Logistic
    whole_blocks: Blocks
    whole: Logistic

    @classmethod
    def fresh(cls, traits: int) -> "Keeping":
        """At the priors."""
        blocks = Blocks.of([
            ("intercept", 1), ("trait", traits - 1), ("burden", 1), ("heavy", 1),
            ("beyond", 1), ("at_once", 1), ("first", 1),
        ])  # fmt: skip
        whole = Blocks.of([("intercept", 1), ("burden", 1), ("heavy", 1), ("length", 1)])
        return cls(blocks, blocks.model(KEEP), whole, whole.model(PAY_WHOLE))

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
        linear += load.beyond * beta[at["beyond"]][0]
        first, later = sigmoid(linear + beta[at["first"]][0]), sigmoid(linear)
        inside = 1 + max(0, (horizon_days - FIRST_DUE) // MONTH)
        due = np.minimum(load.count, inside)
        geometric = (1 - later**due) / np.maximum(1 - later, 1e-4)
        in_parts = first * geometric / np.maximum(load.count, 1)
        at_once = self._whole(load) * first
        mixed = at_once + (1 - at_once) * in_parts
        return np.asarray(np.where(load.count > 1, mixed, in_parts), dtype=np.float32)

    def _whole(self, load: Load) -> Floats:
        """The chance that who pays the first instalment pays all (m, …)."""
        beta, at = self.whole.mean.astype(np.float32), self.whole_blocks
        linear = load.burden * beta[at["burden"]][0] + load.heavy * beta[at["heavy"]][0]
        linear += load.length * beta[at["length"]][0] + beta[at["intercept"]][0]
        return np.asarray(sigmoid(linear), dtype=np.float32)

    def learn_whole(self, load: Load, whole: NDArray[np.bool_]) -> None:
        """Take in first payments of plans (m,): whether they were all that was agreed on."""
        columns, at = self.whole_blocks.empty(len(whole)), self.whole_blocks
        columns[:, at["intercept"].start] = 1
        for name in ("burden", "heavy", "length"):
            columns[:, at[name].start] = getattr(load, name)
        self.whole.learn(columns, whole)

    def learn(
        self,
        traits: Floats,
        load: Load,
        first: NDArray[np.bool_],
        paid: NDArray[np.bool_],
        weight: Floats | None = None,
    ) -> None:
        """Take in instalments that fell due (m,): paid, or broken on; a row may stand for many."""
        columns, at = self.blocks.empty(len(traits)), self.blocks
        columns[:, : traits.shape[1]] = traits
        for name in ("burden", "heavy", "beyond", "at_once"):
            columns[:, at[name].start] = getattr(load, name)
        columns[:, at["first"].start] = first
        self.model.learn(columns, paid, weight=weight)
