"""What the creditor's file knows of its customers: the engine's portfolio."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from tests.elsewhere.creditor import Creditor
from tests.elsewhere.draw import Column, Draw, Whole
from tests.elsewhere.latents import Latents
from tests.elsewhere.people import People

KNOWN_INCOME, INCOME_NOISE = 0.5, 0.25
KNOWN_PAYDAY = 0.5
KNOWN_CHANNEL, KNOWN_HOUR = 0.35, 0.25
RIGHT = 0.6
"""Of the preferences in the file, so many are the person's best; the others are chance. No source."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The columns that are known of some only: nan or −1 is unknown."""

    income_cents: Column
    payday: Whole
    channel: Whole
    """Place among the creditor's channels."""
    hour: Whole
    """Place among the creditor's hours."""


def draw_seen(draw: Draw, creditor: Creditor, people: People, latents: Latents) -> Seen:
    """What this creditor happens to know."""
    random, count = draw.random, creditor.people
    known = random.random(count) < KNOWN_INCOME
    income = people.income_cents * np.exp(draw.normal(INCOME_NOISE, count))
    payday = np.where(random.random(count) < KNOWN_PAYDAY, people.payday, -1)
    best_channel = np.where(latents.usable, latents.read + latents.engaged, -9).argmax(axis=1)
    channel = _preferred(draw, best_channel, len(creditor.channels))
    channel = np.where(random.random(count) < KNOWN_CHANNEL, channel, -1)
    hour = _preferred(draw, latents.hour.argmax(axis=1), len(creditor.hours))
    hour = np.where(random.random(count) < KNOWN_HOUR, hour, -1)
    return Seen(np.where(known, income, np.nan), payday, channel, hour)


def _preferred(draw: Draw, best: Whole, options: int) -> Whole:
    is_right = draw.random.random(len(best)) < RIGHT
    return np.where(is_right, best, draw.random.integers(0, options, len(best)))


def portfolio(creditor: Creditor, people: People, latents: Latents, seen: Seen) -> pl.DataFrame:
    """The columns of the engine's interface; a person's id is the number of the row."""
    channels = np.array([*creditor.channels, ""])[seen.channel]
    hours = np.array([*creditor.hours, -1])[seen.hour]
    income = np.nan_to_num(seen.income_cents).astype(np.int64)
    usable = [
        [name for name, has in zip(creditor.channels, row, strict=True) if has]
        for row in latents.usable.tolist()
    ]
    unknown = {"preferred_channel": "", "preferred_hour": -1, "income_cents": 0, "payday": -1}
    return pl.DataFrame(
        {
            "person": np.arange(creditor.people),
            "balance_cents": people.balance_cents,
            "principal_cents": people.principal_cents,
            "days_past_due": people.days_past_due,
            "product": people.product,
            "region": people.region,
            "age_band": people.age,
            "preferred_channel": channels,
            "preferred_hour": hours.astype(np.int8),
            "other_debts": people.other_debts,
            "income_cents": income,
            "held": people.held,
            "payday": seen.payday.astype(np.int8),
            "reachable": usable,
        }
    ).with_columns(
        pl.when(pl.col(name) == value).then(None).otherwise(pl.col(name)).alias(name)
        for name, value in unknown.items()
    )
