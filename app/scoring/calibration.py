"""Scores from a long history: trained in time, calibrated later in time, judged still later.

Random cross-validation flatters; here the first days train, the next ones calibrate, the last
ones judge. Boosted trees from some ten thousand rows on, a logistic regression below, the bare
rate where even that does not calibrate.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Used = Literal["boosting", "logistic", "prior"]
TRAIN, CALIBRATE = 0.6, 0.8
"""Shares of the days: until here training, until here calibration, the rest judges."""
ENOUGH_FOR_TREES = 20_000
FEWEST, FEWEST_EVENTS = 200, 20
BINS = 10
WORST_ECE = 0.05
"""A mean miss of five points between foretold and happened: the score is not used."""
DRIFTED = 0.25
"""Population stability index from which a population counts as another one (industry usage)."""


def auc(outcome: NDArray[np.bool_], chance: Floats) -> float:
    """How often a positive is ranked above a negative, ties half; nan without both."""
    positive = int(outcome.sum())
    negative = len(outcome) - positive
    if not positive or not negative:
        return float("nan")
    _, place, count = np.unique(chance, return_inverse=True, return_counts=True)
    rank = (count.cumsum() - (count - 1) / 2)[place]
    return float((rank[outcome].sum() - positive * (positive + 1) / 2) / (positive * negative))


def ece(outcome: NDArray[np.bool_], chance: Floats, bins: int = BINS) -> float:
    """Expected calibration error: mean distance of foretold and happened over equal-sized bins."""
    if not len(outcome):
        return float("nan")
    order = np.argsort(chance, kind="stable")
    parts = np.array_split(order, min(bins, len(order)))
    gaps = [abs(chance[part].mean() - outcome[part].mean()) * len(part) for part in parts]
    return float(sum(gaps) / len(outcome))


def drift(before: Floats, now: Floats, bins: int = BINS) -> float:
    """Population stability index of a column between two times; above DRIFTED is another one."""
    if not len(before) or not len(now):
        return 0.0
    edges = np.unique(np.quantile(before, np.linspace(0, 1, bins + 1)[1:-1]))
    shares = [
        (np.bincount(np.searchsorted(edges, values), minlength=len(edges) + 1) + 0.5)
        / (len(values) + 0.5 * (len(edges) + 1))
        for values in (before, now)
    ]
    return float(((shares[1] - shares[0]) * np.log(shares[1] / shares[0])).sum())


@dataclass(frozen=True, slots=True)
class Trained:
    """A score with what it is worth, on days that it never saw."""

    used: Used
    auc: float
    ece: float
    rows: int
    days: tuple[tuple[int, int], tuple[int, int], tuple[int, int]]
    """First and last day of training, calibration, judgement."""
    rate: float
    _columns: "_Columns"
    _model: Any
    _calibration: Any

    def predict(self, features: pl.DataFrame) -> Floats:
        """Chances (m,). Raises ValueError naming a column that is missing."""
        matrix = self._columns.matrix(features)
        if self._model is None:
            return np.full(len(matrix), self.rate)
        return _calibrated(self._model, self._calibration, matrix)


@dataclass(frozen=True, slots=True)
class _Columns:
    """How a frame becomes numbers: categories by their place, unknown ones as missing."""

    names: tuple[str, ...]
    categories: dict[str, dict[str, int]]

    @classmethod
    def of(cls, features: pl.DataFrame) -> "_Columns":
        found = {}
        for name in features.columns:
            if features[name].dtype == pl.String:
                values = features[name].drop_nulls().unique().sort().to_list()
                found[name] = {value: at for at, value in enumerate(values[:250])}
        return cls(tuple(features.columns), found)

    def matrix(self, features: pl.DataFrame) -> Floats:
        columns = []
        for name in self.names:
            if name not in features.columns:
                raise ValueError(f"features: the column {name} is missing")
            values = features[name]
            if name in self.categories:
                places = self.categories[name]
                values = values.replace_strict(places, default=None, return_dtype=pl.Float64)
            columns.append(values.cast(pl.Float64).fill_null(np.nan).to_numpy())
        return np.stack(columns, axis=1) if columns else np.zeros((features.height, 0))


def train(
    features: pl.DataFrame,
    outcome: NDArray[np.bool_],
    day: NDArray[np.int64],
    *,
    increasing: Sequence[str] = (),
    decreasing: Sequence[str] = (),
) -> Trained:
    """A calibrated score of `outcome` (m,). Text columns are categories, nulls allowed.

    `increasing` and `decreasing` name columns in which the chance may only rise or fall. Raises
    ValueError where the lengths differ or a named column is missing.
    """
    if not features.height == len(outcome) == len(day):
        raise ValueError("features: as many rows as outcomes and days")
    missing = [name for name in (*increasing, *decreasing) if name not in features.columns]
    if missing:
        raise ValueError(f"features: the column {missing[0]} is missing")
    outcome = np.asarray(outcome, dtype=bool)
    spans, parts = _in_time(np.asarray(day, dtype=np.int64))
    columns = _Columns.of(features)
    matrix = columns.matrix(features)
    rate = float((outcome[parts[0]].sum() + 1) / (len(parts[0]) + 2))
    prior = Trained(
        "prior", float("nan"), float("nan"), len(outcome), spans, rate, columns, None, None
    )
    if (
        min(len(part) for part in parts) < FEWEST
        or min(min(outcome[part].sum(), (~outcome[part]).sum()) for part in parts) < FEWEST_EVENTS
    ):
        return prior
    found = prior
    slopes = [(name in increasing) - (name in decreasing) for name in columns.names]
    kinds: list[Used] = ["boosting", "logistic"]
    for used in kinds[len(parts[0]) < ENOUGH_FOR_TREES :]:
        model = _fitted(used, columns, matrix[parts[0]], outcome[parts[0]], slopes)
        steps = _isotonic(_raw(model, matrix[parts[1]]), outcome[parts[1]])
        chance = _calibrated(model, steps, matrix[parts[2]])
        judged = outcome[parts[2]]
        found = Trained(
            used, auc(judged, chance), ece(judged, chance), len(outcome), spans, rate, columns,
            model, steps,
        )  # fmt: skip
        if found.ece <= WORST_ECE:
            return found
    return prior


def _in_time(
    day: NDArray[np.int64],
) -> tuple[tuple[tuple[int, int], tuple[int, int], tuple[int, int]], list[NDArray[np.int64]]]:
    """Whole days, in order: no day is in two parts."""
    if not len(day):
        return ((0, 0), (0, 0), (0, 0)), [np.zeros(0, dtype=np.int64)] * 3
    first, second = np.quantile(day, [TRAIN, CALIBRATE], method="lower")
    masks = [day <= first, (day > first) & (day <= second), day > second]
    parts = [np.flatnonzero(mask) for mask in masks]
    spans = [
        (int(day[part].min()), int(day[part].max())) if len(part) else (0, 0) for part in parts
    ]
    return (spans[0], spans[1], spans[2]), parts


def _fitted(
    used: Used,
    columns: _Columns,
    matrix: Floats,
    outcome: NDArray[np.bool_],
    slopes: list[int],
) -> Any:
    """scikit-learn is imported here and nowhere else, when something is trained."""
    is_category = [name in columns.categories for name in columns.names]
    if used == "boosting":
        from sklearn.ensemble import HistGradientBoostingClassifier

        trees = HistGradientBoostingClassifier(
            learning_rate=0.06,
            max_iter=200,
            max_leaf_nodes=15,
            min_samples_leaf=60,
            l2_regularization=5.0,
            monotonic_cst=slopes,
            categorical_features=is_category if any(is_category) else None,
            early_stopping=False,
            random_state=0,
        )
        return trees.fit(matrix, outcome)
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    numbers = [at for at, category in enumerate(is_category) if not category]
    names = [at for at, category in enumerate(is_category) if category]
    filled = make_pipeline(
        SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True),
        StandardScaler(),
    )
    one_hot = OneHotEncoder(handle_unknown="ignore", min_frequency=20)
    table = ColumnTransformer([("numbers", filled, numbers), ("names", one_hot, names)])
    return make_pipeline(table, LogisticRegression(C=0.5, max_iter=500)).fit(matrix, outcome)


def _raw(model: Any, matrix: Floats) -> Floats:
    return np.asarray(model.predict_proba(matrix)[:, 1], dtype=np.float64)


def _isotonic(raw: Floats, outcome: NDArray[np.bool_]) -> Any:
    from sklearn.isotonic import IsotonicRegression

    steps = IsotonicRegression(y_min=0, y_max=1, increasing=True, out_of_bounds="clip")
    return steps.fit(raw, outcome)


def _calibrated(model: Any, steps: Any, matrix: Floats) -> Floats:
    """Isotonic steps, with a trace of the raw score so that the ranking within a step is kept."""
    raw = _raw(model, matrix)
    return np.asarray(0.98 * steps.predict(raw) + 0.02 * raw, dtype=np.float64)
