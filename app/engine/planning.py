"""A night: score everybody in chunks, price what is scarce, choose."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from app.engine import chosen, prospects
from app.engine.chosen import Chosen, Draw
from app.engine.state import State
from app.journeys import prices as pricing
from app.journeys import route
from app.journeys.arms import Arm
from app.journeys.random import Purpose, uniforms
from app.journeys.value import contact_values
from app.offers import ladder

CHUNK = 32_768
WORKERS = 2
Floats = NDArray[np.float32]
Rows = NDArray[np.int64]
LEAST_WARMTH, MORE_WARMTH, ENOUGH_CONTACTS = 0.02, 0.12, 4.0
"""Choices are spread near the best: widely for somebody new, hardly after some contacts."""
LEAST_TRIED, MORE_TRIED, ENOUGH_TRIES = 0.05, 0.45, 200.0
"""The share of a scarce channel's places that goes to people at random, to learn what it does."""


RUNNING, TURN = 2, 0.2
"""After so many contacts in a row by one channel, one more by it counts for so little when channels
are chosen: another takes its turn wherever it is worth anything near."""


@dataclass(slots=True)
class Scored:
    """What the night knows of each person before prices (n rows of `rows`)."""

    rows: Rows
    values: Floats
    """(m, C, H) cents."""
    best: Floats
    """(m, C) cents at the best legal hour; −inf where the channel may not be used."""
    eligible: route.Eligible
    offers: ladder.Offers


def together(parts: Sequence[Scored]) -> Scored:
    """Chunks as one."""
    first = parts[0]
    if len(parts) == 1:
        return first
    return Scored(
        rows=np.concatenate([part.rows for part in parts]),
        values=np.concatenate([part.values for part in parts]),
        best=np.concatenate([part.best for part in parts]),
        eligible=route.Eligible(
            np.concatenate([part.eligible.channel for part in parts]),
            np.concatenate([part.eligible.hour for part in parts]),
        ),
        offers=ladder.Offers(
            *(
                np.concatenate([getattr(part.offers, name) for part in parts])
                for name in ladder.Offers.__slots__
            )
        ),
    )


def score_all(state: State, day: date) -> Scored | None:
    """Everybody, in chunks on both cores: numpy lets go of the interpreter while it works."""
    everybody, legal = np.arange(len(state.people)), legal_of(state, day)
    chunks = [everybody[at : at + CHUNK] for at in range(0, len(everybody), CHUNK)]
    if len(chunks) <= 1:
        return score(state, everybody, day, legal) if chunks else None
    with ThreadPoolExecutor(WORKERS) as pool:
        return together(list(pool.map(lambda rows: score(state, rows, day, legal), chunks)))


def legal_of(state: State, day: date) -> NDArray[np.bool_]:
    """Legal hours by region (regions, H)."""
    return route.legal_hours(state.people, state.spec, day)


def score(state: State, rows: Rows, day: date, legal: NDArray[np.bool_]) -> Scored:
    """Offers and contact values of some people."""
    history = state.history.rows(rows)
    may = route.eligible(state.people, history, rows, state.spec, legal, day)
    # The comparison goes on as the creditor always did.
    may.channel[:] &= ~(history.dead() & (state.arm[rows] == Arm.ENGINE)[:, None])
    chance, worth, offers = prospects.prospects(state, rows, history, day)
    values = contact_values(chance, worth, state.risk.edge_factor(), prospects.stakes_of(state))
    best = route.best_hours(values, may)
    best[~prospects.due(state, rows, history, day, values, chance, worth, best)] = -np.inf
    return Scored(rows, values, best, may, offers)


@dataclass(frozen=True, slots=True)
class Night:
    """What one night fixed for everybody, kept for those who are planned anew by day."""

    prices: NDArray[np.float64]
    """Cents per place of each channel (C,)."""
    tries: NDArray[np.float64]
    """The chance that somebody is given a scarce channel just to learn (C,)."""


def choose(
    state: State, scored: Scored, day: date, night: Night | None = None
) -> tuple[Chosen, Night]:
    """The day's contacts of scored people, and the night they were chosen under.

    With a night given (people planned anew) its prices alone ration the places: they are not
    counted again, and nobody's plan hangs on who is planned beside them.
    """
    rows, spec, cost = scored.rows, state.spec, state.spec.costs().astype(np.float64)
    capacity, money = spec.capacities() if night else _places(state, day), _money(state, day)
    own, ruled = state.arm[rows] == Arm.ENGINE, _by_rules(state, scored, day, capacity)
    if money < np.inf and not night:
        nobody = np.zeros(len(rows), dtype=np.float32)
        of_rules = float((state.arm == Arm.RULES).sum())
        share = of_rules / max(of_rules + float((state.arm == Arm.ENGINE).sum()), 1.0)
        ruled = pricing.afforded(ruled[0], nobody, cost, money * share), ruled[1]
        money -= cost[ruled[0][ruled[0] >= 0]].sum()
    if night:
        limited = np.isfinite(capacity) & (capacity >= 1)
        # More than they can take, yet a number: a channel without a limit would count as one that
        # was never scarce, and lose its price.
        capacity[limited] = 2 * len(rows)
    turn = _turns(state, rows)
    values = np.where(own[:, None], scored.best * turn, np.float32(-np.inf))
    wanted = values.max(axis=1, initial=-np.inf) > 0
    tries = night.tries if night else _tries(state, capacity, int(wanted.sum()))
    drawn = uniforms(spec.seed, Purpose.CONTACT, day.toordinal(), state.people.ids[rows])
    tried = route.tried(wanted, scored.eligible, tries, drawn[:, 2])
    for place in range(len(spec.channels)):
        left = max(capacity[place] - (ruled[0] == place).sum(), 0)
        tried[np.flatnonzero(tried == place)[int(min(left, len(rows))) :]] = -1
        capacity[place] = max(left - (tried == place).sum(), 0)
    if not night:
        tried = pricing.afforded(tried, wanted.astype(np.float32), cost, money)
        money -= cost[tried[tried >= 0]].sum()
    values[tried >= 0] = -np.inf
    found = night.prices if night else _prices(values, capacity, cost, money)
    channel = pricing.allot(values, found, capacity)
    if not night:
        worth = (values - found.astype(np.float32)).max(axis=1, initial=-np.inf)
        channel = pricing.afforded(channel, worth, cost, money)
    here, fixed = np.flatnonzero(channel >= 0), np.flatnonzero(tried >= 0)
    theirs = np.flatnonzero(ruled[0] >= 0)
    # A scarce channel comes to somebody as the best one or by trying: the hour is drawn alike.
    spot, untried = drawn[:, 0], 1 - scored.eligible.channel[here] @ tries + tries[channel[here]]
    # Whoever has a channel that is neither scarce nor dear may get another of them, where the money
    # reaches for whichever is drawn.
    free = ~np.isfinite(spec.capacities()) & (found <= 0)
    if spec.budget_cents is not None and (
        night or len(here) * cost.max(initial=0.0, where=free) > money
    ):
        free &= cost <= 0
    near = _drawn(state, scored, here, turn, free, channel[here], spot[here], untried)
    odd = _drawn(
        *(state, scored, fixed, turn, free, tried[fixed], spot[fixed], tries[tried[fixed]]),
        tried=True,
    )
    words, bits = chosen.words_of(state, day), scored.eligible.rows(theirs).bits()
    parts = [
        chosen.worded(state, near, found, words, day),
        chosen.worded(state, odd, found, words, day),
        chosen.by_rules(state, rows[theirs], ruled[0][theirs], ruled[1], bits),
    ]
    return chosen.joined(parts), Night(found, tries)


def _places(state: State, day: date) -> NDArray[np.float64]:
    """Contacts that each channel may still carry (C,): what went out today has taken its place."""
    capacity = state.spec.capacities()
    if state.history.clock == day.toordinal():
        capacity = np.maximum(capacity - state.history.today.sum(axis=0), 0)
    return capacity


def _money(state: State, day: date) -> float:
    """Cents that contacts of the day may still cost; inf without a budget."""
    spec, history = state.spec, state.history
    if spec.budget_cents is None:
        return np.inf
    sent = history.today.sum(axis=0) if history.clock == day.toordinal() else 0
    return max(float(spec.budget_cents) - float((spec.costs() * sent).sum()), 0.0)


def _prices(
    values: Floats, capacity: NDArray[np.float64], cost: NDArray[np.float64], money: float
) -> NDArray[np.float64]:
    if money == np.inf:
        return pricing.prices(values, capacity)
    return pricing.within_budget(values, capacity, cost, money)


def _tries(state: State, capacity: NDArray[np.float64], wanted: int) -> NDArray[np.float64]:
    """Chances of trying scarce channels: half of their places while nothing is known of them."""
    made = state.tally.channel[Arm.ENGINE, :, 0]
    share = LEAST_TRIED + MORE_TRIED * np.exp(-made / ENOUGH_TRIES)
    places = np.where(np.isfinite(capacity), capacity, 0) * share
    return np.asarray(np.minimum(places / max(wanted, 1), 0.1))


def _by_rules(
    state: State, scored: Scored, day: date, capacity: NDArray[np.float64]
) -> tuple[NDArray[np.int8], int]:
    spec, rows = state.spec, scored.rows
    places = [state.index.channels[name] for name in spec.incumbent.channels]
    theirs = np.flatnonzero(state.arm[rows] == Arm.RULES)
    may, history = scored.eligible.rows(theirs), state.history.rows(rows[theirs])
    channel = np.full(len(rows), -1, dtype=np.int8)
    channel[theirs], hour = route.by_rules(history, may, spec, places, day)
    for place, limit in enumerate(capacity):
        taken = np.flatnonzero(channel == place)
        if len(taken) > limit:
            channel[taken[int(limit) :]] = -1
    return channel, hour


def _turns(state: State, rows: Rows) -> Floats:
    """What a contact by each channel counts for (m, C)."""
    last = np.where(state.history.in_a_row[rows] >= RUNNING, state.history.last_channel[rows], -1)
    places = np.arange(len(state.spec.channels))
    return np.where(last[:, None] == places, np.float32(TURN), np.float32(1))


def _drawn(
    state: State,
    scored: Scored,
    here: Rows,
    turn: Floats,
    free: NDArray[np.bool_],
    channel: NDArray[np.int8],
    uniform: NDArray[np.float64],
    given: NDArray[np.float64],
    *,
    tried: bool = False,
) -> Draw:
    """Contacts near the best choice by `channel` (k,), each given with the chance `given` (k,);
    `tried`: a scarce one, just to learn."""
    rows, may = scored.rows[here], scored.eligible.rows(here)
    known = state.history.contacts[rows]
    warmth = LEAST_WARMTH + MORE_WARMTH * np.exp(-known / ENOUGH_CONTACTS)
    how = route.Spread(warmth.astype(np.float32), state.spec.explore)
    channel, hour, chance, moved = route.spread(
        scored.values[here] * turn[here][:, :, None], channel, may, free, how, uniform
    )
    return _draw(state, scored, here, channel, hour, chance * given, moved | tried)


def _draw(
    state: State,
    scored: Scored,
    here: Rows,
    channel: NDArray[np.int8],
    hour: NDArray[np.int8],
    chance: NDArray[np.float64],
    explored: NDArray[np.bool_],
) -> Draw:
    rows = scored.rows[here]
    return Draw(
        rows=rows,
        channel=channel,
        hour=hour,
        chance=chance,
        explored=explored,
        value=scored.values[here, channel, hour],
        better=scored.offers.step[here] > state.history.step[rows],
        eligible=scored.eligible.rows(here).bits(),
        because=_stands_out(scored, here, channel, hour),
    )


def _stands_out(
    scored: Scored, here: Rows, channel: NDArray[np.int8], hour: NDArray[np.int8]
) -> NDArray[np.int64]:
    """By what contacts stand out among those that were allowed (k,), as bits of `route.Because`."""
    may, each = scored.eligible.rows(here), np.arange(len(here))
    hours = np.where(may.hour, scored.values[here, channel], np.float32(-np.inf))
    is_only, is_several = may.channel.sum(axis=1) == 1, may.hour.sum(axis=1) > 1
    at_best_hour, by_hours = _lead(hours, hour, each)
    at_best, by_channels = _lead(scored.best[here], channel, each)
    why, bits = route.Because, np.zeros(len(here), dtype=np.int64)
    for holds, reason in (
        (is_only, why.ONLY_CHANNEL),
        (~is_only & at_best & (by_channels == 1), why.BEST_CHANNEL),
        (is_several & at_best_hour & (by_hours == 1), why.BEST_HOUR),
        (is_several & at_best_hour & (by_hours > 1), why.HOURS_ALIKE),
    ):
        bits |= np.where(holds, int(reason), 0)
    return bits


def _lead(
    values: Floats, chosen: NDArray[np.int8], each: NDArray[np.int64]
) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Whether what was `chosen` (k,) of some `values` (k, …) is as good as the best, and how many
    are as good."""
    among = values >= route.as_good_as(values.max(axis=1, initial=-np.inf))[:, None]
    return among[each, chosen], among.sum(axis=1)
