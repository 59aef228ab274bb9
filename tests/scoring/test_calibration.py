"""Scores from history: judged out of time, refused where they do not calibrate."""

import math

import numpy as np
import polars as pl
import pytest

from app.scoring.calibration import DRIFTED, auc, drift, ece, train


def history(rows, seed=1, turn=False):
    """Outcomes that depend on two numbers and a category; with `turn` the world changes late."""
    drawn = np.random.default_rng(seed)
    day = np.sort(drawn.integers(0, 100, rows))
    discount, age = drawn.random(rows), drawn.normal(size=rows)
    product = drawn.choice(["card", "loan", "store"], rows)
    sign = np.where(turn & (day > 80), -1, 1)
    linear = (
        sign * (3 * discount - 1.5 + 0.8 * age)
        - 0.7 * (product == "loan")
        - 2 * (turn & (day > 80))
    )
    outcome = drawn.random(rows) < 1 / (1 + np.exp(-linear))
    seen = np.where(drawn.random(rows) < 0.2, np.nan, age)
    features = pl.DataFrame({"discount": discount, "age": seen, "product": product})
    return features.with_columns(pl.col("age").fill_nan(None)), outcome, day


@pytest.mark.parametrize(("rows", "used"), [(6_000, "logistic"), (34_000, "boosting")])
def test_a_score_holds_on_days_it_never_saw(rows, used):
    features, outcome, day = history(rows)
    trained = train(features, outcome, day, increasing=["discount"])
    assert trained.used == used
    assert trained.auc > 0.7
    assert trained.ece < 0.04
    assert trained.days[0][1] < trained.days[1][0] <= trained.days[1][1] < trained.days[2][0]
    chance = trained.predict(features)
    assert ((chance >= 0) & (chance <= 1)).all()


def test_the_chance_only_rises_where_it_must():
    features, outcome, day = history(34_000)
    trained = train(features, outcome, day, increasing=["discount"])
    ladder = pl.DataFrame(
        {"discount": np.linspace(0, 1, 50), "age": np.zeros(50), "product": ["card"] * 50}
    )
    assert (np.diff(trained.predict(ladder)) >= -1e-9).all()


@pytest.mark.parametrize("rows", [0, 30, 400])
def test_with_little_history_there_is_the_rate_alone(rows):
    features, outcome, day = history(rows)
    trained = train(features, outcome, day)
    assert trained.used == "prior"
    assert len(set(trained.predict(features).tolist())) <= 1


def test_a_world_that_turned_leaves_the_rate_alone():
    features, outcome, day = history(8_000, turn=True)
    assert train(features, outcome, day).used == "prior"


def test_an_unknown_category_and_an_unknown_value_are_survived():
    features, outcome, day = history(6_000)
    trained = train(features, outcome, day)
    odd = pl.DataFrame({"discount": [0.5], "age": [None], "product": ["yacht"]})
    assert 0 < trained.predict(odd)[0] < 1


def test_a_missing_column_is_named():
    features, outcome, day = history(6_000)
    with pytest.raises(ValueError, match="product"):
        train(features, outcome, day).predict(features.drop("product"))
    with pytest.raises(ValueError, match="height"):
        train(features, outcome, day, increasing=["height"])


def test_ranking_and_calibration_are_measured_as_defined():
    outcome = np.array([False, False, True, True])
    assert auc(outcome, np.array([0.1, 0.4, 0.35, 0.8])) == 0.75
    assert auc(outcome, np.full(4, 0.5)) == 0.5
    assert math.isnan(auc(outcome[:2], np.zeros(2)))
    assert ece(outcome, np.array([0.0, 0.0, 1.0, 1.0])) == 0
    assert ece(np.array([True] * 10), np.full(10, 0.4)) == pytest.approx(0.6)


def test_drift_tells_another_population_from_the_same_one():
    drawn = np.random.default_rng(2)
    before = drawn.normal(size=5_000)
    assert drift(before, drawn.normal(size=5_000)) < 0.02
    assert drift(before, drawn.normal(1, 1, size=5_000)) > DRIFTED
