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


HALF_DAYS = 3.0
ALIKE = 0.01
"""Values that differ by less of themselves promise as much."""


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
    SOON_AFTER_PAYDAY = 1024
    SOON_AFTER_WAGES = 2048
    ONLY_CHANNEL = 4096
    BEST_CHANNEL = 8192
    BEST_HOUR = 16_384
    FIRST_MESSAGE = 32_768
    RESTED = 65_536
    WITHIN_BUDGET = 131_072
    HOURS_ALIKE = 262_144


@dataclass(frozen=True, slots=True)
class Eligible:
    """What is allowed today for `m` people: channel and hour are independent of each other."""

    channel: NDArray[np.bool_]
    """(m, C)."""
    hour: NDArray[np.bool_]
    """(m, H)."""

    def rows(self, positions: Rows) -> "Eligible":
        """What some of them may get."""
        return Eligible(self.channel[positions], self.hour[positions])

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


def pressure(history: History, day: date) -> Floats:
    """Contacts of the last week (m,), each counting half as much every three days."""
    ahead = max(day.toordinal() - history.clock, 0)
    backs = range(max(0, 7 - ahead))
    places = [(history.clock - back) % 7 for back in backs]
    weight = np.array([0.5 ** ((back + ahead) / HALF_DAYS) for back in backs], dtype=np.float32)
    return np.asarray(history.recent[:, places] @ weight, dtype=np.float32)


def as_good_as(best: Floats) -> Floats:
    """What promises as much as the best (m,), cents: all from here on."""
    return np.asarray(best - ALIKE * np.abs(best))


def best_hours(values: Floats, may: Eligible) -> Floats:
    """The value of each channel at its best legal hour (m, C), −inf where it may not be used;
    `values` (m, C, H)."""
    legal = np.where(may.hour, np.float32(0), np.float32(-np.inf))
    best: Floats = (values + legal[:, None, :]).max(axis=2)
    best[~may.channel] = -np.inf
    return best


@dataclass(frozen=True, slots=True)
class Spread:
    """How choices are spread over the options (all fractions 0…1)."""

    warmth: Floats
    """(m,): an option worth this share less than the best is chosen 1/e as often."""
    evenly: float
    """Share of choices drawn evenly among all that is allowed."""


def spread(
    values: Floats,
    channel: NDArray[np.int8],
    may: Eligible,
    free: NDArray[np.bool_],
    how: Spread,
    uniform: NDArray[np.float64],
) -> tuple[NDArray[np.int8], NDArray[np.int8], NDArray[np.float64], NDArray[np.bool_]]:
    """Channel and hour of contacts (m,), drawn near the best, with their exact chances.

    `values` (m, C, H); `channel` (m,) the best under prices. Who has one of the `free` (C,)
    channels may get another of them; a scarce one is kept and only its hour is drawn. The last
    result says where the draw promises less than the best.
    """
    own = np.zeros(may.channel.shape, dtype=bool)
    own[np.arange(len(channel)), channel] = True
    channels = np.where(free[channel][:, None], may.channel & free, own)
    usable = channels[:, :, None] & may.hour[:, None, :]
    flat = np.where(usable, values, np.float32(-np.inf))
    flat = flat.reshape(len(channel), values.shape[1] * values.shape[2])
    usable = usable.reshape(flat.shape)
    best = flat.argmax(axis=1)
    top = flat[np.arange(len(best)), best]
    scale = how.warmth * np.maximum(np.abs(top), 1e-6)
    near = np.exp(np.maximum((flat - top[:, None]) / scale[:, None], -60.0))
    near[~usable | (flat <= 0)] = 0
    near[np.arange(len(best)), best] = 1
    chance = (1 - how.evenly) * near / near.sum(axis=1, keepdims=True).astype(np.float64)
    chance += how.evenly * usable / usable.sum(axis=1, keepdims=True)
    heap = chance.cumsum(axis=1)
    drawn = (uniform[:, None] * heap[:, -1:] >= heap).sum(axis=1)
    drawn = np.minimum(drawn, flat.shape[1] - 1)
    to_channel, to_hour = np.divmod(drawn, may.hour.shape[1])
    each = np.arange(len(drawn))
    exact, worse = chance[each, drawn], flat[each, drawn] < as_good_as(top)
    return to_channel.astype(np.int8), to_hour.astype(np.int8), exact, worse


def tried(
    wanted: NDArray[np.bool_],
    may: Eligible,
    chances: NDArray[np.float64],
    uniform: NDArray[np.float64],
) -> NDArray[np.int8]:
    """Who is given a scarce channel just to learn (m,), −1 for none.

    `wanted` (m,) are those who would be contacted anyway; `chances` (C,) of trying each channel.
    """
    drawn = (uniform[:, None] >= chances.cumsum()).sum(axis=1)
    channel = np.where(drawn < len(chances), drawn, -1).astype(np.int8)
    allowed = may.channel[np.arange(len(channel)), np.maximum(channel, 0)] & may.hour.any(axis=1)
    return np.where(wanted & (channel >= 0) & allowed, channel, -1).astype(np.int8)


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
