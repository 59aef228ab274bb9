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
LIKELY, CERTAIN = 0.75, 0.98
"""How probable it has to be that steps lose money for fewer, and for hardly any, to get them."""
LEAST_RATE = 0.10
FEWEST = 15
"""Ripe visitors in either group before anything is concluded."""


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
    return Watch(
        visitors=(count[0], count[1]),
        first_visit=(first[0], first[1]),
        recovered=(means[0], means[1]),
        rate=_rate(recovered, groups, means),
    )


def _rate(
    recovered: NDArray[np.float64], groups: list[NDArray[np.bool_]], means: list[float]
) -> float:
    """All get steps while they may well pay; ever fewer once it is likely that they do not."""
    count = [int(group.sum()) for group in groups]
    if min(count) < FEWEST:
        return 1.0
    noise = sum(float(recovered[g].var()) / n for g, n in zip(groups, count, strict=True))
    weight, prior = 1 / max(noise, 1e-9), 1 / DOUBT**2
    mean = (weight * (means[0] - means[1]) + prior * BELIEF) / (weight + prior)
    harm = 0.5 * (1 - math.erf(mean * math.sqrt((weight + prior) / 2)))
    return float(np.clip((CERTAIN - harm) / (CERTAIN - LIKELY), LEAST_RATE, 1.0))
