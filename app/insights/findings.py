"""What stands out in a portfolio, what changed this week, what was odd yesterday: mined, and told
only where luck is no explanation.

Everything that was looked at is tested (app.insights.chance); of all tests together only those
are told that Benjamini and Hochberg allow. Findings are coded facts: words are for catalogues.
They describe; none of them says why.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from app.insights.chance import ranked, stray, told

Column = NDArray[np.float64]
Where = tuple[tuple[str, str], ...]
"""Attribute and value, each a code; empty: everywhere."""
EXPECTED = 5.0
WEEK, BEFORE = 7, 28
FEW_TRIALS = 30
"""Messages a day from which a day's rate is looked at by itself."""
UNLIKE = 0.1
"""A change of less than a tenth is true perhaps, and no news."""


class Kind(StrEnum):
    """What was looked for."""

    SEGMENT = "segment"
    CHANGE = "change"
    ANOMALY = "anomaly"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fact. Rates are fractions; without trials they are counts a day."""

    kind: Kind
    metric: str
    where: Where
    value: float
    usual: float
    """Of everybody else, of the four weeks before, or of the days before."""
    count: int
    """People of the segment, or messages (without trials: happenings) of the week or day."""
    is_rate: bool
    chance: float
    """How probable something as unusual is where nothing is behind it."""
    low: float | None = None
    high: float | None = None
    """Of a segment: Wilson's interval at 95% around the value."""


@dataclass(frozen=True, slots=True)
class Series:
    """One figure by day (d,), the last day over; `trials` (d,) where it is a rate."""

    metric: str
    where: Where
    hits: Column
    trials: Column | None = None


def found(candidates: Sequence[Finding]) -> list[Finding]:
    """What may be said of all that was looked at, the least probable first; of groups inside each
    other only the one that is clearest."""
    chances = np.array([one.chance for one in candidates])
    allowed = [one for one, may in zip(candidates, told(chances), strict=True) if may]
    said: list[Finding] = []
    for one in sorted(allowed, key=lambda each: (each.chance, each.metric, each.where)):
        if not any(_same_thing(one, other) for other in said) and _is_news(one):
            said.append(one)
    return said


def _same_thing(one: Finding, other: Finding) -> bool:
    mine, theirs = set(one.where), set(other.where)
    alike = (one.kind, one.metric, one.value > one.usual)
    nested = mine <= theirs or theirs <= mine
    return nested and alike == (other.kind, other.metric, other.value > other.usual)


def _is_news(one: Finding) -> bool:
    return abs(one.value - one.usual) >= UNLIKE * max(one.usual, 1e-12)


def changes(series: Sequence[Series]) -> list[Finding]:
    """The last seven days against the 28 before, day against day."""
    candidates = []
    for one in series:
        now, before = slice(-WEEK, None), slice(-WEEK - BEFORE, -WEEK)
        hits, trials = one.hits, one.trials
        if len(hits) < WEEK + BEFORE or hits[now].sum() + hits[before].sum() < 2 * EXPECTED:
            continue
        if trials is None:
            chance = ranked(hits[now], hits[before])
            value, usual = float(hits[now].mean()), float(hits[before].mean())
            count = int(hits[now].sum())
        else:
            if min(trials[now].sum(), trials[before].sum()) < FEW_TRIALS:
                continue
            chance = ranked(_rates(hits, trials, now), _rates(hits, trials, before))
            value = float(hits[now].sum() / trials[now].sum())
            usual = float(hits[before].sum() / trials[before].sum())
            count = int(trials[now].sum())
        is_rate = trials is not None
        candidates.append(
            Finding(Kind.CHANGE, one.metric, one.where, value, usual, count, is_rate, chance)
        )
    return candidates


def _rates(hits: Column, trials: Column, days: slice) -> Column:
    asked = trials[days] > 0
    rates: Column = hits[days][asked] / trials[days][asked]
    return rates


def anomalies(series: Sequence[Series]) -> list[Finding]:
    """The last day against the four weeks before; counts against the same weekday of eight weeks.

    Roots of counts and arcsines of rates vary alike whatever their size (Anscombe 1948).
    """
    candidates = []
    for one in series:
        finding = _odd_count(one) if one.trials is None else _odd_rate(one, one.trials)
        if finding is not None:
            candidates.append(finding)
    return candidates


def _odd_count(one: Series) -> Finding | None:
    days = one.hits[: -1 - 8 * WEEK : -WEEK]
    before = days[1:]
    if len(before) < 5 or before.sum() + days[0] < EXPECTED:
        return None
    roots = np.sqrt(days + 0.375)
    chance = stray(float(roots[0]), roots[1:], floor=0.5)
    last = float(days[0])
    usual = float(before.mean())
    return Finding(Kind.ANOMALY, one.metric, one.where, last, usual, int(last), False, chance)


def _odd_rate(one: Series, trials: Column) -> Finding | None:
    last, before = trials[-1], trials[-1 - BEFORE : -1]
    asked = before >= FEW_TRIALS
    hits = one.hits[-1 - BEFORE : -1][asked]
    if last < FEW_TRIALS or asked.sum() < 5 or hits.sum() + one.hits[-1] < EXPECTED:
        return None
    angles = _angle(hits, before[asked])
    here = float(_angle(one.hits[-1:], trials[-1:])[0])
    chance = stray(here, angles, floor=0.5 / float(np.sqrt(last + 0.5)))
    usual = float(hits.sum() / before[asked].sum())
    value = float(one.hits[-1] / last)
    return Finding(Kind.ANOMALY, one.metric, one.where, value, usual, int(last), True, chance)


def _angle(hits: Column, trials: Column) -> Column:
    angles: Column = np.arcsin(np.sqrt((hits + 0.375) / (trials + 0.75)))
    return angles
