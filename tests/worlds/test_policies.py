"""The yardsticks are in order, and a world without differences has none."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from tests.worlds.harness import run
from tests.worlds.informed import believed
from tests.worlds.parameters import SCENARIOS
from tests.worlds.town import found_town

SMALL = {"people": 500, "days": 60}


@pytest.fixture(scope="module")
def base():
    policies = ("static", "segment", "informed", "oracle")
    return {name: [run(seed, "base", name, **SMALL) for seed in range(31, 35)] for name in policies}


def test_the_oracle_earns_most_and_segments_more_than_static(base):
    mean = {name: np.mean([one.net_cents for one in runs]) for name, runs in base.items()}
    assert mean["oracle"] > 1.1 * mean["segment"]
    assert mean["segment"] > mean["static"]


def test_who_knows_the_population_stands_between_the_creditor_and_the_oracle(base):
    mean = {name: np.mean([one.net_cents for one in runs]) for name, runs in base.items()}
    assert mean["static"] < mean["informed"] < mean["oracle"]


def test_who_knows_the_file_alone_cannot_tell_apart_people_of_the_same_file():
    town = found_town(43, "base", people=500)
    same = town.portfolio.with_columns(
        pl.col(pl.String, pl.Int8, pl.Int32, pl.Int64).first(), pl.col(pl.Float64).first()
    )
    people = believed(replace(town, portfolio=same.with_columns(town.portfolio["person"]))).latents
    for name in (
        "read",
        "engaged",
        "taste",
        "will",
        "reservation",
        "capacity_cents",
        "visits",
        "hour_type",
    ):
        assert np.ptp(getattr(people, name), axis=0) == pytest.approx(0, abs=1e-6), name


def test_the_yardsticks_break_no_rule(base):
    assert [one.refused for runs in base.values() for one in runs if one.refused] == []


@pytest.mark.parametrize("scenario", SCENARIOS[1:])
def test_the_oracle_never_loses_to_the_creditors_rules(scenario):
    static, oracle = (run(36, scenario, name, **SMALL) for name in ("static", "oracle"))
    assert oracle.net_cents >= 0.98 * static.net_cents
    assert oracle.refused == {}


def test_the_null_world_is_flat():
    town = found_town(37, "null", people=500)
    one, other = town.halves
    assert one is other
    for name in ("read", "right", "engaged", "taste"):
        assert np.ptp(getattr(one, name)) == 0, name
    for name in ("will", "cure", "visits", "annoyance"):
        assert np.ptp(getattr(one, name)) == 0, name
    assert len(set(town.spec.cost_cents.values())) == 1
    assert town.portfolio["balance_cents"].n_unique() > 400


def test_nothing_is_to_be_gained_in_the_null_world():
    gains = []
    for seed in (38, 39):
        static, oracle = (run(seed, "null", name, **SMALL) for name in ("static", "oracle"))
        gains.append(oracle.net_cents / static.net_cents - 1)
    assert max(map(abs, gains)) < 0.05


def test_waiting_is_learned_only_where_it_pays():
    town = found_town(40, "gaming", people=500)
    assert 0.1 < town.latents.strategic.mean() < 0.5
    assert not found_town(40, "base", people=500).latents.strategic.any()


def test_a_world_that_drifts_changes_once():
    town = found_town(41, "drift", people=500)
    before, after = town.halves
    town.day = town.world.changes_on - 1
    assert town.latents is before
    town.day += 1
    assert town.latents is after
    assert (before.hour_type != after.hour_type).any()


def test_without_a_human_channel_there_is_none():
    town = found_town(42, "no_human", people=100)
    assert "human" not in town.spec.channels
    assert "human" not in set(town.portfolio["reachable"].explode())
