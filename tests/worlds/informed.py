"""Somebody who knows the population, but of each person only what their creditor sees.

Between the creditor's rules and the oracle: what could be had from the file alone by who never
learns. It plays as the oracle does, in the town as it would look to such a person.
"""

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from tests.worlds.baselines import SimplePlan
from tests.worlds.oracle import Oracle
from tests.worlds.people import TYPE_UNKNOWN, Column, Latents
from tests.worlds.portfolio import HOURS_OF_TYPE
from tests.worlds.town import Town

SHOWN = ("product", "region", "preferred_channel", "acquired_through", "preferred_hour")
LOGISTIC = np.sqrt(3) / np.pi
"""The width of a logistic curve by its standard deviation."""


class Informed(Oracle):
    """The oracle of a town that is believed to be so."""

    def __init__(self, town: Town) -> None:
        super().__init__(believed(town))
        self.real = town

    def plan(self, day: date) -> SimplePlan:
        """The best contacts and offers for what people of such files are like."""
        self.town.day = self.real.day
        return super().plan(day)


def believed(town: Town) -> Town:
    """The town, its state shared, with each person's latents in their expectation given the file
    and the widths of what people decide on widened by what stays unknown; no drift."""
    latents = town.latents
    unknown = _Unknown(_known(town.portfolio))
    capacity, liquid = np.log(latents.capacity_cents), np.log(latents.liquid_cents)
    people = replace(
        latents,
        valid=np.ones_like(latents.valid),
        read=unknown.mean(latents.read) + np.log(latents.valid.mean(axis=0)),
        right=unknown.mean(latents.right),
        engaged=unknown.mean(latents.engaged),
        taste=unknown.mean(latents.taste),
        hour_type=_hour_type(town.portfolio),
        annoyance=np.full(len(town.ids), latents.annoyance.mean()),
        will=unknown.mean(latents.will),
        reservation=unknown.mean(latents.reservation),
        capacity_cents=np.exp(unknown.mean(capacity)),
        liquid_cents=np.exp(unknown.mean(liquid)),
        cure=unknown.mean_of_logs(latents.cure),
        visits=unknown.mean_of_logs(latents.visits),
        payday=_payday(town.portfolio, latents),
        strategic=np.zeros_like(latents.strategic),
    )
    value = town.world.value
    widths: dict[str, Any] = {
        "price_width": unknown.widened(value["price_width"], latents.reservation),
        "afford_width": unknown.widened(value["afford_width"], capacity),
        "cash_width": unknown.widened(value["cash_width"], liquid),
    }
    world = replace(town.world, value={**value, **widths}, changes_on=None)
    return replace(town, world=world, halves=(people, people))


class _Unknown:
    """Latents by linear regression on what is known of people (n, k), and what that leaves."""

    def __init__(self, known: Column) -> None:
        self._known = known

    def mean(self, values: Column) -> Column:
        """Expected of each person; a matrix column by column."""
        found: Column = self._known @ np.linalg.lstsq(self._known, values, rcond=None)[0]
        return found

    def mean_of_logs(self, values: Column) -> Column:
        """Expected of positive values that are skewed."""
        logs = np.log(np.maximum(values, 1e-9))
        return np.exp(self.mean(logs) + self._left(logs) ** 2 / 2)

    def widened(self, width: float, values: Column) -> float:
        """The width of a logistic curve around a value of which so much is unknown."""
        return float(np.hypot(width / LOGISTIC, self._left(values)) * LOGISTIC)

    def _left(self, values: Column) -> float:
        return float((values - self.mean(values)).std())


def _known(portfolio: pl.DataFrame) -> Column:
    """(people, columns): what the file has of everybody."""
    age = portfolio["days_past_due"].rank().to_numpy() / len(portfolio)
    income = portfolio["income_cents"].cast(pl.Float64).to_numpy()
    has_income = ~np.isnan(income)
    columns = [
        np.ones(len(portfolio)),
        np.log(portfolio["balance_cents"].to_numpy()),
        age,
        age**2,
        has_income,
        np.where(has_income, np.log(np.where(has_income, income, 1)), 0),
        portfolio["other_debts"].to_numpy(),
        portfolio["extra_store_visits"].to_numpy(),
    ]
    for name in SHOWN:
        told = portfolio[name].cast(pl.String).fill_null("").to_numpy()
        columns += [told == one for one in np.unique(told)[1:]]
    return np.column_stack(columns).astype(float)


def _hour_type(portfolio: pl.DataFrame) -> np.ndarray:
    """The type whose hour is told, and for the others what suits people in general."""
    types = {int(hour): number for number, hour in enumerate(HOURS_OF_TYPE) if hour >= 0}
    told = portfolio["preferred_hour"].cast(pl.Int64).fill_null(-1)
    return told.replace_strict(types, default=TYPE_UNKNOWN).to_numpy()


def _payday(portfolio: pl.DataFrame, latents: Latents) -> np.ndarray:
    """The day told, else the commonest."""
    told, usual = portfolio["payday"].to_numpy(), np.bincount(latents.payday).argmax()
    return np.where(np.isnan(told), usual, told).astype(np.int64)
