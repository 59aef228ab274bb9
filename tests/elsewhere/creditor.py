"""The creditor of a world: channels, caps, lawful hours, offer rules."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from tests.elsewhere.draw import Column, Draw, Whole
from tests.elsewhere.parameters import (
    ALIKE,
    CHANNELS,
    COMPLAINT_CENTS,
    DAYS,
    HORIZONS_DAYS,
    HUMAN,
    OPT_OUT_CENTS,
    OPTIONAL_CHANNELS,
    PEOPLE,
)

FIRST_DAY = date(2026, 1, 5)
MORNING, EVENING = 10, 18
"""Hours that every creditor offers; the baselines write then."""
OTHER_HOURS = (8, 9, 11, 12, 14, 16, 17, 19, 20)
WEEK = {**dict.fromkeys(range(5), (8, 20)), 5: (8, 14)}
LEGAL_HOURS = {"*": WEEK, "NE": dict.fromkeys(range(5), (9, 18))}
"""By region and weekday, from and before which hour."""
BANDS = (
    # Name, days past due, principal and charges discount (drawn between), longest plan.
    ("new", [0, 90], (0.0, 0.1), (0.6, 1.0), 12),
    ("mid", [91, 180], (0.08, 0.2), (0.8, 1.0), 18),
    ("old", [181, 360], (0.2, 0.35), None, 24),
    ("very old", [361], (0.4, 0.65), None, 24),
)
OPENING_LENGTH = 0.67
LEAST_INSTALMENT_CENTS = 3_000
NOTHING_TO_GAIN = {
    "principal_discount": "0", "charges_discount": "0", "opening": "1", "longest": 1, "opening_longest": 1,
}  # fmt: skip
"""The one offer of a null world: the whole debt, at once."""


@dataclass(frozen=True, slots=True)
class Creditor:
    """What a creditor has and allows; `cost_cents` has one value per channel."""

    people: int
    starts: date
    days: int
    channels: tuple[str, ...]
    hours: tuple[int, ...]
    wordings: tuple[str, ...]
    cost_cents: Column
    capacity: dict[str, int | None]
    """Contacts a day by channel; None is no limit."""
    per_week: int
    spacing_days: int
    """Between two contacts, under the creditor's own rules."""
    horizon_days: int
    """Payments count until so long after the agreement."""
    complaint_cents: float
    opt_out_cents: float
    closed: frozenset[date]
    rules: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Limits:
    """The offer rules person by person on one day; discounts in cents."""

    most_cents: Column
    opening_cents: Column
    longest: Whole
    opening_longest: Whole
    least_cents: Column
    """The smallest instalment of a plan."""
    comfortable_cents: Column


def draw_creditor(draw: Draw) -> Creditor:
    """A creditor of this world."""
    people, days = draw.integer(*PEOPLE), draw.integer(*DAYS)
    starts = FIRST_DAY + timedelta(days=draw.integer(0, 299))
    channels = _channels(draw)
    others = draw.integer(3, 5)
    chosen = draw.random.choice(OTHER_HOURS, others, replace=False)
    hours = tuple(sorted({MORNING, EVENING} | {int(hour) for hour in chosen}))
    wordings = tuple(f"w{number}" for number in range(draw.integer(4, 8)))
    cost = np.array([draw.uniform(CHANNELS[channel].cost_cents) for channel in channels])
    capacity = _capacity(draw, channels, people)
    per_week, spacing = draw.integer(2, 4), draw.integer(3, 5)
    if draw.is_null:
        per_week, spacing = 2, 3
        cost[:] = ALIKE.cost_cents[0]
    return Creditor(
        people=people,
        starts=starts,
        days=days,
        channels=channels,
        hours=hours,
        wordings=wordings,
        cost_cents=cost,
        capacity=capacity,
        per_week=per_week,
        spacing_days=spacing,
        horizon_days=int(draw.random.choice(HORIZONS_DAYS)),
        complaint_cents=float(draw.random.choice(COMPLAINT_CENTS)),
        opt_out_cents=float(draw.random.choice(OPT_OUT_CENTS)),
        closed=_holidays(draw, starts, days),
        rules=_rules(draw),
    )


def limits_of(rules: dict[str, Any], days_past_due: Whole, principal: Whole, balance: Whole) -> Limits:  # fmt: skip
    """The limits of each person, by the band of their days past due; amounts in cents."""
    bands = rules["bands"]
    own = np.searchsorted([band["days_past_due"][0] for band in bands[1:]], days_past_due, "right")
    value = {
        name: np.array([float(band[name]) for band in bands])[own]
        for name in bands[0] if name not in ("name", "days_past_due")
    }  # fmt: skip
    charges = balance - principal
    most = value["principal_discount"] * principal + value["charges_discount"] * charges
    return Limits(
        most_cents=most,
        opening_cents=most * value["opening"],
        longest=value["longest"].astype(np.int64),
        opening_longest=value["opening_longest"].astype(np.int64),
        least_cents=value["min_instalment_cents"],
        comfortable_cents=value["comfortable_instalment_cents"],
    )


def _channels(draw: Draw) -> tuple[str, ...]:
    """All but at most two of the optional ones; without a human channel, at most one of them."""
    order = draw.random.permutation(OPTIONAL_CHANNELS)
    missing = set(order[: draw.integer(0, 2)].tolist())
    if draw.scenario == "no_human":
        one = str(draw.random.choice(OPTIONAL_CHANNELS))
        missing = {HUMAN, one} if draw.integer(0, 1) else {HUMAN}
    return tuple(channel for channel in CHANNELS if channel not in missing)


def _capacity(draw: Draw, channels: tuple[str, ...], people: int) -> dict[str, int | None]:
    capacity: dict[str, int | None] = dict.fromkeys(channels)
    if HUMAN in channels:
        capacity[HUMAN] = int(people * draw.within("phone_capacity"))
    if draw.random.random() < 0.5:
        capacity["whatsapp"] = int(people * draw.within("whatsapp_capacity"))
    return dict.fromkeys(channels) if draw.is_null else capacity


def _holidays(draw: Draw, starts: date, days: int) -> frozenset[date]:
    """Two to four working days on which nothing may leave."""
    span = [starts + timedelta(days=number) for number in range(days)]
    working = [day for day in span if day.weekday() < 5]
    count = draw.integer(2, 4)
    return frozenset(working[at] for at in draw.random.choice(len(working), count, replace=False))


def _rules(draw: Draw) -> dict[str, Any]:
    """Offer rules in the creditor's format: deeper and longer with the age of the debt."""
    opening, bands = f"{draw.within('opening'):.2f}", []
    for name, days, principal, charges, longest in BANDS:
        band = {
            "name": name,
            "days_past_due": list(days),
            "principal_discount": f"{draw.uniform(principal):.2f}",
            "charges_discount": f"{draw.uniform(charges) if charges else 1:.2f}",
            "opening": opening,
            "longest": longest,
            "opening_longest": int(longest * OPENING_LENGTH),
            "min_instalment_cents": LEAST_INSTALMENT_CENTS,
            "comfortable_instalment_cents": draw.integer(9_000, 17_999),
        }
        bands.append(band | (NOTHING_TO_GAIN if draw.is_null else {}))
    return {"due_days": [5, 10, 15, 20, 25], "validity_days": 10, "bands": bands}
