"""What a creditor's settings leave to its own journey where the engine plans everybody else."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from threading import Lock

from app.compliance.windows import Window
from app.journeys.queries import Known
from app.journeys.settings import Settings


class Places:
    """Messages that each channel may still carry today; hands that write at a time share them."""

    def __init__(self, left: Mapping[str, int]) -> None:
        self._left, self._lock = dict(left), Lock()

    def take(self, channel: str) -> bool:
        """Whether there was a place left; it is gone now. A channel without a limit has one."""
        with self._lock:
            if channel not in self._left:
                return True
            self._left[channel] -= 1
            return self._left[channel] >= 0


@dataclass(frozen=True, slots=True)
class Bounds:
    """Within which the journey writes about offers."""

    channels: frozenset[str]
    hours: Window
    """Where the person is."""
    per_week: int
    """Messages to one person in seven days, at most."""
    places: Places

    @classmethod
    def of(cls, settings: Settings, used: Mapping[str, int]) -> "Bounds":
        """The settings' channels, hours and capacity; `used` counts what others take of it."""
        left = {name: limit - used.get(name, 0) for name, limit in settings.capacity.items()}
        return cls(
            frozenset(settings.channels),
            settings.window,
            settings.contacts_per_week,
            Places(left),
        )

    def may_hear(self, person: Known, today: date) -> bool:
        """Whether a message more keeps within those of seven days."""
        since = today - timedelta(days=6)
        return sum(day >= since for day in person.written.values()) < self.per_week

    def around(self, person: Known) -> Known:
        """The person with no hours that suit them but those within the creditor's."""
        facts, hours = person.facts, self.hours
        if facts.convenient is not None:
            hours = hours.narrowed_by(facts.convenient)
        return replace(person, facts=replace(facts, convenient=hours))
