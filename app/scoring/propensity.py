"""What people do unasked: pay everything, or come to the portal. A contact adds only to this."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.scoring.blocks import Blocks
from app.scoring.logistic import Logistic, sigmoid
from app.scoring.priors import COME, CURE

Floats = NDArray[np.float32]
AGE = 2
"""The trait that holds the age of the debt."""


@dataclass(slots=True)
class Unasked:
    """Daily chances of paying, and of coming, without being contacted that day."""

    cure_blocks: Blocks
    come_blocks: Blocks
    cures: Logistic
    comes: Logistic

    @classmethod
    def fresh(cls, traits: int) -> "Unasked":
        """At the priors."""
        cure = Blocks.of([("intercept", 1), ("trait", traits - 1)])
        come = Blocks.of([
            ("intercept", 1), ("trait", traits - 1), ("fresh_contact", 1),
            ("after_visit_3", 1), ("after_visit_10", 1), ("after_visit_30", 1),
        ])  # fmt: skip
        cures = cure.model(CURE)
        for place in (cures.mean, cures.prior_mean):
            place[AGE] = CURE["age"].mean
        return cls(cure, come, cures, come.model(COME))

    def cure(self, traits: Floats) -> Floats:
        """The chance of paying everything on a day (m,)."""
        return sigmoid(traits @ self.cures.mean.astype(np.float32)).astype(np.float32)

    def come(self, traits: Floats, contacted: Floats, since_visit: NDArray[np.int32]) -> Floats:
        """The chance of coming on a day without contact (m,)."""
        columns = self._columns(traits, contacted, since_visit)
        return sigmoid(columns @ self.comes.mean.astype(np.float32)).astype(np.float32)

    def learn_cure(self, traits: Floats, paid: NDArray[np.bool_], weight: Floats) -> None:
        """People without agreement on a day (m,), sampled: `weight` is how many each stands for."""
        self.cures.learn(traits, paid, weight=weight)

    def learn_come(
        self,
        traits: Floats,
        contacted: Floats,
        since_visit: NDArray[np.int32],
        came: NDArray[np.bool_],
        weight: Floats,
    ) -> None:
        """People not contacted on a day (m,), sampled likewise."""
        self.comes.learn(self._columns(traits, contacted, since_visit), came, weight=weight)

    def _columns(self, traits: Floats, contacted: Floats, since_visit: NDArray[np.int32]) -> Floats:
        columns, at = self.come_blocks.empty(len(traits)), self.come_blocks
        columns[:, : traits.shape[1]] = traits
        columns[:, at["fresh_contact"].start] = contacted
        for name, first, last in (
            ("after_visit_3", 1, 3),
            ("after_visit_10", 4, 10),
            ("after_visit_30", 11, 30),
        ):
            columns[:, at[name].start] = (since_visit >= first) & (since_visit <= last)
        return columns
