"""One choice against the other choices, from draws with known chances. Pure.

Everybody's decision is weighted with one over its exact chance (Horvitz and Thompson 1952, in the
self-normalised form of Hájek): as if it had been drawn evenly among all that was allowed. What
the engine chose for good reasons is then no longer compared with what it chose for others.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.insights.sequential import ALPHA, effective, standard_errors

Column = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Contrast:
    """What a choice brings more than the others that were allowed to the same people."""

    place: int
    """Which of the choices."""
    decisions: int
    mean: float
    """Had it been drawn evenly."""
    others: float
    low: float
    high: float
    """Always-valid interval of the difference, holding over all the choices together."""
    compared: bool = True
    """Whether the same people could get something else at all."""

    @property
    def clear(self) -> bool:
        """Whether it may be called better or worse."""
        return self.low > 0 or self.high < 0


def contrasts(
    person: NDArray[np.int64],
    outcome: Column,
    propensity: Column,
    chosen: NDArray[np.int64],
    allowed: NDArray[np.bool_],
) -> list[Contrast]:
    """Every choice against the others. All (n,) but `allowed` (n, places): what could have been
    drawn for each decision; only decisions that allowed a choice and another count for it."""
    places = allowed.shape[1]
    return [
        _one(person, outcome, 1 / propensity, chosen == place, allowed, place)
        for place in range(places)
    ]


def _one(
    person: NDArray[np.int64],
    outcome: Column,
    weight: Column,
    chosen: NDArray[np.bool_],
    allowed: NDArray[np.bool_],
    place: int,
) -> Contrast:
    rows = allowed[:, place] & (allowed.sum(axis=1) > 1)
    here, there = rows & chosen, rows & ~chosen
    decisions = int(here.sum())
    if not decisions or not there.any():
        return Contrast(place, decisions, 0.0, 0.0, -math.inf, math.inf, compared=False)
    moved, means = np.zeros(len(outcome)), []
    for group, sign in ((here, 1), (there, -1)):
        share = weight[group] / weight[group].sum()
        means.append(float((share * outcome[group]).sum()))
        moved[group] = sign * share * (outcome[group] - means[-1])
    _, who = np.unique(person, return_inverse=True)
    error = math.sqrt(float(np.square(np.bincount(who, weights=moved)).sum()))
    seen = min(effective(weight[group] * outcome[group]) for group in (here, there))
    needed = standard_errors(seen, alpha=ALPHA / allowed.shape[1])
    wide = needed * error if math.isfinite(needed) else math.inf
    gain = means[0] - means[1]
    return Contrast(place, decisions, means[0], means[1], gain - wide, gain + wide)
