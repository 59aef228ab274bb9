"""A logistic regression that learns day by day and knows how sure it is.

The state is a Gaussian over the coefficients; a day's rows move it by Newton steps from where it
was (sequential Laplace approximation: Spiegelhalter and Lauritzen 1990). Nothing of older days
is read again; forgetting lets it follow a drift.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[Any]
"""Floats, single or double."""
NEWTON_STEPS = 4
CHUNK = 65_536
STEEPEST = 30.0


def sigmoid(logit: Matrix) -> Matrix:
    """Probabilities of log-odds."""
    bounded = np.clip(logit, -STEEPEST, STEEPEST)
    chance: Matrix = 1.0 / (1.0 + np.exp(-bounded))
    return chance


def logit(probability: float) -> float:
    """Log-odds of a probability."""
    return float(np.log(probability / (1 - probability)))


@dataclass(slots=True)
class Logistic:
    """Coefficients as a Gaussian: mean (F,) and precision (F, F), and the prior they return to."""

    mean: Matrix
    precision: Matrix
    prior_mean: Matrix
    prior_precision: Matrix
    rows: float = 0.0
    """Rows learned from, forgotten ones not counted."""

    @classmethod
    def of(cls, mean: NDArray[np.float64], deviation: NDArray[np.float64]) -> "Logistic":
        """From prior means and standard deviations (F,)."""
        precision = np.diag(1.0 / np.square(deviation))
        return cls(mean.copy(), precision.copy(), mean.copy(), precision)

    def learn(
        self,
        features: Matrix,
        outcome: NDArray[np.bool_] | Matrix,
        *,
        offset: Matrix | None = None,
        weight: Matrix | None = None,
    ) -> None:
        """Take in rows (m, F) with outcomes 0…1 (m,); offsets are log-odds known elsewhere."""
        if not len(features):
            return
        start, before = self.mean, self.precision
        mean, curvature = start, before
        for _ in range(NEWTON_STEPS):
            gradient = before @ (start - mean)
            curvature = before.copy()
            for at in range(0, len(features), CHUNK):
                part = slice(at, at + CHUNK)
                _accumulate(
                    gradient, curvature, mean, features[part], outcome[part],
                    None if offset is None else offset[part],
                    None if weight is None else weight[part],
                )  # fmt: skip
            step = np.linalg.solve(curvature, gradient)
            mean = mean + step * min(1.0, 2.0 / max(float(np.abs(step).max()), 1e-9))
            if np.abs(step).max() < 1e-3:
                break
        self.mean, self.precision = mean, curvature
        self.rows += float(len(features) if weight is None else weight.sum())

    def forget(self, share: float) -> None:
        """Let `share` (0…1) of what was learned fade toward the prior."""
        learned = (self.precision - self.prior_precision) * (1 - share)
        precision = self.prior_precision + learned
        pull = self.precision @ self.mean - self.prior_precision @ self.prior_mean
        target = self.prior_precision @ self.prior_mean + (1 - share) * pull
        self.mean = np.linalg.solve(precision, target)
        self.precision = precision
        self.rows *= 1 - share

    def covariance(self) -> Matrix:
        """How sure the coefficients are (F, F)."""
        covariance: Matrix = np.linalg.inv(self.precision)
        return covariance


def _accumulate(
    gradient: NDArray[np.float64],
    curvature: NDArray[np.float64],
    mean: NDArray[np.float64],
    features: Matrix,
    outcome: NDArray[np.bool_] | Matrix,
    offset: Matrix | None,
    weight: Matrix | None,
) -> None:
    columns = features.astype(np.float64)
    linear = columns @ mean if offset is None else columns @ mean + offset
    chance = sigmoid(linear)
    error, bend = outcome - chance, chance * (1 - chance)
    if weight is not None:
        error, bend = error * weight, bend * weight
    gradient += columns.T @ error
    curvature += columns.T @ (columns * bend[:, None])
