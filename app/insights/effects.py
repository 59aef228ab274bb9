"""What a treatment changed: the difference between randomised groups, with its uncertainty.

Intention to treat: everybody counts in the group that a hash of theirs gave them. Covariates of
before the start take out what was different by chance (Lin 2013; CUPED of Deng et al. 2013).
Looking again and again is paid for by an always-valid interval.
"""

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Column = NDArray[np.float64]
CONFIDENCE = 0.95
TUNED_FOR = 500.0
"""People in the smaller group at which the always-valid interval is tightest."""
FEWEST = 10


@dataclass(frozen=True, slots=True)
class Effect:
    """A difference per person, in the unit of the outcome (cents)."""

    estimate: float
    low: float
    high: float
    """Always-valid interval: it may be looked at every day."""
    standard_error: float
    fixed_low: float
    fixed_high: float
    """The interval for one look that was planned beforehand."""
    treated: int
    control: int

    @property
    def clear(self) -> bool:
        """Whether it may be called a gain or a loss at all."""
        return self.low > 0 or self.high < 0


def difference(
    outcome: Column, treated: NDArray[np.bool_], covariates: Column | None = None
) -> Effect:
    """Mean outcome of the treated less the others'. `outcome` (n,), `covariates` (n, k) known
    before treatment. With fewer than ten people in a group: 0 within infinite bounds."""
    counts = int(treated.sum()), int((~treated).sum())
    if min(counts) < FEWEST:
        endless = math.inf
        return Effect(0.0, -endless, endless, endless, -endless, endless, *counts)
    estimate, error = _adjusted(outcome, treated, covariates)
    z = NormalDist().inv_cdf(0.5 + CONFIDENCE / 2)
    wide = error * always_valid(min(counts))
    return Effect(
        estimate=estimate,
        low=estimate - wide,
        high=estimate + wide,
        standard_error=error,
        fixed_low=estimate - z * error,
        fixed_high=estimate + z * error,
        treated=counts[0],
        control=counts[1],
    )


def always_valid(smaller: int) -> float:
    """How many standard errors an interval needs that may be looked at any time.

    The normal-mixture confidence sequence of Robbins (1970) in the form of Waudby-Smith and
    others (2021), tuned for TUNED_FOR people in the smaller group.
    """
    alpha = 1 - CONFIDENCE
    tuning = (-2 * math.log(alpha) + math.log(-2 * math.log(alpha) + 1)) / TUNED_FOR
    spread = smaller * tuning + 1
    return math.sqrt(2 * spread / (smaller * tuning) * math.log(math.sqrt(spread) / alpha))


def _adjusted(
    outcome: Column, treated: NDArray[np.bool_], covariates: Column | None
) -> tuple[float, float]:
    """Estimate and heteroskedasticity-robust (HC2) standard error."""
    columns = _design(treated, covariates)
    inverse = np.linalg.pinv(columns.T @ columns)
    beta = inverse @ (columns.T @ outcome)
    residual = outcome - columns @ beta
    leverage = np.einsum("ij,jk,ik->i", columns, inverse, columns)
    scaled = np.square(residual) / np.maximum(1 - leverage, 0.05)
    meat = (columns * scaled[:, None]).T @ columns
    variance = (inverse @ meat @ inverse)[1, 1]
    return float(beta[1]), math.sqrt(max(float(variance), 0.0))


def _design(treated: NDArray[np.bool_], covariates: Column | None) -> Column:
    """Intercept, treatment, centred covariates, and their interactions where data allow."""
    parts = [np.ones(len(treated)), treated.astype(np.float64)]
    if covariates is None or not covariates.shape[1]:
        return np.stack(parts, axis=1)
    centred = covariates - covariates.mean(axis=0)
    columns = np.concatenate([np.stack(parts, axis=1), centred], axis=1)
    if min(int(treated.sum()), int((~treated).sum())) < 30 * centred.shape[1]:
        return columns
    return np.concatenate([columns, centred * treated[:, None]], axis=1)


def shares(successes: Column, trials: Column, comparisons: int) -> tuple[Column, Column, Column]:
    """Rates with Wilson intervals that hold together over so many comparisons (Bonferroni)."""
    z = NormalDist().inv_cdf(1 - (1 - CONFIDENCE) / 2 / max(comparisons, 1))
    safe = np.maximum(trials, 1)
    rate = successes / safe
    centre = (rate + z * z / (2 * safe)) / (1 + z * z / safe)
    half = z * np.sqrt(rate * (1 - rate) / safe + z * z / (4 * safe * safe)) / (1 + z * z / safe)
    low = np.where(trials > 0, centre - half, 0.0)
    high = np.where(trials > 0, centre + half, 1.0)
    return rate, low, high
