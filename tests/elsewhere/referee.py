"""What no policy may do. A contact outside the rules does not happen; every breach is counted."""

from collections import Counter

import numpy as np

from tests.elsewhere.draw import Flags
from tests.elsewhere.plans import Contacts, Offers
from tests.elsewhere.town import WEEK, Town

CENTS, SHARE = 2.0, 1e-6
"""How far an offer may be off by rounding."""
OFF_BY_SHARE, OFF_BY_INSTALMENT_CENTS = 0.01, 1.5


class Referee:
    """Watches one run; all counts are by reason."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.contacts: Counter[str] = Counter()
        """Refused."""
        self.offers: Counter[str] = Counter()
        """Outside the creditor's rules: shown and counted, once per person and day."""
        self.generous: Counter[str] = Counter()
        """Above the band's opening before anybody came: allowed, for information."""

    def allow(self, contacts: Contacts) -> Contacts:
        """The contacts that may happen, in the order of the people."""
        left = np.ones(len(contacts.who), dtype=bool)
        for reason, broken in self._breaches(contacts):
            self._count(self.contacts, reason, left & broken)
            left &= ~broken
        rows = np.flatnonzero(left)
        for place, name in enumerate(self.town.world.creditor.channels):
            room, these = self.town.world.creditor.capacity[name], rows[contacts.channel[rows] == place]  # fmt: skip
            if room is not None and len(these) > room:
                self.contacts["capacity"] += len(these) - room
                rows = np.setdiff1d(rows, these[room:])
        return contacts.only(rows[np.argsort(contacts.who[rows])])

    def look(self, offers: Offers) -> None:
        """Count the offers of the day that the creditor's rules do not know.

        What is past due grows: the limits of the first day hold on where they were wider. Amounts
        are compared for those who never agreed, who owe what they owed at the start.
        """
        town, standing = self.town, self.town.standing
        today, first = town.world.limits(town.day), town.world.limits(0)
        most = np.maximum(today.most_cents, first.most_cents)
        opening = np.maximum(today.opening_cents, first.opening_cents)
        longest = np.maximum(today.longest, first.longest)
        opening_longest = np.maximum(today.opening_longest, first.opening_longest)
        balance, count, cents = town.world.people.balance_cents, offers.instalments, offers.instalment_cents  # fmt: skip
        shown = (count > 0) & ~standing.agreed & ~standing.settled & (standing.owed_cents > 0)
        whole = shown & (standing.agreements == 0)
        fresh = whole & (standing.first_visit < 0)
        given = offers.discount * balance
        rounding = np.maximum(count * OFF_BY_INSTALMENT_CENTS, OFF_BY_SHARE * balance)
        breaches = {
            "discount above rules": whole & (given > most + CENTS),
            "too long": shown & (count > longest),
            "below least instalment": whole & (count > 1) & (cents < today.least_cents - 1),
            "worse than seen": whole & (offers.discount < standing.seen_discount - SHARE),
            "sum differs": whole & (np.abs(cents * count - (balance - given)) > rounding),
        }
        for reason, broken in breaches.items():
            self._count(self.offers, reason, broken)
        self._count(self.generous, "discount above opening", fresh & (given > opening + CENTS))
        self._count(self.generous, "longer than opening", fresh & (count > opening_longest))

    def _breaches(self, contacts: Contacts) -> list[tuple[str, Flags]]:
        """Every rule with the contacts that break it; the first that holds is the reason."""
        town, standing, who = self.town, self.town.standing, contacts.who
        again = np.ones(len(who), dtype=bool)
        again[np.unique(who, return_index=True)[1]] = False
        this_week = standing.contacts_within(town.day, WEEK - 1)[who]
        return [
            ("two a day", again),
            ("illegal hour", ~town.world.lawful(town.day)[who, contacts.hour]),
            ("unreachable", ~town.world.latents.usable[who, contacts.channel]),
            ("opted out", standing.opted_out[who, contacts.channel]),
            ("held", standing.held[who]),
            ("in agreement", standing.agreed[who] | standing.settled[who]),
            ("above weekly cap", this_week >= town.world.creditor.per_week),
        ]

    @staticmethod
    def _count(counts: Counter[str], reason: str, broken: Flags) -> None:
        if broken.any():
            counts[reason] += int(broken.sum())
