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
    """Added to a complaint so that there are no more of them than under the creditor's rules."""
    weariness: float
    """How much of its pull a contact loses per earlier one in the week (log, ≥ 0)."""


def contact_values(
    chance: Floats,
    visit_cents: Floats,
    complaint: Floats,
    opt_out: Floats,
    edge: Floats,
    pressed: Floats,
    stakes: Stakes,
) -> Floats:
    """Cents per contact (m, C, H).

    `chance` (m, C, H) of a visit; `visit_cents` (m, C) what a visit by each channel adds to
    what the person would have paid anyway; `complaint`, `opt_out` (m, C) chances; `edge` by how
    much each hour (H,) multiplies both. A contact also wears out those planned after it: at k a
    week the loss is k times the weariness, so that the pace settles near 1 ÷ weariness a week.
    """
    worn = np.maximum(1 - np.float32(stakes.weariness) * pressed, 0.05).astype(np.float32)
    gain = chance * (visit_cents * worn[:, None])[:, :, None]
    # Whoever complains or opts out is lost to later contacts too: about as much as this visit.
    lost = np.maximum(visit_cents, 0) * np.float32(0.2)
    upset = complaint * (stakes.complaint + stakes.restraint + lost)
    left = opt_out * (stakes.opt_out + lost)
    gain -= (upset + left)[:, :, None] * edge
    gain -= stakes.cost[None, :, None]
    return np.asarray(gain, dtype=np.float32)
