"""Which contracts and addresses a file has shown so far, in eight bytes each."""

import secrets

import numpy as np
import polars as pl
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]


class Hasher:
    """64-bit hashes of texts under a seed of its own.

    Two of a million contracts collide once in thirty million files.
    """

    def __init__(self) -> None:
        self._seed = secrets.randbits(63)

    def __call__(self, texts: list[str] | pl.Series) -> Hashes:
        return pl.Series(texts, dtype=pl.String).hash(seed=self._seed).to_numpy()


class Seen:
    """A growing set of hashes: sorted runs, merged as they double in size."""

    def __init__(self) -> None:
        self._runs: list[Hashes] = []

    def __len__(self) -> int:
        return sum(len(run) for run in self._runs)

    def holds(self, hashes: Hashes) -> NDArray[np.bool_]:
        """Which of the hashes were added before."""
        found = np.zeros(len(hashes), dtype=bool)
        for run in self._runs:
            places = np.searchsorted(run, hashes)
            places[places == len(run)] = 0
            found |= run[places] == hashes
        return found

    def add(self, hashes: Hashes) -> NDArray[np.bool_]:
        """Add them; which were there before, earlier in the same array included."""
        repeated = self.holds(hashes)
        _, first = np.unique(hashes, return_index=True)
        again = np.ones(len(hashes), dtype=bool)
        again[first] = False
        repeated |= again
        self._keep(np.sort(hashes[~repeated]))
        return repeated

    def _keep(self, run: Hashes) -> None:
        if not len(run):
            return
        self._runs.append(run)
        while len(self._runs) > 1 and len(self._runs[-2]) < 2 * len(self._runs[-1]):
            later, earlier = self._runs.pop(), self._runs.pop()
            self._runs.append(np.sort(np.concatenate([earlier, later])))
