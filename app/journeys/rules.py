"""What to write to a person today, from what was written before. Pure."""

import tomllib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Self

SOURCE = Path(__file__).with_name("first.toml")


@dataclass(frozen=True, slots=True)
class Journey:
    """The steps of a journey, in days."""

    spacing_days: tuple[int, ...]
    before_days: int
    after_days: tuple[int, ...]
    memory_days: int

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Self:
        return cls(
            spacing_days=tuple(data["offer"]["spacing_days"]),
            before_days=data["instalments"]["before_days"],
            after_days=tuple(sorted(data["instalments"]["after_days"])),
            memory_days=data["offer"]["memory_days"],
        )


@cache
def first() -> Journey:
    """The journey everybody starts with."""
    return Journey.from_data(tomllib.loads(SOURCE.read_text("utf-8")))


@dataclass(frozen=True, slots=True)
class Step:
    """One message to write: its intent, its cause, and the facts its words rest on."""

    intent: str
    cause: str
    facts: dict[str, Any]
    again: bool = False
    """It was withheld before: it is written again only when it may leave now."""


def offer_step(journey: Journey, written_on: Sequence[date], today: date) -> int | None:
    """Which contact about an offer is next today: 0 is the first, then reminders; None is none yet.

    `written_on` are the days of the contacts about offers so far, in any order.
    """
    memory = today - timedelta(days=journey.memory_days)
    step = sum(day > memory for day in written_on)
    if step == 0:
        return 0
    if step > len(journey.spacing_days):
        return None
    due_on = max(written_on) + timedelta(days=journey.spacing_days[step - 1])
    return step if today >= due_on else None


def instalment_moment(journey: Journey, due_on: date, today: date) -> tuple[str, str] | None:
    """The intent and the name of the moment for an open instalment today, or None.

    Before, on the day, and after: the latest of the moments that have passed.
    """
    if due_on - timedelta(days=journey.before_days) <= today < due_on:
        return "instalment_before", "before"
    if today == due_on:
        return "instalment_due", "due"
    late = (today - due_on).days
    passed = [days for days in journey.after_days if days <= late]
    if late > 0 and passed:
        return "instalment_after", f"after-{passed[-1]}"
    return None


def step_of(
    intent: str, cause: str, facts: dict[str, Any], existing: Collection[str], today: date
) -> Step:
    """A step; one that was withheld before gets a cause of today."""
    again = cause in existing
    return Step(intent, f"{cause}:{today.isoformat()}" if again else cause, facts, again)
