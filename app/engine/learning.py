"""A day's events taken in: what was expected against what happened, then the history itself."""

import math
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from app.engine import frames, outlook, planning
from app.engine.state import State
from app.journeys.arms import Arm
from app.journeys.random import Purpose, uniforms
from app.journeys.route import HALF_DAYS
from app.offers.gaming import RIPE, Watch, watch
from app.scoring.capacity import load_of
from app.scoring.events import Contacts, Day, day_of
from app.scoring.stage import WEEKLY

Rows = NDArray[np.int64]
FORGOTTEN = 0.002
"""What of older evidence fades each day: half-life about a year."""
FORGOTTEN_OFFERS = 0.001
SAMPLE = 2_000
"""People of a quiet day from whom paying and coming unasked is learned; each stands for more."""
WORDS_LAST = 14
"""Days within which a first payment is credited to the last words."""
TARGET = 1.0
"""Complaints expected under the engine against those under the creditor's rules."""
SMOOTHED = 0.2
FEW_PEOPLE = 100
"""People on the rules from which their own complaints count as much as those expected."""
PULL = 0.3
MOST_RESTRAINT = 2_000.0
"""Restraint at most so many times the price of a complaint."""


def learn(state: State, day: date, events: pl.DataFrame) -> None:
    """Take in a day. Raises ValueError naming a wrong column before anything is changed."""
    index = state.index
    happened = day_of(events, state.people, index.channels, index.hours, index.wordings)
    state.history.advance(day)
    _learn_contacts(state, day, happened)
    _learn_visits(state, day, happened)
    _learn_payments(state, day, happened)
    _learn_unasked(state, day, happened)
    alone = ~np.isin(happened.visits.rows, happened.contacts.rows)
    state.reach.active(happened.visits.rows[alone], happened.visits.hour[alone])
    state.history.absorb(day, happened)
    state.ignored += happened.ignored
    _settle(state)


def replanned(
    state: State, rows: Rows, events: pl.DataFrame, day: date, night: planning.Night
) -> pl.DataFrame:
    """The action of `rows` (one person) after events, under given prices; nothing is kept."""
    one, index = state.rows(rows), state.index
    one.history.absorb(day, day_of(events, one.people, index.channels, index.hours, index.wordings))
    legal = planning.legal_of(one, day)
    scored = planning.score(one, np.arange(len(rows)), day, legal)
    chosen, _ = planning.choose(one, scored, day, night)
    return frames.actions(one, chosen)


def _learn_contacts(state: State, day: date, happened: Day) -> None:
    contacts, rows = happened.contacts, happened.contacts.rows
    if not len(rows):
        return
    history = state.history.rows(rows)
    came = np.isin(rows, happened.visits.rows)
    moment = outlook.moment_of(state, rows, history, day)
    expected = state.reach.learn(contacts, moment, came)
    complained = np.isin(rows, happened.simple["complaint"])
    _press(state, contacts, moment.pressure)
    opted_out = np.isin(rows, happened.stops[0])
    state.risk.learn(contacts.channel, contacts.hour, moment.pressure, complained, opted_out)
    mine = state.arm[rows] == Arm.ENGINE
    state.wordings.record(
        contacts.channel[mine], contacts.wording[mine], contacts.engaged[mine], expected[mine]
    )
    state.tally.contacts(contacts, state.arm[rows], expected, came, state.spec.costs())


def _press(state: State, contacts: Contacts, pressure: NDArray[np.float32]) -> None:
    """Expected complaints a person and day under the engine and under the rules, smoothed."""
    chance = state.risk.complaint(pressure)[np.arange(len(pressure)), contacts.channel]
    arm = state.arm[contacts.rows]
    for place, group in enumerate((Arm.ENGINE, Arm.RULES)):
        people = max(int((state.arm == group).sum()), 1)
        today = float(chance[arm == group].sum()) / people
        state.tally.pressed[place] += SMOOTHED * (today - state.tally.pressed[place])


def _learn_visits(state: State, day: date, happened: Day) -> None:
    visits, limits = happened.visits, state.limits
    shown = (visits.instalments > 0) & ~np.isnan(visits.discount)
    history = state.history.rows(visits.rows)
    state.tally.visits(happened, state.arm[visits.rows], _step_seen(state, happened))
    shown &= ~(history.agreed | history.settled)
    rows = visits.rows[shown]
    if not len(rows):
        return
    visitor = outlook.visitor_of(state, rows, state.history.rows(rows), _via(state, happened)[rows])
    discount, count = visits.discount[shown], visits.instalments[shown].astype(np.int64)
    net = state.history.balance[rows] * (1 - discount)
    load = load_of(
        (net / count).astype(np.float32),
        count.astype(np.float32),
        limits.comfortable_cents[rows].astype(np.float32),
        state.people.income[rows],
    )
    state.agree.learn(visitor, discount.astype(np.float32), load, visits.committed[shown])


def _via(state: State, happened: Day) -> NDArray[np.int8]:
    """The channel that brought each person today (n,), −1 where none did."""
    contacts = happened.contacts
    brought = np.full(len(state.people), -1, dtype=np.int8)
    brought[contacts.rows] = contacts.channel
    brought[contacts.rows[contacts.engaged]] = contacts.channel[contacts.engaged]
    return brought


def _step_seen(state: State, happened: Day) -> NDArray[np.int8]:
    visits, history = happened.visits, state.history
    rows = visits.rows
    seen = history.seen_instalments[rows]
    discount = np.nan_to_num(visits.discount)
    better = (discount > history.seen_discount[rows] + 1e-4) | (visits.instalments > seen)
    return (history.step[rows] + ((seen > 0) & better)).astype(np.int8)


def _learn_payments(state: State, day: date, happened: Day) -> None:
    """Due instalments that were paid, or broken on, by people with an agreement."""
    history, paid = state.history, happened.paid
    inside = history.agreed[paid[0]] & (history.commits[paid[0]] > 0)
    broken = happened.simple["broken"]
    broken = broken[history.commits[broken] > 0]
    rows = np.concatenate([paid[0][inside], broken])
    if not len(rows):
        return
    first = history.cash_since_commit[rows] <= 0
    count = np.maximum(history.committed_instalments[rows], 1).astype(np.float32)
    net = history.committed_net[rows]
    amount = np.concatenate([paid[1][inside], np.zeros(len(broken))])
    whole = first & (count > 1) & (amount >= 0.95 * net)
    state.keep.whole += [whole.sum(), (first & (count > 1)).sum()]
    count = np.where(whole, 1, count)
    load = load_of(
        (net / count).astype(np.float32),
        count.astype(np.float32),
        state.limits.comfortable_cents[rows].astype(np.float32),
        state.people.income[rows],
    )
    success = np.arange(len(rows)) < inside.sum()
    state.keep.learn(state.traits[rows], load, first, success)
    started = rows[success & first]
    fresh = started[day.toordinal() - history.contacted_on[started] <= WORDS_LAST]
    fresh = fresh[state.arm[fresh] == Arm.ENGINE]
    state.wordings.record_paid(history.last_channel[fresh], history.last_wording[fresh])


def _learn_unasked(state: State, day: date, happened: Day) -> None:
    """People who were not contacted today: who paid everything, who came."""
    history = state.history
    quiet = history.open()
    quiet[happened.contacts.rows] = False
    rows = np.flatnonzero(quiet)
    if not len(rows):
        return
    acted = np.zeros(len(quiet), dtype=bool)
    acted[happened.paid[0]] = True
    acted[happened.visits.rows] = True
    share = min(1.0, SAMPLE / len(rows))
    drawn = uniforms(state.spec.seed, Purpose.SAMPLE, day.toordinal(), state.people.ids[rows])
    rows = rows[acted[rows] | (drawn[:, 0] < share)]
    weight = np.where(acted[rows], 1.0, 1 / share).astype(np.float32)
    closed = happened.visits.rows[happened.visits.committed]
    paid = np.isin(rows, happened.paid[0]) & ~np.isin(rows, closed)
    came = np.isin(rows, happened.visits.rows)
    known = state.traits[rows]
    then = state.history.rows(rows)
    state.unasked.learn_cure(known, paid, weight)
    state.unasked.learn_come(
        known,
        outlook.contacted_lately(then, day),
        outlook.since_visit(then, day),
        came,
        weight,
    )


def _settle(state: State) -> None:
    """The end of a day: fade, shrink, watch the ladder, keep complaints below the rules'."""
    state.days += 1
    state.reach.settle(FORGOTTEN)
    state.wordings.settle()
    for model in (state.agree.model, state.unasked.cures, state.unasked.comes):
        model.forget(FORGOTTEN_OFFERS)
    state.step_rate = ladder_watch(state).rate
    _restrain(state)
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
        stepped=outlook.steps_allowed(state)[came],
        ripe=history.clock - history.first_visit[came] >= RIPE,
        at_first=(history.committed_on[came] == history.first_visit[came]),
        recovered=recovered,
    )


def _restrain(state: State) -> None:
    """Raise the price of a complaint while more are to be expected than under the rules."""
    ours, seen = state.tally.pressed
    people = int((state.arm == Arm.RULES).sum())
    theirs = (seen * people + _usual(state) * FEW_PEOPLE) / (people + FEW_PEOPLE)
    if theirs <= 0:
        return
    price = max(state.spec.complaint_cents, 1.0)
    grown = (state.restraint + price) * math.exp(
        float(np.clip(PULL * (ours / theirs / TARGET - 1), -0.1, 0.4))
    )
    state.restraint = float(np.clip(grown - price, 0, MOST_RESTRAINT * price))


def _usual(state: State) -> float:
    """Complaints a person and day that the creditor's spacing leads to, by the same scores."""
    spacing = state.spec.incumbent.spacing_days
    first = state.index.channels[state.spec.incumbent.channels[0]]
    days = np.arange(spacing, 7, spacing)
    pressed = np.array([np.sum(0.5 ** (days / HALF_DAYS)) / WEEKLY], dtype=np.float32)
    open_share = float(state.history.open().mean()) if len(state.people) else 0.0
    legal = 0.75  # of the days: weekends and holidays carry few contacts
    return float(state.risk.complaint(pressed)[0, first]) * legal * open_share / spacing


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
