"""What could be seen at all: the smallest effect that so many people would show."""

from dataclasses import dataclass
from statistics import NormalDist


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
        return self.relative is None or self.relative > 0.2


def detectable(
    standard_error: float, control_mean: float, people: int, *, power: float = 0.8
) -> Power:
    """Smallest detectable effect at two-sided 5% for a standard error of the difference."""
    normal = NormalDist()
    least = (normal.inv_cdf(0.975) + normal.inv_cdf(power)) * standard_error
    relative = least / control_mean if control_mean > 0 else None
    return Power(least, relative, people)
