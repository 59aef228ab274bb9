"""What a contact would be worth to each person today, and when their pace comes round."""

from datetime import date

import numpy as np
from numpy.typing import NDArray

from app.engine import pacing
from app.engine.outlook import as_foretold, moment_of, outlook_of, standing_of, visitor_of
from app.engine.state import State
from app.journeys import route
from app.journeys.random import Purpose, uniforms
from app.journeys.spec import KEPT
from app.journeys.value import Stakes, Worth, visit_cents, worth_of
from app.offers import ladder
from app.offers.standing import Outlook, Scores
from app.scoring.features import WEEK, History

Floats = NDArray[np.float32]
Rows = NDArray[np.int64]
LEARNING_OFFERS = 0.20
"""How much more offers vary while nothing is known about prices, fading with the visits seen."""
ENOUGH_VISITS = 300.0


def prospects(
    state: State, rows: Rows, history: History, day: date
) -> tuple[Floats, Worth, ladder.Offers]:
    """The chance of a visit (m, C, H), what contacts are worth, and the offers to be seen."""
    moment = moment_of(state, rows, history, day)
    chance = state.reach.surface(rows, moment)
    usable = state.people.reachable[rows] & ~history.opted_out & ~history.dead()
    best_chance = np.where(usable[:, :, None], chance, 0).max(axis=(1, 2))
    outlook = outlook_of(state, rows, history, best_chance)
    offers = offers_of(state, rows, history, day, outlook)
    agreeing = offers.chance
    if state.expected is not None:
        agreeing = as_foretold(state.expected[rows], agreeing, outlook.back)
    worth = worth_of(
        visit_cents(agreeing, offers.margin_cents, state.agree.pull()),
        state.risk.complaint(moment.pressure),
        state.risk.opt_out(moment.pressure),
        stakes_of(state),
    )
    return chance, worth, offers


def offers_of(
    state: State, rows: Rows, history: History, day: date, outlook: Outlook
) -> ladder.Offers:
    """What each would see; `history` and `outlook` hold just `rows`."""
    return ladder.choose(
        state.limits.rows(rows),
        standing_of(state, rows, history, day),
        visitor_of(state, rows, history, day, np.full(len(rows), -2, dtype=np.int8)),
        state.people.income[rows],
        outlook,
        offer_scores(state),
        _offer_draws(state, rows, history.step),
    )


def due(
    state: State,
    rows: Rows,
    history: History,
    day: date,
    values: Floats,
    chance: Floats,
    worth: Worth,
    best: Floats,
) -> NDArray[np.bool_]:
    """Whose pace has come round (m,); `values` (m, C, H) and `best` (m, C) in cents."""
    rhythm = rhythm_of(state, best, values, chance, worth)
    pressed, wear = route.pressure(history, day), wear_of(state)
    pace = pacing.paces(wear.at_rest(rhythm, pressed), wear, state.restraint, state.spec.per_week)
    since = day.toordinal() - history.contacted_on
    return np.asarray((since >= pace) & _has_begun(state, rows, history, pace))


def _has_begun(
    state: State, rows: Rows, history: History, pace: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Who may get a first contact (m,): spread over the first days, so that the days of a week
    carry as much and what the first teach serves the others."""
    if state.days >= WEEK:
        return np.ones(len(rows), dtype=bool)
    drawn = uniforms(state.spec.seed, Purpose.SAMPLE, 0, state.people.ids[rows])[:, 0]
    turn = np.floor(drawn * np.clip(pace, pacing.SENSIBLE_SPACING, WEEK))
    return np.asarray((history.contacts > 0) | (turn <= state.days))


def rhythm_of(
    state: State, best: Floats, values: Floats, chance: Floats, worth: Worth
) -> pacing.Rhythm:
    """A contact by each person's best channel without a limit, at its best hour."""
    free = ~np.isfinite(state.spec.capacities())
    some = np.where(free, best, np.float32(-np.inf)) if free.any() else best
    here, channel = np.arange(len(best)), some.argmax(axis=1)
    hour = values[here, channel].argmax(axis=1)
    edge = state.risk.edge_factor()[hour]
    return pacing.Rhythm(
        reward=chance[here, channel, hour] * worth.visit[here, channel],
        cost=state.spec.costs()[channel],
        upset=worth.upset[here, channel] * edge,
        complaint=worth.complaint[here, channel] * edge,
    )


def wear_of(state: State) -> pacing.Wear:
    """What contacts close together lose, as learned."""
    steep = [
        float(model.mean[blocks["pressure"]][0])
        for model, blocks in (
            (state.reach.reached.model, state.reach.reached.blocks),
            (state.reach.engaged.model, state.reach.engaged.blocks),
            (state.risk.model, state.risk.blocks),
        )
    ]
    return pacing.wear_of(*steep)


def offer_scores(state: State) -> Scores:
    """The models for offers, and how much they still have to learn."""
    seen = state.agree.model.rows
    explore = state.spec.explore + LEARNING_OFFERS * float(np.exp(-seen / ENOUGH_VISITS))
    return Scores(
        agree=state.agree,
        keep=state.keep,
        horizon_days=state.spec.horizon_days,
        concession_price=state.concession_price,
        explore=min(explore, 1.0),
        keeps_opening=state.spec.opening == KEPT,
        income_left_cents=int(state.spec.income_left_cents),
    )


def stakes_of(state: State) -> Stakes:
    """What a contact may cost."""
    return Stakes(
        cost=state.spec.costs(),
        complaint=state.spec.complaint_cents,
        opt_out=state.spec.opt_out_cents,
        restraint=state.restraint,
    )


def _offer_draws(state: State, rows: Rows, step: NDArray[np.int8]) -> NDArray[np.float64]:
    """Two numbers per person and step: an offer that explores draws alike every day,
    from what is nearly as good as the best that day."""
    drawn = uniforms(state.spec.seed, Purpose.OFFER, 0, state.people.ids[rows])
    later = uniforms(state.spec.seed, Purpose.OFFER, 1, state.people.ids[rows])
    return np.where((step % 2 == 0)[:, None], drawn[:, :2], later[:, 2:])
