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
LEVELS = (0, 200_000, 400_000, 600_000, 800_000, 1_000_000)
"""Shares of the way from what was seen (or nothing) to the maximum, in ppm."""
STRETCH = (0.0, 2.0, 1.0, 0.6, 0.35)
"""Instalments as multiples of the comfortable one that plans are made for; 0 = all at once."""
EXISTENTIAL_MINIMUM_CENTS = 60_000
"""What must be left of a month's income (Decreto 11.150 as amended by 11.567)."""
AFTER_REFUSAL = 0.5
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


@dataclass(frozen=True, slots=True)
class Outlook:
    """What would come without an agreement today (m,)."""

    cure: Floats
    """The chance of paying everything unasked within the horizon."""
    back: Floats
    """The chance of another visit."""


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
    visit_cents: Floats
    """What a visit adds to what the person would pay anyway, expected."""
    chance: Floats


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
    cents, count = _grid(limits, standing)
    net = standing.balance[:, None, None] - cents
    instalment = limits.instalment(net, count)
    load = load_of(instalment, count, limits.comfortable_cents.astype(np.float32), income)
    share = (cents / np.maximum(standing.balance, 1)[:, None, None]).astype(np.float32)
    chance = scores.agree.chance(visitor, share, load)
    kept = scores.keep.share_kept(visitor.traits, load, scores.horizon_days) * net
    worth, anyway = _worth(chance, kept.astype(np.float32), standing, outlook, scores)
    worth = chance * (worth - scores.concession_price * cents)
    worth[~_allowed(limits, standing, cents, count, instalment)] = -np.inf
    best, propensity, explored = _pick(worth, scores.explore, uniforms)
    return _offers(
        limits, standing, income, (cents, count, chance, kept), anyway, best, propensity, explored
    )


def _grid(limits: LimitColumns, standing: Standing) -> tuple[Column, Column]:
    """Discounts in cents and payments (m, L, N), from what was seen upward."""
    balance, seen = standing.balance, np.rint(standing.discount * standing.balance).astype(np.int64)
    once = np.ones_like(balance)
    middle = balance - limits.most_cents(balance, once, MILLION // 2)
    counts = [once]
    for stretch in STRETCH[1:]:
        wanted = np.maximum((limits.comfortable_cents * stretch).astype(np.int64), 1)
        counts.append(limits.fewest(middle, wanted))
    count = np.maximum(np.stack(counts, axis=1), standing.instalments[:, None])
    most = limits.most_cents(balance, count, MILLION)
    low = np.minimum(seen[:, None], most)
    levels = np.array(LEVELS, dtype=np.int64)[None, :, None]
    cents = low[:, None, :] + (most - low)[:, None, :] * levels // MILLION
    return cents, np.broadcast_to(count[:, None, :], cents.shape)


def _worth(
    chance: Floats, kept: Floats, standing: Standing, outlook: Outlook, scores: Scores
) -> tuple[Floats, Floats]:
    """What agreeing adds (m, L, N), and what would come anyway (m,), cents.

    Somebody who does not agree today may pay unasked, or come back: then to a better offer while
    steps are left. Both are given up by agreeing now.
    """
    unasked = outlook.cure * standing.balance.astype(np.float32)
    at = scores.agree.blocks["refusals"]
    falls = np.float32(np.exp(scores.agree.model.mean[at][0] / 3))
    later = chance * falls / (1 - chance + chance * falls)
    again = (later * (kept - unasked[:, None, None])).reshape(len(kept), -1).max(axis=1)
    again = np.maximum(again, 0) * np.where(standing.left > 0, 1.0, AFTER_REFUSAL)
    anyway = unasked + (1 - outlook.cure) * outlook.back * again
    return (kept - anyway[:, None, None]).astype(np.float32), anyway.astype(np.float32)


def _allowed(
    limits: LimitColumns, standing: Standing, cents: Column, count: Column, instalment: Column
) -> NDArray[np.bool_]:
    """Options (m, L, N) within the rules and no worse than what was seen."""
    seen = np.rint(standing.discount * standing.balance).astype(np.int64)
    fits = (count == 1) | (instalment >= limits.least_cents[:, None, None])
    fits &= (count <= limits.longest[:, None, None]) & (cents >= seen[:, None, None])
    fits[:, :, 1:] &= count[:, :, 1:] > count[:, :, :-1]
    return np.asarray(fits)


def _pick(
    worth: Floats, explore: float, uniforms: NDArray[np.float64]
) -> tuple[Column, NDArray[np.float64], NDArray[np.bool_]]:
    """The best option of each person, at times one of its neighbours; with its exact chance."""
    people, levels, plans = worth.shape
    flat = worth.reshape(people, -1)
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
    grid: tuple[Column, Column, Floats, Floats],
    anyway: Floats,
    chosen: Column,
    propensity: NDArray[np.float64],
    explored: NDArray[np.bool_],
) -> Offers:
    people = np.arange(len(chosen))
    cents, count, chance, kept = (part.reshape(len(chosen), -1) for part in grid)
    discount, payments = cents[people, chosen], count[people, chosen]
    seen = standing.instalments > 0
    stays = seen & ~standing.may_step
    held = np.rint(standing.discount * standing.balance).astype(np.int64)
    discount = np.where(stays, held, discount)
    payments = np.where(stays, standing.instalments, payments)
    own_discount, own_payments = opening(limits, standing.balance)
    own = standing.rules_only
    discount = np.where(own, np.maximum(own_discount, held), discount)
    payments = np.where(own, np.maximum(own_payments, standing.instalments), payments)
    fixed = own | stays
    better = ~fixed & seen & ((discount > held) | (payments > standing.instalments))
    final = ~own & (standing.no_steps | (standing.left - better <= 0))
    agreed = chance[people, chosen]
    gain = np.maximum(agreed * (kept[people, chosen] - anyway), 0)
    return Offers(
        discount_cents=discount,
        instalments=payments,
        instalment_cents=limits.instalment(standing.balance - discount, payments),
        step=standing.step + better,
        propensity=np.where(fixed, 1.0, propensity),
        explored=explored & ~fixed,
        final=final,
        why=_why(standing, discount - held, payments, better, explored & ~fixed, final, income),
        visit_cents=np.where(stays, gain * AFTER_REFUSAL, gain).astype(np.float32),
        chance=agreed,
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
