"""Bounces: an address that fails twice is dead; where good ones fail often, it is not."""

import numpy as np
import pytest

from app.scoring.addresses import Addresses
from app.scoring.events import Contacts


def contacts(channel, bounced) -> Contacts:
    """A day's contacts, one a person, of which only the bounces are told."""
    count, none = len(bounced), np.full(len(bounced), -1, dtype=np.int8)
    nothing = np.zeros(count, dtype=bool)
    return Contacts(
        rows=np.arange(count),
        channel=np.full(count, channel, dtype=np.int8),
        hour=none,
        wording=none,
        delivered=~bounced,
        bounced=bounced,
        reached=nothing,
        engaged=nothing,
    )


def lived(dead: float, passing: float, people=2_000, days=6):
    """Addresses of two channels, used daily on the first: what is known of them at the end."""
    drawn = np.random.default_rng(4)
    addresses = Addresses.fresh(2)
    failures = np.zeros((people, 2), dtype=np.uint8)
    arrived = np.zeros((people, 2), dtype=bool)
    is_dead = drawn.random(people) < dead
    for _ in range(days):
        bounced = is_dead | (drawn.random(people) < passing)
        addresses.learn(contacts(0, bounced), failures[:, 0], arrived[:, 0])
        failures[:, 0] = np.where(bounced, failures[:, 0] + 1, 0)
        arrived[:, 0] |= ~bounced
    return addresses, is_dead


def chance(addresses, failures, arrived) -> float:
    found = addresses.alive(np.full((1, 2), failures, np.uint8), np.full((1, 2), arrived))
    return float(found[0, 0])


def test_an_address_that_bounces_twice_is_given_up():
    addresses, _ = lived(dead=0.15, passing=0.02)
    assert chance(addresses, 0, False) == pytest.approx(0.85, abs=0.04)
    assert chance(addresses, 1, False) < 0.3
    assert chance(addresses, 2, False) < 0.02
    assert chance(addresses, 0, True) > 0.98


def test_one_bounce_of_an_address_that_worked_is_forgiven():
    addresses, _ = lived(dead=0.15, passing=0.02)
    assert chance(addresses, 1, True) > 0.5
    assert chance(addresses, 4, True) < 0.01


def test_where_good_addresses_bounce_often_a_bounce_says_little():
    addresses, _ = lived(dead=0.0, passing=0.3)
    assert chance(addresses, 1, False) > 0.9


def test_where_nobody_tells_of_bounces_every_address_works():
    addresses, _ = lived(dead=0.0, passing=0.0)
    assert chance(addresses, 0, False) > 0.99
    assert chance(addresses, 0, True) > 0.98


def test_what_is_learned_of_one_channel_is_not_said_of_another():
    addresses, _ = lived(dead=0.3, passing=0.02)
    fresh = Addresses.fresh(2)
    nothing = np.zeros((1, 2), dtype=np.uint8), np.zeros((1, 2), dtype=bool)
    assert addresses.alive(*nothing)[0, 1] == fresh.alive(*nothing)[0, 1]
