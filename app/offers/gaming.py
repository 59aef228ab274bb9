"""Whether steps pay: people learn to wait when waiting pays, so the ladder watches itself.

Visitors are compared by a hash of theirs: those who may get steps against those who see one
final offer. When the money that first visitors bring is lower with steps, or their first visits
close less often, fewer people get steps; when it is higher, more.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RIPE = 10
"""Days after a first visit from which its outcome is counted."""
BELIEF, DOUBT = 0.02, 0.05
"""Before data: steps bring 2% of the balance more per visitor, give or take 5%."""
LEAST_RATE = 0.10


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
    """The monitor over first visitors (v,): whether steps were theirs to have, whether the visit
    is old enough, closed at once, and the share of the balance that was agreed on by now."""
    groups = [ripe & stepped, ripe & ~stepped]
    count = [int(group.sum()) for group in groups]
    means = [float(recovered[group].mean()) if group.any() else 0.0 for group in groups]
    first = [float(at_first[group].mean()) if group.any() else 0.0 for group in groups]
    if min(count) < 10:
        rate = _belief(BELIEF, DOUBT)
    else:
        noise = sum(float(recovered[g].var()) / n for g, n in zip(groups, count, strict=True))
        weight = 1 / max(noise, 1e-9)
        prior = 1 / DOUBT**2
        mean = (weight * (means[0] - means[1]) + prior * BELIEF) / (weight + prior)
        rate = _belief(mean, 1 / math.sqrt(weight + prior))
    return Watch((count[0], count[1]), (first[0], first[1]), (means[0], means[1]), rate)


def _belief(mean: float, deviation: float) -> float:
    """The chance that steps bring more, at least a tenth so that learning goes on."""
    chance = 0.5 * (1 + math.erf(mean / deviation / math.sqrt(2)))
    return float(np.clip(2 * chance - 0.3, LEAST_RATE, 1.0))
