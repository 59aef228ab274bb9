"""Who is reached on which channel at what hour, and who then comes: two stages, each learned.

Reached (read, answered by the right party) is frequent and tells about address and hour; coming
to the portal once reached is rare and tells about hour, words, pressure and the person. Segment
effects are online logistic regressions, personal ones shrunk log-odds by person, channel, hour.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.scoring.events import Contacts
from app.scoring.logistic import sigmoid
from app.scoring.personal import Personal
from app.scoring.priors import ENGAGE, REACH
from app.scoring.stage import Moment, Stage, closeness

Floats = NDArray[Any]
"""Single-precision floats."""
Rows = NDArray[np.int64]
OPTIMISM = 0.3
"""Standard deviations of the personal effect added while choosing: what is unknown gets tried."""
BOUNCED = np.float32(3.0)
"""A bounce counts as so many silences: the address is dead."""
ACTIVE = np.float32(0.15)
"""What a visit unasked tells about the person's hours, against an engaged contact's p(1 − p)."""


@dataclass(slots=True)
class Reach:
    """Both stages with their state; `hours` are the clock hours of the positions (H,)."""

    hours: NDArray[np.float32]
    channels: int
    reached: Stage
    engaged: Stage
    person: Personal
    by_channel: Personal
    by_hour: Personal
    keen: Personal
    keen_hour: Personal
    came: NDArray[np.float64]
    """(C, 2): engagements that led to a visit, engagements."""

    @classmethod
    def fresh(
        cls, people: int, traits: int, channels: Sequence[str], hours: tuple[int, ...]
    ) -> "Reach":
        """At the priors."""
        clock, count = np.array(hours, dtype=np.float32), len(channels)
        extra = ("visited", "refused")
        return cls(
            hours=clock,
            channels=count,
            reached=Stage.fresh(REACH, traits, channels, clock, by_trait=True, prior_of="reach"),
            engaged=Stage.fresh(
                ENGAGE, traits, channels, clock, by_trait=False, prior_of="engage", extra=extra
            ),
            person=Personal.of(people, 1, 0.2),
            by_channel=Personal.of(people, count, 0.8),
            by_hour=Personal.of(people, len(hours), 0.3),
            keen=Personal.of(people, 1, 0.3),
            keen_hour=Personal.of(people, len(hours), 0.3),
            came=np.tile([7.0, 10.0], (count, 1)),
        )

    def rows(self, positions: Rows) -> "Reach":
        """The same models with the effects of some people."""
        names = ("person", "by_channel", "by_hour", "keen", "keen_hour")
        return replace(self, **{name: getattr(self, name).rows(positions) for name in names})

    def surface(self, rows: Rows | slice, now: Moment, *, optimism: float = OPTIMISM) -> Floats:
        """The chance of a visit (m, C, H) by a contact today, words of average pull."""
        channel, hour = self.reached.linear(now)
        channel += self.by_channel.effect(rows) + self.person.effect(rows)
        if optimism:
            channel += np.float32(optimism) * np.sqrt(self.by_channel.spread(rows))
        hour += self.by_hour.effect(rows)
        chance = sigmoid(channel[:, :, None] + hour[:, None, :])
        channel, hour = self.engaged.linear(now)
        channel += self.keen.effect(rows)
        hour += self.keen_hour.effect(rows)
        chance *= sigmoid(channel[:, :, None] + hour[:, None, :])
        chance *= (self.came[:, 0] / self.came[:, 1]).astype(np.float32)[None, :, None]
        return chance

    def learn(self, contacts: Contacts, now: Moment, came: NDArray[np.bool_]) -> Floats:
        """Take in a day's contacts (m,) and whether the person came to the portal that day.

        Returns how likely each contact was to be engaged with (m,), words of average pull.
        """
        if not len(contacts.rows):
            return np.zeros(0, dtype=np.float32)
        first = self._learn_reached(contacts, now)
        second = self._learn_engaged(contacts, now)
        both = contacts.engaged & came
        for column, rows in enumerate((both, contacts.engaged)):
            self.came[:, column] += np.bincount(contacts.channel[rows], minlength=self.channels)
        return np.asarray(first * second, dtype=np.float32)

    def _learn_reached(self, contacts: Contacts, now: Moment) -> Floats:
        rows, channel, hour = contacts.rows, contacts.channel, contacts.hour
        one = np.zeros(len(rows), dtype=np.int8)
        effects = ((self.person, one), (self.by_channel, channel), (self.by_hour, hour))
        columns = self.reached.columns(contacts, now)
        offset = _sum([effect.at(rows, place) for effect, place in effects])
        chance = self.reached.chance(columns, offset)
        hard = np.where(contacts.bounced, BOUNCED, np.float32(1))
        _credit(effects, rows, contacts.reached, chance, hard)
        self.reached.model.learn(columns, contacts.reached, offset=offset)
        return chance

    def _learn_engaged(self, contacts: Contacts, now: Moment) -> Floats:
        rows, hour = contacts.rows, contacts.hour
        effects = ((self.keen, np.zeros(len(rows), dtype=np.int8)), (self.keen_hour, hour))
        columns = self.engaged.columns(contacts, now)
        offset = _sum([effect.at(rows, place) for effect, place in effects])
        chance = self.engaged.chance(columns, offset)
        there = contacts.reached
        kept = [(effect, place[there]) for effect, place in effects]
        ones = np.ones(int(there.sum()), dtype=np.float32)
        _credit(kept, rows[there], contacts.engaged[there], chance[there], ones)
        self.engaged.model.learn(columns[there], contacts.engaged[there], offset=offset[there])
        return chance

    def active(self, rows: Rows, hour: NDArray[np.int8]) -> None:
        """People (v,) who came unasked at a clock hour: their hours, whatever the channel."""
        timed = hour >= 0
        near = closeness(self.hours, hour[timed])
        near -= near.mean(axis=1, keepdims=True)
        places = np.tile(np.arange(len(self.hours), dtype=np.int8), int(timed.sum()))
        many = np.repeat(rows[timed], len(self.hours))
        bend = np.full(len(many), ACTIVE / len(self.hours), dtype=np.float32)
        nobody = np.zeros(len(many), dtype=np.float32)
        self.keen_hour.absorb(many, places, near.ravel() * ACTIVE, bend, nobody)

    def settle(self, forgotten: float) -> None:
        """Once a day: fade what is old, learn how different people are."""
        for stage in (self.reached, self.engaged):
            stage.model.forget(forgotten)
        for effects in (self.person, self.by_channel, self.by_hour, self.keen, self.keen_hour):
            effects.settle()


def _sum(parts: Sequence[Floats]) -> Floats:
    return np.asarray(np.sum(parts, axis=0), dtype=np.float32)


def _credit(
    effects: Sequence[tuple[Personal, NDArray[np.int8]]],
    rows: Rows,
    outcome: NDArray[np.bool_],
    chance: Floats,
    hard: Floats,
) -> None:
    """Share what was not expected among the effects of a person."""
    error: Floats = ((outcome - chance) * hard).astype(np.float32)
    bend = chance * (1 - chance) * hard
    spreads = [effect.spread_at(rows, place) for effect, place in effects]
    total = _sum(spreads)
    for (effect, place), own in zip(effects, spreads, strict=True):
        effect.absorb(rows, place, error, bend, total - own)
