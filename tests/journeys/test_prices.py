"""Prices for scarce channels, against the linear programme and within capacity."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.sparse import coo_matrix, vstack

from app.journeys.prices import afforded, allot, prices, within_budget


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


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**30), st.integers(0, 40), st.integers(1, 5), st.floats(0, 60))
def test_a_budget_is_never_passed_whatever_the_places(seed, people, channels, budget):
    drawn = np.random.default_rng(seed)
    values = np.rint(drawn.normal(0, 9, (people, channels))).astype(np.float32)
    values[drawn.random(values.shape) < 0.3] = -np.inf
    places = np.where(drawn.random(channels) < 0.5, np.inf, drawn.integers(0, 5, channels))
    cost = drawn.choice([0.0, 0.5, 1.0, 8.0], channels)
    found = within_budget(values, places.astype(float), cost, budget)
    chosen = allot(values, found, places.astype(float))
    worth = (values - found.astype(np.float32)).max(axis=1, initial=-np.inf)
    kept = afforded(chosen, worth, cost, budget)
    taken = kept >= 0
    assert cost[kept[taken]].sum() <= budget + 1e-9
    assert (values[taken, kept[taken]] >= -1e-2).all()


@pytest.mark.parametrize("budget", [40.0, 200.0, 1_000.0])
def test_what_a_budget_is_spent_on_brings_nearly_all_that_it_could(budget):
    drawn = np.random.default_rng(4)
    values = (drawn.lognormal(2, 1, (600, 1)) * drawn.random((600, 3))).astype(np.float32)
    cost, places = np.array([0.5, 4.0, 9.0]), np.full(3, np.inf)
    found = within_budget(values, places, cost, budget)
    chosen = allot(values, found, places)
    worth = (values - found.astype(np.float32)).max(axis=1)
    kept = afforded(chosen, worth, cost, budget)
    taken = kept >= 0
    people, channels = values.shape
    person, channel = np.divmod(np.arange(people * channels), channels)
    each = coo_matrix((np.ones(len(person)), (person, np.arange(len(person)))))
    rows = vstack([each, cost[channel][None, :]])
    limits = np.append(np.ones(people), budget)
    best = -linprog(-values.ravel(), A_ub=rows, b_ub=limits, bounds=(0, 1), method="highs").fun
    assert values[taken, kept[taken]].sum(dtype=np.float64) >= 0.97 * best


def test_with_money_enough_a_cent_is_no_dearer():
    values = np.ones((10, 2), dtype=np.float32)
    found = within_budget(values, np.full(2, np.inf), np.array([1.0, 2.0]), 20.0)
    assert found.tolist() == [0, 0]
