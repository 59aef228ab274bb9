"""What decisions were drawn from: the options of a night, and the words that were not said last."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.journeys.spec import MOST_OPTIONS


def allowed_of(
    bits: NDArray[np.uint64], spec: Any, channels: dict[str, int], hours: dict[int, int]
) -> NDArray[np.bool_]:
    """What was eligible in decisions of one night (n, C, H), among the names of all nights."""
    found = np.zeros((len(bits), len(channels), len(hours)), dtype=bool)
    for option in range(min(len(spec["channels"]) * len(spec["hours"]), MOST_OPTIONS)):
        channel, hour = divmod(option, len(spec["hours"]))
        is_set = (bits >> np.uint64(option)) & np.uint64(1) > 0
        found[:, channels[spec["channels"][channel]], hours[spec["hours"][hour]]] = is_set
    return found


def worded_of(
    person: NDArray[np.int64], wording: NDArray[np.int64], count: int
) -> NDArray[np.bool_]:
    """The last text is never sent again: its words could not be drawn."""
    may = np.ones((len(person), count), dtype=bool)
    again = np.flatnonzero(person[1:] == person[:-1]) + 1
    if count > 1:
        may[again, wording[again - 1]] = False
    may[np.arange(len(person)), wording] = True
    return may
