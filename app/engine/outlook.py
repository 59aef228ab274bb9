"""The state as the scores want it: what holds for some people on a day."""

from calendar import monthrange
from collections.abc import Collection
from datetime import date

import numpy as np
from numpy.typing import NDArray

from app.engine.state import State
from app.journeys.arms import Arm
from app.journeys.route import pressure
from app.offers.standing import Outlook, Standing
from app.scoring.features import MOST_LEANING, NEVER, WEEK, History
from app.scoring.logistic import sigmoid
from app.scoring.sensitivity import Visitor
from app.scoring.stage import WEEKLY, Moment

Rows = NDArray[np.int64]
PAYDAY_DAYS = 4.0
CURE_DAYS = 60
"""How far ahead paying unasked counts as what would have come anyway."""
BACK_DAYS = 30
HALFWAY, MOST_GAP, EDGE = 0.5, 3.0, 1e-6
PACE = 0.25
"""Contacts a day that a person may expect while nothing is agreed."""
BELIEVED = 2 / 3
"""How far, in logs. An assumption."""
TYPICAL_RETURN = 5
RECENT_CONTACT = 3


def payday_near(
    payday: NDArray[np.int8], day: date, usual: Collection[date] = ()
) -> NDArray[np.float32]:
    """1 on payday, fading over the days after it (m,); whose is not known: by the days that are
    `usual`, 0 without them."""
    due = payday.astype(np.int64)
    this_month = monthrange(day.year, day.month)[1]
    last_month = monthrange(day.year, day.month - 1 or 12)[1]
    # Who is paid on the 31st is paid on the last day of a shorter month.
    after = day.day - np.minimum(due, this_month)
    after = np.where(after < 0, day.day + last_month - np.minimum(due, last_month), after)
    near = np.exp(-after / PAYDAY_DAYS)
    ago = min(((day - one).days for one in usual if one <= day), default=None)
    others = 0.0 if ago is None else np.exp(-ago / PAYDAY_DAYS)
    return np.where(payday > 0, near, others).astype(np.float32)


def moment_of(state: State, rows: Rows, history: History, day: date) -> Moment:
    """What contact scores look at; `history` holds just `rows`."""
    people = state.people
    return Moment(
        traits=state.traits[rows],
        preferred=people.preferred[rows],
        acquired=people.acquired[rows],
        preferred_hour=people.preferred_hour[rows],
        pressure=(pressure(history, day) / WEEKLY).astype(np.float32),
        last_channel=history.last_channel,
        last_wording=history.last_wording,
        weekend=day.weekday() >= 5,
        payday=payday_near(people.payday[rows], day, state.spec.paydays),
        visited=(history.visits > 0).astype(np.float32),
        refused=(np.minimum(history.refusals, 3) / 3).astype(np.float32),
    )


def visitor_of(
    state: State, rows: Rows, history: History, day: date, via: NDArray[np.int8]
) -> Visitor:
    """What offer scores look at; `history` holds just `rows`."""
    return Visitor(
        traits=state.traits[rows],
        refusals=(np.minimum(history.refusals, 3) / 3).astype(np.float32),
        seen_discount=history.seen_discount.astype(np.float32),
        seen_instalments=history.seen_instalments.astype(np.float32),
        opening=state.opening[rows],
        via=via,
        carried=carried_of(state, rows, history),
        told=history.fits_cents.astype(np.float32),
        payday=payday_near(state.people.payday[rows], day, state.spec.paydays),
        leaning=(history.leaning / MOST_LEANING).astype(np.float32),
    )


def carried_of(state: State, rows: Rows, history: History) -> NDArray[np.float32]:
    """What a month of each carries (m,), cents: as is thought, moved most of the way to their own
    word, which is often optimistic, and at times the first bid."""
    told, thought = history.fits_cents.astype(np.float32), state.carried[rows]
    moved = thought * (np.where(told > 0, told, thought) / thought) ** np.float32(BELIEVED)
    return moved.astype(np.float32)


def steps_allowed(state: State, history: History, rows: Rows) -> NDArray[np.bool_]:
    """Who may get steps at all (m,): the engine's people outside the no-step arm, as many as the
    monitor allows; never somebody whose first offer was called final. `history` holds just
    `rows`."""
    reach = state.spec.no_step + state.step_rate * (1 - state.spec.no_step)
    drawn = state.ladder_draw[rows]
    allowed = (drawn >= state.spec.no_step) & (drawn < reach) & (state.spec.steps > 0)
    allowed &= (history.visits == 0) | history.held_back
    return np.asarray(allowed & (state.arm[rows] == Arm.ENGINE))


def standing_of(state: State, rows: Rows, history: History, day: date) -> Standing:
    """Where people are on the ladder; `history` holds just `rows`.

    What was seen counts as far as the creditor's rules go: whatever is told, nothing passes them.
    """
    allowed = steps_allowed(state, history, rows)
    left = np.where(allowed, np.maximum(state.spec.steps - history.step, 0), 0)
    seen = history.seen_instalments > 0
    earlier = history.last_visit < day.toordinal()
    return Standing(
        balance=np.rint(history.balance).astype(np.int64),
        discount=np.minimum(history.seen_discount, state.most[rows]),
        instalments=np.minimum(history.seen_instalments, state.limits.longest[rows]),
        step=history.step.astype(np.int64),
        left=left.astype(np.int64),
        may_step=(left > 0) & seen & earlier & ((history.refusals > 0) | (history.breaks > 0)),
        rules_only=state.arm[rows] != Arm.ENGINE,
        no_steps=~allowed,
    )


def outlook_of(
    state: State, rows: Rows, history: History, best_chance: NDArray[np.float32]
) -> Outlook:
    """What would come without an agreement today; `best_chance` (m,) of a visit per contact."""
    traits = state.traits[rows]
    usual = np.full(len(rows), TYPICAL_RETURN, dtype=np.int32)
    nobody = np.zeros(len(rows), dtype=np.float32)
    daily = state.unasked.come(traits, nobody, usual)
    reachable = (history.complaints == 0) & ~history.opted_out.all(axis=1)
    daily = daily + PACE * best_chance * reachable
    cure_days = min(CURE_DAYS, state.spec.horizon_days)
    cure = 1 - (1 - state.unasked.cure(traits)) ** cure_days
    back = 1 - (1 - np.minimum(daily, 1)) ** BACK_DAYS
    return Outlook(cure.astype(np.float32), back.astype(np.float32))


def as_foretold(
    expected: NDArray[np.float32], chance: NDArray[np.float32], back: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Chances of agreeing on a visit (m,), moved halfway to what a trained score foretells.

    `expected` is its chance of agreeing within a week, `back` that of a visit within BACK_DAYS: the
    engine's own chance for the week follows from it and `chance`, and what lies between the two, in
    log-odds and within limits, is how far it is off for a person.
    """
    daily = 1 - (1 - np.minimum(back, 1 - EDGE)) ** (1 / BACK_DAYS)
    own = 1 - (1 - daily * chance) ** WEEK
    gap = np.clip(_log_odds(expected) - _log_odds(own), -MOST_GAP, MOST_GAP)
    return sigmoid(_log_odds(chance) + HALFWAY * gap).astype(np.float32)


def _log_odds(chance: NDArray[np.floating]) -> NDArray[np.float64]:
    inside = np.clip(chance.astype(np.float64), EDGE, 1 - EDGE)
    found: NDArray[np.float64] = np.log(inside / (1 - inside))
    return found


def since_visit(history: History, day: date) -> NDArray[np.int32]:
    """Days since the last visit (m,); far more than a month where there was none."""
    return np.minimum(day.toordinal() - history.last_visit, -NEVER).astype(np.int32)


def contacted_lately(history: History, day: date) -> NDArray[np.float32]:
    """1 where somebody was contacted in the last days (m,)."""
    ago = day.toordinal() - history.contacted_on
    return ((ago >= 0) & (ago <= RECENT_CONTACT)).astype(np.float32)
