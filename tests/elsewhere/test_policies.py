"""The yardsticks are in order and keep the rules; money is neither made nor lost."""

import numpy as np
import pytest

from tests.elsewhere.baselines import Segment, Static
from tests.elsewhere.harness import live_a_day, run
from tests.elsewhere.informed import shadow
from tests.elsewhere.oracle import Oracle, Pace
from tests.elsewhere.player import Player
from tests.elsewhere.referee import Referee
from tests.elsewhere.town import Town


@pytest.fixture(scope="module")
def runs(world):
    pace = Pace(2, 2.0)
    policies = {
        "static": Static(),
        "segment": Segment(world),
        "informed": Oracle(shadow(world), pace),
        "oracle": Oracle(world, pace),
    }
    return {name: run(world, policy) for name, policy in policies.items()}


def test_who_knows_more_earns_more(runs):
    assert runs["static"].net_cents < runs["informed"].net_cents < runs["oracle"].net_cents


def test_the_yardsticks_break_no_rule(runs):
    assert {name: one.refused for name, one in runs.items() if one.refused} == {}


def test_who_is_only_informed_knows_nothing_of_a_person_but_the_file(world):
    believed = shadow(world).latents
    strangers = np.flatnonzero((world.seen.channel < 0) & (world.seen.hour < 0))
    alike = strangers[world.people.product[strangers] == "card"]
    for name in ("delivered", "complaint", "discount", "waits"):
        assert np.ptp(getattr(believed, name)[alike].astype(float), axis=0).max() == 0, name
    assert world.latents.taste.std() > 1.5 * believed.taste.std()


def test_money_is_conserved(world):
    town = Town(world)
    policy, referee, agreed = Segment(world), Referee(town), np.zeros(world.creditor.people)
    for town.day in range(world.creditor.days):
        before = town.standing.agreements.copy()
        live_a_day(town, policy, referee)
        standing = town.standing
        signed = standing.agreements > before
        agreed[signed] += (standing.instalment_cents * standing.instalments)[signed]
    rounding = 0.5 * 24 * standing.agreements
    assert standing.paid_cents.sum() > 0
    assert (standing.paid_cents <= agreed + rounding).all()
    assert (standing.paid_cents <= world.people.balance_cents + rounding).all()
    left = world.people.balance_cents - standing.paid_cents
    assert np.abs(standing.owed_cents - left).max() <= rounding.max()


def test_the_engine_plays_and_is_told_what_happened(world, town):
    player, referee = Player(world), Referee(town)
    for _ in range(3):
        live_a_day(town, player, referee)
        town.day += 1
    assert town.standing.contacts.sum() > 0
    assert town.standing.visits.sum() > 0
    assert referee.contacts + referee.offers == {}
