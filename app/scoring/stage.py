"""One stage of a contact (reached; then engaged) as a logistic regression over its moment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.scoring.blocks import Blocks
from app.scoring.events import Contacts
from app.scoring.logistic import Logistic, sigmoid
from app.scoring.priors import BY_CHANNEL, Prior

Floats = NDArray[Any]
"""Single-precision floats."""
WEEKLY = 3.0
"""Contacts a week that count as one unit of pressure."""
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
class Stage:
    """A chance per channel and hour; `by_trait`: channels differ by trait too."""

    hours: NDArray[np.float32]
    channels: int
    by_trait: bool
    extra: tuple[str, ...]
    blocks: Blocks
    model: Logistic

    @classmethod
    def fresh(
        cls,
        priors: Mapping[str, Prior],
        traits: int,
        channels: Sequence[str],
        hours: NDArray[np.float32],
        *,
        by_trait: bool,
        prior_of: str,
        extra: tuple[str, ...] = (),
    ) -> "Stage":
        """At the priors; channels of a known name start where `prior_of` says."""
        wide, count = traits - 1, len(hours)
        blocks = Blocks.of([
            ("intercept", 1), ("trait", wide), ("channel", len(channels)),
            ("channel_trait", len(channels) * wide * by_trait), ("hour", count),
            ("hour_trait", count * wide), ("preferred_channel", 1), ("acquired_through", 1),
            ("preferred_hour", 1), ("pressure", 1), ("same_channel", 1), ("same_wording", 1),
            ("weekend", 1), ("payday", 1), *((name, 1) for name in extra),
        ])  # fmt: skip
        model = blocks.model({"channel_trait": Prior(0.0, 0.2), **priors})
        starts = [BY_CHANNEL.get(name, {}).get(prior_of, 0.0) for name in channels]
        for place in (model.mean, model.prior_mean):
            place[blocks["channel"]] = starts
        return cls(hours, len(channels), by_trait, extra, blocks, model)

    def chance(self, columns: Floats, offset: Floats) -> Floats:
        """Chances (m,) of rows of `columns`, with personal log-odds on top."""
        linear = columns @ self.model.mean.astype(np.float32) + offset
        return np.asarray(sigmoid(linear), dtype=np.float32)

    def linear(self, now: Moment) -> tuple[Floats, Floats]:
        """Log-odds by channel (m, C), all that depends on the person included, and what each
        hour adds (m, H)."""
        beta, at = self.model.mean.astype(np.float32), self.blocks
        rest, wide = now.traits[:, 1:], now.traits.shape[1] - 1
        base = rest @ beta[at["trait"]] + beta[at["intercept"]][0]
        base += np.float32(now.weekend) * beta[at["weekend"]][0]
        for name in ("pressure", "payday", *self.extra):
            base += getattr(now, name) * beta[at[name]][0]
        channel = base[:, None] + beta[at["channel"]]
        if self.by_trait:
            channel += rest @ beta[at["channel_trait"]].reshape(self.channels, wide).T
        for places, name in (
            (now.preferred, "preferred_channel"),
            (now.acquired, "acquired_through"),
            (now.last_channel, "same_channel"),
        ):
            _mark(channel, places, beta[at[name]][0])
        hour = rest @ beta[at["hour_trait"]].reshape(len(self.hours), wide).T + beta[at["hour"]]
        hour += closeness(self.hours, now.preferred_hour) * beta[at["preferred_hour"]][0]
        return channel, hour

    def columns(self, contacts: Contacts, now: Moment) -> Floats:
        """Contacts (m,) as rows of the regression (m, width)."""
        at, rest, channel = self.blocks, now.traits[:, 1:], contacts.channel
        columns, here = at.empty(len(rest)), np.arange(len(rest))
        timed = np.flatnonzero(contacts.hour >= 0)
        near = closeness(self.hours, now.preferred_hour)
        columns[:, at["intercept"]] = 1
        columns[:, at["trait"]] = rest
        columns[here, at["channel"].start + channel.astype(np.int64)] = 1
        if self.by_trait:
            _spread(columns, at["channel_trait"].start, channel, rest)
        columns[timed, at["hour"].start + contacts.hour[timed].astype(np.int64)] = 1
        _spread(columns, at["hour_trait"].start, contacts.hour, rest)
        columns[timed, at["preferred_hour"].start] = near[timed, contacts.hour[timed]]
        columns[:, at["preferred_channel"].start] = now.preferred == channel
        columns[:, at["acquired_through"].start] = now.acquired == channel
        columns[:, at["same_channel"].start] = now.last_channel == channel
        same = (now.last_wording == contacts.wording) & (contacts.wording >= 0)
        columns[:, at["same_wording"].start] = same
        for name in ("pressure", "weekend", "payday", *self.extra):
            columns[:, at[name].start] = getattr(now, name)
        return columns


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
