"""What a policy says of a day: whom to contact how, and what each person sees who comes."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import polars as pl

from tests.elsewhere.draw import Column, Flags, Whole
from tests.elsewhere.town import Standing, Town


@dataclass(frozen=True, slots=True)
class Contacts:
    """One row per contact: the person's row, and places among channels, hours and wordings."""

    who: Whole
    channel: Whole
    hour: Whole
    wording: Whole

    def only(self, rows: Whole | Flags) -> "Contacts":
        """Some of them."""
        return Contacts(self.who[rows], self.channel[rows], self.hour[rows], self.wording[rows])


@dataclass(frozen=True, slots=True)
class Offers:
    """One row per person. `discount`: share of the balance; no instalments: nothing is offered."""

    discount: Column
    instalments: Whole
    instalment_cents: Column
    final: Flags


@dataclass(frozen=True, slots=True)
class Plan:
    """A day."""

    contacts: Contacts
    offers: Offers


class Policy(Protocol):
    """What can work in a town."""

    def plan(self, town: Town) -> Plan:
        """The contacts and offers of the town's day."""

    def learn(self, town: Town, events: pl.DataFrame) -> None:
        """What happened on it."""


def offer(standing: Standing, discount: Column, instalments: Whole) -> Offers:
    """The offer of these terms to everybody who has no agreement and owes something."""
    closed = standing.agreed | standing.settled | (standing.owed_cents <= 0)
    count = np.where(closed, 0, instalments)
    cents = standing.owed_cents * (1 - discount) / np.maximum(count, 1)
    return Offers(discount, count, np.where(count > 0, cents, 0), np.zeros(len(count), dtype=bool))


def longest_within(standing: Standing, discount: Column, wanted: Whole, most: Whole, least_cents: Column) -> Whole:  # fmt: skip
    """The number of instalments nearest to `wanted` that no rule forbids."""
    affordable = np.floor(standing.owed_cents * (1 - discount) / least_cents).astype(np.int64)
    return np.clip(np.minimum(np.minimum(wanted, most), affordable), 1, None)


def within_capacity(town: Town, channel: Whole, value: Column) -> Flags:
    """Which contacts remain when each scarce channel takes the most valuable only."""
    creditor, remains = town.world.creditor, np.ones(len(channel), dtype=bool)
    for place, name in enumerate(creditor.channels):
        room, rows = creditor.capacity[name], np.flatnonzero(channel == place)
        if room is not None:
            remains[rows[np.argsort(-value[rows], kind="stable")[room:]]] = False
    return remains
