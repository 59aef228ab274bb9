"""What the creditor is told: intervals that cover the truth, no winner that is noise."""

import math

import numpy as np

from app.insights.effects import difference, shares
from app.insights.power import detectable


def trial(seed, effect=0.0, people=2_000, control=0.1):
    """Heavy-tailed outcomes that follow a covariate, and a randomised tenth of controls."""
    drawn = np.random.default_rng(seed)
    size = drawn.lognormal(0, 1, people)
    treated = drawn.random(people) >= control
    outcome = size * (drawn.random(people) < 0.3) * 100 + effect * treated
    return outcome, treated, np.stack([size, np.log(size)], axis=1)


def test_the_interval_covers_the_truth_at_any_look():
    covered = [
        effect.low <= 20 <= effect.high
        for effect in (difference(*trial(seed, 20)) for seed in range(200))
    ]
    assert np.mean(covered) >= 0.97


def test_an_interval_for_one_look_is_close_to_its_promise():
    found = [difference(*trial(seed)) for seed in range(300)]
    covered = np.mean([effect.fixed_low <= 0 <= effect.fixed_high for effect in found])
    assert 0.91 <= covered <= 0.985
    assert np.mean([effect.clear for effect in found]) < 0.02


def test_what_was_known_before_makes_it_sharper():
    outcome, treated, before = trial(3, people=4_000)
    plain, adjusted = difference(outcome, treated), difference(outcome, treated, before)
    assert adjusted.standard_error < 0.9 * plain.standard_error


def test_with_a_handful_of_controls_nothing_is_said():
    effect = difference(np.ones(20), np.arange(20) > 5)
    assert math.isinf(effect.high)
    assert not effect.clear


def test_the_smallest_effect_that_can_be_seen_is_four_times_in_five_seen():
    error = float(np.mean([difference(*trial(seed)).standard_error for seed in range(40)]))
    planned = detectable(error, control_mean=40, people=2_000)
    found = [difference(*trial(seed, planned.detectable)) for seed in range(200)]
    assert 0.65 <= np.mean([effect.fixed_low > 0 for effect in found]) <= 0.95
    assert planned.too_few


def test_an_effect_called_detectable_is_called_clear_four_times_in_five():
    wide = [difference(*trial(seed, people=6_000, control=0.3)) for seed in range(20)]
    error, needed = (
        float(np.mean([getattr(e, n) for e in wide])) for n in ("standard_error", "needed")
    )
    power = detectable(error, control_mean=40, people=6_000, needed=needed)
    found = [
        difference(*trial(seed, power.detectable, people=6_000, control=0.3)) for seed in range(100)
    ]
    assert 0.65 <= np.mean([effect.clear for effect in found]) <= 0.95


def test_of_equal_places_none_stands_out():
    drawn = np.random.default_rng(4)
    loud = 0
    for _ in range(200):
        trials = np.full(8, 400.0)
        rate, low, high = shares(drawn.binomial(400, 0.05, 8).astype(float), trials, 8)
        loud += bool(((low > 0.05) | (high < 0.05)).any())
        assert ((low <= rate) & (rate <= high)).all()
    assert loud / 200 <= 0.08


def test_no_trials_leave_everything_possible():
    _, low, high = shares(np.zeros(1), np.zeros(1), 1)
    assert (low[0], high[0]) == (0, 1)
    assert detectable(1.0, 0.0, 0).relative is None
