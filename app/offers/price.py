"""Instalments with interest: the Price table to the cent, and the total effective cost (CET).

Everything here is exact integer arithmetic, written so that the same function runs on one amount
and on a column of amounts (`int` or int64 arrays) with the same result. Only the CET is a float:
it is the root of an equation, rounded to two decimals of a percent.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from functools import cache
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from app import money

MILLION = 1_000_000
BILLION = 1_000_000_000
LARGEST_CENTS = 1_000_000_000
"""R$ 10 million: up to it, what a plan costs in billionths of a cent fits exactly into 64 bits."""
HIGHEST_MONTHLY_PPM = 100_000
STEEPEST = 25.0
"""ln(1 + CET) beyond which a cost is reported as this one: no plan here comes near it."""

Column = NDArray[np.int64]
Whole = TypeVar("Whole", int, Column)
"""One amount in cents, or a column of them."""


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment of a plan, in cents; `amount` = `principal` + `interest`."""

    amount_cents: int
    principal_cents: int
    interest_cents: int


@cache
def total_factor(monthly_ppm: int, count: int) -> int:
    """What is paid in all for 1 of principal, in billionths: n·i ÷ (1 − (1+i)^−n).

    `monthly_ppm` is the monthly rate in parts per million. Raises ValueError for `count` < 1.
    """
    if count < 1:
        raise ValueError("at least one instalment")
    if not monthly_ppm:
        return BILLION
    with localcontext(prec=50):
        rate = Decimal(monthly_ppm) / MILLION
        factor = count * rate / (1 - (1 + rate) ** -count)
        return int((factor * BILLION).to_integral_value(ROUND_HALF_UP))


def total(financed: Whole, monthly_ppm: int, count: int) -> Whole:
    """Everything that is paid for `financed`, interest included, half up to the cent."""
    if not monthly_ppm:
        return financed
    return (financed * total_factor(monthly_ppm, count) + BILLION // 2) // BILLION


def instalment(financed: Whole, monthly_ppm: int, count: int) -> Whole:
    """The regular instalment; the last one has the remainder, at most `count` − 1 cents more."""
    return total(financed, monthly_ppm, count) // count


def financed_by(total_cents: int, monthly_ppm: int, count: int) -> int:
    """The largest principal for which no more than `total_cents` is paid in all."""
    financed = total_cents * BILLION // total_factor(monthly_ppm, count) + 1
    while total(financed, monthly_ppm, count) > total_cents:
        financed -= 1
    return financed


def schedule(
    financed_cents: int, monthly_ppm: int, count: int, total_cents: int | None = None
) -> list[Payment]:
    """The Price table: what each instalment pays of interest and principal, to the cent.

    Amounts sum to `total_cents` (by default `total`), principal to `financed_cents`; the remainder
    is on the last instalment. Interest is rounded from its exact running sum, so that no rounding
    adds up. Raises ValueError for an amount outside 1…LARGEST_CENTS, a total below it, or fewer
    than one instalment.
    """
    if not 0 < financed_cents <= LARGEST_CENTS:
        raise ValueError("an amount outside what can be financed exactly")
    whole = total(financed_cents, monthly_ppm, count) if total_cents is None else total_cents
    if whole < financed_cents:
        raise ValueError("a total below the amount that is financed")
    rows, left, interest_left = [], financed_cents, whole - financed_cents
    for number, amount in enumerate(money.split(whole, count), start=1):
        target = _interest_until(financed_cents, monthly_ppm, count, number)
        wanted = target - (whole - financed_cents - interest_left)
        interest = interest_left if number == count else min(max(wanted, 0), interest_left, amount)
        interest = max(interest, amount - left)
        rows.append(Payment(amount, amount - interest, interest))
        left -= amount - interest
        interest_left -= interest
    return rows


def _interest_until(financed_cents: int, monthly_ppm: int, count: int, paid: int) -> int:
    """The exact interest of the first `paid` instalments together, half up."""
    if not monthly_ppm:
        return 0
    with localcontext(prec=50):
        growth = 1 + Decimal(monthly_ppm) / MILLION
        each = (growth - 1) / (1 - growth**-count)
        balance = (1 - growth ** (paid - count)) / (1 - growth**-count)
        return money.cents(financed_cents * (each * paid - (1 - balance)))


def annual_cost(financed_cents: int, flows: Sequence[tuple[int, int]]) -> Decimal:
    """The CET: annual, effective, a fraction rounded to two decimals of a percent (CMN 4.881/2020).

    `flows` are (days after the financing, cents paid). It solves Σ FCj ÷ (1+CET)^(dj ÷ 365) = FC0.
    Raises ValueError without flows or without an amount.
    """
    if financed_cents <= 0 or not flows:
        raise ValueError("a cost needs an amount and its payments")
    amounts = np.array([[cents for _, cents in flows]], dtype=np.float64)
    days = np.array([[day for day, _ in flows]], dtype=np.float64)
    basis = annual_cost_basis_points(np.array([financed_cents], dtype=np.float64), amounts, days)
    return Decimal(int(basis[0])) / 10_000


def annual_cost_basis_points(
    financed: NDArray[np.float64], amounts: NDArray[np.float64], days: NDArray[np.float64]
) -> Column:
    """`annual_cost` on rows of (flows) matrices: basis points of a year (1 = 0.01%).

    Newton's method on y = ln(1 + CET): Σ F·e^(−y·t) is convex and falling in y, so that every step
    after the first comes from the left and never passes the root.
    """
    years = days / 365.0
    y = np.zeros(len(financed))
    for _ in range(200):
        discounted = amounts * np.exp(-y[:, None] * years)
        slope = (discounted * years).sum(axis=1)
        step = (discounted.sum(axis=1) - financed) / np.where(slope > 0, slope, 1.0)
        step = np.where(slope > 0, step, 0.0)
        y = np.minimum(y + step, STEEPEST)
        if not step.size or float(np.abs(step).max()) < 1e-13:
            break
    percent = np.floor(np.expm1(y) * 10_000 + 0.5 + 1e-7)
    return cast(Column, percent.astype(np.int64))


def present_value(flows: Sequence[tuple[int, int]], monthly_ppm: int) -> int:
    """What payments of (days from now, cents) are worth today, in cents, at the monthly rate.

    A month is 30 days; what is due today or before counts in full.
    """
    with localcontext(prec=50):
        growth = 1 + Decimal(monthly_ppm) / MILLION
        worth = sum(
            (Decimal(cents) / growth ** (Decimal(max(days, 0)) / 30) for days, cents in flows),
            Decimal(0),
        )
        return money.cents(worth)


def days_interest(balance_cents: int, monthly_ppm: int, days: int) -> int:
    """Interest of `days` on a balance at a monthly rate, in cents; a month is 30 days."""
    with localcontext(prec=50):
        growth = (1 + Decimal(monthly_ppm) / MILLION) ** (Decimal(days) / 30)
        return money.cents(Decimal(balance_cents) * (growth - 1))


def fraction(ppm: int) -> Decimal:
    """Parts per million as a Decimal fraction."""
    return Decimal(ppm) / MILLION


def parts_per_million(value: Any) -> int:
    """A fraction (Decimal, text, number) as parts per million. Raises ValueError if not whole."""
    scaled = Decimal(str(value)) * MILLION
    if scaled != scaled.to_integral_value():
        raise ValueError("a fraction has at most six decimals")
    return int(scaled)
