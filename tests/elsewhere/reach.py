"""How each person is reached: by which channels, at what hour, with which words."""

import numpy as np

from tests.elsewhere.creditor import Creditor
from tests.elsewhere.draw import Column, Draw, Flags, logit
from tests.elsewhere.parameters import ALIKE, CHANNELS
from tests.elsewhere.people import People

CHANNEL_LUCK, PERSON_READS = 0.25, 0.9
CARD_READS = 0.3
"""Card holders, on the channels of the young; as much less on the others."""
YOUNG_SHARE = 0.6
HOUR_SPREAD, HOUR_WIDTH, HOUR_SCALE = 3.5, 3.0, 1.6
"""Spreads, in log-odds and hours. No source."""


def draw_channels(draw: Draw, creditor: Creditor, people: People) -> tuple[Column, Column, Column]:
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
    dead = draw.within("dead_addresses")
    return delivered * (draw.random.random(delivered.shape) > dead), read, engaged


def draw_usable_channels(draw: Draw, creditor: Creditor) -> Flags:
    """(people, channels): who has an address; everybody has one somewhere."""
    shape = (creditor.people, len(creditor.channels))
    if draw.is_null:
        return np.ones(shape, dtype=bool)
    usable = draw.random.random(shape) < [CHANNELS[name].usable for name in creditor.channels]
    usable[~usable.any(axis=1), 0] = True
    return usable


def draw_hours(draw: Draw, creditor: Creditor, people: People) -> Column:
    """A best time of day for each, pulled by region and product; mean 0 over the hours."""
    best = np.where(people.region == "NE", 11.0, 15.0) + 2.5 * (people.product == "store")
    best = best + draw.normal(HOUR_SPREAD, creditor.people)
    effect = draw.within("hour")
    hours = np.array(creditor.hours, dtype=float)
    fit = np.exp(-(((hours[None] - best[:, None]) / HOUR_WIDTH) ** 2))
    return effect * (fit - fit.mean(axis=1, keepdims=True)) * HOUR_SCALE


def draw_taste(draw: Draw, creditor: Creditor, people: People, spread: float, own: float) -> Column:
    """By product, for all, and each person's own."""
    group = (people.product == "card") * 1 + (people.product == "loan") * 2
    count = len(creditor.wordings)
    by_product = draw.normal(spread, 3, count)[group]
    for_all = draw.normal(spread, count)
    return by_product + for_all + draw.normal(spread * own, creditor.people, count)
