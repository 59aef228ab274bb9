"""The money of a plan for many people at once: `plans` on columns. Money is cents as int64."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.offers import price
from app.offers.columns_bands import Banded
from app.offers.price import Column
from app.offers.terms import MILLION, discount, kept_ppm, share_up


@dataclass(frozen=True, slots=True)
class Sums:
    """`plans.Nets` as columns; `caps` is evaluated on the debts themselves."""

    net: Column
    saved_principal: Column
    saved_charges: Column
    least_down: Column
    debt_net: Column
    debt_charges: Column


def sums_of(bands: Banded, count: Column) -> Sums:
    """`plans.nets` for each person's own `count`."""
    longest, each = bands.longest[bands.owner], count[bands.owner]
    share = kept_ppm(bands.keep_ppm, each, longest) * bands.opening_ppm // MILLION
    charges = bands.fine + bands.interest + bands.index
    off_principal = discount(bands.principal, bands.principal_ppm, share)
    off_charges = discount(charges, bands.charges_ppm, share)
    net = bands.principal + charges - off_principal - off_charges
    down = np.where(each > 1, share_up(net, bands.down_ppm), 0)
    return Sums(
        bands.total(net),
        bands.total(off_principal),
        bands.total(off_charges),
        bands.total(down),
        net,
        charges - off_charges,
    )


def interest_fits(bands: Banded, sums: Sums, interest: Column) -> NDArray[np.bool_]:
    """`Nets.interest_fits`: no card debt's charges and interest pass its cap (BR-18)."""
    card = bands.cap_ppm >= 0
    whole = np.maximum(sums.net[bands.owner], 1)
    portion = share_up(interest[bands.owner], -(-sums.debt_net * MILLION // whole))
    passed = card & (
        sums.debt_charges + portion > bands.principal * np.maximum(bands.cap_ppm, 0) // MILLION
    )
    fits: NDArray[np.bool_] = bands.total(passed.astype(np.int64)) == 0
    return fits


def in_instalments(bands: Banded, financed: Column, count: Column) -> Column:
    """`price.total` at each person's own rate and count."""
    factors = {
        (ppm, number): price.total_factor(ppm, number)
        for ppm in bands.rates
        for number in np.unique(count).tolist()
    }
    factor = np.zeros_like(financed)
    for (ppm, number), value in factors.items():
        factor[(bands.monthly_ppm == ppm) & (count == number)] = value
    return (financed * factor + price.BILLION // 2) // price.BILLION
