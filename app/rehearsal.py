"""Days that were run before they came: on a developer's machine the clock goes on to them.

What happens after a day was run belongs to that day then, in every process: a visit in the portal,
a payment at the twin, a report. In production, and in tests, the clock is the real one.
"""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import monotonic
from zoneinfo import ZoneInfo

from app.config import Settings
from tenants import clock

LOOK = 1.0
"""Seconds after which a process looks again."""


class Ahead:
    """By how many days the clock of a rehearsal is ahead, as its file says."""

    def __init__(self, path: Path) -> None:
        self._path, self._until, self._days = path, 0.0, timedelta()

    def __call__(self) -> timedelta:
        """Whole days; none without the file, or where it says something else."""
        at = monotonic()
        if at >= self._until:
            self._days, self._until = timedelta(days=_days(self._path)), at + LOOK
        return self._days


def follow(settings: Settings) -> None:
    """Have this process's clock go by the rehearsal, where there may be one."""
    is_possible = settings.environment == "development"
    clock.run_ahead(Ahead(_file(settings)) if is_possible else timedelta)


def go_on_to(day: date, time_zone: str, settings: Settings) -> bool:
    """Have the clock go on to a day that was run, never back; whether it did."""
    real = datetime.now(UTC).astimezone(ZoneInfo(time_zone)).date()
    path = _file(settings)
    if settings.environment != "development" or (day - real).days <= _days(path):
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    partial.write_text(str((day - real).days))
    partial.replace(path)
    return True


def days(settings: Settings) -> int:
    """By how many days the clock is ahead."""
    return _days(_file(settings)) if settings.environment == "development" else 0


def _days(path: Path) -> int:
    try:
        return max(int(path.read_text()), 0)
    except (OSError, ValueError):
        return 0


def _file(settings: Settings) -> Path:
    return settings.var_dir / "days-ahead"
