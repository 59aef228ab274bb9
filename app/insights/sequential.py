"""Looking whenever one likes: how far an estimate must be from nothing to be more than luck.

An interval that holds for one planned look fails sooner or later when it is looked at every day.
These hold at all looks together (Robbins, "Statistical methods related to the law of the iterated
logarithm", 1970; for estimates like ours Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas,
"Time-uniform central limit theory and asymptotic confidence sequences", 2021).
"""

import math

import numpy as np
from numpy.typing import NDArray

ALPHA = 0.05
"""The chance that an interval misses the truth at any look at all."""
TUNED_FOR = 100.0
"""Effective observations in the smaller group at which the intervals are tightest."""
FEWEST = 10.0
"""Effective observations in the smaller group below which no interval is given."""


def effective(values: NDArray[np.float64]) -> float:
    """How many equally large values would be as uncertain as these (Kish 1965): many small
    payments and one huge one count little more than one. 0 for nothing but zeros."""
    squares = float(np.square(values).sum())
    return float(np.abs(values).sum()) ** 2 / squares if squares > 0 else 0.0


def standard_errors(information: float, *, alpha: float = ALPHA) -> float:
    """How many standard errors an interval needs that may be looked at any time.

    `information` grows as the variance of the sum does and is the clock of the looks: the days
    may pass as they like. Infinite below FEWEST: there the law of large numbers says nothing.
    The boundary is that of the normal mixture, tuned once and for all for TUNED_FOR.
    """
    if not information >= FEWEST:
        return math.inf
    ratio = information * (-2 * math.log(alpha) + math.log(-2 * math.log(alpha) + 1)) / TUNED_FOR
    return math.sqrt((1 + 1 / ratio) * (math.log1p(ratio) - 2 * math.log(alpha)))
