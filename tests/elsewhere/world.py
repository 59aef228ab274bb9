"""One world: who lives in it, what their creditor is like, and how likely everything is."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from tests.elsewhere.creditor import LEGAL_HOURS, Creditor, Limits, draw_creditor, limits_of
from tests.elsewhere.draw import Column, Draw, Flags, Whole, sigmoid
from tests.elsewhere.latents import Drift, Latents, Nature, draw_latents
from tests.elsewhere.parameters import (
    ENOUGH,
    FATIGUE_EVER,
    FIRST_DUE_DAYS,
    MONTH_DAYS,
    PRESSURE,
    WAITING,
)
from tests.elsewhere.people import People, draw_people
from tests.elsewhere.seen import Seen, draw_seen

MOTIVE_ENGAGES, MOTIVE_AGREES, MOTIVE_PAYS = 0.6, 0.7, 0.4
FIRST_MISSED = 0.3
STEEP = 1.5
"""How sharply a burden above what a month bears begins to count."""
AFTER_PAYDAY_DAYS = 4


@dataclass(frozen=True, slots=True)
class World:
    """Nothing in it changes while it is lived in; `luck_seed` decides what happens."""

    seed: int
    scenario: str
    creditor: Creditor
    people: People
    nature: Nature
    latents: Latents
    drift: Drift | None
    seen: Seen
    luck_seed: int

    def date(self, day: int) -> date:
        """The calendar day of a day's number, from 0."""
        return self.creditor.starts + timedelta(days=day)

    def limits(self, day: int) -> Limits:
        """The offer rules person by person, by what is past due on that day."""
        people = self.people
        late = people.days_past_due + day
        return limits_of(self.creditor.rules, late, people.principal_cents, people.balance_cents)

    def lawful(self, day: int) -> Flags:
        """(people, hours): whether a contact at that hour is lawful on that day."""
        today, hours = self.date(day), np.array(self.creditor.hours)
        allowed = np.zeros((self.creditor.people, len(hours)), dtype=bool)
        if today in self.creditor.closed:
            return allowed
        for region in np.unique(self.people.region):
            week = LEGAL_HOURS.get(region, LEGAL_HOURS["*"])
            start, end = week.get(today.weekday(), (0, 0))
            allowed[self.people.region == region] = (start <= hours) & (hours < end)
        return allowed

    def has_drifted(self, day: int) -> Drift | None:
        """What is otherwise on that day, if anything."""
        return self.drift if self.drift and day >= self.drift.day else None

    def after_payday(self, day: int) -> Column:
        """1 for whose money came in the last days, else 0."""
        since = (self.date(day).day - self.latents.payday) % MONTH_DAYS
        return (since <= AFTER_PAYDAY_DAYS).astype(float)

    def read_odds(self, day: int) -> Column:
        """(people, channels, hours): log-odds that what is delivered is read or answered."""
        changed = self.has_drifted(day)
        hour = changed.hour if changed else self.latents.hour
        odds = self.latents.read[:, :, None] + hour[:, None, :]
        return odds + changed.read[:, None] if changed else odds

    def engage_odds(self, day: int) -> Column:
        """(people, channels): log-odds of engaging, before the wording."""
        changed, nature = self.has_drifted(day), self.nature
        odds = self.latents.engaged + MOTIVE_ENGAGES * self.latents.motive[:, None]
        odds = odds + nature.payday * self.after_payday(day)[:, None]
        return odds + changed.engaged if changed else odds

    def taste(self, day: int) -> Column:
        """(people, wordings): what a wording adds to engaging."""
        changed = self.has_drifted(day)
        return changed.taste if changed else self.latents.taste

    def weariness(self, lately: Whole, ever: Whole) -> Column:
        """What contacts of the last seven days, and all, take from reading and engaging."""
        fatigue = self.nature.fatigue
        return fatigue * np.maximum(lately - 1, 0) + FATIGUE_EVER * fatigue * ever

    def annoyance(self, lately: Whole) -> Column:
        """(people, channels): how many times likelier complaints and opt-outs have become."""
        return np.exp(PRESSURE * lately)[:, None] * self.nature.complains_by_channel[None]

    def agrees(
        self,
        who: Whole,
        discount: Column,
        instalment: Column,
        count: Whole,
        *,
        day: int,
        first_visit: Whole,
        final: Flags,
    ) -> Column:
        """The chance that each of `who` agrees to this offer at a visit.

        `discount`: share of the balance; `instalment`: cents; `first_visit`: day, −1 for none.
        """
        latents, nature, changed = self.latents, self.nature, self.has_drifted(day)
        burden = np.log(np.maximum(instalment, 1) / latents.bears_cents[who])
        odds = nature.agrees + (changed.agrees if changed else 0)
        odds = odds + MOTIVE_AGREES * latents.motive[who]
        odds = odds + latents.discount[who] * (discount - latents.central_discount[who])
        odds = odds - nature.burden * np.log1p(np.exp(STEEP * burden)) / STEEP
        odds = odds - nature.length * count + nature.payday * self.after_payday(day)[who]
        chance = sigmoid(odds)
        if not latents.waits.any():
            return chance
        best = self.limits(day).most_cents[who] / np.maximum(self.people.balance_cents[who], 1)
        patient = (first_visit < 0) | (day - first_visit < latents.patience_days[who])
        waits = latents.waits[who] & (discount < ENOUGH * best) & ~final & patient
        return np.where(waits, WAITING * chance, chance)

    def misses(self, who: Whole, instalment: Column, number: int | Whole) -> Column:
        """The chance that the instalment of this number, from 0, is not paid."""
        nature = self.nature
        burden = np.log(np.maximum(instalment, 1) / self.latents.bears_cents[who])
        odds = nature.misses + nature.misses_by_burden * burden
        first = FIRST_MISSED * (np.asarray(number) == 0)
        return sigmoid(odds - MOTIVE_PAYS * self.latents.motive[who] + first)

    def kept(self, who: Whole, instalment: Column, count: Whole) -> Column:
        """Expected cents of an agreement within the creditor's horizon."""
        months = 1 + (self.creditor.horizon_days - FIRST_DUE_DAYS) // MONTH_DAYS
        paid = np.minimum(count, months)
        stands, cents = np.ones(len(who)), np.zeros(len(who))
        for number in range(int(paid.max(initial=0))):
            stands = stands * (1 - self.misses(who, instalment, number))
            cents = cents + stands * instalment * (number < paid)
        return cents


def draw_world(seed: int, scenario: str) -> World:
    """The world of this seed. Raises ValueError for a scenario that does not exist."""
    draw = Draw(seed, scenario)
    creditor = draw_creditor(draw)
    people = draw_people(draw, creditor.people)
    nature, latents, drift = draw_latents(draw, creditor, people)
    seen = draw_seen(draw, creditor, people, latents)
    luck_seed = int(draw.random.integers(2**31))
    return World(seed, scenario, creditor, people, nature, latents, drift, seen, luck_seed)
