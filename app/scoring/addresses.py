"""Whether an address still works: dead ones bounce again and again, good ones now and then."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.scoring.events import Contacts

Floats = NDArray[np.float32]
Rows = NDArray[np.int64]
DEAD, PASSING = (0.5, 20.0), (0.6, 20.0)
"""Bounces and contacts before any data: at addresses never tried, and at some that had worked.
Assumptions that a day's contacts outweigh."""
DIED = 0.01
"""Of addresses that once worked: those that no longer do. An assumption."""
RAREST = 0.002


@dataclass(slots=True)
class Addresses:
    """Bounces by channel (C, 2): how many, of how many contacts."""

    untried: NDArray[np.float64]
    """At addresses that were never tried before."""
    working: NDArray[np.float64]
    """At addresses where something had arrived: what passes."""

    @classmethod
    def fresh(cls, channels: int) -> "Addresses":
        """Before any data."""
        return cls(np.tile(DEAD, (channels, 1)), np.tile(PASSING, (channels, 1)))

    def learn(
        self, contacts: Contacts, failures: NDArray[np.uint8], arrived: NDArray[np.bool_]
    ) -> None:
        """Take in a day's contacts (m,): `failures` bounces in a row before it, `arrived` whether
        anything had come through (m,)."""
        for counted, here in (
            (self.untried, ~arrived & (failures == 0)),
            (self.working, arrived),
        ):
            many = len(counted)
            channel, bounced = contacts.channel[here], contacts.bounced[here]
            counted[:, 0] += np.bincount(channel[bounced], minlength=many)
            counted[:, 1] += np.bincount(channel, minlength=many)

    def alive(self, failures: NDArray[np.uint8], arrived: NDArray[np.bool_]) -> Floats:
        """The chance that an address works (m, C), after bounces in a row and arrivals (m, C)."""
        passing = np.clip(self.working[:, 0] / self.working[:, 1], RAREST, 0.5)
        first = self.untried[:, 0] / self.untried[:, 1]
        dead = np.clip((first - passing) / (1 - passing), RAREST, 0.9)
        odds = np.where(arrived, DIED / (1 - DIED), dead / (1 - dead))
        odds = odds * (1 / passing) ** np.minimum(failures, 6)
        return np.asarray(1 / (1 + odds), dtype=np.float32)
