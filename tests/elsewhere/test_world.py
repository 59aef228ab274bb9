"""The same seed is the same world, whatever is done in it."""

from copy import deepcopy
from dataclasses import fields, is_dataclass

import numpy as np
import pytest

from tests.elsewhere.baselines import Segment, Static
from tests.elsewhere.harness import live_a_day, run
from tests.elsewhere.parameters import SCENARIOS
from tests.elsewhere.plans import Contacts, Plan, offer
from tests.elsewhere.referee import Referee
from tests.elsewhere.town import Town
from tests.elsewhere.world import draw_world


def same(one, other):
    if is_dataclass(one):
        return all(same(getattr(one, f.name), getattr(other, f.name)) for f in fields(one))
    if isinstance(one, np.ndarray):
        return np.array_equal(one, other, equal_nan=one.dtype.kind == "f")
    return one == other


class Writes:
    """To these people, on the first channel."""

    def __init__(self, who):
        self.who = who

    def plan(self, town):
        everybody = np.zeros(town.world.creditor.people)
        place = np.zeros(len(self.who), dtype=np.int64)
        hour = town.world.lawful(town.day)[self.who].argmax(axis=1)
        offers = offer(town.standing, everybody, everybody.astype(np.int64) + 6)
        return Plan(Contacts(self.who, place, hour, place), offers)

    def learn(self, town, events):
        self.events = events


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_same_seed_is_the_same_world(scenario):
    assert same(draw_world(5, scenario), draw_world(5, scenario))
    assert not same(draw_world(5, scenario), draw_world(6, scenario))


def test_no_policy_changes_the_world(world):
    before = deepcopy(world)
    first = run(world, Static())
    run(world, Segment(world))
    assert same(world, before)
    assert run(world, Static()) == first


def test_the_same_contact_meets_the_same_luck_under_every_policy(world, town):
    usable = np.flatnonzero(world.latents.usable[:, 0] & ~world.people.held)
    room = world.creditor.capacity[world.creditor.channels[0]] or len(usable)
    many, few = Writes(usable[:room]), Writes(usable[:room:3])
    for policy in (many, few):
        other = Town(world)
        other.day = town.day
        live_a_day(other, policy, Referee(other))
    mine = many.events.filter(many.events["person"].is_in(few.who.tolist()))
    theirs = few.events.filter(few.events["person"].is_in(few.who.tolist()))
    assert len(theirs) > len(few.who)
    assert mine.equals(theirs)


def test_nothing_differs_in_a_null_world():
    world = draw_world(12, "null")
    latents = world.latents
    for name in ("motive", "read", "engaged", "hour", "taste", "unasked", "complaint", "opt_out"):
        assert np.ptp(getattr(latents, name)) == 0, name
    assert world.nature.burden == 0
    assert np.ptp(world.limits(0).most_cents) == 0
    assert len(set(world.creditor.cost_cents.tolist())) == 1


def test_people_wait_only_where_that_is_the_world():
    assert 0.2 < draw_world(13, "gaming").latents.waits.mean() < 0.5
    assert not draw_world(13, "base").latents.waits.any()


def test_a_world_that_drifts_changes_once():
    world = draw_world(14, "drift")
    assert world.has_drifted(world.drift.day - 1) is None
    assert world.has_drifted(world.drift.day) is world.drift
    assert (world.taste(0) != world.taste(world.drift.day)).any()


def test_without_a_human_channel_nobody_calls():
    assert "phone" not in draw_world(15, "no_human").creditor.channels
