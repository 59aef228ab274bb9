"""A night: score everybody in chunks, price what is scarce, choose, say why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from app.engine.outlook import moment_of, outlook_of, standing_of, visitor_of
from app.engine.state import State
from app.journeys import prices as pricing
from app.journeys import route
from app.journeys.arms import Arm
from app.journeys.random import Purpose, uniforms
from app.journeys.value import Stakes, contact_values
from app.journeys.wording import DRAWS
from app.offers import ladder
from app.scoring.reach import WEEKLY

CHUNK = 32_768
Floats = NDArray[np.float32]
Rows = NDArray[np.int64]
LEARNING_OFFERS = 0.30
"""How much more offers vary while nothing is known about prices, fading with the visits seen."""
ENOUGH_VISITS = 300.0


@dataclass(slots=True)
class Scored:
    """What the night knows of each person before prices (n rows of `rows`)."""

    rows: Rows
    values: Floats
    """(m, C) cents."""
    hour: NDArray[np.int8]
    eligible: route.Eligible
    offers: ladder.Offers


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


def together(parts: Sequence[Scored]) -> Scored:
    """Chunks as one."""
    first = parts[0]
    if len(parts) == 1:
        return first
    return Scored(
        rows=np.concatenate([part.rows for part in parts]),
        values=np.concatenate([part.values for part in parts]),
        hour=np.concatenate([part.hour for part in parts]),
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


def legal_of(state: State, day: date) -> NDArray[np.bool_]:
    """Legal hours by region (regions, H)."""
    return route.legal_hours(state.people, state.spec, day)


def score(state: State, rows: Rows, day: date, legal: NDArray[np.bool_]) -> Scored:
    """Offers and contact values of some people."""
    history = state.history.rows(rows)
    may = route.eligible(state.people, history, rows, state.spec, legal, day)
    moment = moment_of(state, rows, history, day)
    chance = state.reach.surface(rows, moment)
    usable = state.people.reachable[rows] & ~history.opted_out
    best_chance = np.where(usable[:, :, None], chance, 0).max(axis=(1, 2))
    visitor = visitor_of(state, rows, history, np.ones(len(rows), dtype=bool))
    offers = ladder.choose(
        state.limits.rows(rows),
        standing_of(state, rows, history, day),
        visitor,
        state.people.income[rows],
        outlook_of(state, rows, history, best_chance),
        offer_scores(state),
        _offer_draws(state, rows, history.step),
    )
    in_week = route.pressure(history, day)
    worth = contact_values(
        chance,
        offers.visit_cents,
        state.complaint.surface(in_week.astype(np.float32) / WEEKLY),
        state.opt_out.surface(in_week.astype(np.float32) / WEEKLY),
        (state.complaint.edge_factor(), state.opt_out.edge_factor()),
        in_week,
        stakes_of(state),
    )
    best = route.best_hours(worth, may)
    return Scored(rows, best.values, best.hour, may, offers)


def offer_scores(state: State) -> ladder.Scores:
    """The models for offers, and how much they still have to learn."""
    seen = state.agree.model.rows
    explore = state.spec.explore + LEARNING_OFFERS * float(np.exp(-seen / ENOUGH_VISITS))
    return ladder.Scores(
        agree=state.agree,
        keep=state.keep,
        horizon_days=state.spec.horizon_days,
        concession_price=state.concession_price,
        explore=min(explore, 1.0),
    )


def stakes_of(state: State) -> Stakes:
    """What a contact may cost."""
    slopes = [
        model.mean[blocks["pressure"]][0]
        for model, blocks in (
            (state.reach.reached, state.reach.reach_blocks),
            (state.reach.engaged, state.reach.engage_blocks),
        )
    ]
    return Stakes(
        cost=state.spec.costs(),
        complaint=state.spec.complaint_cents,
        opt_out=state.spec.opt_out_cents,
        restraint=state.restraint,
        weariness=max(0.0, -float(sum(slopes)) / WEEKLY),
    )


def _offer_draws(state: State, rows: Rows, step: NDArray[np.int8]) -> NDArray[np.float64]:
    """Two numbers per person and step: an offer that explores does so every day alike."""
    drawn = uniforms(state.spec.seed, Purpose.OFFER, 0, state.people.ids[rows])
    later = uniforms(state.spec.seed, Purpose.OFFER, 1, state.people.ids[rows])
    return np.where((step % 2 == 0)[:, None], drawn[:, :2], later[:, 2:])


def choose(
    state: State, scored: Scored, day: date, found: NDArray[np.float64] | None = None
) -> tuple[Chosen, NDArray[np.float64]]:
    """The day's contacts of scored people, and the prices they were chosen under.

    With prices given (one person re-planned) places are not counted again.
    """
    rows, spec = scored.rows, state.spec
    capacity, own = spec.capacities(), state.arm[rows] == Arm.ENGINE
    ruled = _by_rules(state, scored, day)
    for place in range(len(spec.channels)):
        capacity[place] -= (ruled[0] == place).sum()
    values = np.where(own[:, None], scored.values, np.float32(-np.inf))
    if found is None:
        found = pricing.prices(values, np.maximum(capacity, 0))
    channel = pricing.allot(values, found, np.maximum(capacity, 0))
    here = np.flatnonzero(channel >= 0)
    contacts = _engine_contacts(state, scored, here, channel[here], day, found)
    theirs = np.flatnonzero(ruled[0] >= 0)
    return _joined(contacts, _rules_contacts(state, scored, theirs, *ruled)), found


def _by_rules(state: State, scored: Scored, day: date) -> tuple[NDArray[np.int8], int]:
    spec, rows = state.spec, scored.rows
    places = [state.index.channels[name] for name in spec.incumbent.channels]
    history = state.history.rows(rows)
    channel, hour = route.by_rules(history, scored.eligible, spec, places, day)
    channel[state.arm[rows] != Arm.RULES] = -1
    for place, limit in enumerate(spec.capacities()):
        taken = np.flatnonzero(channel == place)
        if len(taken) > limit:
            channel[taken[int(limit) :]] = -1
    return channel, hour


def _engine_contacts(
    state: State,
    scored: Scored,
    here: Rows,
    channel: NDArray[np.int8],
    day: date,
    found: NDArray[np.float64],
) -> Chosen:
    rows, spec = scored.rows[here], state.spec
    hour = scored.hour[here, channel]
    may = route.Eligible(scored.eligible.channel[here], scored.eligible.hour[here])
    ids, ordinal = state.people.ids[rows], day.toordinal()
    value = scored.values[here, channel]
    free = ~np.isfinite(spec.capacities())
    drawn = uniforms(spec.seed, Purpose.CONTACT, ordinal, ids)
    before = (channel, hour)
    channel, hour, chance, explored = route.explore(channel, hour, may, free, spec.explore, drawn)
    moved = (channel != before[0]) | (hour != before[1])
    worded = uniforms(spec.seed, Purpose.WORDING, ordinal, ids)[:, 0]
    table = state.wordings.chances(_normals(state, day))
    wording, word_chance = state.wordings.choose(
        table, channel, state.history.last_wording[rows], worded
    )
    return Chosen(
        rows=rows,
        channel=channel,
        hour=hour,
        wording=wording,
        propensity=chance * word_chance,
        value=np.where(moved, scored.values[here, channel], value),
        explored=explored,
        eligible=may.bits(),
        because=_because(state, scored, here, channel, hour, explored, found),
    )


def _normals(state: State, day: date) -> NDArray[np.float64]:
    """Standard normal numbers of the night (DRAWS, C, W), by Box and Muller."""
    shape = (DRAWS, len(state.spec.channels), len(state.spec.wordings))
    spots = np.arange(int(np.prod(shape)), dtype=np.int64)
    drawn = uniforms(state.spec.seed, Purpose.POSTERIOR, day.toordinal(), spots)
    radius = np.sqrt(-2 * np.log(1 - drawn[:, 0]))
    normals: NDArray[np.float64] = radius * np.cos(2 * np.pi * drawn[:, 1])
    return normals.reshape(shape)


def _because(
    state: State,
    scored: Scored,
    here: Rows,
    channel: NDArray[np.int8],
    hour: NDArray[np.int8],
    explored: NDArray[np.bool_],
    found: NDArray[np.float64],
) -> NDArray[np.int64]:
    rows, people = scored.rows[here], state.people
    history, why = state.history, route.Because
    hours = np.array(state.spec.hours)
    better = scored.offers.step[here] > history.step[rows]
    reasons = np.where(explored, int(why.EXPLORED), int(why.INCREMENTAL))
    last = history.last_channel[rows]
    for holds, reason in (
        (people.preferred[rows] == channel, why.PREFERRED_CHANNEL),
        (people.preferred_hour[rows] == hours[hour], why.PREFERRED_HOUR),
        (state.reach.by_channel.response[rows, channel] > 0.5, why.REACHED_HERE_BEFORE),
        ((last >= 0) & (last != channel), why.OTHER_CHANNEL_THAN_LAST),
        (history.refusals[rows] > 0, why.CAME_WITHOUT_CLOSING),
        (better, why.BETTER_OFFER_WAITS),
        (found[channel] > 0, why.SCARCE_PLACE),
    ):
        reasons = reasons | np.where(holds, int(reason), 0)
    return reasons


def _rules_contacts(
    state: State, scored: Scored, here: Rows, channel: NDArray[np.int8], hour: int
) -> Chosen:
    count = len(here)
    wording = state.index.wordings[state.spec.incumbent.wording]
    may = route.Eligible(scored.eligible.channel[here], scored.eligible.hour[here])
    return Chosen(
        rows=scored.rows[here],
        channel=channel[here],
        hour=np.full(count, hour, dtype=np.int8),
        wording=np.full(count, wording, dtype=np.int8),
        propensity=np.ones(count),
        value=np.zeros(count, dtype=np.float32),
        explored=np.zeros(count, dtype=bool),
        eligible=may.bits(),
        because=np.full(count, int(route.Because.CREDITOR_RULES), dtype=np.int64),
    )


def _joined(first: Chosen, second: Chosen) -> Chosen:
    return Chosen(
        *(
            np.concatenate([getattr(first, name), getattr(second, name)])
            for name in Chosen.__slots__
        )
    )
