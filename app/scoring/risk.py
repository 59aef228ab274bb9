"""What a contact may cost in goodwill: a complaint, an opt-out."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.scoring.blocks import Blocks
from app.scoring.logistic import Logistic, sigmoid
from app.scoring.priors import COMPLAINING, UPSET

Floats = NDArray[np.float32]
EDGES = (9, 19)
"""Clock hours before which, and from which on, a contact is early or late."""


@dataclass(slots=True)
class Risk:
    """The chance of a bad reaction per contact, by channel, pressure of the week and hour.

    Complaints are too rare to learn from alone: both reactions share one regression, and the
    share of complaints among them is counted.
    """

    hours: NDArray[np.float32]
    blocks: Blocks
    model: Logistic
    complained: NDArray[np.float64]
    """(2,): complaints, bad reactions."""

    @classmethod
    def fresh(cls, channels: int, hours: tuple[int, ...]) -> "Risk":
        """At the priors."""
        blocks = Blocks.of([("intercept", 1), ("channel", channels), ("pressure", 1), ("edge", 1)])
        clock = np.array(hours, dtype=np.float32)
        return cls(clock, blocks, blocks.model(UPSET), np.array(COMPLAINING))

    def complaint(self, pressure: Floats) -> Floats:
        """Chances of a complaint (m, C) at an hour that is neither early nor late."""
        return self._upset(pressure) * np.float32(self._share())

    def opt_out(self, pressure: Floats) -> Floats:
        """Chances of an opt-out (m, C) likewise."""
        return self._upset(pressure) * np.float32(1 - self._share())

    def _share(self) -> float:
        return float(self.complained[0] / self.complained[1])

    def _upset(self, pressure: Floats) -> Floats:
        beta, at = self.model.mean.astype(np.float32), self.blocks
        base = beta[at["intercept"]][0] + pressure * beta[at["pressure"]][0]
        return np.asarray(sigmoid(base[:, None] + beta[at["channel"]]), dtype=np.float32)

    def edge_factor(self) -> Floats:
        """By how much each hour multiplies the risk (H,)."""
        steep = np.float32(self.model.mean[self.blocks["edge"]][0])
        return np.asarray(np.exp(steep * self._edges()), dtype=np.float32)

    def _edges(self) -> Floats:
        early, late = EDGES
        return ((self.hours < early) | (self.hours >= late)).astype(np.float32)

    def learn(
        self,
        channel: NDArray[np.int8],
        hour: NDArray[np.int8],
        pressure: Floats,
        complained: NDArray[np.bool_],
        opted_out: NDArray[np.bool_],
    ) -> None:
        """Take in a day's contacts (m,) and which of them were taken badly, and how."""
        outcome = complained | opted_out
        self.complained += [complained.sum(), outcome.sum()]
        columns = self.blocks.empty(len(channel))
        at = self.blocks
        columns[:, at["intercept"]] = 1
        columns[np.arange(len(channel)), at["channel"].start + channel.astype(np.int64)] = 1
        columns[:, at["pressure"].start] = pressure
        columns[:, at["edge"].start] = np.where(hour >= 0, self._edges()[hour], 0)
        self.model.learn(columns, outcome)
