"""Named blocks of coefficients: columns of a model with their priors, side by side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.scoring.logistic import Logistic
from app.scoring.priors import Prior


@dataclass(frozen=True, slots=True)
class Blocks:
    """Name → slice of the coefficients; the width is the number of columns."""

    slices: Mapping[str, slice]
    width: int

    @classmethod
    def of(cls, widths: Sequence[tuple[str, int]]) -> "Blocks":
        """Blocks in a given order."""
        slices, at = {}, 0
        for name, width in widths:
            slices[name] = slice(at, at + width)
            at += width
        return cls(slices, at)

    def empty(self, rows: int) -> NDArray[np.float32]:
        """A matrix (rows, width) of zeros to be filled."""
        return np.zeros((rows, self.width), dtype=np.float32)

    def model(self, priors: Mapping[str, Prior]) -> Logistic:
        """A model at its priors. Raises KeyError for a block without one."""
        mean, deviation = np.zeros(self.width), np.ones(self.width)
        for name, part in self.slices.items():
            mean[part] = priors[name].mean
            deviation[part] = priors[name].deviation
        return Logistic.of(mean, deviation)

    def __getitem__(self, name: str) -> slice:
        return self.slices[name]
