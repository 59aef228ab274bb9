"""What could be seen at all: the smallest effect that so many people would show."""

import math
from dataclasses import dataclass
from statistics import NormalDist

from app.insights.sequential import ALPHA, TUNED_FOR, standard_errors

USUAL_SPREAD = 3.0
"""Standard deviation of a person's payments over their mean, before any were seen: where a tenth
of the people pay similar amounts."""
SEEN = 0.8
"""How often an effect of the detectable size is found."""
SMALL = 0.2
"""Effects beyond a fifth are rare (published field results: 6 to 8%): seeing only those is not
seeing."""


@dataclass(frozen=True, slots=True)
class Power:
    """The smallest true effect found four times in five, in the unit of the outcome."""

    detectable: float
    relative: float | None
    """Of what the control group brings; None while that is nothing."""
    people: int

    @property
    def too_few(self) -> bool:
        """Whether only an effect beyond a fifth could be seen yet."""
        return self.relative is None or self.relative > SMALL


def detectable(
    standard_error: float, control_mean: float, people: int, *, needed: float | None = None
) -> Power:
    """Smallest detectable effect for a standard error of the difference.

    `needed` standard errors are what an effect is called clear by: those of the interval that is
    shown; without it, of one planned look at two-sided 5%.
    """
    normal = NormalDist()
    if needed is None:
        needed = normal.inv_cdf(1 - ALPHA / 2)
    least = (needed + normal.inv_cdf(SEEN)) * standard_error
    known = control_mean > 0 and math.isfinite(least)
    return Power(least, least / control_mean if known else None, people)


def foreseen(people: int, control: float) -> float | None:
    """The relative effect that so many people can be expected to show once payments have come,
    `control` (0…1) of them in the comparison group; None without two groups."""
    shared = people * control * (1 - control)
    if shared <= 0:
        return None
    normal = NormalDist()
    return (standard_errors(TUNED_FOR) + normal.inv_cdf(SEEN)) * USUAL_SPREAD / math.sqrt(shared)


def days_until(relative: float, wanted: float, days: int) -> int:
    """After how many days in all an effect of `wanted` can be seen, when after `days` one of
    `relative` can: money comes in evenly, so what is seen shrinks with the root of time."""
    return math.ceil(days * max(relative / wanted, 1.0) ** 2)
