"""How often: the pace that pays, and a price of complaints that keeps the peace."""

import numpy as np
import pytest

from app.engine import pacing
from app.engine.pacing import PACES, Rhythm, Wear

NEVER = np.iinfo(np.int32).max
TIRING = Wear(reward=0.3, upset=0.6)


def people(count=400, seed=1, **changes):
    drawn = np.random.default_rng(seed)
    fields = {
        "reward": drawn.lognormal(5, 1, count),
        "cost": np.full(count, 8.0),
        "upset": drawn.lognormal(1, 0.5, count),
        "complaint": drawn.lognormal(-8, 0.5, count),
    }
    return Rhythm(**(fields | changes))


def complaints(rhythm, wear, pace):
    """A day, once the pace has settled."""
    place = np.searchsorted(PACES, np.minimum(pace, 1_000))
    rate = np.append(np.exp(wear.upset * pacing.settled_pressure()) / PACES, 0)
    return float((rhythm.complaint * rate[place]).sum())


@pytest.mark.parametrize(("per_week", "least"), [(0, 7), (1, 7), (2, 3), (3, 2), (5, 1), (9, 1)])
def test_no_pace_is_denser_than_the_weekly_cap_allows_now_and_then(per_week, least):
    calm = Wear(0.0, 0.0)
    assert pacing.densest(per_week) == least
    assert pacing.paces(people(), calm, 0.0, per_week).min() == least


def test_who_is_worth_more_is_written_to_more_often():
    rhythm = people()
    pace = pacing.paces(rhythm, TIRING, 0.0, 7)
    rich = rhythm.reward > np.quantile(rhythm.reward, 0.8)
    assert pace[rich].mean() < pace[~rich].mean()


def test_who_earns_nothing_is_left_alone():
    assert (pacing.paces(people(reward=np.full(400, 1.0)), TIRING, 0.0, 7) == NEVER).all()


@pytest.mark.parametrize("spacing", [1, 4, 10])
@pytest.mark.parametrize("per_week", [2, 3, 7])
def test_complaints_stay_below_those_of_sensible_rules(spacing, per_week):
    rhythm = people()
    usual = rhythm.complaint
    price = pacing.restraint(rhythm, TIRING, usual, spacing_days=spacing, per_week=per_week)
    dense = max(min(spacing, pacing.SENSIBLE_SPACING), pacing.densest(per_week))
    allowed = complaints(rhythm, TIRING, np.full(400, dense))
    assert complaints(rhythm, TIRING, pacing.paces(rhythm, TIRING, price, per_week)) <= allowed


def test_where_nobody_would_complain_more_nothing_is_added():
    few = people(reward=np.full(400, 12.0), upset=np.zeros(400))
    usual = few.complaint * 50
    assert pacing.restraint(few, TIRING, usual, spacing_days=5, per_week=3) == 0.0


def test_what_holds_at_rest_holds_again_under_the_same_pressure():
    rhythm, pressed = people(3), np.array([0.0, 0.8, 1.7])
    rested = TIRING.at_rest(rhythm, pressed)
    assert np.allclose(rested.reward * np.exp(-TIRING.reward * pressed), rhythm.reward)
    assert np.allclose(rested.complaint * np.exp(TIRING.upset * pressed), rhythm.complaint)
    assert (rested.cost == rhythm.cost).all()
