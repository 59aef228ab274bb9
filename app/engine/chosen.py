"""Contacts that were chosen: with their words, their exact chances and their reasons."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from app.engine.outlook import payday_near
from app.engine.state import State
from app.journeys import route
from app.journeys.random import Purpose, uniforms
from app.journeys.wording import DRAWS

Floats = NDArray[np.float32]
Rows = NDArray[np.int64]
SOON = 0.45
"""Payday or one of the three days after it (`outlook.payday_near`)."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The contacts of a day (k,)."""

    rows: Rows
    channel: NDArray[np.int8]
    hour: NDArray[np.int8]
    wording: NDArray[np.int8]
    propensity: NDArray[np.float64]
    value: Floats
    explored: NDArray[np.bool_]
    eligible: NDArray[np.uint64]
    because: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Draw:
    """Whom to contact how (k,), before words."""

    rows: Rows
    """Positions among the people."""
    channel: NDArray[np.int8]
    hour: NDArray[np.int8]
    chance: NDArray[np.float64]
    """Exact, of this channel and hour."""
    explored: NDArray[np.bool_]
    value: Floats
    better: NDArray[np.bool_]
    """Whether a better offer than the last waits for them."""
    eligible: NDArray[np.uint64]
    because: NDArray[np.int64]
    """Why this channel and this hour among those that were allowed: `route.Because`."""


def words_of(state: State, day: date) -> NDArray[np.float64]:
    """How often each wording is drawn for each product on each channel tonight (G, C, W)."""
    return state.wordings.chances(_normals(state, day))


def worded(
    state: State,
    draw: Draw,
    prices: NDArray[np.float64],
    words: NDArray[np.float64],
    day: date,
) -> Chosen:
    """The contacts with words drawn for them from `words` (G, C, W); `prices` (C,) say which
    channels are scarce or dear."""
    drawn = uniforms(state.spec.seed, Purpose.WORDING, day.toordinal(), state.people.ids[draw.rows])
    wording, word_chance = state.wordings.choose(
        words,
        state.product[draw.rows],
        draw.channel,
        state.history.last_wording[draw.rows],
        drawn[:, 0],
    )
    return Chosen(
        rows=draw.rows,
        channel=draw.channel,
        hour=draw.hour,
        wording=wording,
        propensity=draw.chance * word_chance,
        value=draw.value,
        explored=draw.explored,
        eligible=draw.eligible,
        because=_because(state, draw, prices, day),
    )


def _normals(state: State, day: date) -> NDArray[np.float64]:
    """Standard normal numbers of the night (DRAWS, 1 + G + C, W), by Box and Muller."""
    products, channels, count = state.wordings.engaged.shape
    shape = (DRAWS, 1 + products + channels, count)
    spots = np.arange(int(np.prod(shape)), dtype=np.int64)
    drawn = uniforms(state.spec.seed, Purpose.POSTERIOR, day.toordinal(), spots)
    radius = np.sqrt(-2 * np.log(1 - drawn[:, 0]))
    normals: NDArray[np.float64] = radius * np.cos(2 * np.pi * drawn[:, 1])
    return normals.reshape(shape)


def _because(state: State, draw: Draw, prices: NDArray[np.float64], day: date) -> NDArray[np.int64]:
    rows, channel, people = draw.rows, draw.channel, state.people
    history, why = state.history, route.Because
    hours = np.array(state.spec.hours)
    reasons = draw.because | np.where(draw.explored, int(why.EXPLORED), int(why.INCREMENTAL))
    last, payday = history.last_channel[rows], people.payday[rows]
    is_dear, few = prices[channel] > 0, np.isfinite(state.spec.capacities())
    paid_now = payday_near(payday, day, state.spec.paydays) > SOON
    for holds, reason in (
        (people.preferred[rows] == channel, why.PREFERRED_CHANNEL),
        (people.preferred_hour[rows] == hours[draw.hour], why.PREFERRED_HOUR),
        (paid_now & (payday > 0), why.SOON_AFTER_PAYDAY),
        (paid_now & (payday <= 0), why.SOON_AFTER_WAGES),
        (state.reach.by_channel.response[rows, channel] > 0.5, why.REACHED_HERE_BEFORE),
        ((last >= 0) & (last != channel), why.OTHER_CHANNEL_THAN_LAST),
        (history.contacts[rows] == 0, why.FIRST_MESSAGE),
        (history.contacts[rows] > 0, why.RESTED),
        (history.refusals[rows] > 0, why.CAME_WITHOUT_CLOSING),
        (draw.better, why.BETTER_OFFER_WAITS),
        (is_dear & few[channel], why.SCARCE_PLACE),
        (is_dear & ~few[channel], why.WITHIN_BUDGET),
    ):
        reasons = reasons | np.where(holds, int(reason), 0)
    return reasons


def by_rules(
    state: State, rows: Rows, channel: NDArray[np.int8], hour: int, eligible: NDArray[np.uint64]
) -> Chosen:
    """The creditor's own contacts (k,): nothing is drawn."""
    count = len(rows)
    wording = state.index.wordings[state.spec.incumbent.wording]
    return Chosen(
        rows=rows,
        channel=channel,
        hour=np.full(count, hour, dtype=np.int8),
        wording=np.full(count, wording, dtype=np.int8),
        propensity=np.ones(count),
        value=np.zeros(count, dtype=np.float32),
        explored=np.zeros(count, dtype=bool),
        eligible=eligible,
        because=np.full(count, int(route.Because.CREDITOR_RULES), dtype=np.int64),
    )


def joined(parts: Sequence[Chosen]) -> Chosen:
    """Several groups of contacts as one."""
    columns = (np.concatenate([getattr(part, name) for part in parts]) for name in Chosen.__slots__)
    return Chosen(*columns)
