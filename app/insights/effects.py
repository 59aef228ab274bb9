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

from app.insights.sequential import ALPHA, effective, standard_errors

Column = NDArray[np.float64]
FEWEST_PEOPLE = 10


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
    information: float
    """Effective outcomes in the smaller group: the clock of the looks."""
    needed: float
    """Standard errors from the estimate to either end of the always-valid interval."""

    @property
    def clear(self) -> bool:
        """Whether it may be called a gain or a loss at all."""
        return self.low > 0 or self.high < 0

    @property
    def is_told(self) -> bool:
        """Whether there is an interval."""
        return math.isfinite(self.high)


def difference(
    outcome: Column,
    treated: NDArray[np.bool_],
    covariates: Column | None = None,
    *,
    information: float | None = None,
) -> Effect:
    """Mean outcome of the treated less the others'. `outcome` (n,), `covariates` (n, k) known
    before treatment.

    `information` is for outcomes that nearly everybody has (money less costs), whose variance
    grows as that of the payments in them does; without it the outcome's own. With fewer than ten
    people in a group: 0 within infinite bounds; with fewer than ten effective outcomes: an
    estimate that nobody should be told, within infinite bounds.
    """
    counts = int(treated.sum()), int((~treated).sum())
    if information is None:
        information = informed(outcome, treated)
    needed = standard_errors(information)
    if min(counts) < FEWEST_PEOPLE:
        endless = math.inf
        return Effect(
            0.0, -endless, endless, endless, -endless, endless, *counts, information, endless
        )
    estimate, error = _adjusted(outcome, treated, covariates)
    wide = needed * error if math.isfinite(needed) else math.inf
    z = NormalDist().inv_cdf(1 - ALPHA / 2)
    return Effect(
        estimate=estimate,
        low=estimate - wide,
        high=estimate + wide,
        standard_error=error,
        fixed_low=estimate - z * error,
        fixed_high=estimate + z * error,
        treated=counts[0],
        control=counts[1],
        information=information,
        needed=needed,
    )


def informed(outcome: Column, treated: NDArray[np.bool_]) -> float:
    """Effective outcomes in the smaller group."""
    return min(effective(outcome[treated]), effective(outcome[~treated]))


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


def shares(
    successes: Column, trials: Column, comparisons: int, *, at_any_time: bool = False
) -> tuple[Column, Column, Column]:
    """Rates with Wilson intervals that hold together over so many comparisons (Bonferroni).

    `at_any_time`: and at however many looks; then a rate with few successes or failures says
    nothing, 0…1.
    """
    alpha = ALPHA / max(comparisons, 1)
    safe = np.maximum(trials, 1)
    rate = successes / safe
    if at_any_time:
        rarer = np.minimum(successes, safe - successes)
        z = np.array([standard_errors(float(one), alpha=alpha) for one in rarer])
    else:
        z = np.full(len(safe), NormalDist().inv_cdf(1 - alpha / 2))
    known = (trials > 0) & np.isfinite(z)
    z = np.where(known, z, 0.0)
    centre = (rate + z * z / (2 * safe)) / (1 + z * z / safe)
    half = z * np.sqrt(rate * (1 - rate) / safe + z * z / (4 * safe * safe)) / (1 + z * z / safe)
    return rate, np.where(known, centre - half, 0.0), np.where(known, centre + half, 1.0)
