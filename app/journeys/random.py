"""Random numbers that can be drawn again: a counter, not a stream.

Each number depends only on (seed, purpose, day, person), so a replay of one person's decision is
identical whoever else is planned, in whatever order. Philox4x32-10 of Salmon, Moraes, Dror and
Shaw (SC 2011), on whole columns.
"""

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

U32 = NDArray[np.uint32]
_LOW = np.uint64(0xFFFFFFFF)
_MULTIPLIERS = (np.uint64(0xD2511F53), np.uint64(0xCD9E8D57))
_WEYL = (0x9E3779B9, 0xBB67AE85)


class Purpose(IntEnum):
    """What a number is drawn for; two purposes never share numbers."""

    ARM = 1
    CONTACT = 2
    WORDING = 3
    OFFER = 4
    LADDER = 5
    POSTERIOR = 6
    SAMPLE = 7


def philox(counter: tuple[U32, U32, U32, U32], key: tuple[int, int]) -> tuple[U32, ...]:
    """Four columns of 32 random bits for a counter of four columns and a key of two words."""
    words = [column.astype(np.uint64) for column in counter]
    first, second = key
    for _ in range(10):
        low, high = words[0] * _MULTIPLIERS[0], words[2] * _MULTIPLIERS[1]
        words = [
            (high >> np.uint64(32)) ^ words[1] ^ np.uint64(first),
            high & _LOW,
            (low >> np.uint64(32)) ^ words[3] ^ np.uint64(second),
            low & _LOW,
        ]
        first, second = (first + _WEYL[0]) & 0xFFFFFFFF, (second + _WEYL[1]) & 0xFFFFFFFF
    return tuple(word.astype(np.uint32) for word in words)


def uniforms(
    seed: int, purpose: Purpose, day: int, people: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Four columns (n, 4) in [0, 1) per person. `day` is an ordinal; `people` the caller's ids."""
    ids = people.astype(np.uint64)
    same = np.ones(len(people), dtype=np.uint32)
    counter = (
        (ids & _LOW).astype(np.uint32),
        (ids >> np.uint64(32)).astype(np.uint32),
        same * np.uint32(day & 0xFFFFFFFF),
        same * np.uint32(purpose),
    )
    words = philox(counter, (seed & 0xFFFFFFFF, (seed >> 32) & 0xFFFFFFFF))
    return np.stack(words, axis=1).astype(np.float64) / 4294967296.0
