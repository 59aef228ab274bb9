"""Prices for scarce channels and scarce money: what a person must be worth to be given a contact.

The Lagrangian dual of choosing at most one channel per person under a capacity per channel,
by exact coordinate descent: each price rises until no more people want the channel than it has.
A budget makes every cent dearer, on all channels alike, until what is wanted is within it.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Prices = NDArray[np.float64]
ROUNDS, HALVINGS = 12, 24
STILL = 1e-3


def prices(values: Floats, capacity: NDArray[np.float64]) -> Prices:
    """Cents per contact by channel (C,).

    `values` (n, C) are cents a contact is worth, −inf where it may not be made; `capacity` (C,)
    contacts, inf where there is no limit.
    """
    found = np.zeros(values.shape[1])
    scarce = [
        channel
        for channel in range(values.shape[1])
        if np.isfinite(capacity[channel]) and (values[:, channel] > 0).sum() > capacity[channel]
    ]
    for _ in range(ROUNDS):
        before = found.copy()
        for channel in scarce:
            found[channel] = _clearing(values, found, channel, int(capacity[channel]))
        if np.abs(found - before).max(initial=0.0) < STILL:
            break
    return found


def within_budget(
    values: Floats, capacity: NDArray[np.float64], cost: Prices, budget: float
) -> Prices:
    """The same where all contacts together may cost at most `budget` cents; `cost` (C,) is what one
    costs. `values` have it taken off once already."""

    def at(dearer: float) -> tuple[Prices, float]:
        extra = dearer * cost
        net = values - extra.astype(np.float32)
        found = prices(net, capacity)
        chosen = allot(net, found, capacity)
        return found + extra, float(cost[chosen[chosen >= 0]].sum())

    found, spent = at(0.0)
    if spent <= budget:
        return found
    paid = cost > 0
    worth = values[:, paid] / cost[paid].astype(np.float32)
    low, high = 0.0, max(float(worth.max(initial=0.0)), 1.0)
    found, _ = at(high)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        tried, spent = at(middle)
        if spent > budget:
            low = middle
        else:
            high, found = middle, tried
    return found


def afforded(
    chosen: NDArray[np.int8], worth: Floats, cost: Prices, budget: float
) -> NDArray[np.int8]:
    """Chosen channels (n,) without those beyond `budget` cents, in the order of their `worth` (n,);
    −1 is none."""
    here = np.flatnonzero(chosen >= 0)
    ranked = here[np.argsort(-worth[here], kind="stable")]
    spent = cost[chosen[ranked]].cumsum()
    kept = chosen.copy()
    kept[ranked[(spent > budget) & (cost[chosen[ranked]] > 0)]] = -1
    return kept


def _clearing(values: Floats, found: Prices, channel: int, capacity: int) -> float:
    """The least price at which no more than `capacity` people prefer the channel."""
    net = values - found.astype(np.float32)
    net[:, channel] = 0.0
    gain = values[:, channel] - np.maximum(net.max(axis=1), 0.0)
    if capacity <= 0:
        return max(float(gain.max(initial=0.0)), 0.0) + STILL
    if (gain > 0).sum() <= capacity:
        return 0.0
    edge = len(gain) - 1 - capacity
    return max(float(np.partition(gain, edge)[edge]), 0.0)


def allot(values: Floats, found: Prices, capacity: NDArray[np.float64]) -> NDArray[np.int8]:
    """The channel of each person (n,), −1 for none, within capacity whatever the ties."""
    left = capacity.copy()
    chosen = np.full(len(values), -1, dtype=np.int8)
    net = values - found.astype(np.float32)
    waiting = np.arange(len(values))
    for _ in range(values.shape[1] + 1):
        if not len(waiting):
            break
        offered = net[waiting]
        offered[:, left <= 0] = -np.inf
        best = offered.argmax(axis=1)
        top = offered[np.arange(len(waiting)), best]
        # At the clearing price the last takers are indifferent: capacity left over is given away.
        wants = np.where(left[best] < np.inf, top >= -STILL, top > 0)
        waiting, best, top = waiting[wants], best[wants], top[wants]
        waiting = _seat(chosen, waiting, best, top, left)
    return chosen


def _seat(
    chosen: NDArray[np.int8],
    waiting: NDArray[np.int64],
    best: NDArray[np.int64],
    top: Floats,
    left: NDArray[np.float64],
) -> NDArray[np.int64]:
    """Give the seats to those who gain most; returns who has to look again."""
    again = []
    for channel in range(len(left)):
        here = np.flatnonzero(best == channel)
        if len(here) > left[channel]:
            ranked = here[np.argsort(-top[here], kind="stable")]
            here, turned = ranked[: int(left[channel])], ranked[int(left[channel]) :]
            again.append(waiting[turned])
        chosen[waiting[here]] = channel
        left[channel] -= len(here)
    return np.sort(np.concatenate(again)) if again else np.zeros(0, dtype=np.int64)
