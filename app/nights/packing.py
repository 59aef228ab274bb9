"""What the engine knows as bytes: one record a person, one block for what was learned in common.

The layout follows the engine's own arrays, whatever they are: its number changes with them, and a
record of another layout is not read but made again from the events. Pure.
"""

import zlib
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.engine.state import State
from app.scoring.features import WEEK, History
from app.scoring.personal import MEMORY, Personal

Rows = NDArray[np.int64]
Bytes = NDArray[np.uint8]
VERSION = 1
"""Raised when bytes of the same shape come to mean something else."""
DERIVED = frozenset({"spec", "index", "people", "rules", "limits", "older"})
"""Made anew every night from the portfolio, the rules and the settings."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One array or number of a state."""

    path: str
    owner: Any
    name: str
    is_personal: bool

    @property
    def value(self) -> Any:
        """What is there now."""
        return getattr(self.owner, self.name)

    def put(self, value: Any) -> None:
        """Replace it."""
        setattr(self.owner, self.name, value)

    def told(self) -> tuple[object, ...]:
        """What a layout says of it."""
        if not isinstance(self.value, np.ndarray):
            return (self.path, type(self.value).__name__)
        shape = self.value.shape[1:] if self.is_personal else self.value.shape
        return (self.path, self.value.dtype.str, shape, self.is_personal)


def leaves(state: State) -> list[Leaf]:
    """Everything that is kept between two nights. Arrays that hang on the state itself are
    derived; what is below it is kept."""
    found: list[Leaf] = []
    for one in fields(state):
        value = getattr(state, one.name)
        if one.name in DERIVED or isinstance(value, np.ndarray):
            continue
        if is_dataclass(value):
            _gather(value, one.name, found)
        elif isinstance(value, int | float):
            found.append(Leaf(one.name, state, one.name, is_personal=False))
    return found


def _gather(owner: Any, path: str, found: list[Leaf]) -> None:
    if owner.__dataclass_params__.frozen:
        return
    for one in fields(owner):
        value, here = getattr(owner, one.name), f"{path}.{one.name}"
        if is_dataclass(value):
            _gather(value, here, found)
        elif isinstance(value, np.ndarray):
            personal = isinstance(owner, History | Personal) or here == "tally.cost"
            found.append(Leaf(here, owner, one.name, personal))
        elif isinstance(value, int | float):
            found.append(Leaf(here, owner, one.name, is_personal=False))


def layout_of(state: State) -> int:
    """The number of a state's layout."""
    return zlib.crc32(repr([VERSION, *(leaf.told() for leaf in leaves(state))]).encode())


def records(state: State, rows: Rows) -> Bytes:
    """The records of some people (m, width)."""
    columns = []
    for leaf in leaves(state):
        if leaf.is_personal:
            values = np.ascontiguousarray(leaf.value[rows])
            columns.append(values.view(np.uint8).reshape(len(rows), _width(values)))
    return np.concatenate(columns, axis=1)


def _width(values: NDArray[Any]) -> int:
    """Bytes a person."""
    return int(np.prod(values.shape[1:], dtype=np.int64)) * values.itemsize


def put_records(state: State, rows: Rows, packed: Bytes) -> None:
    """Set what is known of some people from their records (m, width)."""
    at = 0
    for leaf in leaves(state):
        if not leaf.is_personal:
            continue
        values = leaf.value
        width = _width(values)
        part = np.ascontiguousarray(packed[:, at : at + width])
        values[rows] = part.view(values.dtype).reshape(len(rows), *values.shape[1:])
        at += width


def learned(state: State) -> bytes:
    """What was learned from everybody."""
    parts = []
    for leaf in leaves(state):
        if not leaf.is_personal:
            parts.append(np.asarray(leaf.value, order="C").tobytes())
    return b"".join(parts)


def put_learned(state: State, packed: bytes) -> None:
    """Set what was learned from everybody."""
    at = 0
    for leaf in leaves(state):
        if leaf.is_personal:
            continue
        like = np.asarray(leaf.value)
        part = np.frombuffer(packed, like.dtype, int(like.size), at).reshape(like.shape)
        at += like.nbytes
        kept = isinstance(leaf.value, np.ndarray)
        leaf.put(part.copy() if kept else type(leaf.value)(part[()]))


def carry(old: State, new: State, places: Rows) -> None:
    """Give a new state what an old one knew; `places` (n of old): where its people are now."""
    for before, after in zip(leaves(old), leaves(new), strict=True):
        if before.is_personal:
            after.value[places] = before.value
        else:
            after.put(before.value)


def age(state: State, marks: Rows, until: int) -> None:
    """Bring people whose records end on ordinal days `marks` (n,) to the end of day `until`: on
    days without events nothing but fading happens to a person."""
    history = state.history
    fading = [one for one in leaves(state) if isinstance(one.owner, Personal) and one.is_personal]
    for day in range(max(int(marks.min(initial=until)) + 1, 1), until + 1):
        rows = np.flatnonzero(marks < day)
        history.recent[rows, day % WEEK] = 0
        history.today[rows] = 0
        for leaf in fading:
            leaf.value[rows] *= np.float32(MEMORY)
