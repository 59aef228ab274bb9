"""What decides how each person acts. No policy but the oracle ever sees it."""

from dataclasses import dataclass

import numpy as np

from tests.elsewhere.creditor import Creditor
from tests.elsewhere.draw import Column, Draw, Flags, Whole, logit
from tests.elsewhere.parameters import (
    ALIKE,
    CENTRAL_DISCOUNT,
    CHANNELS,
    DISCOUNT_BY_AGE,
    DISCOUNT_SPREAD,
    HUMAN,
    HUMAN_COMPLAINTS,
    MONTH_SHARE,
    PATIENCE_DAYS,
)
from tests.elsewhere.people import OTHER_DEBTS, People

CHANNEL_LUCK, PERSON_READS = 0.25, 0.9
CARD_READS = 0.3
"""Card holders, on the channels of the young; as much less on the others."""
HOUR_SPREAD, HOUR_WIDTH, HOUR_SCALE = 3.5, 3.0, 1.6
SELDOM_UNASKED = 0.25
BY_MOTIVE = 0.7
PERSON_ANNOYED = 0.8
YOUNG_SHARE = 0.6


@dataclass(frozen=True, slots=True)
class Nature:
    """What holds for everybody in a world: effects in log-odds, `comes` a chance."""

    repeated: float
    fatigue: float
    comes: float
    agrees: float
    burden: float
    length: float
    payday: float
    misses: float
    misses_by_burden: float
    complains_by_channel: Column


@dataclass(frozen=True, slots=True)
class Latents:
    """One row per person; matrices by channel, hour or wording. Log-odds unless said otherwise."""

    motive: Column
    """Standard score or so: for engaging, agreeing, paying and coming unasked."""
    delivered: Column
    """By channel, a chance: 0 at an address at which nothing arrives."""
    read: Column
    """By channel."""
    engaged: Column
    """By channel."""
    usable: Flags
    """By channel: there is an address, as the creditor knows too."""
    hour: Column
    """By hour, added to reading."""
    taste: Column
    """By wording, added to engaging."""
    unasked: Column
    """Chance of a visit on a day."""
    discount: Column
    """Per unit of the balance."""
    central_discount: Column
    bears_cents: Column
    """What a month can bear."""
    payday: Whole
    complaint: Column
    """Chance per contact."""
    opt_out: Column
    waits: Flags
    patience_days: Whole
    """So long after the first visit a person waits for a better offer."""


@dataclass(frozen=True, slots=True)
class Drift:
    """What is otherwise from a day on; added to the latents, or in their place."""

    day: int
    read: Column
    """By channel."""
    engaged: Column
    """By channel."""
    taste: Column
    """In place."""
    agrees: float
    hour: Column
    """In place."""


def draw_latents(draw: Draw, creditor: Creditor, people: People) -> tuple[Nature, Latents, Drift | None]:  # fmt: skip
    """How people act in this world, and whether that changes."""
    random, count = draw.random, creditor.people
    motive = _motive(draw, people)
    delivered, read, engaged = _by_channel(draw, creditor, people)
    dead = draw.within("dead_addresses")
    delivered = delivered * (random.random(delivered.shape) > dead)
    usable = _usable(draw, creditor)
    hour = _hours(draw, creditor, people)
    words = draw.within("wording")
    taste = _taste(draw, creditor, people, words, 1.2)
    repeated, fatigue, comes = (draw.within(name) for name in ("repeated", "fatigue", "comes"))
    seldom, by_motive = (0.0, 0.0) if draw.is_null else (SELDOM_UNASKED, BY_MOTIVE)
    unasked = draw.within("unasked") * np.exp(by_motive * motive - seldom)
    discount = np.zeros(count)
    if not draw.is_null:
        discount = np.exp(random.normal(np.log(draw.within("discount")), 0.5, count))
    central = CENTRAL_DISCOUNT + DISCOUNT_BY_AGE * people.lateness + draw.normal(DISCOUNT_SPREAD, count)  # fmt: skip
    own = np.exp(draw.normal(0.5, count))
    bears = MONTH_SHARE * people.income_cents * own / (1 + 0.12 * people.other_debts)
    burden, agrees, misses, misses_by_burden, length, payday = (
        draw.within(name)
        for name in ("burden", "agrees", "misses", "misses_by_burden", "length", "payday")
    )
    annoyed = np.exp(draw.normal(0.0 if draw.is_null else PERSON_ANNOYED, count))
    complaint, opt_out = draw.within("complaint") * annoyed, draw.within("opt_out") * annoyed
    by_channel = np.array([_complains(draw, channel) for channel in creditor.channels])
    if draw.is_null:
        motive, central, agrees = np.zeros(count), np.full(count, CENTRAL_DISCOUNT), -2.0
    waits = np.zeros(count, dtype=bool)
    if draw.scenario == "gaming":
        waits = random.random(count) < draw.within("strategic")
    patience = random.integers(PATIENCE_DAYS[0], PATIENCE_DAYS[1] + 1, count)
    nature = Nature(
        repeated, fatigue, comes, agrees, burden, length, payday, misses, misses_by_burden, by_channel
    )  # fmt: skip
    latents = Latents(
        motive, delivered, read, engaged, usable, hour, taste, unasked, discount, central, bears,
        people.payday, complaint, opt_out, waits, patience,
    )  # fmt: skip
    drift = _drift(draw, creditor, people, hour, words) if draw.scenario == "drift" else None
    return nature, latents, drift


def _motive(draw: Draw, people: People) -> Column:
    """Partly what the file shows: late, with other debts, a loan."""
    own = draw.normal(1.0, len(people.product))
    shown = draw.within("motive_shown")
    known = -0.7 * people.lateness - 0.3 * (people.other_debts - OTHER_DEBTS) + 0.2 * (people.product == "loan")  # fmt: skip
    mixed = np.sqrt(1 - shown) * own + np.sqrt(shown) * known
    return mixed * draw.within("motive_spread")


def _by_channel(draw: Draw, creditor: Creditor, people: People) -> tuple[Column, Column, Column]:
    """Chance of delivery, log-odds of reading and of engaging: (people, channels) each."""
    spread, count = draw.within("reading_spread"), creditor.people
    young, card = people.is_young.astype(float), people.product == "card"
    columns = []
    for name in creditor.channels:
        channel, youth = (ALIKE if draw.is_null else CHANNELS[name]), CHANNELS[name].youth
        luck = 0.0 if draw.is_null else float(draw.random.normal(0, CHANNEL_LUCK))
        own = draw.normal(PERSON_READS, count)
        own += youth * (young - YOUNG_SHARE) + CARD_READS * card * np.sign(youth)
        columns.append(
            (
                np.full(count, channel.delivered),
                logit(channel.read) + luck + spread * own,
                np.full(count, logit(channel.engaged) + luck),
            )
        )
    delivered, read, engaged = (np.stack(parts, axis=1) for parts in zip(*columns, strict=True))
    return delivered, read, engaged


def _usable(draw: Draw, creditor: Creditor) -> Flags:
    shape = (creditor.people, len(creditor.channels))
    if draw.is_null:
        return np.ones(shape, dtype=bool)
    usable = draw.random.random(shape) < [CHANNELS[name].usable for name in creditor.channels]
    usable[~usable.any(axis=1), 0] = True
    return usable


def _hours(draw: Draw, creditor: Creditor, people: People) -> Column:
    """A best time of day for each, pulled by region and product; mean 0 over the hours."""
    best = np.where(people.region == "NE", 11.0, 15.0) + 2.5 * (people.product == "store")
    best = best + draw.normal(HOUR_SPREAD, creditor.people)
    effect = draw.within("hour")
    hours = np.array(creditor.hours, dtype=float)
    fit = np.exp(-(((hours[None] - best[:, None]) / HOUR_WIDTH) ** 2))
    return effect * (fit - fit.mean(axis=1, keepdims=True)) * HOUR_SCALE


def _taste(draw: Draw, creditor: Creditor, people: People, spread: float, own: float) -> Column:
    """By product, for all, and each person's own."""
    group = (people.product == "card") * 1 + (people.product == "loan") * 2
    count = len(creditor.wordings)
    by_product = draw.normal(spread, 3, count)[group]
    for_all = draw.normal(spread, count)
    return by_product + for_all + draw.normal(spread * own, creditor.people, count)


def _complains(draw: Draw, channel: str) -> float:
    return HUMAN_COMPLAINTS if channel == HUMAN and not draw.is_null else 1.0


def _drift(draw: Draw, creditor: Creditor, people: People, hour: Column, words: float) -> Drift:
    """Channels fade or gain, words and hours move, money gets tighter or easier."""
    channels = len(creditor.channels)
    return Drift(
        day=int(creditor.days * draw.within("drift")),
        read=draw.normal(0.7, channels),
        engaged=draw.normal(0.3, channels),
        taste=_taste(draw, creditor, people, words, 1.0),
        agrees=float(draw.random.normal(0, 0.3)),
        hour=np.roll(hour, 1, axis=1),
    )
