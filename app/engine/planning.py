"""A night: score everybody in chunks, price what is scarce, choose, say why."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
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
from app.journeys.value import Stakes, contact_values, visit_cents
from app.journeys.wording import DRAWS
from app.offers import ladder
from app.scoring.stage import WEEKLY

CHUNK = 32_768
WORKERS = 2
Floats = NDArray[np.float32]
Rows = NDArray[np.int64]
LEARNING_OFFERS = 0.30
"""How much more offers vary while nothing is known about prices, fading with the visits seen."""
ENOUGH_VISITS = 300.0
LEAST_WARMTH, MORE_WARMTH, ENOUGH_CONTACTS = 0.04, 0.30, 4.0
"""Choices are spread near the best: widely for somebody new, hardly after some contacts."""
LEAST_TRIED, MORE_TRIED, ENOUGH_TRIES = 0.05, 0.45, 200.0
"""The share of a scarce channel's places that goes to people at random, to learn what it does."""


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
    moment = moment_of(state, rows, history, day)
    chance = state.reach.surface(rows, moment)
    usable = state.people.reachable[rows] & ~history.opted_out
    best_chance = np.where(usable[:, :, None], chance, 0).max(axis=(1, 2))
    visitor = visitor_of(state, rows, history, np.full(len(rows), -2, dtype=np.int8))
    offers = ladder.choose(
        state.limits.rows(rows),
        standing_of(state, rows, history, day),
        visitor,
        state.people.income[rows],
        outlook_of(state, rows, history, best_chance),
        offer_scores(state),
        _offer_draws(state, rows, history.step),
    )
    pressed = route.pressure(history, day)
    worth = contact_values(
        chance,
        visit_cents(offers.chance, offers.margin_cents, state.agree.pull()),
        state.risk.complaint(pressed / WEEKLY),
        state.risk.opt_out(pressed / WEEKLY),
        state.risk.edge_factor(),
        pressed,
        stakes_of(state),
    )
    return Scored(rows, worth, route.best_hours(worth, may), may, offers)


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
        stage.model.mean[stage.blocks["pressure"]][0]
        for stage in (state.reach.reached, state.reach.engaged)
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

    With a night given (one person planned anew) places are not counted again.
    """
    rows, spec = scored.rows, state.spec
    capacity, own = spec.capacities(), state.arm[rows] == Arm.ENGINE
    ruled = _by_rules(state, scored, day)
    values = np.where(own[:, None], scored.best, np.float32(-np.inf))
    wanted = values.max(axis=1, initial=-np.inf) > 0
    tries = night.tries if night else _tries(state, capacity, int(wanted.sum()))
    drawn = uniforms(spec.seed, Purpose.CONTACT, day.toordinal(), state.people.ids[rows])
    tried, tried_hour = route.tried(wanted, scored.eligible, tries, drawn[:, 2:])
    for place in range(len(spec.channels)):
        tried[np.flatnonzero(tried == place)[int(min(capacity[place], len(rows))) :]] = -1
        capacity[place] -= (ruled[0] == place).sum() + (tried == place).sum()
    values[tried >= 0] = -np.inf
    capacity = np.maximum(capacity, 0)
    found = night.prices if night else pricing.prices(values, capacity)
    channel = pricing.allot(values, found, capacity)
    here = np.flatnonzero(channel >= 0)
    fixed = np.flatnonzero(tried >= 0)
    share = 1 - float(tries.sum())
    parts = [
        _drawn(state, scored, here, channel[here], share, drawn[here, 0], found, day),
        _tried(state, scored, fixed, tried[fixed], tried_hour[fixed], tries, found, day),
        _rules_contacts(state, scored, np.flatnonzero(ruled[0] >= 0), *ruled),
    ]
    return _joined(parts), Night(found, tries)


def _tries(state: State, capacity: NDArray[np.float64], wanted: int) -> NDArray[np.float64]:
    """Chances of trying scarce channels: half of their places while nothing is known of them."""
    made = state.tally.channel[Arm.ENGINE, :, 0]
    share = LEAST_TRIED + MORE_TRIED * np.exp(-made / ENOUGH_TRIES)
    places = np.where(np.isfinite(capacity), capacity, 0) * share
    return np.asarray(np.minimum(places / max(wanted, 1), 0.1))


def _by_rules(state: State, scored: Scored, day: date) -> tuple[NDArray[np.int8], int]:
    spec, rows = state.spec, scored.rows
    places = [state.index.channels[name] for name in spec.incumbent.channels]
    theirs = np.flatnonzero(state.arm[rows] == Arm.RULES)
    may, history = scored.eligible.rows(theirs), state.history.rows(rows[theirs])
    channel = np.full(len(rows), -1, dtype=np.int8)
    channel[theirs], hour = route.by_rules(history, may, spec, places, day)
    for place, limit in enumerate(spec.capacities()):
        taken = np.flatnonzero(channel == place)
        if len(taken) > limit:
            channel[taken[int(limit) :]] = -1
    return channel, hour


def _drawn(
    state: State,
    scored: Scored,
    here: Rows,
    channel: NDArray[np.int8],
    share: float,
    uniform: NDArray[np.float64],
    found: NDArray[np.float64],
    day: date,
) -> Chosen:
    """Contacts near the best choice; `share` is the chance of not having been tried elsewhere."""
    rows, may = scored.rows[here], scored.eligible.rows(here)
    known = state.history.contacts[rows]
    warmth = LEAST_WARMTH + MORE_WARMTH * np.exp(-known / ENOUGH_CONTACTS)
    how = route.Spread(warmth.astype(np.float32), state.spec.explore)
    free = ~np.isfinite(state.spec.capacities())
    channel, hour, chance, moved = route.spread(
        scored.values[here], channel, may, free, how, uniform
    )
    return _worded(state, scored, here, channel, hour, chance * share, moved, found, day)


def _tried(
    state: State,
    scored: Scored,
    here: Rows,
    channel: NDArray[np.int8],
    hour: NDArray[np.int8],
    tries: NDArray[np.float64],
    found: NDArray[np.float64],
    day: date,
) -> Chosen:
    number = np.maximum(scored.eligible.hour[here].sum(axis=1), 1)
    chance = tries[channel] / number
    moved = np.ones(len(here), dtype=bool)
    return _worded(state, scored, here, channel, hour, chance, moved, found, day)


def _worded(
    state: State,
    scored: Scored,
    here: Rows,
    channel: NDArray[np.int8],
    hour: NDArray[np.int8],
    chance: NDArray[np.float64],
    explored: NDArray[np.bool_],
    found: NDArray[np.float64],
    day: date,
) -> Chosen:
    """The contacts with words drawn for them."""
    rows, ordinal = scored.rows[here], day.toordinal()
    drawn = uniforms(state.spec.seed, Purpose.WORDING, ordinal, state.people.ids[rows])
    table = state.wordings.chances(_normals(state, day))
    wording, word_chance = state.wordings.choose(
        table, channel, state.history.last_wording[rows], drawn[:, 0]
    )
    return Chosen(
        rows=rows,
        channel=channel,
        hour=hour,
        wording=wording,
        propensity=chance * word_chance,
        value=scored.values[here, channel, hour],
        explored=explored,
        eligible=scored.eligible.rows(here).bits(),
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
    return Chosen(
        rows=scored.rows[here],
        channel=channel[here],
        hour=np.full(count, hour, dtype=np.int8),
        wording=np.full(count, wording, dtype=np.int8),
        propensity=np.ones(count),
        value=np.zeros(count, dtype=np.float32),
        explored=np.zeros(count, dtype=bool),
        eligible=scored.eligible.rows(here).bits(),
        because=np.full(count, int(route.Because.CREDITOR_RULES), dtype=np.int64),
    )


def _joined(parts: Sequence[Chosen]) -> Chosen:
    columns = (np.concatenate([getattr(part, name) for part in parts]) for name in Chosen.__slots__)
    return Chosen(*columns)
