"""What the engine is compared with: a fixed scheme, and rules that an experienced team writes."""

import numpy as np
import polars as pl

from tests.elsewhere.creditor import EVENING, MORNING
from tests.elsewhere.draw import Column, Flags, Whole
from tests.elsewhere.parameters import HUMAN
from tests.elsewhere.plans import Contacts, Offers, Plan, longest_within, offer, within_capacity
from tests.elsewhere.town import WEEK, Town
from tests.elsewhere.world import World

INSTALMENTS = 6
"""What the fixed scheme offers."""


def may_write(town: Town) -> Flags:
    """Whom the weekly cap, an agreement or a dispute does not forbid."""
    standing = town.standing
    week = standing.contacts_within(town.day, WEEK - 1)
    return standing.is_free & (week < town.world.creditor.per_week)


class Static:
    """The first channel that reaches, one hour, one spacing, one wording, one offer for all."""

    def plan(self, town: Town) -> Plan:
        """The contacts and offers of the town's day."""
        return Plan(self._contacts(town), self._offers(town))

    def learn(self, town: Town, events: pl.DataFrame) -> None:
        """Nothing."""

    def _contacts(self, town: Town) -> Contacts:
        world, creditor = town.world, town.world.creditor
        spacing, hour = creditor.spacing_days, creditor.hours.index(MORNING)
        open_channels = world.latents.usable & ~town.standing.opted_out
        due = may_write(town) & (town.standing.contacts_within(town.day, spacing - 1) == 0)
        due &= np.arange(creditor.people) % spacing <= town.day
        due &= open_channels.any(axis=1) & world.lawful(town.day)[:, hour]
        who = np.flatnonzero(due)
        channel = self._with_room(town, who, open_channels)
        who, channel = who[channel >= 0], channel[channel >= 0]
        return Contacts(who, channel, np.full(len(who), hour), np.zeros(len(who), dtype=np.int64))

    def _with_room(self, town: Town, who: Whole, open_channels: Flags) -> Whole:
        """First come, first served; the others on their next channel, −1 if there is none."""
        creditor = town.world.creditor
        channel = open_channels.argmax(axis=1)[who]
        for place, name in enumerate(creditor.channels):
            room, rows = creditor.capacity[name], np.flatnonzero(channel == place)
            if room is None or len(rows) <= room:
                continue
            rest = rows[room:]
            after = open_channels[who[rest], place + 1 :]
            if after.size:
                following = place + 1 + after.argmax(axis=1)
                channel[rest] = np.where(after.any(axis=1), following, -1)
            else:
                channel[rest] = -1
        return channel

    def _offers(self, town: Town) -> Offers:
        limits, standing = town.world.limits(town.day), town.standing
        opening = limits.opening_cents / town.world.people.balance_cents
        discount = np.maximum(opening, np.maximum(standing.seen_discount, 0))
        wanted = np.full(len(discount), INSTALMENTS)
        count = longest_within(standing, discount, wanted, limits.opening_longest, limits.least_cents)  # fmt: skip
        return offer(standing, discount, count)


class Segment:
    """Channel and hour by segment, wordings in turn, calls for the largest debts, a comfortable
    instalment, and a concession to those who came and left.
    """

    FIRST_CHANNELS = ("whatsapp", "rcs", "sms", "email")
    WORTH_LATE = ((360, 0.5), (180, 0.8))
    """Of the balance, by days past due."""
    CALLED = 0.4
    TIRED_AFTER, TIRED_DAYS = 12, 2
    CONCEDES_AFTER_DAYS, CONCEDES = 7, 0.5
    LONGEST_FIRST = 8

    def __init__(self, world: World) -> None:
        people, creditor = world.people, world.creditor
        late = people.days_past_due
        (oldest, least), (old, less) = self.WORTH_LATE
        worth = people.balance_cents * np.where(late > oldest, least, np.where(late > old, less, 1.0))  # fmt: skip
        self.rank = worth.argsort()[::-1].argsort() / creditor.people
        self.hour = self._own_hours(world)

    def plan(self, town: Town) -> Plan:
        """The contacts and offers of the town's day."""
        return Plan(self._contacts(town), self._offers(town))

    def learn(self, town: Town, events: pl.DataFrame) -> None:
        """Nothing."""

    def _own_hours(self, world: World) -> Whole:
        """The hour that suits each person, as far as the file or the segment tells."""
        hours, people = world.creditor.hours, world.people
        morning, evening = hours.index(MORNING), hours.index(EVENING)
        hour = np.where(people.product == "store", evening, morning)
        hour = np.where(people.region == "NE", morning, hour)
        return np.where(world.seen.hour >= 0, world.seen.hour, hour)

    def _contacts(self, town: Town) -> Contacts:
        world, creditor, standing = town.world, town.world.creditor, town.standing
        rows, lawful = np.arange(creditor.people), world.lawful(town.day)
        morning = creditor.hours.index(MORNING)
        otherwise = np.where(lawful[:, morning], morning, lawful.argmax(axis=1))
        hour = np.where(lawful[rows, self.hour], self.hour, otherwise)
        pause = -(-WEEK // creditor.per_week)
        pause = np.where(standing.contacts > self.TIRED_AFTER, pause + self.TIRED_DAYS, pause)
        due = may_write(town) & (town.day - standing.last_contact >= pause)
        due &= (rows % 3 <= town.day) & lawful[rows, hour]
        channel = self._channels(town, due)
        who = np.flatnonzero(due & (channel >= 0))
        contacts = Contacts(who, channel[who], hour[who], standing.contacts[who] % len(creditor.wordings))  # fmt: skip
        return contacts.only(within_capacity(town, contacts.channel, -self.rank[who]))

    def _channels(self, town: Town, due: Flags) -> Whole:
        """The person's own or the first written one, each fourth time the cheapest other."""
        creditor, standing = town.world.creditor, town.standing
        open_channels = town.world.latents.usable & ~standing.opted_out
        written = [creditor.channels.index(c) for c in self.FIRST_CHANNELS if c in creditor.channels]  # fmt: skip
        first = np.full(creditor.people, -1)
        for place in reversed(written):
            first = np.where(open_channels[:, place], place, first)
        other = np.full(creditor.people, -1)
        for place in written:
            other = np.where(open_channels[:, place] & (first != place), place, other)
        own = town.world.seen.channel
        is_open = open_channels[np.arange(creditor.people), np.maximum(own, 0)]
        first = np.where((own >= 0) & is_open, own, first)
        channel = np.where((standing.contacts % 4 == 3) & (other >= 0), other, first)
        if HUMAN in creditor.channels:
            phone = creditor.channels.index(HUMAN)
            channel = np.where(channel == phone, other, channel)
            channel[self._called(town, due & open_channels[:, phone])] = phone
        return channel

    def _called(self, town: Town, due: Flags) -> Whole:
        """The largest debts, after two messages without an answer."""
        turn = town.standing.contacts % 4 == 2
        who = np.flatnonzero(due & (self.rank < self.CALLED) & turn)
        return who[np.argsort(self.rank[who])][: town.world.creditor.capacity[HUMAN]]

    def _offers(self, town: Town) -> Offers:
        limits, standing = town.world.limits(town.day), town.standing
        came = standing.last_visit >= 0
        came &= town.day - standing.first_visit >= self.CONCEDES_AFTER_DAYS
        more = self.CONCEDES * (limits.most_cents - limits.opening_cents)
        cents = np.where(came, limits.opening_cents + more, limits.opening_cents)
        discount = cents / town.world.people.balance_cents
        discount = np.maximum(discount, np.maximum(standing.seen_discount, 0))
        count = self._count(standing.owed_cents * (1 - discount), limits.comfortable_cents)
        wanted = np.where(came, count, np.minimum(count, self.LONGEST_FIRST))
        most = np.where(came, limits.longest, limits.opening_longest)
        count = longest_within(standing, discount, wanted, most, limits.least_cents)
        return offer(standing, discount, count)

    @staticmethod
    def _count(cents: Column, comfortable_cents: Column) -> Whole:
        """So many instalments that one is comfortable."""
        return np.ceil(cents / comfortable_cents).astype(np.int64)
