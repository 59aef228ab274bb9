"""Findings: what was planted is found, and noise is not told more often than promised."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.insights.chance import drawn, ranked, stray, student, told
from app.insights.findings import Kind, Series, anomalies, changes, found
from app.insights.segments import segments

PRODUCTS, STATES, AGES = ("card", "loan", "store"), ("SP", "RJ", "BA", "PR"), ("90", "360", "720")


def portfolio(seed, people=3_000, planted=None):
    """People with three attributes and two outcomes that hang on none of them, unless planted."""
    chance = np.random.default_rng(seed)
    attributes = {
        "product": chance.choice(PRODUCTS, people, p=(0.5, 0.3, 0.2)),
        "state": chance.choice(STATES, people),
        "lateness": chance.choice(AGES, people),
    }
    rate = np.full(people, 0.08)
    if planted:
        inside = np.all([attributes[name] == value for name, value in planted], axis=0)
        rate = np.where(inside, 0.16, rate)
    return attributes, {
        "agreed": chance.random(people) < rate,
        "paid": chance.random(people) < 0.05,
    }


def test_noise_is_told_as_rarely_as_promised():
    loud = [bool(found(segments(*portfolio(seed), {}))) for seed in range(150)]
    assert np.mean(loud) <= 0.08


def test_a_planted_group_is_found_and_named():
    planted = (("product", "loan"), ("lateness", "360"))
    hit = 0
    for seed in range(20):
        said = found(segments(*portfolio(seed, people=8_000, planted=planted), {}))
        hit += any(set(planted) <= set(one.where) or set(one.where) <= set(planted) for one in said)
        assert all(one.metric == "agreed" for one in said[:1])
    assert hit >= 18


def test_a_group_inside_another_is_said_once():
    said = found(segments(*portfolio(3, people=20_000, planted=(("product", "loan"),)), {}))
    assert [one.where for one in said] == [(("product", "loan"),)]
    (one,) = said
    assert one.low < one.value < one.high
    assert one.usual < one.low


def test_an_outcome_is_asked_only_of_those_it_could_happen_to():
    attributes, outcomes = portfolio(1)
    asked = attributes["state"] == "SP"
    tested = segments(attributes, {"agreed": outcomes["agreed"] & asked}, {"agreed": asked})
    assert tested
    assert not any(value == "RJ" for one in tested for _, value in one.where)


def days(seed, count=60, rate=0.05, restless=0.3):
    """Series whose days differ by more than counting does, quieter on weekends."""
    chance = np.random.default_rng(seed)
    trials = np.where(np.arange(count) % 7 < 5, 400, 60) * chance.lognormal(0, 0.2, count)
    trials = np.floor(trials)
    mood = rate * chance.lognormal(0, restless, count)
    return trials, chance.binomial(trials.astype(int), np.minimum(mood, 1)).astype(float)


def all_series(seed, more=lambda hits: hits):
    series = []
    for number in range(10):
        trials, hits = days(seed * 100 + number)
        hits = more(hits) if number == 3 else hits
        series.append(Series("answered", (("place", str(number)),), hits, trials))
        series.append(Series("agreements", (("place", str(number)),), hits))
    return series


def test_restless_days_are_neither_a_change_nor_an_anomaly():
    loud = []
    for seed in range(120):
        series = all_series(seed)
        loud.append(bool(found(changes(series) + anomalies(series))))
    assert np.mean(loud) <= 0.08


def test_a_week_that_trebled_is_a_change():
    def trebled(hits):
        return np.concatenate([hits[:-7], hits[-7:] * 3.5])

    hit = 0
    for seed in range(20):
        said = found(changes(all_series(seed, trebled)))
        hit += any(one.kind == Kind.CHANGE and one.where == (("place", "3"),) for one in said)
        assert all(one.value > one.usual for one in said if one.where == (("place", "3"),))
    assert hit >= 18


def test_a_day_that_is_nothing_like_the_others_is_an_anomaly():
    def burst(hits):
        return np.concatenate([hits[:-1], hits[-1:] * 8 + 40])

    said = found(anomalies(all_series(5, burst)))
    assert {one.where for one in said} == {(("place", "3"),)}


def test_nothing_at_all_gives_nothing():
    assert found([]) == []
    assert changes([Series("agreements", (), np.zeros(10))]) == []
    assert anomalies([Series("answered", (), np.zeros(60), np.zeros(60))]) == []
    attributes = {"product": np.array([], dtype=str)}
    assert segments(attributes, {"agreed": np.zeros(0, dtype=bool)}, {}) == []


@given(
    whole=st.integers(1, 60), part=st.integers(0, 60), hits=st.integers(0, 60), k=st.integers(0, 60)
)
def test_the_exact_chance_is_that_of_counting(whole, part, hits, k):
    part, hits = min(part, whole), min(hits, whole)
    least, most = max(0, part + hits - whole), min(part, hits)
    k = min(max(k, least), most)
    ways = [math.comb(hits, i) * math.comb(whole - hits, part - i) for i in range(least, most + 1)]
    below, above = sum(ways[: k - least + 1]), sum(ways[k - least :])
    expected = min(1.0, 2 * min(below, above) / sum(ways))
    assert drawn(k, part, hits, whole) == pytest.approx(expected, rel=1e-6)


def test_the_tails_of_students_t_are_those_of_the_tables():
    assert student(2.365, 7) == pytest.approx(0.05, abs=2e-4)
    assert student(2.056, 26) == pytest.approx(0.05, abs=2e-4)
    assert student(0.0, 5) == 1


def test_few_or_equal_days_say_nothing():
    assert ranked(np.ones(7), np.ones(28)) == 1
    assert ranked(np.ones(2), np.zeros(28)) == 1
    assert stray(5.0, np.ones(3), 0.1) == 1
    assert stray(1.0, np.ones(10), 0.0) == 1


@given(st.lists(st.floats(0, 1), max_size=40))
def test_what_is_told_is_what_was_least_probable(chances):
    values = np.array(chances)
    said = told(values)
    if said.any():
        assert values[said].max() <= 0.05
        assert values[said].max() <= values[~said].min(initial=1.0)
