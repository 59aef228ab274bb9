"""The offer each person would see today: chosen for them, within the creditor's rules.

Left without closing, then back on a later day: a better offer, exclusive, at most a few times,
final when it says so. Never worse than what was seen, never beyond the rules' maximum.
"""

from dataclasses import dataclass
from enum import IntFlag

import numpy as np
from numpy.typing import NDArray

from app.offers.limits import LimitColumns
from app.offers.options import Case, Drawn
from app.offers.standing import Column, Floats, Outlook, Scores, Standing
from app.offers.terms import MILLION
from app.scoring.sensitivity import Visitor

ALL = np.iinfo(np.int64).max


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
    OPENING_KEPT = 1024
    NO_ROOM = 2048


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


def opening(limits: LimitColumns, balance: Column) -> tuple[Column, Column]:
    """The creditor's own first offer: discount in cents and payments (n,).

    The opening share of the maximum in the shortest plan whose instalment is comfortable, as far
    as the creditor's first plans go.
    """
    count = np.ones_like(balance)
    for _ in range(2):  # the discount left in a plan depends on its length
        cents = limits.most_cents(balance, count, limits.opening_ppm)
        count = limits.fewest(balance - cents, limits.comfortable_cents)
        count = np.minimum(count, limits.opening_longest)
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
    spare = spare_of(income, scores.income_left_cents)
    drawn = Drawn.of(len(fixed))
    for rows, grid in (
        (np.flatnonzero(fixed), False),
        (np.flatnonzero(~fixed), True),
    ):
        some = Case(
            limits.rows(rows), standing.rows(rows), visitor.rows(rows), outlook.rows(rows),
            scores, spare[rows],
        )  # fmt: skip
        options = some.grid() if grid else (cents[rows, None, None], count[rows, None, None])
        drawn.put(rows, some.choose(*options, uniforms[rows]))
    offers = _offers(limits, standing, spare, drawn, fixed)
    if scores.keeps_opening:
        offers.why[~fixed & (standing.instalments == 0)] |= int(Why.OPENING_KEPT)
    return offers


def _fixed_offers(limits: LimitColumns, standing: Standing) -> tuple[Column, Column]:
    """What is shown where nothing is chosen: what was seen, or the creditor's own offer."""
    own_cents, own_count = opening(limits, standing.balance)
    cents = np.where(standing.rules_only, np.maximum(own_cents, standing.seen()), standing.seen())
    room = np.maximum((standing.balance - cents) // np.maximum(limits.least_cents, 1), 1)
    count = np.minimum(standing.instalments, room)
    return cents, np.maximum(np.where(standing.rules_only, own_count, 1), count)


def _offers(
    limits: LimitColumns,
    standing: Standing,
    spare: Column,
    drawn: Drawn,
    fixed: NDArray[np.bool_],
) -> Offers:
    seen, discount, payments = standing.instalments > 0, drawn.cents, drawn.count
    more = discount - standing.seen()
    better = ~fixed & seen & ((more > 0) | (payments > standing.instalments))
    last = (standing.no_steps | (standing.left - better <= 0)) & ~standing.rules_only
    full = _is_most(limits, standing.balance, discount, payments) & ~last & ~standing.rules_only
    final = last | full
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
        why=_why(standing, more, payments, better, explored, final)
        | np.where(full, int(Why.NO_ROOM), 0)
        | np.where(_is_beyond(limits, standing.balance, spare), int(Why.PERSON_AND_HELP), 0),
        chance=drawn.chance,
        margin_cents=margin.astype(np.float32),
    )


def spare_of(income: Floats, left_cents: int) -> Column:
    """What an instalment may take of each income (m,), cents; all where it is not known."""
    known = np.isfinite(income)
    left = np.where(known, income, 0.0).astype(np.int64) - left_cents
    return np.where(known, left, ALL)


def _longest(limits: LimitColumns, net: Column) -> Column:
    """The most payments that the rules allow for `net` cents (m,)."""
    return np.minimum(limits.longest, np.maximum(net // np.maximum(limits.least_cents, 1), 1))


def _is_most(
    limits: LimitColumns, balance: Column, discount: Column, payments: Column
) -> NDArray[np.bool_]:
    """Whether the rules allow nothing better than an offer (m,): neither more of a discount nor,
    with no less of it, a longer plan."""
    longer = limits.most_cents(balance, payments + 1, MILLION) >= discount
    longer &= payments < _longest(limits, balance - discount)
    return np.asarray((discount >= limits.most_cents(balance, payments, MILLION)) & ~longer)


def _is_beyond(limits: LimitColumns, balance: Column, spare: Column) -> NDArray[np.bool_]:
    """Whose income is below what there is to live on with the smallest instalment there is (m,)."""
    known = np.flatnonzero(spare < ALL)
    some, owed = limits.rows(known), balance[known]
    count = _longest(some, owed - some.most_cents(owed, np.maximum(some.longest, 1), MILLION))
    net = owed - some.most_cents(owed, count, MILLION)
    found = np.zeros(len(spare), dtype=bool)
    found[known] = some.instalment(net, count) > spare[known]
    return found


def _why(
    standing: Standing,
    more: Column,
    payments: Column,
    better: NDArray[np.bool_],
    explored: NDArray[np.bool_],
    final: NDArray[np.bool_],
) -> Column:
    seen = standing.instalments > 0
    longer = payments > standing.instalments
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
    ):
        found |= np.where(holds, int(why), 0)
    return found


def names_of(why: int) -> list[str]:
    """The codes of a set of reasons, for texts and storage."""
    return [one.name.lower() for one in Why if one & why and one.name]
