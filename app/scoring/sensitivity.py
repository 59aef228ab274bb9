"""Who agrees to which offer: discount, instalment and length against what each person can carry."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.scoring.blocks import Blocks
from app.scoring.capacity import Load
from app.scoring.logistic import Logistic, sigmoid
from app.scoring.priors import COMMIT

Floats = NDArray[Any]
"""Single-precision floats."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """What is known of `m` people before an offer is shown."""

    traits: Floats
    refusals: Floats
    """Visits without closing, at most three, ÷ 3."""
    seen_discount: Floats
    seen_instalments: Floats
    """0: nothing seen."""
    uncontacted: Floats


@dataclass(slots=True)
class Sensitivity:
    """Commitment on a visit: a logistic regression with personal slopes by trait."""

    blocks: Blocks
    model: Logistic

    @classmethod
    def fresh(cls, traits: int) -> "Sensitivity":
        """At the priors."""
        blocks = Blocks.of([
            ("intercept", 1), ("trait", traits - 1), ("discount", 1),
            ("discount_trait", traits - 1), ("burden", 1), ("burden_trait", traits - 1),
            ("heavy", 1), ("at_once", 1), ("length", 1), ("income_burden", 1), ("refusals", 1),
            ("better", 1), ("longer", 1), ("uncontacted", 1),
        ])  # fmt: skip
        return cls(blocks, blocks.model(COMMIT))

    def chance(self, visitor: Visitor, discount: Floats, load: Load) -> Floats:
        """The chance of agreeing to each offer of a grid: `discount` and `load` are (m, …)."""
        beta, at = self.model.mean.astype(np.float32), self.blocks
        more = (1,) * (discount.ndim - 1)

        def wide(values: Floats) -> Floats:
            return values.reshape(-1, *more)

        rest = visitor.traits[:, 1:]
        base = rest @ beta[at["trait"]] + beta[at["intercept"]][0]
        base += visitor.refusals * beta[at["refusals"]][0]
        base += visitor.uncontacted * beta[at["uncontacted"]][0]
        by_discount = beta[at["discount"]][0] + rest @ beta[at["discount_trait"]]
        by_burden = beta[at["burden"]][0] + rest @ beta[at["burden_trait"]]
        known = (visitor.seen_instalments > 0).astype(np.float32)
        better = discount - wide(visitor.seen_discount)
        linear = wide(base) + discount * wide(by_discount) + load.burden * wide(by_burden)
        linear += load.heavy * beta[at["heavy"]][0] + load.at_once * beta[at["at_once"]][0]
        linear += load.length * beta[at["length"]][0]
        linear += load.income_burden * beta[at["income_burden"]][0]
        linear += wide(known) * better * beta[at["better"]][0]
        longer = (load.count > wide(visitor.seen_instalments)).astype(np.float32) * wide(known)
        linear += longer * beta[at["longer"]][0]
        return np.asarray(sigmoid(linear), dtype=np.float32)

    def learn(
        self, visitor: Visitor, discount: Floats, load: Load, committed: NDArray[np.bool_]
    ) -> None:
        """Take in a day's visits (m,) with the offer that each saw."""
        columns, at, rest = self.blocks.empty(len(discount)), self.blocks, visitor.traits[:, 1:]
        known = (visitor.seen_instalments > 0).astype(np.float32)
        columns[:, at["intercept"]] = 1
        columns[:, at["trait"]] = rest
        columns[:, at["discount"].start] = discount
        columns[:, at["discount_trait"]] = rest * discount[:, None]
        columns[:, at["burden"].start] = load.burden
        columns[:, at["burden_trait"]] = rest * load.burden[:, None]
        for name in ("heavy", "at_once", "length", "income_burden"):
            columns[:, at[name].start] = getattr(load, name)
        columns[:, at["refusals"].start] = visitor.refusals
        columns[:, at["better"].start] = (discount - visitor.seen_discount) * known
        columns[:, at["longer"].start] = (load.count > visitor.seen_instalments) * known
        columns[:, at["uncontacted"].start] = visitor.uncontacted
        self.model.learn(columns, committed)

    def slope(self, traits: Floats) -> Floats:
        """Log-odds of agreeing per unit of discount (m,): how sensitive to the price each is."""
        beta, at = self.model.mean.astype(np.float32), self.blocks
        slopes: Floats = beta[at["discount"]][0] + traits[:, 1:] @ beta[at["discount_trait"]]
        return slopes
