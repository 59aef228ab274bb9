"""A job that holds until a file appears, and one that somebody's next step waits for."""

import time
from pathlib import Path

from app.jobs import queue


@queue.task(name="tests.hold", queue="tests")
def hold(gate: str, mark: str) -> None:
    """Return once `gate` exists."""
    while not Path(gate).exists():
        time.sleep(0.05)


@queue.task(name="tests.prompt", queue="journeys")
def prompt(mark: str) -> None:
    """Does nothing, at once."""
