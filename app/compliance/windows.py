"""Hours of the day and days of the week, as data."""

from dataclasses import dataclass

MINUTES_IN_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Window:
    """From a minute of the day until another, the end excluded; an empty one is never open."""

    start: int
    end: int

    def __bool__(self) -> bool:
        return self.start < self.end

    def __str__(self) -> str:
        if not self:
            return "none"
        return "-".join(f"{minute // 60:02}:{minute % 60:02}" for minute in (self.start, self.end))

    def narrowed_by(self, other: "Window") -> "Window":
        """The minutes in both."""
        both = Window(max(self.start, other.start), min(self.end, other.end))
        return both if both else NEVER


NEVER = Window(0, 0)


def parse_window(text: str) -> Window:
    """`"08:00-20:00"` or `"none"`. Raises ValueError."""
    if text == "none":
        return NEVER
    start, _, end = text.partition("-")
    window = Window(_minute(start), _minute(end))
    if not window or window.end > MINUTES_IN_DAY:
        raise ValueError(f"not a window of hours: {text}")
    return window


def _minute(text: str) -> int:
    hours, _, minutes = text.partition(":")
    return int(hours) * 60 + int(minutes)


@dataclass(frozen=True, slots=True)
class Week:
    """The hours of one place."""

    weekday: Window
    saturday: Window
    sunday: Window
    holiday: Window

    def on(self, weekday: int, *, is_holiday: bool) -> Window:
        """The window of a day (0 is Monday); a holiday narrows the day it falls on."""
        window = self.sunday if weekday == 6 else self.saturday if weekday == 5 else self.weekday
        return window.narrowed_by(self.holiday) if is_holiday else window
