"""One world with its people, its creditor and its luck: what the parts of a day share."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from app.engine import Spec
from tests.worlds.creditor import Limits, draw_rules, draw_spec, first_day, read_limits
from tests.worlds.draws import Draws
from tests.worlds.journal import Journal
from tests.worlds.parameters import SPOKEN, World, draw_world
from tests.worlds.people import Latents, draw_latents, draw_traits
from tests.worlds.portfolio import draw_portfolio
from tests.worlds.state import State, fresh_state


@dataclass(slots=True)
class Town:
    """A world in the middle of its run. `day` is the number of the day, from 0."""

    world: World
    halves: tuple[Latents, Latents]
    portfolio: pl.DataFrame
    rules: dict[str, Any]
    spec: Spec
    limits: Limits
    starts: date
    draws: Draws
    ids: NDArray[np.int64]
    state: State
    journal: Journal
    spoken: NDArray[np.bool_]
    """By channel."""
    hours: "LegalHours"
    day: int = 0

    @property
    def latents(self) -> Latents:
        """What people are like today."""
        changes = self.world.changes_on
        return self.halves[1 if changes is not None and self.day >= changes else 0]

    @property
    def today(self) -> date:
        """The calendar day."""
        return self.starts + timedelta(days=self.day)

    @property
    def is_near_payday(self) -> NDArray[np.bool_]:
        """Whose money came in the last five days."""
        return (self.today.day - self.latents.payday) % 30 < 5

    def luck(self, purpose: str) -> NDArray[np.float64]:
        """Today's number in [0, 1) for everybody, the same under every policy."""
        return self.draws.uniform(self.day, purpose)

    def rows(self, people: NDArray[np.int64]) -> NDArray[np.int64]:
        """Row numbers of ids; −1 for an id that nobody has."""
        order = np.argsort(self.ids)
        at = np.searchsorted(self.ids, people, sorter=order)
        row = order[np.minimum(at, len(order) - 1)]
        return np.where(self.ids[row] == people, row, -1)


class LegalHours:
    """When the law of each person's region allows contact, by weekday."""

    def __init__(self, spec: Spec, regions: list[str]) -> None:
        by = [
            [
                spec.legal_hours.get(region, spec.legal_hours["*"]).get(day, (0, 0))
                for day in range(7)
            ]
            for region in regions
        ]
        self._spans = np.array(by)

    def allow(self, who: NDArray[np.int64], hour: NDArray[np.int64] | int, weekday: int) -> NDArray:
        """Whether this hour is lawful for each of `who` on this weekday."""
        span = self._spans[who, weekday]
        return (span[:, 0] <= hour) & (hour < span[:, 1])


def found_town(seed: int, scenario: str, *, people: int = 4_000, days: int = 90) -> Town:
    """The town of a seed, on the morning of its first day."""
    world = draw_world(seed, scenario, people=people, days=days)
    traits = draw_traits(world)
    halves = draw_latents(world, traits)
    portfolio = draw_portfolio(world, traits, halves[0])
    rules = draw_rules(world)
    ids = portfolio["person"].to_numpy()
    balance, held = portfolio["balance_cents"].to_numpy(), portfolio["held"].to_numpy()
    state = fresh_state(balance, held, len(world.channels))
    draws, spec = Draws(seed, people), draw_spec(world)
    limits = read_limits(rules, portfolio)
    if world.is_flat:
        enough = limits.opening - 3 * world.value["price_width"]
        halves = (replace(halves[0], reservation=enough),) * 2
    noise = np.exp(0.5 * draws.normal(0, "expected gain"))
    state.expected_gain = halves[0].strategic * world.value["expected_gain"] * noise
    return Town(
        world=world,
        halves=halves,
        portfolio=portfolio,
        rules=rules,
        spec=spec,
        limits=limits,
        starts=first_day(world),
        draws=draws,
        ids=ids,
        state=state,
        journal=Journal(ids),
        spoken=np.array([channel in SPOKEN for channel in world.channels]),
        hours=LegalHours(spec, portfolio["region"].to_list()),
    )
