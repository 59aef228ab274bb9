"""Random numbers by counter: the same person, day and purpose always get the same number.

Two policies in one world therefore meet the same luck, and their difference is theirs alone
(common random numbers).
"""

from zlib import crc32

import numpy as np
from numpy.typing import NDArray


class Draws:
    """The luck of one world. `seed`: of the world; `people`: how many numbers a draw has."""

    def __init__(self, seed: int, people: int) -> None:
        self.seed, self.people = seed, people

    def uniform(self, day: int, purpose: str) -> NDArray[np.float64]:
        """One number in [0, 1) per person, for this day and purpose."""
        return self._generator(day, purpose).random(self.people)

    def normal(self, day: int, purpose: str) -> NDArray[np.float64]:
        """One standard normal number per person, for this day and purpose."""
        return self._generator(day, purpose).standard_normal(self.people)

    def _generator(self, day: int, purpose: str) -> np.random.Generator:
        key = np.array([self.seed, (day << 32) | crc32(purpose.encode())], dtype=np.uint64)
        return np.random.Generator(np.random.Philox(key=key))
