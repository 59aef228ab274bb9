"""The numbers of one world, drawn one after the other: their order is part of the world."""

import numpy as np
from numpy.typing import NDArray

from tests.elsewhere.parameters import NONE, RANGES, SCENARIOS

Column = NDArray[np.float64]
Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]

STREAM = 77


class Draw:
    """One world's stream of random numbers. Raises ValueError for a scenario that does not exist."""

    def __init__(self, seed: int, scenario: str) -> None:
        self.seed, self.scenario = seed, scenario
        self.random = np.random.default_rng([seed, SCENARIOS.index(scenario), STREAM])

    @property
    def is_null(self) -> bool:
        """Whether nothing differs between persons, channels, hours and words."""
        return self.scenario == "null"

    def within(self, name: str) -> float:
        """Uniform in the range of this name; 0, and nothing drawn, for what a null world lacks."""
        return 0.0 if self.is_null and name in NONE else self.uniform(RANGES[name])

    def uniform(self, span: tuple[float, float]) -> float:
        """Uniform between the two."""
        return float(self.random.uniform(*span))

    def integer(self, least: int, most: int) -> int:
        """A whole number, both ends included."""
        return int(self.random.integers(least, most + 1))

    def normal(self, spread: float, *shape: int) -> Column:
        """Around 0 with this spread."""
        return self.random.normal(0, spread, shape)


def logit(share: float) -> float:
    """Log-odds."""
    return float(np.log(share / (1 - share)))


def sigmoid(odds: Column) -> Column:
    """The probability of log-odds."""
    return 1 / (1 + np.exp(-odds))
