"""The offers that a person could be shown, and which of them is expected to bring most."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.offers.limits import LimitColumns
from app.offers.standing import Column, Floats, Outlook, Scores, Standing
from app.offers.terms import MILLION
from app.scoring.capacity import load_of
from app.scoring.sensitivity import Visitor

LEVELS = (0, 333_333, 666_667, 1_000_000)
"""Shares (ppm) of the way from the creditor's own first offer, or what was seen, to the maximum."""
STRETCH = (0.0, 6.0, 4.0, 2.5, 1.6, 1.0, 0.6, 0.35)
"""Instalments that plans are made for, as multiples of what the person's month is thought to carry;
0 = all at once. Well beyond it and below, because the thought is rough: what is heavy weighs in the
scores, and so does what comes after the horizon."""
AFTER_REFUSAL = np.float32(0.5)
"""What a later visit without a better offer is worth against one with it."""
NEARLY = np.float32(0.75)
"""Other offers are tried where they are thought to bring at least this share of the best: what is
near it can still be told from it, and nobody is shown a poor offer for the sake of learning."""


@dataclass(slots=True)
class Drawn:
    """What was chosen for each person (m,)."""

    cents: Column
    count: Column
    chance: Floats
    margin: Floats
    propensity: NDArray[np.float64]
    explored: NDArray[np.bool_]

    @classmethod
    def of(cls, people: int) -> "Drawn":
        """Nothing chosen yet."""
        whole, real = np.zeros(people, dtype=np.int64), np.zeros(people, dtype=np.float32)
        return cls(
            whole, whole.copy(), real, real.copy(), np.ones(people), np.zeros(people, dtype=bool)
        )

    def put(self, rows: Column, part: "Drawn") -> None:
        """Take over what was chosen for some."""
        for name in self.__slots__:
            getattr(self, name)[rows] = getattr(part, name)


@dataclass(frozen=True, slots=True)
class Case:
    """Some people (m,) and all that their offer depends on."""

    limits: LimitColumns
    standing: Standing
    visitor: Visitor
    outlook: Outlook
    scores: Scores
    spare: Column
    """What a month's instalment may take of the income, cents (m,); none to be taken: 0 or less."""

    def grid(self) -> tuple[Column, Column]:
        """Discounts in cents and payments (m, L, N), from what was seen upward.

        Who has seen nothing is not taken beyond the creditor's own opening where that is kept.
        """
        limits, balance = self.limits, self.standing.balance
        middle = balance - limits.most_cents(balance, np.ones_like(balance), MILLION // 2)
        counts = [np.ones_like(balance)]
        for stretch in STRETCH[1:]:
            wanted = np.minimum((self.visitor.carried * stretch).astype(np.int64), self.spare)
            wanted = np.maximum(wanted, 1)
            counts.append(limits.fewest(middle, wanted))
        count = np.maximum(np.stack(counts, axis=1), self.standing.instalments[:, None])
        first = self.first()[:, None]
        count = np.where(first, np.minimum(count, limits.opening_longest[:, None]), count)
        most = limits.most_cents(balance, count, MILLION)
        own = limits.most_cents(balance, count, limits.opening_ppm[:, None])
        most = np.where(first, own, most)
        low = np.minimum(np.maximum(self.standing.seen()[:, None], own), most)
        room = (balance[:, None] - low) // np.maximum(limits.least_cents[:, None], 1)
        count = np.minimum(count, np.maximum(room, 1))
        levels = np.array(LEVELS, dtype=np.int64)[None, :, None]
        cents = low[:, None, :] + (most - low)[:, None, :] * levels // MILLION
        return cents, np.broadcast_to(count[:, None, :], cents.shape)

    def first(self) -> NDArray[np.bool_]:
        """Whose offer is held to the creditor's own opening (m,)."""
        return np.asarray((self.standing.instalments == 0) & self.scores.keeps_opening)

    def choose(self, cents: Column, count: Column, uniforms: NDArray[np.float64]) -> Drawn:
        """The best of the options (m, L, N), at times another discount or length."""
        net = self.standing.balance[:, None, None] - cents
        instalment = self.limits.instalment(net, count)
        # Every level of discount has the same numbers of payments.
        payments = count[:, :1].astype(np.float32)
        load = load_of(
            instalment.astype(np.float32), payments, self.visitor.carried, self.visitor.told
        )
        share = (cents / np.maximum(self.standing.balance, 1)[:, None, None]).astype(np.float32)
        chance = self.scores.agree.chance(self.visitor, share, load)
        kept = self.scores.keep.share_kept(self.visitor.traits, load, self.scores.horizon_days)
        kept = kept * net.astype(np.float32)
        margin = kept - self._anyway(chance, kept)[:, None, None]
        price = np.float32(self.scores.concession_price)
        worth = chance * (margin - price * cents.astype(np.float32))
        worth[~self._allowed(cents, count, instalment)] = -np.inf
        best, propensity, explored = _pick(worth, self.scores.explore, uniforms)
        here = np.arange(len(best))

        def taken(part: NDArray[Any]) -> NDArray[Any]:
            return part.reshape(len(best), part.shape[1] * part.shape[2])[here, best]

        return Drawn(taken(cents), taken(count), taken(chance), taken(margin), propensity, explored)

    def _anyway(self, chance: Floats, kept: Floats) -> Floats:
        """What would come without an agreement today (m,), cents.

        Somebody who does not agree today may pay unasked, or come back: then to a better offer
        while steps are left. Both are given up by agreeing now.
        """
        unasked = self.outlook.cure * self.standing.balance.astype(np.float32)
        at = self.scores.agree.blocks["refusals"]
        falls = np.float32(np.exp(self.scores.agree.model.mean[at][0] / 3))
        later = chance * falls / (1 - chance + chance * falls)
        gain = (later * (kept - unasked[:, None, None])).max(axis=(1, 2))
        lasting = np.where(self.standing.left > 0, np.float32(1.0), AFTER_REFUSAL)
        again = np.maximum(gain, 0) * lasting
        anyway: Floats = unasked + (1 - self.outlook.cure) * self.outlook.back * again
        return anyway

    def _allowed(self, cents: Column, count: Column, instalment: Column) -> NDArray[np.bool_]:
        """Options (m, L, N) within the rules and the income, and no worse than what was seen, each
        once."""
        limits = self.limits
        fits = instalment >= limits.least_cents[:, None, None]
        fits &= instalment <= self.spare[:, None, None]
        fits |= count == 1
        fits &= count <= limits.longest[:, None, None]
        fits &= cents >= self.standing.seen()[:, None, None]
        fits[:, :, 1:] &= count[:, :, 1:] > count[:, :, :-1]
        fits[:, 1:] &= cents[:, 1:] > cents[:, :-1]
        return np.asarray(fits)


def _pick(
    worth: Floats, explore: float, uniforms: NDArray[np.float64]
) -> tuple[Column, NDArray[np.float64], NDArray[np.bool_]]:
    """The best option of each person, at times another discount or another length that brings
    nearly as much; with its exact chance."""
    people, levels, plans = worth.shape
    flat = worth.reshape(people, levels * plans)
    greedy = flat.argmax(axis=1)
    level, plan = np.divmod(greedy, plans)
    across = np.broadcast_to(np.arange(levels) * plans, (people, levels)) + plan[:, None]
    along = level[:, None] * plans + np.arange(plans)
    near = np.concatenate([across, along], axis=1)
    worths = np.take_along_axis(flat, near, axis=1)
    usable = np.isfinite(worths)
    top = flat[np.arange(people), greedy]
    usable &= worths >= np.where(top > 0, NEARLY * top, top)[:, None]
    usable[:, levels:] &= near[:, levels:] != greedy[:, None]
    number = np.maximum(usable.sum(axis=1), 1)
    exploring = (uniforms[:, 0] < explore) & (number > 1)
    rank = (uniforms[:, 1] * number).astype(np.int64)
    spot = (usable.cumsum(axis=1) > rank[:, None]).argmax(axis=1)
    chosen = np.where(exploring, near[np.arange(people), spot], greedy)
    propensity = explore / number + (1 - explore) * (chosen == greedy)
    return chosen, propensity, exploring & (chosen != greedy)
