"""A shop's customers: when each of them paid, and how much, over eighteen months. Real, public.

`purchases.parquet` (customer, day, cents) is the tenth sample of the CDNOW master data that is
used throughout the literature on customers' next purchase: everybody whose number is 4 modulo 10,
2,357 of the 23,570 people who first bought in the first quarter of 1997, until June 1998 (Fader and
Hardie, Forecasting Repeat Sales at CDNOW, Interfaces 2001). Its authors publish it for research;
this copy comes from the package btyd 0.1a1, which passes it on under the licence beside it. It
holds nothing about a person but those three columns. These are people who pay, not people in debt:
what it judges is how well a chance of *cash in 30 days* is learned from a log of payments.
"""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

LOG = Path(__file__).with_name("purchases.parquet")
FIRST, LAST = date(1997, 4, 7), date(1998, 5, 31)
"""Everybody has bought once by the first morning; of the last, thirty days are known."""
WINDOW = 30
"""Days in which somebody pays or not; also from one morning to the next, so that no outcome is
still open when the next morning begins."""


def mornings() -> tuple[pl.DataFrame, NDArray[np.bool_], NDArray[np.int64]]:
    """Traits of each customer on each morning (m rows), whether they paid within WINDOW days, day."""
    log = pl.read_parquet(LOG).sort("customer", "day")
    days = [FIRST + timedelta(days=ahead) for ahead in range(0, (LAST - FIRST).days, WINDOW)]
    frames = [_morning(log, day) for day in days]
    rows = pl.concat(frames)
    outcome, day = rows["paid"].to_numpy(), rows["day"].to_numpy()
    return rows.drop("customer", "paid", "day"), outcome, day


def _morning(log: pl.DataFrame, day: date) -> pl.DataFrame:
    ends = day + timedelta(days=WINDOW)
    later = log.filter(pl.col("day").is_between(day, ends, closed="left"))["customer"].unique()
    since = (pl.lit(day) - pl.col("day")).dt.total_days()
    known = log.filter(pl.col("day") < day).group_by("customer", maintain_order=True)
    return known.agg(
        payments=pl.len(),
        days_since_payment=since.min(),
        days_since_first=since.max(),
        in_last_quarter=(since <= 90).sum(),
        mean_amount=pl.col("cents").mean().log1p(),
        last_amount=pl.col("cents").last().log1p(),
    ).with_columns(
        paid=pl.col("customer").is_in(later.implode()),
        day=pl.lit(day.toordinal(), dtype=pl.Int64),
    )
