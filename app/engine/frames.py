"""Choices as the columns that the engine hands out."""

from collections.abc import Callable

import numpy as np
import polars as pl
from numpy.typing import NDArray

from app.engine.chosen import Chosen
from app.engine.state import State
from app.journeys import route
from app.journeys.arms import ARM_NAMES
from app.offers import ladder
from app.offers.ladder import Offers

ACTIONS: dict[str, pl.DataType | type[pl.DataType]] = {
    "person": pl.Int64,
    "channel": pl.String,
    "hour": pl.Int8,
    "intent": pl.String,
    "wording": pl.String,
    "intensity": pl.Int8,
    "arm": pl.String,
    "propensity": pl.Float64,
    "value_cents": pl.Float64,
    "eligible": pl.UInt64,
    "reasons": pl.List(pl.String),
}
"""A contact: its local `hour`, one of the spec's; `intent` by INTENTS; `intensity` 1
for a whole message, 0 for a short one, in turns; `propensity` 0…1, with which just this channel,
hour and wording came out, given what was known; `value_cents` expected beyond waiting; `eligible`
the set it was chosen from, bit channel × hours + hour; `reasons` the names of `route.Because`."""
OFFERS: dict[str, pl.DataType | type[pl.DataType]] = {
    "person": pl.Int64,
    "discount": pl.Float64,
    "instalments": pl.Int16,
    "instalment_cents": pl.Int64,
    "step": pl.Int8,
    "arm": pl.String,
    "propensity": pl.Float64,
    "final": pl.Boolean,
    "reasons": pl.List(pl.String),
}
"""What somebody is offered who comes that day: `discount` a fraction of what is owed now,
`instalments` so many months (1: all at once) of `instalment_cents` each, the last of which takes
the rounding; `step` how many better offers came before it; `final` nothing better follows. People
who choose another number of instalments are told as they chose, in their visit."""
ARM_COLUMN = (*ARM_NAMES, "explore")
INTENTS = ("first_contact", "reminder", "better_offer")
EXPLORED = len(ARM_NAMES)


def empty() -> tuple[pl.DataFrame, pl.DataFrame]:
    """Nobody to contact, nobody to make an offer to."""
    return pl.DataFrame(schema=ACTIONS), pl.DataFrame(schema=OFFERS)


def actions(state: State, chosen: Chosen) -> pl.DataFrame:
    """One row per contact."""
    spec, rows = state.spec, chosen.rows
    arm = np.where(chosen.explored, EXPLORED, state.arm[rows])
    waits = (chosen.because & route.Because.BETTER_OFFER_WAITS) > 0
    before = state.history.contacts[rows]
    intent = np.where(waits, 2, np.minimum(before, 1))
    # The creditor's own journey knows whole messages only.
    by_rules = (chosen.because & route.Because.CREDITOR_RULES) > 0
    intensity = np.where(by_rules, 1, state.history.next_intensity(rows))
    return pl.DataFrame(
        {
            "person": state.people.ids[rows],
            "channel": _named(spec.channels, chosen.channel),
            "hour": np.array(spec.hours, dtype=np.int8)[chosen.hour],
            "intent": _named(INTENTS, intent),
            "wording": _named(spec.wordings, chosen.wording),
            "intensity": intensity.astype(np.int8),
            "arm": _named(ARM_COLUMN, arm),
            "propensity": chosen.propensity,
            "value_cents": chosen.value.astype(np.float64),
            "eligible": chosen.eligible,
            "reasons": _reasons(chosen.because, route.names_of),
        },
        schema=ACTIONS,
    )


def offers(state: State, made: Offers) -> pl.DataFrame:
    """One row per person without agreement and with something owed."""
    history = state.history
    here = np.flatnonzero(~(history.agreed | history.settled))
    balance = np.rint(history.balance[here])
    # Whole cents of a balance that has changed would round below what was seen.
    share = made.discount_cents[here] / np.maximum(balance, 1)
    share = np.maximum(share, np.minimum(history.seen_discount[here], state.most[here]))
    arm = np.where(made.explored[here], EXPLORED, state.arm[here])
    return pl.DataFrame(
        {
            "person": state.people.ids[here],
            "discount": share,
            "instalments": made.instalments[here].astype(np.int16),
            "instalment_cents": made.instalment_cents[here],
            "step": made.step[here].astype(np.int8),
            "arm": _named(ARM_COLUMN, arm),
            "propensity": made.propensity[here],
            "final": made.final[here],
            "reasons": _reasons(made.why[here], ladder.names_of),
        },
        schema=OFFERS,
    )


def _named(names: tuple[str, ...], places: NDArray[np.integer]) -> pl.Series:
    return pl.Series(list(names), dtype=pl.String).gather(places.astype(np.int64))


def _reasons(sets: NDArray[np.int64], names_of: Callable[[int], list[str]]) -> pl.Series:
    """Each distinct set of reasons is written out once."""
    distinct, places = np.unique(sets, return_inverse=True)
    lists = [names_of(int(one)) for one in distinct]
    return pl.Series(lists, dtype=pl.List(pl.String)).gather(places)
