"""What another policy would have brought, from decisions that were drawn with known chances.

Two estimates that err differently: self-normalised inverse propensity weighting (Swaminathan and
Joachims 2015) and the doubly robust estimate (Dudík, Langford and Li 2011), normalised alike.
A policy is promoted only when both say that it brings more, on enough effective decisions.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.insights.sequential import effective, standard_errors

Column = NDArray[np.float64]
ENOUGH = 1_000.0
"""Effective decisions below which nothing is promoted."""
FOLDS = 2
RIDGE = 10.0
"""Decisions' worth of belief that nothing makes a difference."""


@dataclass(frozen=True, slots=True)
class Logged:
    """Decisions (n,) as they were drawn, and what came of them."""

    person: NDArray[np.int64]
    """Whose: decisions about one person are not independent."""
    reward: Column
    propensity: Column
    """The exact chance with which the decision was drawn (0, 1]."""
    target: Column
    """The chance with which the other policy would have drawn the same."""
    expected: Column
    """What a model expects of the decision, made without this person."""
    expected_target: Column
    """What it expects on average under the other policy."""


@dataclass(frozen=True, slots=True)
class Value:
    """What a policy brings a decision, and how much more than what was done (unit of reward)."""

    estimate: float
    gain: float
    low: float
    high: float
    """Always-valid interval of the gain."""


@dataclass(frozen=True, slots=True)
class Gate:
    """Whether a policy may be promoted, and what stands against it."""

    weighted: Value
    robust: Value
    incumbent: float
    """What the logged decisions brought on average."""
    decisions: int
    people: int
    effective: float
    """Decisions that as many equally weighted ones would be worth."""
    against: tuple[str, ...]
    """Codes: too_few, weighted, robust."""

    @property
    def passed(self) -> bool:
        """Whether nothing stands against it."""
        return not self.against


def gate(logged: Logged) -> Gate:
    """Judge a policy. Raises ValueError for chances outside (0, 1]."""
    if not ((logged.propensity > 0) & (logged.propensity <= 1)).all():
        raise ValueError("propensity: above 0, at most 1")
    weight = logged.target / logged.propensity
    people = len(np.unique(logged.person))
    size = effective(weight)
    if not size:
        nothing = Value(0.0, 0.0, -math.inf, math.inf)
        mean = float(logged.reward.mean()) if len(weight) else 0.0
        return Gate(nothing, nothing, mean, len(weight), people, 0.0, ("too_few",))
    values = _weighted(logged, weight, size), _robust(logged, weight, size)
    holds = {
        "too_few": size < ENOUGH,
        "weighted": not values[0].low > 0,
        "robust": not values[1].low > 0,
    }
    return Gate(
        weighted=values[0],
        robust=values[1],
        incumbent=float(logged.reward.mean()),
        decisions=len(weight),
        people=people,
        effective=size,
        against=tuple(code for code, stands in holds.items() if stands),
    )


def _weighted(logged: Logged, weight: Column, size: float) -> Value:
    share = weight / weight.sum()
    estimate = float((share * logged.reward).sum())
    return _value(logged, estimate, share * (logged.reward - estimate), size)


def _robust(logged: Logged, weight: Column, size: float) -> Value:
    share = weight / weight.sum()
    missed = logged.reward - logged.expected
    correction = float((share * missed).sum())
    model = float(logged.expected_target.mean())
    moved = (logged.expected_target - model) / len(weight) + share * (missed - correction)
    return _value(logged, model + correction, moved, size)


def _value(logged: Logged, estimate: float, influence: Column, size: float) -> Value:
    """The gain over what was done, its error by person (each decision's influence summed)."""
    done = float(logged.reward.mean())
    moved = influence - (logged.reward - done) / len(influence)
    _, place = np.unique(logged.person, return_inverse=True)
    error = math.sqrt(float(np.square(np.bincount(place, weights=moved)).sum()))
    wide = standard_errors(size) * error if error else 0.0
    gain = estimate - done
    return Value(estimate, gain, gain - wide, gain + wide)


def expectations(
    person: NDArray[np.int64], reward: Column, features: Column, under_target: Column
) -> tuple[Column, Column]:
    """A linear model's expectation of each decision and of the other policy's, (n,) and (n,).

    `features` (n, k) of the decisions, `under_target` (n, k) their mean under the other policy.
    Ridge regression, fitted on the people of the other folds, so that nobody's luck is expected.
    """
    fold = (person % FOLDS).astype(np.int64)
    found, other = np.zeros(len(reward)), np.zeros(len(reward))
    for part in range(FOLDS):
        mine = fold == part
        beta, base = _ridge(features[~mine], reward[~mine])
        found[mine] = base + features[mine] @ beta
        other[mine] = base + under_target[mine] @ beta
    return found, other


def _ridge(features: Column, reward: Column) -> tuple[Column, float]:
    if not len(reward):
        return np.zeros(features.shape[1]), 0.0
    centre, base = features.mean(axis=0), float(reward.mean())
    centred = features - centre
    gram = centred.T @ centred + RIDGE * np.eye(features.shape[1])
    beta: Column = np.linalg.solve(gram, centred.T @ (reward - base))
    return beta, base - float(centre @ beta)
