"""What another policy would bring, from draws with known chances: a known truth is found again."""

import numpy as np
import pytest

from app.insights.offpolicy import Logged, expectations, gate

ACTIONS = 4
WORTH = np.array([10.0, 12.0, 20.0, 8.0])


def logged(seed, best=2, people=1_500, each=4, model=True, noise=15.0):
    """Decisions mostly for action 0, some at random; the other policy always takes `best`."""
    drawn = np.random.default_rng(seed)
    person = np.repeat(np.arange(people), each)
    taste = np.repeat(drawn.normal(0, 5, people), each)
    chance = np.full(ACTIONS, 0.1)
    chance[0] += 1 - chance.sum()
    action = drawn.choice(ACTIONS, len(person), p=chance)
    reward = WORTH[action] + taste + drawn.normal(0, noise, len(person))
    features = np.eye(ACTIONS)[action]
    under = np.tile(np.eye(ACTIONS)[best], (len(person), 1))
    expected = (
        expectations(person, reward, features, under)
        if model
        else (np.zeros(len(person)), np.zeros(len(person)))
    )
    target = (action == best).astype(float)
    return Logged(person, reward, chance[action], target, *expected)


def test_both_estimates_recover_the_truth():
    truth = WORTH[2] - (0.7 * WORTH[0] + 0.1 * WORTH[1:].sum())
    found = [gate(logged(seed)) for seed in range(40)]
    for name in ("weighted", "robust"):
        gains = [getattr(one, name).gain for one in found]
        assert np.mean(gains) == pytest.approx(truth, abs=0.5)
        covered = [getattr(one, name).low <= truth <= getattr(one, name).high for one in found]
        assert np.mean(covered) >= 0.95


def test_a_wrong_model_leaves_it_right():
    truth = WORTH[2] - (0.7 * WORTH[0] + 0.1 * WORTH[1:].sum())
    gains = [gate(logged(seed, model=False)).robust.gain for seed in range(40)]
    assert np.mean(gains) == pytest.approx(truth, abs=0.6)


def test_a_policy_that_brings_nothing_is_hardly_ever_promoted():
    passed = [gate(logged(seed, best=0, people=4_000, noise=30.0)).passed for seed in range(40)]
    worse = [gate(logged(seed, best=3, people=4_000)).passed for seed in range(40)]
    assert (sum(passed), sum(worse)) == (0, 0)


def test_a_clearly_better_policy_passes_on_enough_decisions():
    found = gate(logged(1, people=6_000))
    assert found.passed
    assert found.effective >= 1_000
    assert found.people == 6_000


def test_few_effective_decisions_promote_nothing_however_good():
    found = gate(logged(1, people=300, noise=1.0))
    assert found.effective < 1_000
    assert found.against == ("too_few",)


def test_decisions_about_the_same_person_are_not_counted_as_independent():
    one = logged(2, people=2_000, each=1, noise=5.0)
    repeated = Logged(*(np.repeat(getattr(one, name), 5) for name in Logged.__slots__))
    single, many = gate(one).robust, gate(repeated).robust
    assert many.high - many.low >= 0.8 * (single.high - single.low)


def test_no_decision_of_the_other_policy_and_no_decision_at_all():
    one = logged(3, people=50)
    none = Logged(one.person, one.reward, one.propensity, np.zeros(200), one.expected, one.expected)
    assert gate(none).against == ("too_few",)
    empty = np.zeros(0)
    nobody = gate(Logged(empty.astype(np.int64), empty, empty, empty, empty, empty))
    assert (nobody.passed, nobody.decisions) == (False, 0)
    assert expectations(empty.astype(np.int64), empty, np.zeros((0, 2)), np.zeros((0, 2)))


def test_a_chance_of_nothing_is_refused():
    one = logged(3, people=50)
    with pytest.raises(ValueError, match="propensity"):
        gate(Logged(one.person, one.reward, one.propensity * 0, *([one.target] * 3)))
