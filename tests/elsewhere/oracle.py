"""The policy that knows everybody: how far one could come under the same limits.

Greedy: for each person the offer that keeps most in expectation, then the contact that earns most
beyond its cost. `world` is whom it believes in: the town's own, or somebody's idea of it
(`informed`).
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from tests.elsewhere.baselines import may_write
from tests.elsewhere.draw import Column, Flags, Whole, sigmoid
from tests.elsewhere.plans import Contacts, Offers, Plan, offer, within_capacity
from tests.elsewhere.town import NEVER, WEEK, Town
from tests.elsewhere.world import World

COUNTS = (1, 2, 3, 4, 6, 8, 10, 12, 18, 24)
LEVELS = (0, 0.3, 0.6, 0.8, 1.0)
"""From what a person has seen to what may be given."""
ANEW_DAYS = 14
OPT_OUT_LOSES = 0.3
"""Of what an agreement is worth, beside the price of an opt-out."""
FORBIDDEN = -1e9
ROUNDS, DEARER, CHEAPER, FIRST_PRICE_CENTS = 25, 1.15, 0.93, 20


@dataclass(frozen=True, slots=True)
class Pace:
    """How many days at least between two contacts, and how many visits an offer is made for."""

    gap_days: int
    visits: float


PACES = (Pace(1, 2.0), Pace(2, 2.0), Pace(2, 5.0), Pace(3, 3.0))
"""The oracle's are tried one after the other: the best one counts."""


class Oracle:
    """Sees the latents of `world`, and where everybody stands."""

    def __init__(self, world: World, pace: Pace) -> None:
        self.world, self.pace = world, pace
        people = world.creditor.people
        self.discount, self.count = np.zeros(people), np.ones(people, dtype=np.int64)

    def plan(self, town: Town) -> Plan:
        """The contacts and offers of the town's day."""
        self._price(town)
        seen = np.maximum(town.standing.seen_discount, 0)
        offers = offer(town.standing, np.maximum(self.discount, seen), self.count)
        return Plan(self._contacts(town, offers), offers)

    def learn(self, town: Town, events: pl.DataFrame) -> None:
        """There is nothing to learn."""

    def _price(self, town: Town) -> None:
        """The best terms anew: every two weeks, after a visit, after a break, when all changes."""
        standing, day = town.standing, town.day
        came = (standing.first_visit >= 0) & (standing.last_visit < day)
        drifts = self.world.drift is not None and day == self.world.drift.day
        broke = (standing.breaks_on == NEVER) & (standing.agreed_on >= 0) & ~standing.agreed
        anew = (came & (standing.last_visit == day - 1)) | broke
        if day % ANEW_DAYS == 0 or drifts:
            anew[:] = True
        who = np.flatnonzero(anew & ~standing.agreed & ~standing.settled)
        if len(who):
            self.discount[who], self.count[who] = self._best(town, who, came[who])

    def _best(self, town: Town, who: Whole, came: Flags) -> tuple[Column, Whole]:
        """Discount and instalments that keep most in expectation, within the rules."""
        limits, standing = self.world.limits(town.day), town.standing
        owed = standing.owed_cents[who]
        most = np.where(came, limits.most_cents[who], limits.opening_cents[who])
        most = most / self.world.people.balance_cents[who]
        longest = np.where(came, limits.longest[who], limits.opening_longest[who])
        least = np.maximum(standing.seen_discount[who], 0)
        best, discount, count = np.full(len(who), -1.0), least.copy(), np.ones(len(who), np.int64)
        for level in LEVELS:
            tried = np.minimum(least + np.maximum(most - least, 0) * level, np.maximum(most, least))
            for number in COUNTS:
                cents = owed * (1 - tried) / number
                allowed = (number == 1) | ((number <= longest) & (cents >= limits.least_cents[who]))
                if not allowed.any():
                    continue
                value = np.where(allowed, self._keeps(town, who, tried, cents, number), -1)
                better = value > best
                best = np.where(better, value, best)
                discount = np.where(better, tried, discount)
                count = np.where(better, number, count)
        return discount, count

    def _keeps(self, town: Town, who: Whole, discount: Column, cents: Column, number: int) -> Column:  # fmt: skip
        """Expected cents over the visits that are counted on."""
        count = np.full(len(who), number)
        chance = self._agrees(town, who, offer_of(discount, count, cents))
        return (1 - (1 - chance) ** self.pace.visits) * self.world.kept(who, cents, count)

    def _agrees(self, town: Town, who: Whole, offers: Offers) -> Column:
        return self.world.agrees(
            who,
            offers.discount,
            offers.instalment_cents,
            offers.instalments,
            day=town.day,
            first_visit=town.standing.first_visit[who],
            final=offers.final,
        )

    def _contacts(self, town: Town, offers: Offers) -> Contacts:
        """Whoever is worth a contact today, with the best channel, hour and wording for each."""
        standing, lawful = town.standing, self.world.lawful(town.day)
        rested = standing.contacts_within(town.day, self.pace.gap_days - 1) == 0
        who = np.flatnonzero(may_write(town) & rested & lawful.any(axis=1))
        wording, gain = self._gains(town, who, self._worth(town, who, offers))
        usable = self.world.latents.usable[who] & ~standing.opted_out[who]
        allowed = usable[:, :, None] & lawful[who][:, None, :]
        gain = np.where(allowed, gain, FORBIDDEN)
        by_channel, hour = gain.max(axis=2), gain.argmax(axis=2)
        channel, worth = _assign(town, by_channel)
        rows = np.flatnonzero(worth > 0)
        ahead = by_channel[rows, channel[rows]] - np.sort(by_channel[rows], axis=1)[:, -2]
        rows = rows[within_capacity(town, channel[rows], ahead)]
        return Contacts(who[rows], channel[rows], hour[rows, channel[rows]], wording[rows])

    def _worth(self, town: Town, who: Whole, offers: Offers) -> Column:
        """Expected cents of a visit today that would not come by itself."""
        count, cents = offers.instalments[who], offers.instalment_cents[who]
        mine = Offers(offers.discount[who], count, cents, offers.final[who])
        chance = self._agrees(town, who, mine)
        keeps = chance * self.world.kept(who, cents, np.maximum(count, 1)) * (count > 0)
        days_left = self.world.creditor.days - town.day
        return keeps * (1 - self.world.latents.unasked[who] * chance) ** days_left

    def _gains(self, town: Town, who: Whole, worth: Column) -> tuple[Whole, Column]:
        """The best wording, and cents by (person, channel, hour) beyond cost and harm."""
        world, standing, latents = self.world, town.standing, self.world.latents
        creditor, day = world.creditor, town.day
        lately = standing.contacts_within(day, WEEK)[who]
        weary = world.weariness(lately, standing.contacts[who])
        last = np.arange(len(creditor.wordings))[None] == standing.last_wording[who][:, None]
        taste = world.taste(day)[who] - world.nature.repeated * last
        engages = sigmoid(world.engage_odds(day)[who] + (taste.max(axis=1) - weary)[:, None])
        reads = sigmoid(world.read_odds(day)[who] - weary[:, None, None])
        arrives = latents.delivered[who]
        comes = arrives[:, :, None] * reads * engages[:, :, None] * world.nature.comes
        lost = creditor.opt_out_cents + OPT_OUT_LOSES * worth
        harm = latents.complaint[who][:, None] * creditor.complaint_cents
        harm = harm + latents.opt_out[who][:, None] * arrives * lost[:, None]
        burden = creditor.cost_cents[None] + harm * world.annoyance(lately)
        return taste.argmax(axis=1), comes * worth[:, None, None] - burden[:, :, None]


def offer_of(discount: Column, count: Whole, cents: Column) -> Offers:
    """One row for each of some people."""
    return Offers(discount, count, cents, np.zeros(len(count), dtype=bool))


def _assign(town: Town, gain: Column) -> tuple[Whole, Column]:
    """The best channel of each and what it gains, at prices that leave scarce ones room."""
    creditor = town.world.creditor
    rooms = [(place, creditor.capacity[name]) for place, name in enumerate(creditor.channels)]
    scarce = [(place, room) for place, room in rooms if room is not None]
    price = np.zeros(len(creditor.channels))
    for _ in range(ROUNDS if scarce else 1):
        channel, best = (gain - price).argmax(axis=1), (gain - price).max(axis=1)
        for place, room in scarce:
            is_full = ((channel == place) & (best > 0)).sum() > room
            start = FIRST_PRICE_CENTS if is_full and price[place] < 1 else 0
            price[place] = price[place] * (DEARER if is_full else CHEAPER) + start
    return channel, best
