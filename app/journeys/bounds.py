"""What a creditor's settings leave to its own journey where the engine plans everybody else."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from threading import Lock

from app.compliance.windows import Window
from app.journeys.queries import Known
from app.journeys.settings import Settings


class Places:
    """Messages that each channel, and what is left of the day's budget, may still carry; hands that
    write at a time share them."""

    def __init__(self, left: Mapping[str, int], cost: Mapping[str, float], money: float) -> None:
        self._left, self._lock = dict(left), Lock()
        self._cost, self._money = cost, money

    def take(self, channel: str) -> bool:
        """Whether there was a place, and money for it; both are gone now. A channel without a limit
        has a place, one that costs nothing has the money."""
        cost = self._cost.get(channel, 0.0)
        with self._lock:
            if self._left.get(channel, 1) <= 0 or 0 < cost > self._money:
                return False
            if channel in self._left:
                self._left[channel] -= 1
            self._money -= cost
            return True


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
    def of(cls, settings: Settings, used: Mapping[str, int], money: float) -> "Bounds":
        """The settings' channels, hours and capacity; `used` counts what others take of it, and of
        the day's `money` (cents, inf without a budget)."""
        left = {name: limit - used.get(name, 0) for name, limit in settings.capacity.items()}
        spent = sum(count * settings.cost_cents.get(name, 0.0) for name, count in used.items())
        return cls(
            frozenset(settings.channels),
            settings.window,
            settings.contacts_per_week,
            Places(left, settings.cost_cents, money - spent),
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
