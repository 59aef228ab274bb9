"""A town of a drawn world, before anything happened in it."""

from dataclasses import replace

import pytest

from tests.elsewhere.town import Town
from tests.elsewhere.world import draw_world

DAYS = 30
"""Shorter than a world's own, for the sake of quick tests."""


@pytest.fixture(scope="session")
def world():
    world = draw_world(11, "base")
    return replace(world, creditor=replace(world.creditor, days=DAYS))


@pytest.fixture
def town(world):
    """On its first day on which the law allows everybody to be contacted at some hour."""
    town = Town(world)
    while not world.lawful(town.day).any(axis=1).all():
        town.day += 1
    return town
