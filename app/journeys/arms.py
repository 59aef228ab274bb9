"""Who is treated how: by a hash of the person, so that it never changes and cannot be chosen."""

import uuid
from enum import IntEnum
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from app.journeys.random import Purpose, uniforms


class Arm(IntEnum):
    """The group somebody belongs to for the whole comparison."""

    ENGINE = 0
    RULES = 1
    UNTOUCHED = 2


ARM_NAMES = ("engine", "rules", "untouched")


def number_of(debtor_id: uuid.UUID) -> int:
    """A person's number inside the engine: 63 bits of a hash, so that arms are drawn evenly."""
    return number_from(debtor_id.bytes)


def number_from(identifier: bytes) -> int:
    """The same from the 16 bytes of an id."""
    return int.from_bytes(blake2b(identifier, digest_size=8).digest()) >> 1


def arms(
    people: NDArray[np.int64], *, seed: int, holdout: float, untouched: float
) -> NDArray[np.int8]:
    """The arm of each person (n,): `holdout` on the creditor's own rules, `untouched` not written
    to at all, both as fractions of everybody; the rest is the engine's."""
    drawn = uniforms(seed, Purpose.ARM, 0, people)[:, 0]
    groups = np.full(len(people), Arm.ENGINE, dtype=np.int8)
    groups[drawn < holdout + untouched] = Arm.UNTOUCHED
    groups[drawn < holdout] = Arm.RULES
    return groups


def ladder_draws(people: NDArray[np.int64], *, seed: int) -> NDArray[np.float32]:
    """A number in [0, 1) per person, once for all: below the step rate they may get steps."""
    return uniforms(seed, Purpose.LADDER, 0, people)[:, 0].astype(np.float32)
