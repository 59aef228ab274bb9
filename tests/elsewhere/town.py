"""A world that is lived in: where every person stands, and the luck of every day."""

from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np

from tests.elsewhere.draw import Column, Flags, Whole
from tests.elsewhere.parameters import HELD_AT_START_DAYS
from tests.elsewhere.world import World
from tests.worlds.journal import Journal

NEVER, LONG_AGO = 10**6, -99
"""Day numbers after the last, and before the first."""
WEEK = 7


class Luck(IntEnum):
    """What a day's random numbers decide."""

    DELIVERED = 1
    READS = 2
    ENGAGES = 3
    COMES = 4
    TOMORROW = 5
    COMPLAINS = 6
    OPTS_OUT = 7
    OF_EVERYTHING = 8
    DISPUTES = 9
    UNASKED = 10
    AGREES = 11
    HOUR = 12
    PAYS = 13


@dataclass(slots=True)
class Standing:
    """One row per person; days are numbers from 0, amounts cents."""

    owed_cents: Column
    agreed: Flags
    settled: Flags
    held: Flags
    released_on: Whole
    opted_out: Flags
    """By channel."""
    contacted: Flags
    """By day, from a week before the first."""
    contacts: Whole
    last_contact: Whole
    last_wording: Whole
    first_visit: Whole
    """−1 for none."""
    last_visit: Whole
    comes_tomorrow: Flags
    seen_discount: Column
    """The best a person has seen; −1 for none."""
    instalment_cents: Column
    instalments: Whole
    paid: Whole
    """Instalments of the agreement that stands."""
    due_on: Whole
    fails_at: Whole
    """The number of the instalment that will be missed, from 0."""
    agreed_on: Whole
    """−1 for never."""
    breaks_on: Whole
    agreements: Whole
    broken: Whole
    visits: Whole
    complaints: Whole
    opt_outs: Whole
    paid_cents: Column
    expected_cents: Column
    """After the last day, within the horizon of the agreement."""
    contact_cents: Column

    def contacts_within(self, day: int, days: int) -> Whole:
        """How many contacts each person got in so many days before this one; at most 7."""
        return self.contacted[:, day + WEEK - days : day + WEEK].sum(axis=1)

    @property
    def is_free(self) -> Flags:
        """Who may be contacted at all."""
        return ~self.agreed & ~self.settled & ~self.held


@dataclass(slots=True)
class Town:
    """A world in the middle of its run, under one policy."""

    world: World
    standing: Standing = field(init=False)
    journal: Journal = field(init=False)
    day: int = 0

    def __post_init__(self) -> None:
        self.standing = _first_morning(self.world)
        self.journal = Journal(np.arange(self.world.creditor.people))

    def luck(self, what: Luck, *shape: int) -> Column:
        """Today's numbers in [0, 1) by person (and `shape`), the same under every policy."""
        random = np.random.default_rng([self.world.luck_seed, what, self.day])
        return random.random((self.world.creditor.people, *shape))


def _first_morning(world: World) -> Standing:
    people, channels = world.creditor.people, len(world.creditor.channels)
    held = world.people.held

    def whole(value: int = 0) -> Whole:
        return np.full(people, value, dtype=np.int64)

    def no(*shape: int) -> Flags:
        return np.zeros((people, *shape), dtype=bool)

    return Standing(
        owed_cents=world.people.balance_cents.astype(float),
        agreed=no(),
        settled=no(),
        held=held.copy(),
        released_on=np.where(held, HELD_AT_START_DAYS, NEVER),
        opted_out=no(channels),
        contacted=no(world.creditor.days + WEEK),
        contacts=whole(),
        last_contact=whole(-NEVER),
        last_wording=whole(-1),
        first_visit=whole(-1),
        last_visit=whole(LONG_AGO),
        comes_tomorrow=no(),
        seen_discount=np.full(people, -1.0),
        instalment_cents=np.zeros(people),
        instalments=whole(),
        paid=whole(),
        due_on=whole(NEVER),
        fails_at=whole(NEVER),
        agreed_on=whole(-1),
        breaks_on=whole(NEVER),
        agreements=whole(),
        broken=whole(),
        visits=whole(),
        complaints=whole(),
        opt_outs=whole(),
        paid_cents=np.zeros(people),
        expected_cents=np.zeros(people),
        contact_cents=np.zeros(people),
    )
