"""What decides how each person acts. No policy but the oracle ever sees it."""

from dataclasses import dataclass, replace

import numpy as np

from tests.elsewhere.creditor import Creditor
from tests.elsewhere.draw import Column, Draw, Flags, Whole
from tests.elsewhere.parameters import (
    CENTRAL_DISCOUNT,
    DISCOUNT_BY_AGE,
    DISCOUNT_SPREAD,
    HUMAN,
    HUMAN_COMPLAINTS,
    MONTH_SHARE,
    PATIENCE_DAYS,
)
from tests.elsewhere.people import OTHER_DEBTS, People
from tests.elsewhere.reach import draw_channels, draw_hours, draw_taste, draw_usable_channels

OWN_TASTE = 1.2
UNASKED_BY_MOTIVE, UNASKED_LESS = 0.7, 0.25
PERSON_DISCOUNT, PERSON_BEARS, PERSON_ANNOYED = 0.5, 0.5, 0.8
LESS_BY_DEBT = 0.12
"""Each other debt leaves less of the month."""
NULL_AGREES = -2.0
OFFER_EFFECTS = ("burden", "agrees", "misses", "misses_by_burden", "length", "payday")
CHANNELS_DRIFT, ENGAGING_DRIFTS, AGREEING_DRIFTS = 0.7, 0.3, 0.3
"""Spreads, in log-odds. Nothing above has a source."""


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
    motive = _motive(draw, people)
    delivered, read, engaged = draw_channels(draw, creditor, people)
    usable, hour = draw_usable_channels(draw, creditor), draw_hours(draw, creditor, people)
    words = draw.within("wording")
    taste = draw_taste(draw, creditor, people, words, OWN_TASTE)
    effects = {name: draw.within(name) for name in ("repeated", "fatigue", "comes")}
    unasked = _unasked(draw, motive)
    discount, central, bears = _price(draw, people)
    effects |= {name: draw.within(name) for name in OFFER_EFFECTS}
    complaint, opt_out = _annoyed(draw, creditor.people)
    waits, patience = _waiting(draw, creditor.people)
    nature = Nature(**effects, complains_by_channel=_complains(draw, creditor))
    latents = Latents(
        motive=motive,
        delivered=delivered,
        read=read,
        engaged=engaged,
        usable=usable,
        hour=hour,
        taste=taste,
        unasked=unasked,
        discount=discount,
        central_discount=central,
        bears_cents=bears,
        payday=people.payday,
        complaint=complaint,
        opt_out=opt_out,
        waits=waits,
        patience_days=patience,
    )
    if draw.is_null:
        nature, latents = _alike(nature, latents)
    drift = _drift(draw, creditor, people, hour, words) if draw.scenario == "drift" else None
    return nature, latents, drift


def _alike(nature: Nature, latents: Latents) -> tuple[Nature, Latents]:
    """Nobody is more willing than another, nor waits for a discount."""
    motive = np.zeros_like(latents.motive)
    central = np.full_like(motive, CENTRAL_DISCOUNT)
    return replace(nature, agrees=NULL_AGREES), replace(
        latents, motive=motive, central_discount=central
    )


def _motive(draw: Draw, people: People) -> Column:
    """Partly what the file shows: late, with other debts, a loan."""
    own = draw.normal(1.0, len(people.product))
    shown = draw.within("motive_shown")
    known = -0.7 * people.lateness - 0.3 * (people.other_debts - OTHER_DEBTS) + 0.2 * (people.product == "loan")  # fmt: skip
    mixed = np.sqrt(1 - shown) * own + np.sqrt(shown) * known
    return mixed * draw.within("motive_spread")


def _unasked(draw: Draw, motive: Column) -> Column:
    """Chance of a visit on a day: the motivated come more often."""
    rate = draw.within("unasked")
    return np.full(len(motive), rate) if draw.is_null else rate * np.exp(UNASKED_BY_MOTIVE * motive - UNASKED_LESS)  # fmt: skip


def _price(draw: Draw, people: People) -> tuple[Column, Column, Column]:
    """What a discount does, from where on, and the cents that a month can bear."""
    count = len(people.product)
    discount = np.zeros(count)
    if not draw.is_null:
        usual = np.log(draw.within("discount"))
        discount = np.exp(draw.random.normal(usual, PERSON_DISCOUNT, count))
    central = CENTRAL_DISCOUNT + DISCOUNT_BY_AGE * people.lateness
    central = central + draw.normal(DISCOUNT_SPREAD, count)
    share = MONTH_SHARE * np.exp(draw.normal(PERSON_BEARS, count))
    return discount, central, share * people.income_cents / (1 + LESS_BY_DEBT * people.other_debts)


def _annoyed(draw: Draw, count: int) -> tuple[Column, Column]:
    """Chances per contact of a complaint and of an opt-out: some are annoyed by all."""
    annoyed = np.exp(draw.normal(0.0 if draw.is_null else PERSON_ANNOYED, count))
    return draw.within("complaint") * annoyed, draw.within("opt_out") * annoyed


def _waiting(draw: Draw, count: int) -> tuple[Flags, Whole]:
    """Who waits for a better offer, and for how many days."""
    waits = np.zeros(count, dtype=bool)
    if draw.scenario == "gaming":
        luck = draw.random.random(count)
        waits = luck < draw.within("strategic")
    least, most = PATIENCE_DAYS
    return waits, draw.random.integers(least, most + 1, count)


def _complains(draw: Draw, creditor: Creditor) -> Column:
    """How many times likelier by channel; in a null world as likely on all."""
    times = 1.0 if draw.is_null else HUMAN_COMPLAINTS
    return np.array([times if channel == HUMAN else 1.0 for channel in creditor.channels])


def _drift(draw: Draw, creditor: Creditor, people: People, hour: Column, words: float) -> Drift:
    """Channels fade or gain, words and hours move, money gets tighter or easier."""
    channels = len(creditor.channels)
    return Drift(
        day=int(creditor.days * draw.within("drift")),
        read=draw.normal(CHANNELS_DRIFT, channels),
        engaged=draw.normal(ENGAGING_DRIFTS, channels),
        taste=draw_taste(draw, creditor, people, words, 1.0),
        agrees=float(draw.random.normal(0, AGREEING_DRIFTS)),
        hour=np.roll(hour, 1, axis=1),
    )
