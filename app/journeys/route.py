"""Who may be contacted how, and who will be: hard rules first, then value, then scarce places."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntFlag

import numpy as np
from numpy.typing import NDArray

from app.journeys.spec import Spec
from app.scoring.features import History
from app.scoring.people import People

Floats = NDArray[np.float32]
Rows = NDArray[np.int64]


class Because(IntFlag):
    """Reasons of a contact; several hold together."""

    INCREMENTAL = 1
    CREDITOR_RULES = 2
    PREFERRED_CHANNEL = 4
    PREFERRED_HOUR = 8
    REACHED_HERE_BEFORE = 16
    OTHER_CHANNEL_THAN_LAST = 32
    CAME_WITHOUT_CLOSING = 64
    BETTER_OFFER_WAITS = 128
    SCARCE_PLACE = 256
    EXPLORED = 512


@dataclass(frozen=True, slots=True)
class Eligible:
    """What is allowed today for `m` people: channel and hour are independent of each other."""

    channel: NDArray[np.bool_]
    """(m, C)."""
    hour: NDArray[np.bool_]
    """(m, H)."""

    def bits(self) -> NDArray[np.uint64]:
        """The set as bits, channel × H + hour (m,)."""
        found = np.zeros(len(self.channel), dtype=np.uint64)
        hours = np.zeros(len(self.channel), dtype=np.uint64)
        count = self.hour.shape[1]
        for at in range(count):
            hours |= self.hour[:, at].astype(np.uint64) << np.uint64(at)
        for at in range(self.channel.shape[1]):
            found |= np.where(self.channel[:, at], hours << np.uint64(at * count), np.uint64(0))
        return found


def legal_hours(people: People, spec: Spec, day: date) -> NDArray[np.bool_]:
    """Which hours are legal where each region's people live (regions, H)."""
    if not people.regions:
        return np.zeros((0, len(spec.hours)), dtype=bool)
    return np.stack([spec.open_hours(region, day) for region in people.regions])


def eligible(
    people: People,
    history: History,
    rows: Rows,
    spec: Spec,
    legal: NDArray[np.bool_],
    day: date,
) -> Eligible:
    """What may be done with `rows` of the people today; `history` holds just those rows.

    Nobody who agreed, settled, complained, promised lately or is on hold; never beyond a cap.
    A day before the history's clock counts what is known later: caps are never passed.
    """
    free = history.open() & (history.complaints == 0)
    free &= history.quiet_until < day.toordinal()
    same_day = history.clock >= day.toordinal()
    free &= _in_week(history, day) < spec.per_week
    if same_day:
        free &= history.on_clock() < spec.per_day
    if spec.per_day < 1 or spec.per_day_and_channel < 1:
        free[:] = False
    channel = people.reachable[rows] & ~history.opted_out & free[:, None]
    if same_day:
        channel &= history.today < spec.per_day_and_channel
    return Eligible(channel, legal[people.region[rows]])


def _in_week(history: History, day: date) -> NDArray[np.int64]:
    """Contacts in the six days before `day` and on it (m,)."""
    ahead = day.toordinal() - history.clock
    if ahead <= 0:
        return history.in_week()
    kept = [(history.clock - back) % 7 for back in range(max(0, 7 - ahead))]
    return np.asarray(history.recent[:, kept].sum(axis=1), dtype=np.int64)


def pressure(history: History, day: date) -> NDArray[np.int64]:
    """Contacts in the week up to `day` (m,)."""
    return _in_week(history, day)


@dataclass(frozen=True, slots=True)
class Best:
    """The best hour of each channel for `m` people, before prices."""

    values: Floats
    """(m, C) cents; −inf where the channel may not be used."""
    hour: NDArray[np.int8]
    """(m, C)."""


def best_hours(values: Floats, may: Eligible) -> Best:
    """The most valuable legal hour per channel; `values` (m, C, H) is overwritten."""
    values += np.where(may.hour, np.float32(0), np.float32(-np.inf))[:, None, :]
    hour = values.argmax(axis=2).astype(np.int8)
    best = np.take_along_axis(values, hour[:, :, None].astype(np.int64), axis=2)[:, :, 0]
    best[~may.channel] = -np.inf
    return Best(best, hour)


def explore(
    channel: NDArray[np.int8],
    hour: NDArray[np.int8],
    may: Eligible,
    free: NDArray[np.bool_],
    share: float,
    uniforms: NDArray[np.float64],
) -> tuple[NDArray[np.int8], NDArray[np.int8], NDArray[np.float64], NDArray[np.bool_]]:
    """For `share` of the contacts (m,) any other option, evenly: channel, hour, chance, explored.

    Options are the `free` (C,) channels (those without capacity limits) at every legal hour, and
    the one that was chosen; each keeps an exact chance.
    """
    open_channels = may.channel & free
    options = open_channels.sum(axis=1) * may.hour.sum(axis=1)
    own = ~open_channels[np.arange(len(channel)), channel]
    total = options + own
    exploring = (uniforms[:, 0] < share) & (total > 0)
    pick = (uniforms[:, 1] * np.maximum(total, 1)).astype(np.int64)
    across = np.maximum(may.hour.sum(axis=1), 1)
    nth_channel, nth_hour = np.divmod(pick, across)
    to_channel = (open_channels.cumsum(axis=1) > nth_channel[:, None]).argmax(axis=1)
    to_hour = (may.hour.cumsum(axis=1) > nth_hour[:, None]).argmax(axis=1)
    moved = exploring & (pick < options)
    new_channel = np.where(moved, to_channel, channel).astype(np.int8)
    new_hour = np.where(moved, to_hour, hour).astype(np.int8)
    same = (new_channel == channel) & (new_hour == hour)
    chance = (1 - share) * same + share / np.maximum(total, 1)
    return new_channel, new_hour, chance, exploring


def by_rules(
    history: History, may: Eligible, spec: Spec, places: Sequence[int], day: date
) -> tuple[NDArray[np.int8], int]:
    """The creditor's own way: the first channel in order, at the set hour, every so many days.

    Returns the channel (m,), −1 for no contact, and the hour's position.
    """
    hour = spec.hours.index(spec.incumbent.hour) if spec.incumbent.hour in spec.hours else 0
    chosen = np.full(len(history.contacts), -1, dtype=np.int8)
    for place in reversed(places):
        chosen[may.channel[:, place]] = place
    due = day.toordinal() - history.contacted_on >= spec.incumbent.spacing_days
    chosen[~due | ~may.hour[:, hour]] = -1
    return chosen, hour


def names_of(because: int) -> list[str]:
    """The codes of a set of reasons."""
    return [one.name.lower() for one in Because if one & because and one.name]
