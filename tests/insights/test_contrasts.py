"""One choice against the others: the engine's reasons for choosing are taken out."""

import math

import numpy as np

from app.insights.contrasts import contrasts


def drawn(seed, people=1_500, each=3, gain=0.0):
    """Keen people are mostly sent choice 0, the others choice 1; choice 1 may be better."""
    chance = np.random.default_rng(seed)
    person = np.repeat(np.arange(people), each)
    keen = np.repeat(chance.random(people) < 0.5, each)
    first = np.where(keen, 0.85, 0.15)
    chosen = (chance.random(len(person)) >= first).astype(np.int64)
    propensity = np.where(chosen == 0, first, 1 - first)
    rate = np.where(keen, 0.3, 0.1) + gain * (chosen == 1)
    outcome = (chance.random(len(person)) < rate).astype(float)
    return person, outcome, propensity, chosen, np.ones((len(person), 2), dtype=bool)


def test_equal_choices_are_hardly_ever_told_apart():
    loud = [any(one.clear for one in contrasts(*drawn(seed))) for seed in range(60)]
    assert np.mean(loud) <= 0.05


def test_the_plain_rates_would_have_lied():
    _, outcome, _, chosen, _ = drawn(1)
    assert outcome[chosen == 0].mean() - outcome[chosen == 1].mean() > 0.08


def test_a_better_choice_is_found_though_it_went_to_colder_people():
    found = [contrasts(*drawn(seed, gain=0.12))[1] for seed in range(20)]
    assert np.mean([one.low > 0 for one in found]) >= 0.9
    assert abs(np.mean([one.mean - one.others for one in found]) - 0.12) < 0.02
    assert np.mean([one.low <= 0.12 <= one.high for one in found]) >= 0.95


def test_without_another_choice_there_is_nothing_to_compare():
    person, outcome, propensity, chosen, allowed = drawn(2, people=50)
    allowed[:, 1] = False
    found = contrasts(person, outcome, propensity, np.zeros_like(chosen), allowed)
    assert not any(one.compared or one.clear for one in found)
    assert all(math.isinf(one.high) for one in found)


def test_a_handful_of_answers_says_nothing():
    person, outcome, propensity, chosen, allowed = drawn(2, people=20, each=1)
    assert not any(one.clear for one in contrasts(person, outcome, propensity, chosen, allowed))
