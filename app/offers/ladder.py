"""The offer each person would see today: chosen for them, within the creditor's rules.

Left without closing, then back on a later day: a better offer, exclusive, at most a few times,
final when it says so. Never worse than what was seen, never beyond the rules' maximum.
"""

from dataclasses import dataclass
from enum import IntFlag
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.offers.limits import LimitColumns
from app.offers.terms import MILLION
from app.scoring.capacity import Keeping, load_of
from app.scoring.sensitivity import Sensitivity, Visitor

Floats = NDArray[Any]
"""Single-precision floats."""
Column = NDArray[np.int64]
LEVELS = (0, 250_000, 500_000, 750_000, 1_000_000)
"""Shares of the way from what was seen (or nothing) to the maximum, in ppm."""
STRETCH = (0.0, 2.0, 1.0, 0.6, 0.35)
"""Instalments as multiples of the comfortable one that plans are made for; 0 = all at once."""
EXISTENTIAL_MINIMUM_CENTS = 60_000
"""What must be left of a month's income (Decreto 11.150 as amended by 11.567)."""
AFTER_REFUSAL = np.float32(0.5)
"""What a later visit without a better offer is worth against one with it."""


class Why(IntFlag):
    """Reasons of an offer; several hold together."""

    OPENING = 1
    CREDITOR_RULES = 2
    CAME_BACK = 4
    MORE_DISCOUNT = 8
    MORE_INSTALMENTS = 16
    AS_SEEN = 32
    FINAL = 64
    NO_STEP_ARM = 128
    EXPLORED = 256
    PERSON_AND_HELP = 512


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
    """The chance of paying everything unasked within the horizon."""
    back: Floats
    """The chance of another visit."""

    def rows(self, positions: Column) -> "Outlook":
        """Some of them."""
        return Outlook(self.cure[positions], self.back[positions])


@dataclass(frozen=True, slots=True)
class Offers:
    """One offer per person (m,)."""

    discount_cents: Column
    instalments: Column
    instalment_cents: Column
    step: Column
    propensity: NDArray[np.float64]
    explored: NDArray[np.bool_]
    final: NDArray[np.bool_]
    why: Column
    chance: Floats
    """Of agreeing on a visit."""
    margin_cents: Floats
    """What agreeing adds to what the person would pay anyway, expected."""


@dataclass(frozen=True, slots=True)
class Scores:
    """The models an offer is chosen by and the price of conceding."""

    agree: Sensitivity
    keep: Keeping
    horizon_days: int
    concession_price: float = 0.0
    """Cents per cent conceded beyond the cent itself: keeps the budget for discounts."""
    explore: float = 0.05


def opening(limits: LimitColumns, balance: Column) -> tuple[Column, Column]:
    """The creditor's own first offer: discount in cents and payments (n,).

    The opening share of the maximum in the shortest plan whose instalment is comfortable.
    """
    count = np.ones_like(balance)
    for _ in range(2):  # the discount left in a plan depends on its length
        cents = limits.most_cents(balance, count, limits.opening_ppm)
        count = limits.fewest(balance - cents, limits.comfortable_cents)
    return limits.most_cents(balance, count, limits.opening_ppm), count


def choose(
    limits: LimitColumns,
    standing: Standing,
    visitor: Visitor,
    income: Floats,
    outlook: Outlook,
    scores: Scores,
    uniforms: NDArray[np.float64],
) -> Offers:
    """The offer of each person (m,). `income` in cents a month, nan unknown; `uniforms` (m, 2)
    are what exploring is drawn from."""
    fixed = standing.rules_only | ((standing.instalments > 0) & ~standing.may_step)
    cents, count = _fixed_offers(limits, standing)
    drawn = _Drawn.of(len(fixed))
    for rows, grid in (
        (np.flatnonzero(fixed), False),
        (np.flatnonzero(~fixed), True),
    ):
        some = _Case(
            limits.rows(rows), standing.rows(rows), visitor.rows(rows), income[rows],
            outlook.rows(rows), scores,
        )  # fmt: skip
        options = some.grid() if grid else (cents[rows, None, None], count[rows, None, None])
        drawn.put(rows, some.choose(*options, uniforms[rows]))
    return _offers(limits, standing, income, drawn, fixed)


def _fixed_offers(limits: LimitColumns, standing: Standing) -> tuple[Column, Column]:
    """What is shown where nothing is chosen: what was seen, or the creditor's own offer."""
    own_cents, own_count = opening(limits, standing.balance)
    cents = np.where(standing.rules_only, np.maximum(own_cents, standing.seen()), standing.seen())
    room = np.maximum((standing.balance - cents) // np.maximum(limits.least_cents, 1), 1)
    count = np.minimum(standing.instalments, room)
    return cents, np.maximum(np.where(standing.rules_only, own_count, 1), count)


@dataclass(slots=True)
class _Drawn:
    """What was chosen for each person (m,)."""

    cents: Column
    count: Column
    chance: Floats
    margin: Floats
    propensity: NDArray[np.float64]
    explored: NDArray[np.bool_]

    @classmethod
    def of(cls, people: int) -> "_Drawn":
        whole, real = np.zeros(people, dtype=np.int64), np.zeros(people, dtype=np.float32)
        return cls(
            whole, whole.copy(), real, real.copy(), np.ones(people), np.zeros(people, dtype=bool)
        )

    def put(self, rows: Column, part: "_Drawn") -> None:
        for name in self.__slots__:
            getattr(self, name)[rows] = getattr(part, name)


@dataclass(frozen=True, slots=True)
class _Case:
    """Some people (m,) and all that their offer depends on."""

    limits: LimitColumns
    standing: Standing
    visitor: Visitor
    income: Floats
    outlook: Outlook
    scores: Scores

    def grid(self) -> tuple[Column, Column]:
        """Discounts in cents and payments (m, L, N), from what was seen upward."""
        limits, balance = self.limits, self.standing.balance
        middle = balance - limits.most_cents(balance, np.ones_like(balance), MILLION // 2)
        counts = [np.ones_like(balance)]
        for stretch in STRETCH[1:]:
            wanted = np.maximum((limits.comfortable_cents * stretch).astype(np.int64), 1)
            counts.append(limits.fewest(middle, wanted))
        count = np.maximum(np.stack(counts, axis=1), self.standing.instalments[:, None])
        most = limits.most_cents(balance, count, MILLION)
        low = np.minimum(self.standing.seen()[:, None], most)
        room = (balance[:, None] - low) // np.maximum(limits.least_cents[:, None], 1)
        count = np.minimum(count, np.maximum(room, 1))
        levels = np.array(LEVELS, dtype=np.int64)[None, :, None]
        cents = low[:, None, :] + (most - low)[:, None, :] * levels // MILLION
        return cents, np.broadcast_to(count[:, None, :], cents.shape)

    def choose(self, cents: Column, count: Column, uniforms: NDArray[np.float64]) -> _Drawn:
        """The best of the options (m, L, N), at times one next to it."""
        net = self.standing.balance[:, None, None] - cents
        instalment = self.limits.instalment(net, count)
        comfortable = self.limits.comfortable_cents.astype(np.float32)
        load = load_of(
            instalment.astype(np.float32), count.astype(np.float32), comfortable, self.income
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

        return _Drawn(
            taken(cents), taken(count), taken(chance), taken(margin), propensity, explored
        )

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
        """Options (m, L, N) within the rules and no worse than what was seen, each once."""
        limits = self.limits
        fits = (count == 1) | (instalment >= limits.least_cents[:, None, None])
        fits &= count <= limits.longest[:, None, None]
        fits &= cents >= self.standing.seen()[:, None, None]
        fits[:, :, 1:] &= count[:, :, 1:] > count[:, :, :-1]
        return np.asarray(fits)


def _pick(
    worth: Floats, explore: float, uniforms: NDArray[np.float64]
) -> tuple[Column, NDArray[np.float64], NDArray[np.bool_]]:
    """The best option of each person, at times one of its neighbours; with its exact chance."""
    people, levels, plans = worth.shape
    flat = worth.reshape(people, levels * plans)
    greedy = flat.argmax(axis=1)
    level, plan = np.divmod(greedy, plans)
    moves = [(a, b) for a in (-1, 0, 1) for b in (-1, 0, 1)]
    near = np.stack([(level + a) * plans + plan + b for a, b in moves], axis=1)
    inside = np.stack(
        [
            (level + a >= 0) & (level + a < levels) & (plan + b >= 0) & (plan + b < plans)
            for a, b in moves
        ],
        axis=1,
    )
    safe = np.where(inside, near, greedy[:, None])
    usable = inside & np.isfinite(np.take_along_axis(flat, safe, axis=1))
    number = np.maximum(usable.sum(axis=1), 1)
    exploring = uniforms[:, 0] < explore
    rank = (uniforms[:, 1] * number).astype(np.int64)
    spot = (usable.cumsum(axis=1) > rank[:, None]).argmax(axis=1)
    chosen = np.where(exploring, safe[np.arange(people), spot], greedy)
    propensity = explore / number + (1 - explore) * (chosen == greedy)
    return chosen, propensity, exploring


def _offers(
    limits: LimitColumns,
    standing: Standing,
    income: Floats,
    drawn: _Drawn,
    fixed: NDArray[np.bool_],
) -> Offers:
    seen, discount, payments = standing.instalments > 0, drawn.cents, drawn.count
    more = discount - standing.seen()
    better = ~fixed & seen & ((more > 0) | (payments > standing.instalments))
    final = ~standing.rules_only & (standing.no_steps | (standing.left - better <= 0))
    explored = drawn.explored & ~fixed
    margin = np.maximum(drawn.margin, 0)
    return Offers(
        discount_cents=discount,
        instalments=payments,
        instalment_cents=limits.instalment(standing.balance - discount, payments),
        step=standing.step + better,
        propensity=np.where(fixed, 1.0, drawn.propensity),
        explored=explored,
        final=final,
        why=_why(standing, more, payments, better, explored, final, income),
        chance=drawn.chance,
        margin_cents=margin.astype(np.float32),
    )


def _why(
    standing: Standing,
    more: Column,
    payments: Column,
    better: NDArray[np.bool_],
    explored: NDArray[np.bool_],
    final: NDArray[np.bool_],
    income: Floats,
) -> Column:
    seen = standing.instalments > 0
    longer = payments > standing.instalments
    poor = np.isfinite(income) & (income < EXISTENTIAL_MINIMUM_CENTS)
    found = np.zeros(len(payments), dtype=np.int64)
    for holds, why in (
        (~seen & ~standing.rules_only, Why.OPENING),
        (standing.rules_only, Why.CREDITOR_RULES),
        (better, Why.CAME_BACK),
        (better & (more > 0), Why.MORE_DISCOUNT),
        (better & longer, Why.MORE_INSTALMENTS),
        (seen & ~better & ~standing.rules_only, Why.AS_SEEN),
        (final, Why.FINAL),
        (standing.no_steps & ~standing.rules_only, Why.NO_STEP_ARM),
        (explored, Why.EXPLORED),
        (poor, Why.PERSON_AND_HELP),
    ):
        found |= np.where(holds, int(why), 0)
    return found


def names_of(why: int) -> list[str]:
    """The codes of a set of reasons, for texts and storage."""
    return [one.name.lower() for one in Why if one & why and one.name]
