"""The referee refuses and counts what no policy may do."""

from datetime import timedelta

import numpy as np
import polars as pl
import pytest

from tests.worlds.referee import Referee
from tests.worlds.town import found_town
from tests.worlds.visits import net_cents


@pytest.fixture
def town():
    town = found_town(21, "base", people=200)
    while town.today.weekday() != 2 or town.today in town.spec.closed:
        town.day += 1
    town.state.held_until[:] = -1
    return town


@pytest.fixture
def referee(town):
    return Referee(town)


def action(town, row=0, channel="sms", hour=None, wording=None):
    lawful = next(
        h for h in town.spec.hours if town.hours.allow(np.array([row]), h, town.today.weekday())[0]
    )
    return {
        "person": int(town.ids[row]),
        "channel": channel,
        "hour": lawful if hour is None else hour,
        "wording": wording or town.spec.wordings[0],
    }


def reachable(town, channel="sms"):
    return int(np.flatnonzero(town.latents.reachable[:, town.world.channels.index(channel)])[0])


def decide(referee, *rows):
    return referee.actions(pl.DataFrame(list(rows)))


def test_a_lawful_contact_passes(town, referee):
    row = reachable(town)
    passed = decide(referee, action(town, row))
    assert passed.who.tolist() == [row]
    assert referee.refused == {}


@pytest.mark.parametrize(
    ("planted", "reason"),
    [
        (lambda town, row: action(town, row, hour=3), "hour"),
        (lambda town, row: action(town, row, hour=22), "hour"),
        (lambda town, row: action(town, row, channel="pigeon"), "unknown"),
        (lambda town, row: action(town, row, wording="shouting"), "unknown"),
        (lambda town, row: {**action(town, row), "person": 5}, "unknown"),
    ],
)
def test_a_planted_action_is_refused(town, referee, planted, reason):
    assert decide(referee, planted(town, reachable(town))).who.tolist() == []
    assert referee.refused == {reason: 1}


@pytest.mark.parametrize(
    "reason", ["held", "in_agreement", "settled", "opted_out", "unreachable", "closed", "per_week"]
)
def test_a_person_who_must_be_left_alone_is_left_alone(town, referee, reason):
    row, channel = reachable(town), town.world.channels.index("sms")
    state = town.state
    if reason == "held":
        state.held_until[row] = town.day + 1
    elif reason == "opted_out":
        state.opted_out[row, channel] = True
    elif reason == "unreachable":
        town.latents.reachable[row, channel] = False
    elif reason == "closed":
        while town.today not in town.spec.closed or town.today.weekday() > 4:
            town.day += 1
    elif reason == "per_week":
        state.sent_days[row, (town.day - 1) % 7] = town.spec.per_week
    else:
        getattr(state, reason)[row] = True
    assert decide(referee, action(town, row)).who.tolist() == []
    assert referee.refused == {reason: 1}


def test_caps_and_capacity_count_what_passes(town, referee):
    row = reachable(town)
    twice = [action(town, row)] * 2
    assert len(decide(referee, *twice).who) == 1
    assert referee.refused == {"per_day_and_channel": 1}
    capacity = town.spec.capacity["voice"]
    rows = np.flatnonzero(town.latents.reachable[:, town.world.channels.index("voice")])
    assert len(rows) > capacity
    calls = [action(town, int(one), channel="voice") for one in rows]
    assert len(decide(referee, *calls).who) == capacity
    assert referee.refused["capacity"] == len(rows) - capacity


def offer(town, row, discount, count):
    net = int(net_cents(town.state.balance_cents[[row]], np.array([discount]))[0])
    return {
        "person": int(town.ids[row]),
        "discount": discount,
        "instalments": count,
        "instalment_cents": net // count,
        "final": False,
    }


def test_an_offer_within_the_rules_is_shown(town, referee):
    discount = float(town.limits.most[3])
    shown = referee.offers(pl.DataFrame([offer(town, 3, discount, 2)]))
    assert referee.refused == {}
    assert shown.discount[3] == discount
    assert shown.instalments[3] == 2
    assert shown.discount[4] == town.limits.opening[4]


@pytest.mark.parametrize(
    ("planted", "reason"),
    [
        (lambda town: offer(town, 3, float(town.limits.most[3]) + 0.01, 2), "discount"),
        (lambda town: offer(town, 3, 0.0, int(town.limits.longest[3]) + 1), "instalments"),
        (lambda town: offer(town, 3, 0.0, 2) | {"instalment_cents": 7}, "amount"),
    ],
)
def test_an_offer_beyond_the_rules_is_not_shown(town, referee, planted, reason):
    shown = referee.offers(pl.DataFrame([planted(town)]))
    assert referee.refused == {reason: 1}
    assert shown.discount[3] == town.limits.opening[3]


def test_an_offer_worse_than_the_one_seen_is_not_shown(town, referee):
    state = town.state
    state.balance_cents[3] = 200_000
    state.seen_discount[3], state.seen_instalments[3] = town.limits.most[3] / 2, 4
    state.seen_instalment_cents[3] = 100
    referee.offers(pl.DataFrame([offer(town, 3, float(town.limits.most[3]) / 4, 4)]))
    assert referee.refused == {"worse": 1}
    referee.offers(pl.DataFrame([offer(town, 3, float(town.limits.most[3]), 2)]))
    assert referee.refused == {"worse": 2}
    better = referee.offers(pl.DataFrame([offer(town, 3, float(town.limits.most[3]), 4)]))
    assert referee.refused == {"worse": 2}
    assert better.discount[3] == town.limits.most[3]


def test_law_is_by_region_and_weekday(town):
    sunday = (6 - town.today.weekday()) % 7
    rows = np.arange(len(town.ids))
    assert not any(town.hours.allow(rows, hour, 6).any() for hour in range(24))
    assert (town.today + timedelta(days=sunday)).weekday() == 6
