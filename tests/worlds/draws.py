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
        self._bits = np.random.Philox(key=0)
        self._generator = np.random.Generator(self._bits)
        self._state = self._bits.state

    def uniform(self, day: int, purpose: str) -> NDArray[np.float64]:
        """One number in [0, 1) per person, for this day and purpose."""
        self._turn_to(day, purpose)
        return self._generator.random(self.people)

    def normal(self, day: int, purpose: str) -> NDArray[np.float64]:
        """One standard normal number per person, for this day and purpose."""
        self._turn_to(day, purpose)
        return self._generator.standard_normal(self.people)

    def _turn_to(self, day: int, purpose: str) -> None:
        """The key says whose numbers follow; the counter starts from 0."""
        key = np.array([self.seed, (day << 32) | crc32(purpose.encode())], dtype=np.uint64)
        inner = {"counter": np.zeros(4, dtype=np.uint64), "key": key}
        self._bits.state = {**self._state, "state": inner}
