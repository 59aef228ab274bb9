"""Who agrees to which offer: discount, instalment and length against what each person can carry."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.scoring.blocks import Blocks
from app.scoring.capacity import Load
from app.scoring.logistic import Logistic, sigmoid
from app.scoring.priors import BY_CHANNEL, COMMIT

Floats = NDArray[Any]
"""Single-precision floats."""
FAR = np.float32(0.15)
"""How far beyond the creditor's own first discount the response may bend."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """What is known of `m` people before an offer is shown."""

    traits: Floats
    refusals: Floats
    """Visits without closing, at most three, ÷ 3."""
    seen_discount: Floats
    seen_instalments: Floats
    """0: nothing seen."""
    opening: Floats
    """The creditor's own first discount: beyond it people may react otherwise."""
    via: NDArray[np.int8]
    """The channel of the contact that brought them; −1 came unasked, −2 not known."""
    carried: Floats
    """Cents that a month is thought to carry."""
    told: Floats
    """Cents that fit in a month by their own word; 0 not known."""
    payday: Floats
    """Closeness to payday, 0…1."""
    leaning: Floats
    """Options looked at, to paying once (−1) or to instalments (+1)."""

    def rows(self, positions: NDArray[np.int64]) -> "Visitor":
        """Some of them."""
        return Visitor(*(getattr(self, name)[positions] for name in self.__slots__))


@dataclass(slots=True)
class Sensitivity:
    """Commitment on a visit: a logistic regression with personal slopes by trait."""

    blocks: Blocks
    model: Logistic

    @classmethod
    def fresh(cls, traits: int, channels: Sequence[str]) -> "Sensitivity":
        """At the priors."""
        blocks = Blocks.of([
            ("intercept", 1), ("trait", traits - 1), ("opening", 1), ("above", 1), ("far", 1),
            ("above_trait", traits - 1), ("burden", 1), ("payday", 1),
            ("heavy", 1), ("over", 1), ("beyond", 1), ("at_once", 1), ("length", 1),
            ("refusals", 1),
            ("looked", 1), ("leaning", 1),
            ("better", 1), ("longer", 1), ("uncontacted", 1), ("via", len(channels)),
        ])  # fmt: skip
        model = blocks.model(COMMIT)
        starts = [BY_CHANNEL.get(name, {}).get("agree", 0.0) for name in channels]
        for place in (model.mean, model.prior_mean):
            place[blocks["via"]] = starts
        return cls(blocks, model)

    def pull(self) -> Floats:
        """What coming by each channel adds to the log-odds of agreeing (C,)."""
        return np.asarray(self.model.mean[self.blocks["via"]], dtype=np.float32)

    def chance(self, visitor: Visitor, discount: Floats, load: Load) -> Floats:
        """The chance of agreeing to each offer of a grid: `discount` and `load` are (m, …)."""
        beta, at = self.model.mean.astype(np.float32), self.blocks
        more = (1,) * (discount.ndim - 1)

        def wide(values: Floats) -> Floats:
            return values.reshape(-1, *more)

        rest = visitor.traits[:, 1:]
        base = rest @ beta[at["trait"]] + beta[at["intercept"]][0]
        base += visitor.refusals * beta[at["refusals"]][0]
        base += np.abs(visitor.leaning) * beta[at["looked"]][0]
        base += (visitor.via == -1) * beta[at["uncontacted"]][0]
        base += np.where(visitor.via >= 0, beta[at["via"]][np.maximum(visitor.via, 0)], 0)
        base += visitor.payday * beta[at["payday"]][0]
        base += visitor.opening * beta[at["opening"]][0]
        by_discount = beta[at["above"]][0] + rest @ beta[at["above_trait"]]
        known = (visitor.seen_instalments > 0).astype(np.float32)
        better = discount - wide(visitor.seen_discount)
        above = discount - wide(visitor.opening)
        linear = wide(base) + above * wide(by_discount) + load.burden * beta[at["burden"]][0]
        linear += np.maximum(above - FAR, 0) * beta[at["far"]][0]
        linear += load.heavy * beta[at["heavy"]][0] + load.over * beta[at["over"]][0]
        linear += load.at_once * beta[at["at_once"]][0]
        linear += load.length * beta[at["length"]][0] + load.beyond * beta[at["beyond"]][0]
        if visitor.leaning.any():
            linear += wide(visitor.leaning) * (1 - 2 * load.at_once) * beta[at["leaning"]][0]
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
        above = discount - visitor.opening
        columns[:, at["opening"].start] = visitor.opening
        columns[:, at["above"].start] = above
        columns[:, at["far"].start] = np.maximum(above - FAR, 0)
        columns[:, at["above_trait"]] = rest * above[:, None]
        columns[:, at["burden"].start] = load.burden
        columns[:, at["payday"].start] = visitor.payday
        for name in ("heavy", "over", "beyond", "at_once", "length"):
            columns[:, at[name].start] = getattr(load, name)
        columns[:, at["refusals"].start] = visitor.refusals
        columns[:, at["looked"].start] = np.abs(visitor.leaning)
        columns[:, at["leaning"].start] = visitor.leaning * (1 - 2 * load.at_once)
        columns[:, at["better"].start] = (discount - visitor.seen_discount) * known
        columns[:, at["longer"].start] = (load.count > visitor.seen_instalments) * known
        columns[:, at["uncontacted"].start] = visitor.via == -1
        brought = np.flatnonzero(visitor.via >= 0)
        columns[brought, at["via"].start + visitor.via[brought].astype(np.int64)] = 1
        self.model.learn(columns, committed)

    def slope(self, traits: Floats) -> Floats:
        """Log-odds of agreeing per unit of discount (m,): how sensitive to the price each is."""
        beta, at = self.model.mean.astype(np.float32), self.blocks
        slopes: Floats = beta[at["above"]][0] + traits[:, 1:] @ beta[at["above_trait"]]
        return slopes
