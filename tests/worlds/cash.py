"""Money: instalments kept and missed, agreements broken and settled, debts paid with no help."""

import numpy as np
from numpy.typing import NDArray

from tests.worlds.creditor import GRACE_DAYS
from tests.worlds.people import Column, sigmoid
from tests.worlds.town import Town

Rows = NDArray[np.int64]

MONTH = 30
KEEP_WIDTH, KEEP_EASE = 0.3, 1.0
"""An instalment as large as the capacity is paid on time about 7 times in 10. No source."""


def pay(town: Town, *, in_run: bool = True) -> None:
    """What is due today is paid or missed; what is late is paid or breaks.

    `in_run`: False after the last day, when agreements run off and nobody looks any more.
    """
    state = town.state
    due = np.flatnonzero(state.in_agreement & (state.plan_due == town.day))
    if not len(due):
        return
    late = state.plan_late[due]
    chance = np.where(late, town.world.value["late_payer"], 1) * keeps(town, due)
    pays = town.luck("pays")[due] < chance
    _receive(town, due[pays], in_run=in_run)
    missed = due[~pays & ~late]
    state.plan_late[missed] = True
    state.plan_due[missed] += GRACE_DAYS
    _break(town, due[~pays & late])


def keeps(town: Town, who: Rows) -> Column:
    """The chance that what is due today is paid, given this month's money."""
    state = town.state
    shock = town.world.value["income_shock"] * town.draws.normal(town.day, "income")[who]
    at_once, by_agent = state.plan_at_once[who], state.plan_by_agent[who]
    return keeping(town, who, state.plan_cents[who], at_once, by_agent, shock)


def keeping(
    town: Town,
    who: Rows,
    cents: NDArray,
    at_once: NDArray,
    by_agent: NDArray,
    shock: NDArray | float = 0.0,
) -> Column:
    """The chance to keep one payment: from the month's capacity, or at once from what is at hand."""
    latents, value = town.latents, town.world.value
    money = np.where(at_once, latents.liquid_cents[who], latents.capacity_cents[who])
    ease = (np.log(money) + shock - np.log(np.maximum(cents, 1))) / KEEP_WIDTH + KEEP_EASE
    return value["keep"] * np.where(by_agent, value["keep_by_agent"], 1.0) * sigmoid(ease)


def cure(town: Town) -> None:
    """Some pay all they owe with no agreement and no discount."""
    state = town.state
    free = ~state.in_agreement & ~state.settled & (state.held_until <= town.day)
    who = np.flatnonzero(free & (town.luck("cure") < town.latents.cure))
    amount = state.balance_cents[who].copy()
    state.paid_cents[who] += amount
    state.credited_cents[who] += amount
    state.balance_cents[who] = 0
    state.settled[who] = True
    town.journal.add("payment", who, amount_cents=amount)
    town.journal.add("settled", who)


def release(town: Town) -> None:
    """Disputes that end today."""
    town.journal.add("released", np.flatnonzero(town.state.held_until == town.day))


def run_off(town: Town) -> None:
    """After the last day agreements go on, with no contact, until they end."""
    while town.state.in_agreement.any():
        upcoming = town.state.plan_due[town.state.in_agreement]
        town.day = int(upcoming.min())
        pay(town, in_run=False)


def _receive(town: Town, who: Rows, *, in_run: bool) -> None:
    state = town.state
    last = state.plan_left[who] == 1
    rest = state.plan_net[who] - state.plan_paid[who]
    amount = np.where(last, rest, state.plan_cents[who])
    state.plan_paid[who] += amount
    state.plan_left[who] -= 1
    state.plan_due[who] += np.where(state.plan_late[who], MONTH - GRACE_DAYS, MONTH)
    state.plan_late[who] = False
    if in_run:
        state.paid_cents[who] += amount
        town.journal.add("payment", who, amount_cents=amount)
    counts = town.day - state.plan_signed[who] <= town.spec.horizon_days
    state.credited_cents[who] += np.where(counts | in_run, amount, 0)
    done = who[last]
    state.in_agreement[done] = False
    state.settled[done] = True
    state.balance_cents[done] = 0
    town.journal.add("settled", done)


def _break(town: Town, who: Rows) -> None:
    """The discount is void; what was paid stays paid."""
    state = town.state
    state.in_agreement[who] = False
    state.balance_cents[who] -= state.plan_paid[who]
    state.setbacks[who] += 1
    state.breaks[who] += 1
    town.journal.add("broken", who)
