"""The stated chance of a contact is how often it is drawn, for who can be called and who cannot."""

from dataclasses import replace

import numpy as np
import pytest

from app.engine import chosen, planning
from app.engine.state import begin
from tests.engine.towns import CHANNELS, HOURS, MONDAY, RULES, portfolio, spec

NIGHTS = 600
HUMAN = CHANNELS.index("human")


@pytest.fixture(scope="module")
def nights():
    """Many nights of one morning, by luck alone: what was drawn (row, channel, hour), how often
    and with which stated chances; what was tried (row, hour); the morning as it was scored."""
    state = begin(portfolio(60), RULES, spec(holdout=0.0, untouched=0.0, explore=0.3))
    state.days = 30  # nobody's turn is still to come
    scored = planning.score_all(state, MONDAY)
    drawn, draws = {}, []

    def kept(state, draw, *rest):
        draws.append(draw)
        return worded(state, draw, *rest)

    worded = chosen.worded
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chosen, "worded", kept)
        for seed in range(NIGHTS):
            state.spec = replace(state.spec, seed=seed)
            planning.choose(state, scored, MONDAY)
    for draw in draws:
        for one in zip(draw.rows, draw.channel, draw.hour, draw.chance, strict=True):
            drawn.setdefault(tuple(map(int, one[:3])), []).append(float(one[3]))
    # Each night draws twice: near the best, then what is tried.
    tried = [one for draw in draws[1::2] for one in zip(draw.rows, draw.hour, strict=True)]
    return drawn, tried, scored


def test_who_cannot_be_called_is_drawn_as_often_as_is_stated(nights):
    drawn, _, scored = nights
    called = scored.eligible.channel[:, HUMAN]
    found = {one: chances for one, chances in drawn.items() if not called[one[0]]}
    often = np.array([len(chances) / NIGHTS for chances in found.values()])
    stated = np.array([np.mean(chances) for chances in found.values()])
    people = len({row for row, *_ in found})
    assert people > 5
    assert np.abs(often - stated).max() < 5 * np.sqrt(0.25 / NIGHTS)
    assert stated.sum() / people == pytest.approx(1, abs=0.02)


def test_calls_that_are_tried_lean_to_the_hour_that_suits(nights):
    _, tried, scored = nights
    worth = np.where(scored.eligible.hour, scored.values[:, HUMAN], -np.inf)
    best = worth.argmax(axis=1)
    at_best = np.mean([best[row] == hour for row, hour in tried])
    assert len(tried) > 100
    assert at_best > 1.5 / len(HOURS)
