"""What a contact is worth: only what would not have come by itself, less all that it costs."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def visit_cents(agree: Floats, margin: Floats, pull: Floats) -> Floats:
    """Cents that a visit by each channel adds (m, C): the chance of agreeing (m,) moved by the
    channel's pull (C,) in log-odds, times the margin (m,)."""
    odds = (agree / np.maximum(1 - agree, 1e-6))[:, None] * np.exp(pull)
    return np.asarray(odds / (1 + odds) * margin[:, None], dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Stakes:
    """Prices of what a contact may do (cents)."""

    cost: Floats
    """A contact, by channel (C,)."""
    complaint: float
    opt_out: float
    restraint: float
    """Added to a complaint so that there are no more of them than sensible rules would cause."""


LOST = np.float32(0.2)
"""Whoever complains or opts out is lost to later contacts too: about a fifth of a visit's worth.
An assumption."""


@dataclass(frozen=True, slots=True)
class Worth:
    """Cents that a contact of `m` people may bring or cost, by channel (m, C)."""

    visit: Floats
    """A visit, beyond what would have come anyway."""
    upset: Floats
    """Expected of complaints and opt-outs, without restraint."""
    complaint: Floats
    """The chance of a complaint."""


def worth_of(visit_cents: Floats, complaint: Floats, opt_out: Floats, stakes: Stakes) -> Worth:
    """`visit_cents`, and the chances of a complaint and an opt-out (m, C), weighed in cents."""
    lost = np.maximum(visit_cents, 0) * LOST
    upset = complaint * (np.float32(stakes.complaint) + lost)
    upset += opt_out * (np.float32(stakes.opt_out) + lost)
    return Worth(visit_cents, upset, complaint)


def contact_values(chance: Floats, worth: Worth, edge: Floats, stakes: Stakes) -> Floats:
    """Cents per contact (m, C, H): `chance` (m, C, H) of a visit times what it is worth, less
    upset, which each hour multiplies by `edge` (H,), less cost."""
    gain = chance * worth.visit[:, :, None]
    upset = worth.upset + worth.complaint * np.float32(stakes.restraint)
    gain -= upset[:, :, None] * edge
    gain -= stakes.cost[None, :, None]
    return np.asarray(gain, dtype=np.float32)
