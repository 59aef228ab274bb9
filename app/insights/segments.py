"""Groups of people with whom something happens more, or less, than with everybody else.

Every group by one or two attributes is looked at. What one group explains is not said of others:
that one is high makes all others low, and whatever it overlaps with a little higher.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from app.insights.chance import FALSE_FINDINGS, drawn
from app.insights.effects import shares
from app.insights.findings import EXPECTED, Finding, Kind

SMALLEST = 50
"""People below whom nobody is called a group."""
ROUNDS = 8
"""At most so many groups explain others."""


@dataclass(frozen=True, slots=True)
class _Grouping:
    """Attributes, the groups' values (g,), and each person's group (n,)."""

    names: tuple[str, ...]
    values: list[tuple[str, ...]]
    codes: NDArray[np.int64]

    def counts(
        self, hits: NDArray[np.bool_], alive: NDArray[np.bool_]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """People and hits of each group (g,) among those alive."""
        codes = self.codes[alive]
        size = np.bincount(codes, minlength=len(self.values))
        hit = np.bincount(codes, weights=hits[alive], minlength=len(self.values))
        return size, hit.astype(np.int64)


def segments(
    attributes: Mapping[str, NDArray[np.str_]],
    outcomes: Mapping[str, NDArray[np.bool_]],
    among: Mapping[str, NDArray[np.bool_]],
) -> list[Finding]:
    """Every group by one or two attributes (n,), tested against everybody else, per outcome (n,).

    `among`: of whom an outcome can be asked at all; outcomes that are missing there: of everybody.
    """
    candidates = []
    for metric, outcome in outcomes.items():
        rows = np.flatnonzero(among[metric]) if metric in among else np.arange(len(outcome))
        candidates += _of_outcome(metric, _groupings(attributes, rows), outcome[rows])
    return candidates


def _groupings(
    attributes: Mapping[str, NDArray[np.str_]], rows: NDArray[np.int64]
) -> list[_Grouping]:
    coded = {
        name: np.unique(column[rows], return_inverse=True) for name, column in attributes.items()
    }
    found = [
        _Grouping((name,), [(str(value),) for value in values], codes.astype(np.int64))
        for name, (values, codes) in coded.items()
    ]
    for one, other in combinations(coded, 2):
        (firsts, first), (seconds, second) = coded[one], coded[other]
        pairs: list[tuple[str, ...]] = [(str(a), str(b)) for a in firsts for b in seconds]
        codes = (first * len(seconds) + second).astype(np.int64)
        found.append(_Grouping((one, other), pairs, codes))
    return found


def _of_outcome(metric: str, groupings: list[_Grouping], hits: NDArray[np.bool_]) -> list[Finding]:
    """All groups that are large enough, with the chance of each."""
    everybody = np.ones(len(hits), dtype=bool)
    whole, all_hits = len(hits), int(hits.sum())
    cells = [
        (grouping, at)
        for grouping in groupings
        for at in _large(grouping.counts(hits, everybody)[0], whole, all_hits)
    ]
    chances = _explained(cells, hits, _chances(cells, hits, everybody))
    return [
        _finding(metric, grouping, at, hits, chance)
        for (grouping, at), chance in zip(cells, chances, strict=True)
    ]


def _large(size: NDArray[np.int64], whole: int, all_hits: int) -> list[int]:
    """By the margins alone: a choice by what happened would make noise look like news."""
    expected = size * (min(all_hits, whole - all_hits) / max(whole, 1))
    large = (size >= SMALLEST) & (whole - size >= SMALLEST) & (expected >= EXPECTED)
    return [int(at) for at in np.flatnonzero(large)]


def _chances(
    cells: list[tuple[_Grouping, int]], hits: NDArray[np.bool_], alive: NDArray[np.bool_]
) -> list[float]:
    """Each cell's people alive against all others alive."""
    whole, all_hits = int(alive.sum()), int(hits[alive].sum())
    counted = {id(grouping): grouping.counts(hits, alive) for grouping, _ in cells}
    found = []
    for grouping, at in cells:
        size, hit = counted[id(grouping)]
        found.append(drawn(int(hit[at]), int(size[at]), all_hits, whole) if size[at] else 0.0)
    return found


def _explained(
    cells: list[tuple[_Grouping, int]], hits: NDArray[np.bool_], chances: list[float]
) -> list[float]:
    """The clearest group stands; every other one must stand out among the rest of the people as
    well: its chance is the larger of the two, which keeps it a chance. And so on, while any group
    is clear by itself."""
    alive, standing = np.ones(len(hits), dtype=bool), set[int]()
    for _ in range(ROUNDS):
        waiting = [at for at in range(len(cells)) if at not in standing]
        clearest = min(waiting, key=chances.__getitem__, default=None)
        if clearest is None or chances[clearest] >= FALSE_FINDINGS / len(cells):
            break
        standing.add(clearest)
        grouping, value = cells[clearest]
        alive &= grouping.codes != value
        again = _chances(cells, hits, alive)
        chances = [
            chances[at] if at in standing else max(chances[at], again[at])
            for at in range(len(cells))
        ]
    return chances


def _finding(
    metric: str, grouping: _Grouping, at: int, hits: NDArray[np.bool_], chance: float
) -> Finding:
    inside = grouping.codes == at
    size, hit = np.array([float(inside.sum())]), np.array([float(hits[inside].sum())])
    rate, low, high = shares(hit, size, 1)
    return Finding(
        kind=Kind.SEGMENT,
        metric=metric,
        where=tuple(zip(grouping.names, grouping.values[at], strict=True)),
        value=float(rate[0]),
        usual=float(hits[~inside].mean()),
        count=int(size[0]),
        is_rate=True,
        chance=chance,
        low=float(low[0]),
        high=float(high[0]),
    )
