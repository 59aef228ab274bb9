"""What happened to each person, as arrays kept from day to day: never a scan of all history.

Absorbing days one by one gives the same as absorbing the whole log again from nothing.
"""

from dataclasses import dataclass, fields
from datetime import date

import numpy as np
from numpy.typing import NDArray

from app.scoring.events import Contacts, Day, Visits
from app.scoring.people import People

NEVER = -10_000
WEEK = 7
PAUSE_AFTER_PROMISE = 4
"""Days of silence after somebody promised to pay."""
MOST_LEANING = 3
MOST_IN_A_ROW = 10
DEAD = 3
"""Messages that came back, and none that did not: nothing more is sent there."""
BETTER = 1e-4
"""A discount is another one from a hundredth of a percent on."""
SETTLED_BELOW = 100
"""What is left below one real counts as paid."""


@dataclass(slots=True)
class History:
    """Arrays of `n` people (C channels); `clock` is the ordinal of the latest day known."""

    clock: int
    recent: NDArray[np.uint8]
    """(n, 7): contacts on the days clock, clock − 1 … by day modulo 7."""
    today: NDArray[np.uint8]
    """(n, C): contacts by channel on the day `clock`."""
    contacted_on: NDArray[np.int32]
    last_wording: NDArray[np.int8]
    last_intensity: NDArray[np.int8]
    """1: the last message was a whole one, 0: a short one; −1: there was none."""
    last_channel: NDArray[np.int8]
    in_a_row: NDArray[np.int8]
    """Contacts by it since the last one by another, at most MOST_IN_A_ROW."""
    contacts: NDArray[np.int32]
    bounces: NDArray[np.uint8]
    arrived: NDArray[np.bool_]
    """(n, C): whether a message ever was not returned."""
    opted_out: NDArray[np.bool_]
    """(n, C)."""
    complaints: NDArray[np.int16]
    opt_outs: NDArray[np.int16]
    held: NDArray[np.bool_]
    agreed: NDArray[np.bool_]
    settled: NDArray[np.bool_]
    quiet_until: NDArray[np.int32]
    visits: NDArray[np.int16]
    first_visit: NDArray[np.int32]
    last_visit: NDArray[np.int32]
    refusals: NDArray[np.int16]
    """Visits that ended without closing since the last agreement."""
    seen_discount: NDArray[np.float64]
    seen_instalments: NDArray[np.int16]
    """0: no offer seen yet."""
    step: NDArray[np.int8]
    """Better offers seen so far."""
    held_back: NDArray[np.bool_]
    """Whether more was still to come, as far as was told, when the first offer was seen."""
    balance: NDArray[np.float64]
    """Owed now, cents: a broken agreement's discount is void."""
    cash: NDArray[np.float64]
    commits: NDArray[np.int16]
    breaks: NDArray[np.int16]
    committed_on: NDArray[np.int32]
    committed_discount: NDArray[np.float64]
    committed_net: NDArray[np.float64]
    """What was agreed to be paid, cents."""
    committed_instalments: NDArray[np.int16]
    cash_since_commit: NDArray[np.float64]
    fits_cents: NDArray[np.float64]
    """What fits in a month by the person's last word, cents; 0: never told."""
    leaning: NDArray[np.int8]
    """Options looked at: paying once (−1 each) against instalments (+1 each), within ±3."""

    def rows(self, positions: NDArray[np.int64]) -> "History":
        """A copy of the history of some people."""
        taken = {
            one.name: getattr(self, one.name)[positions].copy()
            for one in fields(self)
            if one.name != "clock"
        }
        return History(clock=self.clock, **taken)

    def in_week(self) -> NDArray[np.int64]:
        """Contacts in the last seven days (n,)."""
        return np.asarray(self.recent.sum(axis=1), dtype=np.int64)

    def on_clock(self) -> NDArray[np.int64]:
        """Contacts on the latest day (n,)."""
        return np.asarray(self.today.sum(axis=1), dtype=np.int64)

    def next_intensity(self, rows: NDArray[np.int64]) -> NDArray[np.int8]:
        """Of the next message to some people (m,): the first is whole (1), and after a whole one
        comes a short one (0), after a short one a whole one."""
        return np.asarray(self.last_intensity[rows] != 1, dtype=np.int8)

    def dead(self) -> NDArray[np.bool_]:
        """Addresses (n, C) from which everything came back, several times."""
        return (self.bounces >= DEAD) & ~self.arrived

    def open(self) -> NDArray[np.bool_]:
        """Whose debt is neither agreed on, settled nor on hold (n,)."""
        return ~(self.agreed | self.settled | self.held)

    def advance(self, day: date) -> None:
        """Move the clock; never backward: what is late still counts against the caps."""
        passed = day.toordinal() - self.clock
        if passed <= 0:
            return
        for step in range(1, min(passed, WEEK) + 1):
            self.recent[:, (self.clock + step) % WEEK] = 0
        self.today[:] = 0
        self.clock += passed

    def absorb(self, day: date, happened: Day) -> None:
        """Take in a day's events. Money of the day first, then what changes somebody's state."""
        self.advance(day)
        ordinal = day.toordinal()
        self._contacted(ordinal, happened.contacts)
        self._paid(*happened.paid)
        self._returned(*happened.returned)
        self._ended(happened)
        self._visited(ordinal, happened.visits)
        self._stopped(ordinal, happened)
        self._told(happened)

    def _contacted(self, ordinal: int, contacts: Contacts) -> None:
        rows, channel = contacts.rows, contacts.channel
        age = self.clock - ordinal
        if age < WEEK:
            np.add.at(self.recent[:, ordinal % WEEK], rows, 1)
        if age == 0:
            np.add.at(self.today, (rows, channel), 1)
        np.maximum.at(self.contacted_on, rows, ordinal)
        np.add.at(self.contacts, rows, 1)
        np.add.at(self.bounces, (rows[contacts.bounced], channel[contacts.bounced]), 1)
        self.arrived[rows[~contacts.bounced], channel[~contacts.bounced]] = True
        worded = contacts.wording >= 0
        self.last_wording[rows[worded]] = contacts.wording[worded]
        told, planned = contacts.intensity, self.next_intensity(rows)
        self.last_intensity[rows] = np.where(told >= 0, told, planned)
        same = self.last_channel[rows] == channel
        self.in_a_row[rows] = np.where(same, np.minimum(self.in_a_row[rows] + 1, MOST_IN_A_ROW), 1)
        self.last_channel[rows] = channel

    def _paid(self, rows: NDArray[np.int64], cents: NDArray[np.float64]) -> None:
        np.add.at(self.cash, rows, cents)
        np.add.at(self.balance, rows, -cents)
        np.maximum(self.balance, 0, out=self.balance)
        inside = self.agreed[rows]
        np.add.at(self.cash_since_commit, rows[inside], cents[inside])
        done = self.agreed & (self.cash_since_commit > self.committed_net - SETTLED_BELOW)
        self.settled[rows] |= (self.balance[rows] < SETTLED_BELOW) | done[rows]

    def _returned(self, rows: NDArray[np.int64], cents: NDArray[np.float64]) -> None:
        """Money that is not kept counts as never paid; what is owed again, the tables tell."""
        np.add.at(self.cash, rows, -cents)
        inside = self.agreed[rows]
        np.add.at(self.cash_since_commit, rows[inside], -cents[inside])

    def _ended(self, happened: Day) -> None:
        broken, settled = happened.simple["broken"], happened.simple["settled"]
        self.agreed[broken] = False
        np.add.at(self.breaks, broken, 1)
        self.refusals[broken] = 0
        self.settled[settled] = True
        self.agreed[settled] = False
        self.balance[settled] = 0
        reopened = happened.simple["reopened"]
        self.settled[reopened] = False
        self.agreed[reopened] = True

    def _visited(self, ordinal: int, visits: Visits) -> None:
        rows, shown = visits.rows, visits.instalments > 0
        discount = np.where(np.isnan(visits.discount), 0, visits.discount)
        before = self.seen_instalments[rows]
        better = (discount > self.seen_discount[rows] + BETTER) | (visits.instalments > before)
        self.step[rows] += (shown & (before > 0) & better).astype(np.int8)
        self.seen_discount[rows] = np.maximum(self.seen_discount[rows], discount)
        self.seen_instalments[rows] = np.maximum(before, visits.instalments)
        self.first_visit[rows] = np.where(self.visits[rows] > 0, self.first_visit[rows], ordinal)
        self.visits[rows] += 1
        self.last_visit[rows] = np.maximum(self.last_visit[rows], ordinal)
        closed = rows[visits.committed]
        self.refusals[rows[~visits.committed]] += 1
        self.commits[closed] += 1
        self.agreed[closed] = ~self.settled[closed]
        self.committed_on[closed] = ordinal
        self.committed_discount[closed] = discount[visits.committed]
        self.committed_net[closed] = self.balance[closed] * (1 - discount[visits.committed])
        self.committed_instalments[closed] = np.maximum(visits.instalments[visits.committed], 1)
        self.cash_since_commit[closed] = 0

    def _stopped(self, ordinal: int, happened: Day) -> None:
        rows, channel = happened.stops
        self.opted_out[rows[channel < 0]] = True
        self.opted_out[rows[channel >= 0], channel[channel >= 0]] = True
        np.add.at(self.opt_outs, rows, 1)
        np.add.at(self.complaints, happened.simple["complaint"], 1)
        self.held[happened.simple["held"]] = True
        self.held[happened.simple["released"]] = False
        until = ordinal + PAUSE_AFTER_PROMISE
        np.maximum.at(self.quiet_until, happened.simple["promise"], until)

    def _told(self, happened: Day) -> None:
        rows, cents = happened.budgets
        self.fits_cents[rows] = cents
        rows, count = happened.opened
        lean = np.bincount(rows, np.where(count > 1, 1, -1), len(self.leaning))
        self.leaning[:] = np.clip(self.leaning + lean, -MOST_LEANING, MOST_LEANING)


def fresh(people: People, channels: int, day: date | None = None) -> History:
    """A history in which nothing has happened yet."""
    n = len(people)

    def never() -> NDArray[np.int32]:
        return np.full(n, NEVER, dtype=np.int32)

    return History(
        clock=day.toordinal() if day else 0,
        recent=np.zeros((n, WEEK), np.uint8),
        today=np.zeros((n, channels), np.uint8),
        contacted_on=never(),
        last_wording=np.full(n, -1, np.int8),
        last_intensity=np.full(n, -1, np.int8),
        last_channel=np.full(n, -1, np.int8),
        in_a_row=np.zeros(n, np.int8),
        contacts=np.zeros(n, np.int32),
        bounces=np.zeros((n, channels), np.uint8),
        arrived=np.zeros((n, channels), np.bool_),
        opted_out=np.zeros((n, channels), np.bool_),
        complaints=np.zeros(n, np.int16),
        opt_outs=np.zeros(n, np.int16),
        held=people.held.copy(),
        agreed=people.agreed.copy(),
        settled=people.balance < SETTLED_BELOW,
        quiet_until=never(),
        visits=np.zeros(n, np.int16),
        first_visit=never(),
        last_visit=never(),
        refusals=np.zeros(n, np.int16),
        seen_discount=np.zeros(n, np.float64),
        seen_instalments=np.zeros(n, np.int16),
        step=np.zeros(n, np.int8),
        held_back=np.zeros(n, np.bool_),
        balance=people.balance.astype(np.float64),
        cash=np.zeros(n, np.float64),
        commits=np.zeros(n, np.int16),
        breaks=np.zeros(n, np.int16),
        committed_on=never(),
        committed_discount=np.zeros(n, np.float64),
        committed_net=np.zeros(n, np.float64),
        committed_instalments=np.zeros(n, np.int16),
        cash_since_commit=np.zeros(n, np.float64),
        fits_cents=np.zeros(n, np.float64),
        leaning=np.zeros(n, np.int8),
    )
