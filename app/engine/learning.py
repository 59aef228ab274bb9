"""A day's events taken in: what was expected against what happened, then the history itself."""

from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from app.engine import frames, outlook, planning
from app.engine.settling import settle
from app.engine.state import State
from app.journeys.arms import Arm
from app.journeys.random import Purpose, uniforms
from app.scoring.capacity import load_of
from app.scoring.events import Day, day_of

Rows = NDArray[np.int64]
SAMPLE = 2_000
"""People of a quiet day from whom paying and coming unasked is learned; each stands for more."""
WORDS_LAST = 14
"""Days within which a first payment is credited to the last words."""


def learn(state: State, day: date, events: pl.DataFrame) -> None:
    """Take in a day. Raises ValueError naming a wrong column before anything is changed.

    Of a day that is over already more may be told: it fades and settles nothing again.
    """
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
    if day.toordinal() > state.settled_on:
        settle(state, day)


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
    opted_out = np.isin(rows, happened.stops[0])
    state.risk.learn(contacts.channel, contacts.hour, moment.pressure, complained, opted_out)
    mine = state.arm[rows] == Arm.ENGINE
    state.wordings.record(
        state.product[rows[mine]],
        contacts.channel[mine],
        contacts.wording[mine],
        contacts.engaged[mine],
        expected[mine],
    )
    state.tally.contacts(contacts, state.arm[rows], expected, came, state.spec.costs())


def _learn_visits(state: State, day: date, happened: Day) -> None:
    visits = happened.visits
    shown = (visits.instalments > 0) & ~np.isnan(visits.discount)
    history = state.history.rows(visits.rows)
    state.tally.visits(happened, state.arm[visits.rows], _step_seen(state, happened))
    new = history.visits == 0
    held_back = outlook.steps_allowed(state, history, visits.rows)
    state.history.held_back[visits.rows[new]] = held_back[new]
    shown &= ~(history.agreed | history.settled)
    rows = visits.rows[shown]
    if not len(rows):
        return
    via = _via(state, happened)[rows]
    visitor = outlook.visitor_of(state, rows, state.history.rows(rows), day, via)
    discount, count = visits.discount[shown], visits.instalments[shown].astype(np.int64)
    net = state.history.balance[rows] * (1 - discount)
    load = load_of(
        (net / count).astype(np.float32),
        count.astype(np.float32),
        visitor.carried,
        visitor.told,
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
    carried = outlook.carried_of(state, rows, history.rows(rows))
    told = history.fits_cents[rows].astype(np.float32)
    opened = first & (count > 1) & (amount > 0)
    whole = opened & (amount >= 0.95 * net)
    agreed = load_of((net / count).astype(np.float32), count, carried, told)
    state.keep.learn_whole(agreed.rows(opened), whole[opened])
    count = np.where(whole, 1, count)
    load = load_of((net / count).astype(np.float32), count.astype(np.float32), carried, told)
    success = np.arange(len(rows)) < inside.sum()
    state.keep.learn(state.traits[rows], load, first, success)
    # One payment may cover several instalments: what it covers beyond the first was paid as well.
    ahead = np.where(whole, 0.0, np.round(amount / np.maximum(net / count, 1)) - 1)
    more = np.flatnonzero(ahead > 0)
    state.keep.learn(
        state.traits[rows[more]],
        load.rows(more),
        np.zeros(len(more), dtype=bool),
        np.ones(len(more), dtype=bool),
        weight=np.minimum(ahead[more], count[more]).astype(np.float32),
    )
    started = rows[success & first]
    fresh = started[day.toordinal() - history.contacted_on[started] <= WORDS_LAST]
    fresh = fresh[state.arm[fresh] == Arm.ENGINE]
    state.wordings.record_paid(
        state.product[fresh], history.last_channel[fresh], history.last_wording[fresh]
    )


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
