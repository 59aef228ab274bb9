"""Whether steps pay: people learn to wait when waiting pays, so the ladder watches itself.

Visitors are compared by what a hash of theirs gave them on their first visit: an offer with steps
to come, or one that was final. As many people get steps as it is probable that steps pay, counted
in the money that first visitors bring, whenever they close.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RIPE = 14
"""Days after a first visit from which its outcome is counted."""
BELIEF, DOUBT = 0.02, 0.05
"""Before data: steps bring 2% of the balance more per visitor, give or take 5%.
An assumption: concessions bring back some who left, and teach others to leave."""
LEAST_RATE, MOST_RATE = 0.05, 1.0
FEWEST = 15
"""Ripe visitors in either group before anything is concluded."""
START = 0.5
"""The share that gets steps until then: both groups are known soonest when they are as large."""


@dataclass(frozen=True, slots=True)
class Watch:
    """What the monitor saw."""

    visitors: tuple[int, int]
    """With steps, without."""
    first_visit: tuple[float, float]
    """Share of first visits that closed."""
    recovered: tuple[float, float]
    """Share of the balance agreed to be paid, per visitor."""
    rate: float
    """The share of people (outside the no-step arm) who get steps from now on."""


def watch(
    stepped: NDArray[np.bool_],
    ripe: NDArray[np.bool_],
    at_first: NDArray[np.bool_],
    recovered: NDArray[np.float64],
) -> Watch:
    """The monitor over first visitors (v,): whether their first offer had steps to come, whether
    that visit is old enough, closed at once, and the share of the balance agreed on by now."""
    groups = [ripe & stepped, ripe & ~stepped]
    count = [int(group.sum()) for group in groups]
    means = [float(recovered[group].mean()) if group.any() else 0.0 for group in groups]
    first = [float(at_first[group].mean()) if group.any() else 0.0 for group in groups]
    return Watch(
        visitors=(count[0], count[1]),
        first_visit=(first[0], first[1]),
        recovered=(means[0], means[1]),
        rate=_rate(recovered, groups, means),
    )


def _rate(
    recovered: NDArray[np.float64], groups: list[NDArray[np.bool_]], means: list[float]
) -> float:
    """How probable it is that steps pay (probability matching: Thompson 1933)."""
    count = [int(group.sum()) for group in groups]
    if min(count) < FEWEST:
        return START
    noise = sum(float(recovered[g].var()) / n for g, n in zip(groups, count, strict=True))
    weight, prior = 1 / max(noise, 1e-9), 1 / DOUBT**2
    mean = (weight * (means[0] - means[1]) + prior * BELIEF) / (weight + prior)
    pays = 0.5 * (1 + math.erf(mean * math.sqrt((weight + prior) / 2)))
    return float(np.clip(pays, LEAST_RATE, MOST_RATE))
