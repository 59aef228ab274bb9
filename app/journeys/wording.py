"""Which words: Thompson sampling on product × channel × wording, with exact chances.

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
FIRM = 12.0
"""Expected engagements by which a wording is held to the average. Few: where wordings differ
little, drawing a worse one costs as little."""
SHARED = 25.0
"""Expected engagements by which what is special on a channel, or for a product, is held to what a
wording does overall."""
PAYING = 100.0
"""Expected payments by which what a wording's readers pay is held to what all do: payments are
rare, and by chance alone a good wording would often seem the worse."""


@dataclass(slots=True)
class Wordings:
    """Records by product, channel and wording (G, C, W): engagements, those expected, payments."""

    engaged: Table
    expected: Table
    paid: Table
    """Payments by people whose last words these were."""

    @classmethod
    def fresh(cls, products: int, channels: int, wordings: int) -> "Wordings":
        """No record."""
        empty = np.zeros((products, channels, wordings))
        return cls(empty, empty.copy(), empty.copy())

    def settle(self) -> None:
        """Once a day: let old evidence fade."""
        for table in (self.engaged, self.expected, self.paid):
            table *= MEMORY

    def record(
        self,
        product: NDArray[np.int64],
        channel: NDArray[np.int8],
        wording: NDArray[np.int8],
        engaged: NDArray[np.bool_],
        expected: NDArray[np.float32],
    ) -> None:
        """Take in a day's contacts (m,)."""
        known = wording >= 0
        spot = (product[known], channel[known], wording[known])
        np.add.at(self.engaged, spot, engaged[known])
        np.add.at(self.expected, spot, expected[known])

    def record_paid(
        self,
        product: NDArray[np.int64],
        channel: NDArray[np.int8],
        wording: NDArray[np.int8],
    ) -> None:
        """Take in first payments (m,) after contacts with these words."""
        known = (wording >= 0) & (channel >= 0)
        np.add.at(self.paid, (product[known], channel[known], wording[known]), 1)

    def chances(self, normals: Table) -> Table:
        """How often each wording is best for each product on each channel (G, C, W), a tenth
        evenly.

        `normals` (DRAWS, 1 + G + C, W) are standard normal numbers, the same for the same night.
        What a wording does is the sum of what it does overall, for a product and on a channel.
        """
        products, _, count = self.engaged.shape
        engaged, expected = self._all(0, 1)
        overall = (engaged + FIRM) / (expected + FIRM)
        whole = np.log(overall) + self._paying() + normals[:, 0] / np.sqrt(engaged + FIRM)
        by_product = self._special(overall, 1, normals[:, 1 : 1 + products])
        by_channel = self._special(overall, 0, normals[:, 1 + products :])
        sampled = whole[:, None, None] + by_product[:, :, None] + by_channel[:, None]
        best = sampled.argmax(axis=3)
        found = (best[..., None] == np.arange(count)).mean(axis=0)
        mixed: Table = (1 - EVENLY) * found + EVENLY / count
        return mixed

    def _all(self, *axes: int) -> tuple[Table, Table]:
        """Engagements and those expected, summed."""
        return self.engaged.sum(axis=axes), self.expected.sum(axis=axes)

    def _special(self, overall: Table, axis: int, normals: Table) -> Table:
        """Draws of what is special by product or channel (DRAWS, k, W), beyond the overall."""
        engaged, expected = self._all(axis)
        shape = engaged + SHARED * overall
        return np.log(shape / (expected + SHARED) / overall) + normals / np.sqrt(shape)

    def _paying(self) -> Table:
        """Log of how much more those who engaged with each wording then paid (W,)."""
        paid, engaged = self.paid.sum(axis=(0, 1)), self._all(0, 1)[0]
        usual = paid.sum() / max(engaged.sum(), 1.0)
        if not usual:
            return np.zeros(len(paid))
        ratio: Table = np.log((paid + PAYING) / (usual * engaged + PAYING))
        return ratio

    def choose(
        self,
        table: Table,
        product: NDArray[np.int64],
        channel: NDArray[np.int8],
        last: NDArray[np.int8],
        uniform: Table,
    ) -> tuple[NDArray[np.int8], Table]:
        """A wording for each contact (m,) and its exact chance; never the person's `last`."""
        count = table.shape[2]
        # One row for every last text, and the last row for who had none.
        chance = np.repeat(table[:, :, None], count + 1, axis=2)
        if count > 1:
            chance[:, :, range(count), range(count)] = 0
        chance /= chance.sum(axis=3, keepdims=True)
        heap = chance.cumsum(axis=3)[product, channel, last]
        drawn = (uniform[:, None] * heap[:, -1:] >= heap).sum(axis=1)
        chosen = np.minimum(drawn, count - 1).astype(np.int8)
        return chosen, chance[product, channel, last, chosen]
