"""How often each person is written to: the pace that earns most a day, within the peace of all.

A contact soon after another reaches less and annoys more. So each person has a pace, the number
of days between contacts at which the expected gain per day is largest once that pace has settled;
and a complaint costs, beside its own price, as much as keeps all complaints together below those
that a sensible rule of thumb would cause by the same scores.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.journeys.route import HALF_DAYS
from app.scoring.features import WEEK
from app.scoring.stage import WEEKLY

Floats = NDArray[Any]
"""Floats, single or double."""
PACES = np.array([1, 2, 3, 4, 5, 6, 7, 9, 11, 14, 21])
SENSIBLE_SPACING = 4
"""Days between contacts under a good operation's rules of thumb, where the creditor's own are no
denser. An assumption: published cadences run from twice a week to weekly."""
TARGET = 0.8
"""Complaints expected under the engine against those under the rule of thumb."""
MOST_RESTRAINT = 1e12
"""Cents. At this price nobody who could complain is worth a contact."""
HALVINGS = 32


def settled_pressure() -> Floats:
    """The pressure that a person is under just before each contact at each pace (P,)."""
    backs = [np.arange(pace, WEEK, pace) for pace in PACES]
    return np.array([np.sum(0.5 ** (back / HALF_DAYS)) for back in backs])


@dataclass(frozen=True, slots=True)
class Rhythm:
    """A contact by the best means, to somebody who was not contacted lately (m,)."""

    reward: Floats
    """Cents that it brings."""
    cost: Floats
    """Cents, whatever comes of it."""
    upset: Floats
    """Cents that complaints and opt-outs cost, without restraint."""
    complaint: Floats
    """The chance of a complaint."""


@dataclass(frozen=True, slots=True)
class Wear:
    """What a contact of the same day would change in the next: logs per contact."""

    reward: float
    """By how much it brings less (≥ 0)."""
    upset: float
    """By how much it annoys more (≥ 0)."""

    def at_rest(self, rhythm: Rhythm, pressed: Floats) -> Rhythm:
        """What holds under pressure (m,), as if there were none."""
        calm = np.exp(-self.upset * pressed)
        return Rhythm(
            reward=rhythm.reward * np.exp(self.reward * pressed),
            cost=rhythm.cost,
            upset=rhythm.upset * calm,
            complaint=rhythm.complaint * calm,
        )


def rates(rhythm: Rhythm, wear: Wear, restraint: float) -> Floats:
    """Cents a day at each pace, once settled (m, P)."""
    pressed = settled_pressure()
    upset = rhythm.upset + rhythm.complaint * restraint
    gain = rhythm.reward[:, None] * np.exp(-wear.reward * pressed)
    gain = gain - rhythm.cost[:, None] - upset[:, None] * np.exp(wear.upset * pressed)
    return np.asarray(gain / PACES)


def paces(rhythm: Rhythm, wear: Wear, restraint: float, per_week: int) -> NDArray[np.int64]:
    """Days between contacts (m,); far beyond any day where no pace earns anything.

    Never denser than the weekly cap allows.
    """
    rate = rates(rhythm, wear, restraint)
    rate[:, densest(per_week) > PACES] = -np.inf
    best = rate.argmax(axis=1)
    worth = rate[np.arange(len(best)), best] > 0
    return np.where(worth, PACES[best], np.iinfo(np.int32).max)


def densest(per_week: int) -> int:
    """The least whole number of days between contacts that a weekly cap allows now and then: with
    two a week three days, and four after them; the cap itself says when."""
    return max(WEEK // max(per_week, 1), 1)


def restraint(
    rhythm: Rhythm, wear: Wear, usual: Floats, *, spacing_days: int, per_week: int
) -> float:
    """Cents added to a complaint, so that these people (m,) complain no more than they would at
    the usual spacing, where one contact makes a complaint with the chance `usual` (m,)."""
    pressed = settled_pressure()
    spacing = max(min(spacing_days, SENSIBLE_SPACING), densest(per_week))
    ours = np.exp(wear.upset * pressed) / PACES
    at = int(np.flatnonzero(spacing == PACES)[0])
    allowed = TARGET * float(usual.sum()) * ours[at]

    def expected(price: float) -> float:
        pace = paces(rhythm, wear, price, per_week)
        place = np.searchsorted(PACES, pace)
        chosen = np.append(ours, 0.0)[place]
        return float(np.sum(rhythm.complaint * chosen))

    if expected(0.0) <= allowed:
        return 0.0
    low, high = 0.0, float(np.log1p(MOST_RESTRAINT))
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if expected(float(np.expm1(middle))) > allowed:
            low = middle
        else:
            high = middle
    return float(np.expm1(high))


def wear_of(reached: float, engaged: float, upset: float) -> Wear:
    """From the log-odds that a unit of pressure (WEEKLY contacts) adds to being reached, to
    engaging and to being upset."""
    return Wear(max(0.0, -(reached + engaged)) / WEEKLY, max(0.0, upset) / WEEKLY)
