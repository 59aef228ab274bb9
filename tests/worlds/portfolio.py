"""What the creditor knows of its customers: noisy correlates of what they are like."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tests.worlds.parameters import World
from tests.worlds.people import PRODUCTS, REGIONS, Column, Latents, Traits

AGE_BANDS = ("18-25", "26-40", "41-60", "60+")
HOURS_OF_TYPE = np.array([8, 13, 18, 10, -1])
DAYS_PAST_DUE = ([0, 0.25, 0.5, 0.75, 1], [5, 60, 180, 540, 1500])
"""Quarters of a portfolio by age: the usual aging bands, up to five years (CDC art. 43)."""


def draw_portfolio(world: World, traits: Traits, latents: Latents) -> pl.DataFrame:
    """The columns of the engine's interface; `person` is an id with no meaning."""
    random = np.random.default_rng([world.seed, 4])
    n = world.people
    days = np.interp(traits.age, *DAYS_PAST_DUE).astype(np.int32)
    charges = np.clip(0.02 + days / 30 * random.uniform(0.01, 0.02), 0, 0.55)
    principal = (traits.balance_cents * (1 - charges)).astype(np.int64)
    seen = _Seen(world, random)
    return pl.DataFrame(
        {
            "person": random.permutation(10 * n)[:n].astype(np.int64) + 1_000_000,
            "balance_cents": traits.balance_cents,
            "principal_cents": principal,
            "days_past_due": days,
            "product": np.array(PRODUCTS)[traits.product],
            "region": np.array(REGIONS)[traits.region],
            "age_band": np.array(AGE_BANDS)[random.integers(0, 4, n)],
            "acquired_through": np.array(world.channels)[seen.favourite(traits.reach, 1.0)],
            "preferred_channel": seen.some(np.array(world.channels)[seen.favourite(traits.reach, 3.0)], 0.1),
            "preferred_hour": seen.some(HOURS_OF_TYPE[latents.hour_type], 0.15, unless=latents.hour_type == 4),
            "reachable": [[c for c, has in zip(world.channels, row, strict=True) if has] for row in latents.reachable.tolist()],
            "other_debts": random.poisson(np.exp(0.9 + 0.5 * seen.noisy(traits.distress))).astype(np.int32),
            "income_cents": seen.some((traits.income_cents * np.exp(0.35 * random.standard_normal(n))).astype(np.int64), 0.6),
            "extra_store_visits": seen.noisy(traits.engagement),
            "extra_random": random.standard_normal(n),
            "held": random.random(n) < 0.015,
            "in_agreement": np.zeros(n, dtype=bool),
            "payday": seen.some(latents.payday, 0.4),
        },
        schema_overrides={"preferred_hour": pl.Int8, "payday": pl.Int8, "income_cents": pl.Int64},
    )  # fmt: skip


class _Seen:
    """How much of a trait shows: a correlation of its own per world and column, none if flat."""

    def __init__(self, world: World, random: np.random.Generator) -> None:
        self._world, self._random = world, random

    def noisy(self, trait: Column) -> Column:
        """A standard score that correlates with the trait as strongly as this world allows."""
        signal = 0.0 if self._world.is_flat else self._world.value["signal"]
        signal *= self._random.uniform(0.6, 1.4)
        return signal * trait + np.sqrt(1 - signal**2) * self._random.standard_normal(trait.shape)

    def favourite(self, reach: Column, sharpness: float) -> NDArray[np.int64]:
        """A channel per person, the likelier the better it reaches them."""
        noise = self._random.gumbel(size=reach.shape)
        return (sharpness * self.noisy(reach) + noise).argmax(axis=1)

    def some(
        self, column: NDArray, share: float, unless: NDArray[np.bool_] | bool = False
    ) -> list[object]:
        """The column where it is known, null elsewhere."""
        known = (self._random.random(len(column)) < share) & ~np.asarray(unless)
        return [
            value if is_known else None
            for value, is_known in zip(column.tolist(), known.tolist(), strict=True)
        ]
