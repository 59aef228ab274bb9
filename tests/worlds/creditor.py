"""What the creditor allows and does today: offer rules, contact limits, the incumbent."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from app.engine import Incumbent, Spec
from tests.worlds.parameters import CHANNELS, World
from tests.worlds.people import REGIONS, Column

HOURS = ((8, 10, 13, 16, 19), (9, 11, 14, 17, 18), (8, 11, 14, 17, 19))
GRACE_DAYS = 10
FIRST_DAY = date(2026, 3, 2)


@dataclass(frozen=True, slots=True)
class Limits:
    """The rules person by person: how far an offer may go. The referee's own reading of them."""

    most: Column
    """The largest discount, a fraction of the balance."""
    opening: Column
    longest: NDArray[np.int64]
    least_cents: NDArray[np.int64]
    """The smallest instalment of a plan."""
    comfortable_cents: NDArray[np.int64]

    def instalments_for(
        self, net_cents: NDArray[np.int64], most_cents: Column
    ) -> NDArray[np.int64]:
        """The shortest plan whose instalment is at most `most_cents`, within the rules."""
        wanted = np.ceil(net_cents / np.maximum(most_cents, 1)).astype(np.int64)
        return np.clip(wanted, 1, self.longest_for(net_cents))

    def longest_for(self, net_cents: NDArray[np.int64]) -> NDArray[np.int64]:
        """The most instalments of each person's net amount; `net_cents` has a row for everybody."""
        return np.maximum(1, np.minimum(self.longest, net_cents // self.least_cents))


def draw_rules(world: World) -> dict[str, Any]:
    """Offer rules in the creditor's format: three or four bands, deeper with age."""
    random = np.random.default_rng([world.seed, 5])
    ends = [90, 365, 36_500] if random.random() < 0.5 else [60, 180, 540, 36_500]
    deepest = random.uniform(0.35, 0.7)
    opening = random.uniform(0.3, 0.7)
    bands, start = [], 0
    for number, end in enumerate(ends):
        share = number / (len(ends) - 1)
        bands.append(
            {
                "name": f"band {number + 1}",
                "days_past_due": [start, end],
                "principal_discount": round(deepest * share, 3),
                "charges_discount": round(0.5 + 0.5 * share, 3),
                "opening": round(opening, 3),
                "longest": int(random.integers(6, 13) + 6 * number),
                "min_instalment_cents": 2_500,
                "comfortable_instalment_cents": int(random.integers(9, 18)) * 1_000,
            }
        )
        start = end + 1
    return {"bands": bands, "due_days": [5, 10, 20], "validity_days": 10, "grace_days": GRACE_DAYS}


def read_limits(rules: Mapping[str, Any], portfolio: pl.DataFrame) -> Limits:
    """The limits of each person, by the first band that fits their days past due."""
    days = portfolio["days_past_due"].to_numpy()
    bands = rules["bands"]
    own = np.select([days <= band["days_past_due"][1] for band in bands], range(len(bands)))
    value = {key: np.array([band[key] for band in bands])[own] for key in bands[0] if key not in ("name", "days_past_due")}  # fmt: skip
    balance = portfolio["balance_cents"].to_numpy()
    principal = portfolio["principal_cents"].to_numpy()
    off = (
        principal * value["principal_discount"] + (balance - principal) * value["charges_discount"]
    )
    most = off / balance
    return Limits(
        most,
        most * value["opening"],
        value["longest"],
        value["min_instalment_cents"],
        value["comfortable_instalment_cents"],
    )


def draw_spec(world: World) -> Spec:
    """Channels, costs, caps, legal hours and the creditor's contact rules of today."""
    random = np.random.default_rng([world.seed, 6])
    flat = world.is_flat
    hours = HOURS[random.integers(len(HOURS))]
    capacity = {
        "voice": int(world.people * random.uniform(0.04, 0.12)),
        "human": int(world.people * random.uniform(0.005, 0.02)),
    }
    wordings = tuple(f"text-{number}" for number in range(1, int(random.integers(4, 9))))
    value = world.value
    return Spec(
        channels=world.channels,
        hours=hours,
        wordings=wordings,
        cost_cents={c: world.by_channel[c]["cost"] for c in world.channels},
        capacity={c: None if flat else capacity.get(c) for c in world.channels},
        per_day=1 if flat else int(random.integers(1, 3)),
        per_week=1 if flat else int(random.integers(2, 5)),
        per_day_and_channel=1,
        legal_hours=_legal_hours(random),
        closed=_holidays(random, world.days),
        discount_budget=None,
        steps=int(random.integers(2, 4)),
        complaint_cents=value["complaint_cents"],
        opt_out_cents=value["opt_out_cents"],
        horizon_days=int(random.choice([90, 180, 360])),
        seed=int(random.integers(1, 2**31)),
        features_allowed=(("extra_store_visits",), ("extra_store_visits", "extra_random"), ())[random.integers(3)],
        incumbent=_incumbent(random, hours, wordings, flat),
    )  # fmt: skip


def first_day(world: World) -> date:
    """The day number 0: any day of a year."""
    return FIRST_DAY + timedelta(days=int(np.random.default_rng([world.seed, 7]).integers(365)))


def _incumbent(
    random: np.random.Generator, hours: tuple[int, ...], wordings: tuple[str, ...], flat: bool
) -> Incumbent:
    """A fixed order of the written channels, one hour, one text, the same pause for everybody."""
    order = [str(channel) for channel in random.permutation(CHANNELS[:3])]
    return Incumbent(
        channels=tuple(order),
        hour=int(hours[random.integers(1, 4)]),
        spacing_days=7 if flat else int(random.integers(4, 11)),
        wording=wordings[0],
    )


def _legal_hours(random: np.random.Generator) -> dict[str, dict[int, tuple[int, int]]]:
    """Weekdays and Saturdays by region; a few states are narrower. Never on Sundays."""
    usual = {**dict.fromkeys(range(5), (8, 20)), 5: (8, 14)}
    legal = {"*": usual}
    for region in random.choice(REGIONS, 3, replace=False):
        end, saturday = int(random.integers(18, 20)), random.random() < 0.5
        own = {day: (8 + int(random.integers(2)), end) for day in range(5)}
        legal[str(region)] = own | ({5: (8, 13)} if saturday else {})
    return legal


def _holidays(random: np.random.Generator, days: int) -> frozenset[date]:
    """A holiday a month or so, anywhere in two years."""
    starts = random.choice(800, 30, replace=False)
    return frozenset(FIRST_DAY + timedelta(days=int(offset)) for offset in starts)
