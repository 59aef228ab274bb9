"""How probable a figure is when nothing is behind it, and how many such figures may be told.

Small p-values are cheap when one looks for them: every search tells all it looked at, and the
procedure of Benjamini and Hochberg (1995) decides what of it may be said.
"""

import math
from functools import lru_cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Column = NDArray[np.float64]
FALSE_FINDINGS = 0.05
"""The share of what is said that may be luck; with nothing to find, how often anything is said."""
STEPS = 4_001


def told(chances: Column, rate: float = FALSE_FINDINGS) -> NDArray[np.bool_]:
    """Which of the p-values (n,) may be called findings together (Benjamini and Hochberg)."""
    if not len(chances):
        return np.zeros(0, dtype=bool)
    order = np.argsort(chances, kind="stable")
    under = chances[order] <= rate * np.arange(1, len(chances) + 1) / len(chances)
    found = np.zeros(len(chances), dtype=bool)
    found[order[: int(np.flatnonzero(under).max(initial=-1)) + 1]] = True
    return found


def drawn(hits: int, part: int, all_hits: int, whole: int) -> float:
    """Two-sided chance that a part drawn blindly has as unusual a number of the hits (Fisher's
    exact test, both tails as the doubled smaller one)."""
    least, most = max(0, part + all_hits - whole), min(part, all_hits)
    if most <= least:
        return 1.0
    counts = np.arange(least, most + 1)
    others, rest = whole - all_hits, part - counts
    table = _log_factorials(whole)
    logs = -(table[counts] + table[all_hits - counts] + table[rest] + table[others - rest])
    chance = np.exp(logs - logs.max())
    chance /= chance.sum()
    below, above = chance[counts <= hits].sum(), chance[counts >= hits].sum()
    return float(min(1.0, 2 * min(below, above)))


@lru_cache(maxsize=4)
def _log_factorials(most: int) -> Column:
    """ln n! for n = 0 … most."""
    logs: Column = np.concatenate([[0.0], np.log(np.arange(1, most + 1)).cumsum()])
    return logs


def ranked(now: Column, before: Column) -> float:
    """Two-sided chance that days like `now` come from those `before` (Mann and Whitney 1947, with
    ties, normal): nothing is assumed of how figures vary from day to day."""
    count, others = len(now), len(before)
    if min(count, others) < 4:
        return 1.0
    together = np.concatenate([now, before])
    _, place, ties = np.unique(together, return_inverse=True, return_counts=True)
    rank = (ties.cumsum() - (ties - 1) / 2)[place]
    total = count + others
    spread = (total + 1) - (ties**3 - ties).sum() / (total * (total - 1))
    variance = count * others / 12 * spread
    if variance <= 0:
        return 1.0
    moved = abs(rank[:count].sum() - count * (total + 1) / 2) - 0.5
    return 2 * (1 - NormalDist().cdf(max(moved, 0.0) / math.sqrt(variance)))


def stray(value: float, before: Column, floor: float) -> float:
    """Two-sided chance of a new value as far from those `before` (Student's t, prediction).

    `floor` is the standard deviation that counting alone gives the new value: days that happened
    to be alike do not make every other day unusual.
    """
    count = len(before)
    if count < 5:
        return 1.0
    spread = float(before.var(ddof=1))
    error = math.sqrt(spread / count + max(spread, floor * floor))
    if error <= 0:
        return 1.0
    return student(abs(value - float(before.mean())) / error, count - 1)


def student(t: float, freedom: int) -> float:
    """Two-sided tail of Student's t, by quadrature over the angle whose tangent it is."""
    start = math.atan(t / math.sqrt(freedom))
    powers = freedom - 1
    tail = _area(start, powers)
    return min(1.0, tail / _area(0.0, powers))


def _area(start: float, powers: int) -> float:
    angles = np.linspace(start, math.pi / 2, STEPS)
    return float(np.trapezoid(np.maximum(np.cos(angles), 0.0) ** powers, angles))
