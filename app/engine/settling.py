"""The end of a day: evidence fades, the ladder is watched, complaints and concessions priced."""

from datetime import date

import numpy as np

from app.engine import pacing, prospects
from app.engine.state import State
from app.journeys.arms import Arm
from app.journeys.route import pressure
from app.journeys.value import contact_values
from app.offers.gaming import RIPE, Watch, watch

FORGOTTEN = 0.002
"""What of older evidence fades each day: half-life about a year."""
FORGOTTEN_OFFERS = 0.001
PACED = 500
"""People of a sample by which the price of complaints is found each night."""


def settle(state: State, day: date) -> None:
    """The end of a day: fade, shrink, watch the ladder, keep complaints below the rules'."""
    state.days += 1
    state.settled_on = day.toordinal()
    state.reach.settle(FORGOTTEN)
    state.wordings.settle()
    for model in (state.agree.model, state.unasked.cures, state.unasked.comes):
        model.forget(FORGOTTEN_OFFERS)
    state.step_rate = ladder_watch(state).rate
    _restrain(state, day)
    _budget(state)


def ladder_watch(state: State) -> Watch:
    """What steps bring, over the engine's people who came at least once."""
    history = state.history
    came = np.flatnonzero((history.visits > 0) & (state.arm == Arm.ENGINE))
    balance = np.maximum(state.people.balance[came], 1)
    agreed = history.agreed[came] & (history.commits[came] > 0)
    recovered = np.where(
        agreed,
        1 - history.committed_discount[came],
        np.minimum(history.cash[came] / balance, 1),
    )
    return watch(
        stepped=history.held_back[came],
        ripe=history.clock - history.first_visit[came] >= RIPE,
        at_first=(history.committed_on[came] == history.first_visit[came]),
        recovered=recovered,
    )


def _restrain(state: State, day: date) -> None:
    """The price of a complaint at which no more are to be expected than under sensible rules."""
    rows = np.flatnonzero((state.arm == Arm.ENGINE) & state.history.open())
    rows = rows[:: max(1, len(rows) // PACED)]
    if not len(rows):
        return
    history = state.history.rows(rows)
    usable = state.people.reachable[rows] & ~history.opted_out
    rows, usable = rows[usable.any(axis=1)], usable[usable.any(axis=1)]
    if not len(rows):
        return
    history = state.history.rows(rows)
    chance, worth, _ = prospects.prospects(state, rows, history, day)
    values = contact_values(chance, worth, state.risk.edge_factor(), prospects.stakes_of(state))
    best = np.where(usable, values.max(axis=2), np.float32(-np.inf))
    wear, pressed = prospects.wear_of(state), pressure(history, day)
    rhythm = wear.at_rest(prospects.rhythm_of(state, best, values, chance, worth), pressed)
    places = [state.index.channels[name] for name in state.spec.incumbent.channels]
    theirs = usable[:, places]
    risk = worth.complaint[:, places] * np.exp(-wear.upset * pressed)[:, None]
    usual = (risk * theirs).sum(axis=1) / np.maximum(theirs.sum(axis=1), 1)
    state.restraint = pacing.restraint(
        rhythm,
        wear,
        usual,
        spacing_days=state.spec.incumbent.spacing_days,
        per_week=state.spec.per_week,
    )


def _budget(state: State) -> None:
    """Raise the price of conceding while more than the budget is conceded on average."""
    budget = state.spec.discount_budget
    if budget is None:
        return
    agreed = state.tally.step[Arm.ENGINE]
    closed, conceded = agreed[:, 1].sum(), agreed[:, 2].sum()
    if closed < 5:
        return
    over = conceded / closed - budget
    state.concession_price = float(np.clip(state.concession_price + 0.3 * over, 0, 3))
