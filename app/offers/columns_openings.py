"""First discounts that the engine chose instead of the creditor's own, for many people at once."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from app.offers.columns_bands import Banded
from app.offers.columns_sums import sums_of
from app.offers.price import Column
from app.offers.terms import MILLION


@dataclass(frozen=True, slots=True)
class Openings:
    """By person (n,), in the order of the debts' columns."""

    discount: NDArray[np.float64]
    """Of what is owed, 0…1; nan: as the creditor's rules say."""
    instalments: Column
    """In a plan of so many."""


def opened(bands: Banded, openings: Openings) -> Banded:
    """`concession.opening_for` and `concession.opened` on columns: every debt of a person opens
    alike, as far as the discount needs and never beyond the creditor's maximum."""
    wanted = openings.discount[bands.people]
    given = ~np.isnan(wanted)
    count = np.clip(openings.instalments[bands.people], 1, bands.longest)
    whole = np.full_like(bands.opening_ppm, MILLION)
    utmost = sums_of(replace(bands, opening_ppm=whole), count)
    most = utmost.saved_principal + utmost.saved_charges
    owed = bands.total(bands.principal + bands.fine + bands.interest + bands.index)
    cents = np.rint(np.where(given, np.maximum(wanted, 0.0), 0.0) * owed).astype(np.int64)
    share = -(-np.minimum(cents, most) * MILLION // np.maximum(most, 1))
    mine = np.where(given[bands.owner], share[bands.owner], bands.opening_ppm)
    return replace(bands, opening_ppm=mine)
