"""Somebody who knows the population, but of each person only what their creditor sees.

Between the creditor's rules and the oracle: what could be had from the file alone by who never
learns. It plays as the oracle does, in the world as it would look to such a person.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from tests.elsewhere.draw import Column, Whole
from tests.elsewhere.oracle import Pace
from tests.elsewhere.world import World

PACES = (Pace(2, 2.0), Pace(3, 3.0))
"""Tried one after the other: the best one counts."""
USUAL_PAYDAY = 5


def shadow(world: World) -> World:
    """The world with each person's latents in their expectation, given the file; no drift."""
    latents, seen, count = world.latents, world.seen, world.creditor.people
    known = _known(world)

    def expect(values: Column, *columns: Column) -> Column:
        """The linear regression on what is known; a matrix column by column."""
        features = np.column_stack([known, *columns])
        return features @ np.linalg.lstsq(features, values, rcond=None)[0]

    def same(values: Column) -> Column:
        return np.full(count, values.mean())

    has_income = ~np.isnan(seen.income_cents)
    income = np.where(has_income, np.log(np.nan_to_num(seen.income_cents, nan=1.0)), 0)
    believed = replace(
        latents,
        motive=expect(latents.motive),
        read=_by_preference(expect, latents.read, seen.channel),
        delivered=np.tile(latents.delivered.mean(axis=0), (count, 1)),
        hour=_by_preference(expect, latents.hour, seen.hour),
        taste=expect(latents.taste),
        bears_cents=np.exp(expect(np.log(latents.bears_cents), has_income, income)),
        central_discount=expect(latents.central_discount),
        discount=_typical(latents.discount),
        unasked=np.exp(expect(np.log(latents.unasked))),
        payday=np.where(seen.payday > 0, seen.payday, USUAL_PAYDAY),
        complaint=same(latents.complaint),
        opt_out=same(latents.opt_out),
        waits=np.zeros_like(latents.waits),
    )
    return replace(world, latents=believed, drift=None)


def _known(world: World) -> Column:
    """(people, columns): what the file has of everybody."""
    people = world.people
    return np.column_stack(
        [
            np.ones(world.creditor.people),
            people.lateness,
            people.other_debts,
            people.product == "loan",
            people.product == "card",
            people.region == "NE",
            people.product == "store",
        ]
    ).astype(float)


def _by_preference(expect: Callable[..., Column], values: Column, preferred: Whole) -> Column:
    """Each column given whether it is the preferred one, and whether any is known."""
    columns = [
        expect(values[:, place], preferred == place, preferred >= 0)
        for place in range(values.shape[1])
    ]
    return np.stack(columns, axis=1)


def _typical(values: Column) -> Column:
    """The geometric mean; zeros stay."""
    if not values.any():
        return values
    return np.full(len(values), np.exp(np.log(values + 1e-9).mean()))
