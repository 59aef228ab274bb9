"""Wait for a condition, never for a time."""

import time
from collections.abc import Callable


def until(condition: Callable[[], object], seconds: float = 180) -> None:
    """Return as soon as `condition()` is true; at once, but for a busy machine.

    Raises AssertionError when it never is.
    """
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the condition never came true"
        time.sleep(0.02)
