"""The one "now".

Everything that asks for the time asks here, so that a test, a rehearsal or the demo's first day
can stand at another moment without anything being patched.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_stopped: ContextVar[datetime | None] = ContextVar("clock_stopped", default=None)
_ahead: Callable[[], timedelta] = timedelta


def now() -> datetime:
    """The present moment, timezone-aware, in UTC."""
    return _stopped.get() or datetime.now(UTC) + _ahead()


def run_ahead(by: Callable[[], timedelta]) -> None:
    """Have this process's clock run ahead of the real one by what `by` says when it is asked."""
    global _ahead
    _ahead = by


def today(time_zone: str) -> date:
    """The date where `time_zone` (an IANA name) is."""
    return now().astimezone(ZoneInfo(time_zone)).date()


def bounds(day: date, time_zone: str) -> tuple[datetime, datetime]:
    """The moments at which a day begins and ends where `time_zone` (an IANA name) is, in UTC."""
    zone = ZoneInfo(time_zone)
    begins = datetime.combine(day, time(), zone).astimezone(UTC)
    return begins, datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)


@contextmanager
def stopped_at(moment: datetime) -> Iterator[None]:
    """Hold the clock at `moment` (timezone-aware) inside the block.

    Raises ValueError for a moment without a time zone.
    """
    if moment.tzinfo is None:
        raise ValueError("the clock stops only at a moment with a time zone")
    token = _stopped.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _stopped.reset(token)
