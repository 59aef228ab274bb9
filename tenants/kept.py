"""What a process keeps for a while: bounded in number and in time, and read without a lock."""

import math
import threading
from collections.abc import Callable
from time import monotonic
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Kept(Generic[K, V]):
    """At most `most` values, each for at most `seconds`; what came first goes first."""

    def __init__(self, most: int, seconds: float = math.inf) -> None:
        self._most, self._seconds = most, seconds
        self._values: dict[K, tuple[float, V]] = {}
        self._lock = threading.Lock()

    def get(self, key: K) -> V | None:
        """The value, or None where there is none any more. One look into a dict needs no lock."""
        found = self._values.get(key)
        return found[1] if found is not None and found[0] > monotonic() else None

    def keep(self, key: K, value: V) -> None:
        """Keep `value` from now on."""
        with self._lock:
            self._values.pop(key, None)
            while len(self._values) >= self._most:
                del self._values[next(iter(self._values))]
            self._values[key] = (monotonic() + self._seconds, value)

    def forget(self, is_old: Callable[[K, V], bool]) -> None:
        """Drop the values of which `is_old` says so."""
        with self._lock:
            for key in [key for key, (_, value) in self._values.items() if is_old(key, value)]:
                del self._values[key]

    def clear(self) -> None:
        """Drop all values."""
        with self._lock:
            self._values.clear()

    def __len__(self) -> int:
        return len(self._values)

    def values(self) -> list[V]:
        """All that is held, also what has run out."""
        with self._lock:
            return [value for _, value in self._values.values()]
