"""Who is reached on which channel at what hour, and who then comes: two stages, each learned.

Reached (read, answered by the right party) is frequent and tells about address and hour; coming
to the portal once reached is rare and tells about words, pressure and the person. Segment effects
are online logistic regressions, personal ones shrunk log-odds by person, channel and hour.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.scoring.blocks import Blocks
from app.scoring.events import Contacts
from app.scoring.logistic import Logistic, sigmoid
from app.scoring.personal import Personal
from app.scoring.priors import ENGAGE, REACH

Floats = NDArray[Any]
"""Single-precision floats."""
Rows = NDArray[np.int64]
WEEKLY = 3.0
"""Contacts a week that count as one unit of pressure."""
OPTIMISM = 0.3
"""Standard deviations of the personal effect added while choosing: what is unknown gets tried."""
HOUR_SCALE = 3.0


@dataclass(frozen=True, slots=True)
class Moment:
    """What holds for each of `m` people on the day of a contact."""

    traits: Floats
    preferred: NDArray[np.int8]
    acquired: NDArray[np.int8]
    preferred_hour: NDArray[np.int8]
    """Clock hour, −1 unknown."""
    pressure: Floats
    """Contacts in the last seven days ÷ WEEKLY."""
    last_channel: NDArray[np.int8]
    last_wording: NDArray[np.int8]
    weekend: bool
    payday: Floats
    """Closeness to payday, 0…1."""
    visited: Floats
    refused: Floats


@dataclass(slots=True)
class Reach:
    """Both stages with their state; `hours` are the clock hours of the positions (H,)."""

    hours: NDArray[np.float32]
    channels: int
    reach_blocks: Blocks
    engage_blocks: Blocks
    reached: Logistic
    engaged: Logistic
    person: Personal
    by_channel: Personal
    by_hour: Personal
    keen: Personal
    came: NDArray[np.float64]
    """(C, 2): engagements that led to a visit, engagements."""

    @classmethod
    def fresh(cls, people: int, traits: int, channels: int, hours: tuple[int, ...]) -> "Reach":
        """At the priors."""
        count = len(hours)
        first = Blocks.of([
            ("intercept", 1), ("trait", traits - 1), ("channel", channels),
            ("channel_trait", channels * (traits - 1)), ("hour", count),
            ("hour_trait", count * (traits - 1)), ("preferred_channel", 1),
            ("acquired_through", 1), ("preferred_hour", 1), ("pressure", 1),
            ("same_channel", 1), ("same_wording", 1), ("weekend", 1), ("payday", 1),
        ])  # fmt: skip
        second = Blocks.of([
            ("intercept", 1), ("trait", traits - 1), ("channel", channels),
            ("pressure", 1), ("same_channel", 1), ("same_wording", 1), ("weekend", 1),
            ("payday", 1), ("visited", 1), ("refused", 1),
        ])  # fmt: skip
        return cls(
            hours=np.array(hours, dtype=np.float32),
            channels=channels,
            reach_blocks=first,
            engage_blocks=second,
            reached=first.model(REACH),
            engaged=second.model(ENGAGE),
            person=Personal.of(people, 1, 0.2),
            by_channel=Personal.of(people, channels, 0.8),
            by_hour=Personal.of(people, count, 0.4),
            keen=Personal.of(people, 1, 0.3),
            came=np.tile([7.0, 10.0], (channels, 1)),
        )

    def rows(self, positions: Rows) -> "Reach":
        """The same models with the effects of some people."""
        return replace(
            self,
            person=self.person.rows(positions),
            by_channel=self.by_channel.rows(positions),
            by_hour=self.by_hour.rows(positions),
            keen=self.keen.rows(positions),
        )

    def surface(self, rows: Rows | slice, now: Moment, *, optimism: float = OPTIMISM) -> Floats:
        """The chance of a visit (m, C, H) by a contact today, words of average pull."""
        chance = sigmoid(self._reach_linear(rows, now, optimism))
        pull = sigmoid(self._engage_linear(rows, now))
        came = (self.came[:, 0] / self.came[:, 1]).astype(np.float32)
        chance *= (pull * came)[:, :, None]
        return chance

    def _reach_linear(self, rows: Rows | slice, now: Moment, optimism: float) -> Floats:
        """Log-odds (m, C, H)."""
        beta, at = self.reached.mean.astype(np.float32), self.reach_blocks
        wide = now.traits.shape[1] - 1
        rest = now.traits[:, 1:]
        base = rest @ beta[at["trait"]] + beta[at["intercept"]][0] + self.person.effect(rows)[:, 0]
        base += now.pressure * beta[at["pressure"]][0] + now.payday * beta[at["payday"]][0]
        base += np.float32(now.weekend) * beta[at["weekend"]][0]
        channel = rest @ beta[at["channel_trait"]].reshape(self.channels, wide).T
        channel += beta[at["channel"]] + self.by_channel.effect(rows) + base[:, None]
        _mark(channel, now.preferred, beta[at["preferred_channel"]][0])
        _mark(channel, now.acquired, beta[at["acquired_through"]][0])
        _mark(channel, now.last_channel, beta[at["same_channel"]][0])
        if optimism:
            channel += np.float32(optimism) * np.sqrt(self.by_channel.spread(rows))
        hour = rest @ beta[at["hour_trait"]].reshape(len(self.hours), wide).T
        hour += beta[at["hour"]] + self.by_hour.effect(rows)
        hour += closeness(self.hours, now.preferred_hour) * beta[at["preferred_hour"]][0]
        return channel[:, :, None] + hour[:, None, :]

    def _engage_linear(self, rows: Rows | slice, now: Moment) -> Floats:
        """Log-odds (m, C)."""
        beta, at = self.engaged.mean.astype(np.float32), self.engage_blocks
        base = now.traits[:, 1:] @ beta[at["trait"]] + beta[at["intercept"]][0]
        base += self.keen.effect(rows)[:, 0] + np.float32(now.weekend) * beta[at["weekend"]][0]
        for name in ("pressure", "payday", "visited", "refused"):
            base += getattr(now, name) * beta[at[name]][0]
        channel = base[:, None] + beta[at["channel"]]
        _mark(channel, now.last_channel, beta[at["same_channel"]][0])
        return np.asarray(channel, dtype=np.float32)

    def learn(self, contacts: Contacts, now: Moment, came: NDArray[np.bool_]) -> Floats:
        """Take in a day's contacts (m,) and whether the person came to the portal that day.

        Returns how likely each contact was to be engaged with (m,), words of average pull.
        """
        if not len(contacts.rows):
            return np.zeros(0, dtype=np.float32)
        first = self._reach_columns(contacts, now)
        offset = self._offset(contacts)
        chance = sigmoid(first @ self.reached.mean.astype(np.float32) + offset)
        second = self._engage_columns(contacts, now)
        keen = self.keen.effect(contacts.rows)[:, 0]
        pull = sigmoid(second @ self.engaged.mean.astype(np.float32) + keen)
        self._credit(contacts, chance.astype(np.float32))
        self.reached.learn(first, contacts.reached, offset=offset)
        self._learn_pull(contacts, second[contacts.reached])
        both = contacts.engaged & came
        for column, rows in enumerate((both, contacts.engaged)):
            self.came[:, column] += np.bincount(contacts.channel[rows], minlength=self.channels)
        return (chance * pull).astype(np.float32)

    def _learn_pull(self, contacts: Contacts, columns: Floats) -> None:
        rows, outcome = contacts.rows[contacts.reached], contacts.engaged[contacts.reached]
        offset = self.keen.effect(rows)[:, 0]
        chance = sigmoid(columns @ self.engaged.mean.astype(np.float32) + offset)
        nobody = np.zeros(len(rows), dtype=np.float32)
        self.keen.absorb(
            rows,
            np.zeros(len(rows), dtype=np.int8),
            (outcome - chance).astype(np.float32),
            (chance * (1 - chance)).astype(np.float32),
            nobody,
        )
        self.engaged.learn(columns, outcome, offset=offset)

    def _offset(self, contacts: Contacts) -> Floats:
        rows, channel, hour = contacts.rows, contacts.channel, contacts.hour
        here = np.arange(len(rows))
        found = self.person.effect(rows)[:, 0] + self.by_channel.effect(rows)[here, channel]
        return found + np.where(hour >= 0, self.by_hour.effect(rows)[here, hour], 0)

    def _credit(self, contacts: Contacts, chance: Floats) -> None:
        """Share what was not expected among person, channel and hour."""
        rows, channel, hour = contacts.rows, contacts.channel, contacts.hour
        here = np.arange(len(rows))
        error: Floats = (contacts.reached - chance).astype(np.float32)
        bend = chance * (1 - chance)
        spreads = (
            self.person.spread(rows)[:, 0],
            self.by_channel.spread(rows)[here, channel],
            np.where(hour >= 0, self.by_hour.spread(rows)[here, hour], 0),
        )
        total = spreads[0] + spreads[1] + spreads[2]
        one = np.zeros(len(rows), dtype=np.int8)
        # A bounce says more than silence: the address is dead.
        hard = np.where(contacts.bounced, np.float32(3.0), np.float32(1.0))
        self.person.absorb(rows, one, error, bend, total - spreads[0])
        self.by_channel.absorb(rows, channel, error * hard, bend * hard, total - spreads[1])
        self.by_hour.absorb(rows, hour, error, bend, total - spreads[2])

    def _reach_columns(self, contacts: Contacts, now: Moment) -> Floats:
        at, rest = self.reach_blocks, now.traits[:, 1:]
        columns = at.empty(len(rest))
        here, wide = np.arange(len(rest)), rest.shape[1]
        columns[:, at["intercept"]] = 1
        columns[:, at["trait"]] = rest
        columns[here, at["channel"].start + contacts.channel] = 1
        _spread(columns, at["channel_trait"].start, contacts.channel, rest)
        timed = contacts.hour >= 0
        columns[here[timed], at["hour"].start + contacts.hour[timed]] = 1
        _spread(columns, at["hour_trait"].start, contacts.hour, rest)
        near = closeness(self.hours, now.preferred_hour)
        columns[here[timed], at["preferred_hour"].start] = near[here[timed], contacts.hour[timed]]
        columns[:, at["preferred_channel"].start] = now.preferred == contacts.channel
        columns[:, at["acquired_through"].start] = now.acquired == contacts.channel
        _common(columns, at, contacts, now)
        assert wide * self.channels == at["channel_trait"].stop - at["channel_trait"].start
        return columns

    def _engage_columns(self, contacts: Contacts, now: Moment) -> Floats:
        at, rest = self.engage_blocks, now.traits[:, 1:]
        columns = at.empty(len(rest))
        here = np.arange(len(rest))
        columns[:, at["intercept"]] = 1
        columns[:, at["trait"]] = rest
        columns[here, at["channel"].start + contacts.channel] = 1
        columns[:, at["visited"].start] = now.visited
        columns[:, at["refused"].start] = now.refused
        _common(columns, at, contacts, now)
        return columns

    def settle(self, forgotten: float) -> None:
        """Once a day: fade what is old, learn how different people are."""
        for model in (self.reached, self.engaged):
            model.forget(forgotten)
        for effects in (self.person, self.by_channel, self.by_hour, self.keen):
            effects.settle()


def closeness(hours: Floats, preferred: NDArray[np.int8]) -> Floats:
    """How near each hour is to the one a person prefers (m, H), 0…1; 0 where none is known."""
    apart = np.abs(hours[None, :] - preferred[:, None].astype(np.float32))
    near: Floats = np.exp(-apart / np.float32(HOUR_SCALE))
    near[preferred < 0] = 0
    return near


def _mark(table: Floats, places: NDArray[np.int8], value: np.float32) -> None:
    known = np.flatnonzero(places >= 0)
    table[known, places[known]] += value


def _spread(columns: Floats, start: int, places: NDArray[np.int8], rest: Floats) -> None:
    """Put each row's traits into the columns of its place."""
    wide = rest.shape[1]
    known = np.flatnonzero(places >= 0)
    target = start + places[known, None].astype(np.int64) * wide + np.arange(wide)
    columns[known[:, None], target] = rest[known]


def _common(columns: Floats, at: Blocks, contacts: Contacts, now: Moment) -> None:
    columns[:, at["pressure"].start] = now.pressure
    columns[:, at["same_channel"].start] = now.last_channel == contacts.channel
    same = (now.last_wording == contacts.wording) & (contacts.wording >= 0)
    columns[:, at["same_wording"].start] = same
    columns[:, at["weekend"].start] = now.weekend
    columns[:, at["payday"].start] = now.payday
