"""Which words: Thompson sampling on channel × wording, with exact chances for every choice.

The reward is how often people engage against what was expected of them, times how often those
who engaged then paid: clicks come early, payments keep clickbait from winning. Old evidence
fades by 1.5% a day; the last text is never sent again; a tenth is always drawn evenly.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Table = NDArray[np.float64]
MEMORY = 0.985
EVENLY = 0.10
DRAWS = 512
SHARED = 25.0
"""Expected engagements by which a channel's own record is held to the wording's overall one."""
FIRM = 40.0
"""Expected engagements by which a wording is held to the average: most wordings differ little."""
PAYING = 60.0


@dataclass(slots=True)
class Wordings:
    """Records by channel and wording (C, W): engagements, those expected, and payments."""

    engaged: Table
    expected: Table
    paid: Table
    """Payments by people whose last words these were."""

    @classmethod
    def fresh(cls, channels: int, wordings: int) -> "Wordings":
        """No record."""
        empty = np.zeros((channels, wordings))
        return cls(empty, empty.copy(), empty.copy())

    def settle(self) -> None:
        """Once a day: let old evidence fade."""
        for table in (self.engaged, self.expected, self.paid):
            table *= MEMORY

    def record(
        self,
        channel: NDArray[np.int8],
        wording: NDArray[np.int8],
        engaged: NDArray[np.bool_],
        expected: NDArray[np.float32],
    ) -> None:
        """Take in a day's contacts (m,)."""
        known = wording >= 0
        spot = (channel[known], wording[known])
        np.add.at(self.engaged, spot, engaged[known])
        np.add.at(self.expected, spot, expected[known])

    def record_paid(self, channel: NDArray[np.int8], wording: NDArray[np.int8]) -> None:
        """Take in first payments (m,) after contacts with these words."""
        known = (wording >= 0) & (channel >= 0)
        np.add.at(self.paid, (channel[known], wording[known]), 1)

    def chances(self, normals: Table) -> Table:
        """How often each wording is best on each channel (C, W), a tenth evenly.

        `normals` (DRAWS, C, W) are standard normal numbers, the same for the same night.
        """
        overall = (self.engaged.sum(axis=0) + FIRM) / (self.expected.sum(axis=0) + FIRM)
        shape = self.engaged + SHARED * overall
        log_rate = np.log(shape / (self.expected + SHARED)) + self._paying()
        sampled = log_rate + normals / np.sqrt(shape)
        best = sampled.argmax(axis=2)
        count = self.engaged.shape[1]
        found = (best[:, :, None] == np.arange(count)).mean(axis=0)
        mixed: Table = (1 - EVENLY) * found + EVENLY / count
        return mixed

    def _paying(self) -> Table:
        """Log of how much more those who engaged with each wording then paid (W,)."""
        paid, engaged = self.paid.sum(axis=0), self.engaged.sum(axis=0)
        usual = paid.sum() / max(engaged.sum(), 1.0)
        if not usual:
            return np.zeros(len(paid))
        ratio: Table = np.log((paid + PAYING * usual) / (engaged + PAYING) / usual)
        return ratio

    def choose(
        self,
        table: Table,
        channel: NDArray[np.int8],
        last: NDArray[np.int8],
        uniform: Table,
    ) -> tuple[NDArray[np.int8], Table]:
        """A wording for each contact (m,) and its exact chance; never the person's `last`."""
        chance = table[channel].copy()
        if table.shape[1] > 1:
            known = np.flatnonzero(last >= 0)
            chance[known, last[known]] = 0
        chance /= chance.sum(axis=1, keepdims=True)
        heap = chance.cumsum(axis=1)
        drawn = (uniform[:, None] * heap[:, -1:] >= heap).sum(axis=1)
        chosen = np.minimum(drawn, table.shape[1] - 1).astype(np.int8)
        return chosen, chance[np.arange(len(chosen)), chosen]
