"""Prices for scarce channels, against the linear programme and within capacity."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.sparse import coo_matrix

from app.journeys.prices import allot, prices


def optimum(values, capacity):
    """The linear programme's best sum: each person one channel at most, each channel its places."""
    people, channels = values.shape
    cells = np.arange(people * channels)
    person, channel = np.divmod(cells, channels)
    scarce = np.flatnonzero(np.isfinite(capacity))
    row = {place: people + at for at, place in enumerate(scarce)}
    kept = np.isin(channel, scarce)
    rows = np.concatenate([person, [row[place] for place in channel[kept]]]).astype(int)
    columns = np.concatenate([cells, cells[kept]])
    matrix = coo_matrix((np.ones(len(rows)), (rows, columns)))
    limits = np.concatenate([np.ones(people), capacity[scarce]])
    cost = -np.where(np.isfinite(values), values, -1e9).ravel()
    return -linprog(cost, A_ub=matrix, b_ub=limits, bounds=(0, 1), method="highs").fun


def gained(values, capacity):
    chosen = allot(values, prices(values, capacity), capacity)
    taken = chosen >= 0
    for channel, most in enumerate(capacity):
        assert (chosen == channel).sum() <= most
    return float(values[taken, chosen[taken]].sum(dtype=np.float64))


@pytest.mark.parametrize("seed", range(6))
def test_the_choice_is_within_a_fifth_of_a_percent_of_the_linear_programme(seed):
    drawn = np.random.default_rng(seed)
    values = (drawn.lognormal(3, 1, (1_500, 1)) * drawn.random((1_500, 5)) - 5).astype(np.float32)
    values[drawn.random(values.shape) < 0.2] = -np.inf
    capacity = np.array([np.inf, np.inf, 300.0, 120.0, 15.0])
    assert gained(values, capacity) >= 0.998 * optimum(values, capacity)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**30), st.integers(0, 40), st.integers(1, 5))
def test_capacity_is_never_passed_and_nothing_is_chosen_at_a_loss(seed, people, channels):
    drawn = np.random.default_rng(seed)
    values = np.rint(drawn.normal(0, 3, (people, channels))).astype(np.float32)
    values[drawn.random(values.shape) < 0.3] = -np.inf
    capacity = np.where(
        drawn.random(channels) < 0.5, np.inf, drawn.integers(0, 5, channels)
    ).astype(float)
    assert gained(values, capacity) >= 0


def test_without_scarcity_there_are_no_prices():
    values = np.ones((10, 3), dtype=np.float32)
    assert prices(values, np.full(3, np.inf)).tolist() == [0, 0, 0]
