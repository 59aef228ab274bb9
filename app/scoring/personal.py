"""What is special about one person, beyond their segment: shrunk log-odds, kept as two sums.

For each effect of a person (overall, on a channel, at an hour) the sums of the working response
and of the information are kept; the effect is their ratio after shrinkage by the variance between
people, which is itself learned (empirical Bayes; Robbins 1956, Efron and Morris 1975). With no
data it is 0, with eight attempts about half of what was seen.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[Any]
"""Single-precision floats."""
LEAST, MOST = 0.02, 4.0
PRIOR_PEOPLE = 60.0
MEMORY = 0.997
"""What a day leaves of older evidence: half-life about eight months."""


@dataclass(slots=True)
class Personal:
    """Effects of `n` people at `k` places (channels, hours, or one)."""

    response: Floats
    """(n, k): Σ of working responses."""
    information: Floats
    """(n, k): Σ p(1 − p)."""
    variance: float
    """Between people, log-odds squared."""
    prior_variance: float

    @classmethod
    def of(cls, people: int, places: int, variance: float) -> "Personal":
        """Nothing known yet."""
        empty = np.zeros((people, places), dtype=np.float32)
        return cls(empty, empty.copy(), variance, variance)

    def rows(self, positions: NDArray[np.int64]) -> "Personal":
        """A copy for some people."""
        return Personal(
            self.response[positions],
            self.information[positions],
            self.variance,
            self.prior_variance,
        )

    def effect(self, rows: NDArray[np.int64] | slice = slice(None)) -> Floats:
        """Log-odds added to the segment's (m, k)."""
        shrunk = self.information[rows] + np.float32(1 / self.variance)
        return self.response[rows] / shrunk

    def spread(self, rows: NDArray[np.int64] | slice = slice(None)) -> Floats:
        """How unsure the effect is: its variance (m, k)."""
        return np.float32(1.0) / (self.information[rows] + np.float32(1 / self.variance))

    def at(self, rows: NDArray[np.int64], places: NDArray[np.int8]) -> Floats:
        """The effect of each person at one place (m,); 0 where the place is unknown (−1)."""
        shrunk = self.information[rows, places] + np.float32(1 / self.variance)
        return np.where(places >= 0, self.response[rows, places] / shrunk, np.float32(0))

    def spread_at(self, rows: NDArray[np.int64], places: NDArray[np.int8]) -> Floats:
        """How unsure those are (m,)."""
        shrunk = self.information[rows, places] + np.float32(1 / self.variance)
        return np.where(places >= 0, np.float32(1) / shrunk, np.float32(0))

    def absorb(
        self,
        rows: NDArray[np.int64],
        places: NDArray[np.int8],
        error: Floats,
        bend: Floats,
        others: Floats,
    ) -> None:
        """Take in outcomes: errors (outcome − chance), p(1 − p), and how unsure the other effects
        of the same people are (m,): what may be theirs is not all credited here."""
        known = places >= 0
        rows, places = rows[known], places[known]
        damped = 1.0 / (1.0 + bend[known] * others[known])
        weight = bend[known] * damped
        own = self.response[rows, places] / (
            self.information[rows, places] + np.float32(1 / self.variance)
        )
        np.add.at(self.response, (rows, places), weight * own + error[known] * damped)
        np.add.at(self.information, (rows, places), weight)

    def settle(self) -> None:
        """Once a day: let old evidence fade and learn how different people are (one EM step)."""
        self.response *= np.float32(MEMORY)
        self.information *= np.float32(MEMORY)
        seen = self.information > 0.05
        count = float(seen.sum())
        if not count:
            return
        shrunk = self.information[seen] + 1 / self.variance
        second = np.square(self.response[seen] / shrunk) + 1 / shrunk
        total = float(second.sum()) + PRIOR_PEOPLE * self.prior_variance
        self.variance = float(np.clip(total / (count + PRIOR_PEOPLE), LEAST, MOST))
