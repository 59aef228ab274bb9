"""Looking every day: the truth stays inside at every look, not only at one."""

import math

import numpy as np

from app.insights.effects import difference
from app.insights.sequential import FEWEST, effective, standard_errors


def looks(seed, people=1_500, days=90, gain=0.0):
    """Effects seen every third day while payments come in; a fifth are on the creditor's rules."""
    drawn = np.random.default_rng(seed)
    size = drawn.lognormal(0, 0.8, people) * 1_000
    treated = drawn.random(people) >= 0.2
    daily = np.where(treated, 0.005 * (1 + gain), 0.005)
    cash, known = np.zeros(people), np.stack([size, np.log(size)], axis=1)
    for day in range(1, days + 1):
        cash += (drawn.random(people) < daily) * size * 0.2
        if day % 3 == 0:
            truth = 0.005 * gain * day * 0.2 * float(size.mean())
            yield difference(cash, treated, known), truth


def test_the_truth_is_inside_at_every_look():
    ever_missed = [
        any(not effect.low <= truth <= effect.high for effect, truth in looks(seed))
        for seed in range(80)
    ]
    assert np.mean(ever_missed) <= 0.08


def test_an_interval_for_one_look_does_miss_when_looked_at_again_and_again():
    ever_missed = [
        any(not effect.fixed_low <= truth <= effect.fixed_high for effect, truth in looks(seed))
        for seed in range(60)
    ]
    assert np.mean(ever_missed) >= 0.12


def test_a_large_gain_is_seen_and_stays_true():
    seen = []
    for seed in range(12):
        effects = [effect for effect, _ in looks(seed, people=6_000, gain=1.0)]
        seen.append(effects[-1].low > 0)
    assert np.mean(seen) >= 0.9


def test_before_enough_came_nothing_is_said():
    assert math.isinf(standard_errors(FEWEST - 1))
    assert math.isinf(standard_errors(math.nan))
    assert standard_errors(FEWEST) > standard_errors(100) < standard_errors(1e7) < 5


def test_one_huge_payment_counts_little_more_than_one():
    assert effective(np.ones(40)) == 40
    assert effective(np.array([1.0] * 40 + [1_000.0])) < 1.1
    assert effective(np.zeros(3)) == 0
