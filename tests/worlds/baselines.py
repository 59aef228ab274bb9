"""What the engine is compared with: the creditor's rules of today, and sensible segment rules.

Both speak the engine's interface and know only what the engine knows.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from app.engine import Spec
from tests.worlds.creditor import Limits, read_limits
from tests.worlds.town import LegalHours
from tests.worlds.visits import net_cents

Rows = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class SimplePlan:
    """A day's contacts and offers, in the columns of the engine's plan."""

    actions: pl.DataFrame
    offers: pl.DataFrame


class Rules:
    """What rule-based policies share: who may be contacted, and their offer of the day."""

    portfolio: pl.DataFrame
    spec: Spec
    limits: Limits

    def reset(self, portfolio: pl.DataFrame, rules: Mapping[str, Any], spec: Spec) -> None:
        """Before the first day."""
        self.portfolio, self.spec = portfolio, spec
        self.limits = read_limits(rules, portfolio)
        self.ids = portfolio["person"].to_numpy()
        self.row = {person: row for row, person in enumerate(self.ids.tolist())}
        n, channels = len(self.ids), spec.channels
        self.balance = portfolio["balance_cents"].to_numpy().copy()
        self.paid = np.zeros(n, dtype=np.int64)
        self.away = portfolio["held"].to_numpy().copy()
        self.agreed = portfolio["in_agreement"].to_numpy().copy()
        self.done = np.zeros(n, dtype=bool)
        self.last = np.full(n, -10_000)
        self.visited = np.full(n, -10_000)
        self.seen = np.zeros(n, dtype=np.int64)
        self.sent = np.zeros((n, 7), dtype=np.int64)
        reachable = portfolio["reachable"].to_list()
        self.usable = np.array([[c in has for c in channels] for has in reachable])
        self.discount = self.opening()
        self.hours = LegalHours(spec, portfolio["region"].to_list())
        self.start: date | None = None

    def opening(self) -> NDArray[np.float64]:
        """The discount that everybody sees."""
        return self.limits.opening

    def plan(self, day: date) -> SimplePlan:
        """Today's contacts and offers."""
        self.start = self.start or day
        self.number = (day - self.start).days
        self.sent[:, self.number % 7] = 0
        free = ~self.away & ~self.agreed & ~self.done
        due = free & (self.sent.sum(axis=1) < self.spec.per_week)
        closed = day in self.spec.closed
        who, channel, hour, wording = self.contacts(day, due & (not closed))
        self.last[who] = self.number
        self.sent[who, self.number % 7] += 1
        names = np.array(self.spec.channels)
        actions = pl.DataFrame({"person": self.ids[who], "channel": names[channel], "hour": hour, "wording": np.array(self.spec.wordings)[wording]})  # fmt: skip
        return SimplePlan(actions, self._offers(free))

    def contacts(self, day: date, due: Flags) -> tuple[Rows, Rows, Rows, Rows]:
        """Rows, channels, hours and wordings (indices), for those who may be contacted."""
        raise NotImplementedError

    def learn(self, day: date, events: pl.DataFrame) -> None:
        """Agreements, holds, opt-outs and payments change who is contacted."""
        kind = events["kind"].to_numpy()
        row = np.array([self.row[person] for person in events["person"].to_list()], dtype=np.int64)
        visits, payments = kind == "visit", kind == "payment"
        self.visited[row[visits]] = self.number
        self.seen[row[visits]] = events["instalments"].to_numpy()[visits]
        self.agreed[row[visits & (events["committed"].fill_null(False).to_numpy())]] = True
        np.add.at(
            self.paid, row[payments], events["amount_cents"].fill_null(0).to_numpy()[payments]
        )
        broken = row[kind == "broken"]
        self.balance[broken] -= self.paid[broken]
        self.paid[broken], self.agreed[broken] = 0, False
        self.done[row[kind == "settled"]] = True
        self.away[row[kind == "held"]], self.away[row[kind == "released"]] = True, False
        leaving, channels = kind == "opt_out", events["channel"].to_list()
        place = {name: number for number, name in enumerate(self.spec.channels)}
        for at in np.flatnonzero(leaving).tolist():
            own = slice(None) if channels[at] is None else place[channels[at]]
            self.usable[row[at], own] = False

    def legal(self, day: date, hour: int) -> Flags:
        """For whom this hour is lawful today."""
        return self.hours.allow(np.arange(len(self.ids)), hour, day.weekday())

    def _offers(self, free: Flags) -> pl.DataFrame:
        rows = np.flatnonzero(free)
        net = net_cents(self.balance, self.discount)
        wanted = self.limits.instalments_for(net, self.limits.comfortable_cents)
        count = np.maximum(wanted, np.minimum(self.seen, self.limits.longest_for(net)))
        return pl.DataFrame({"person": self.ids[rows], "discount": self.discount[rows], "instalments": count[rows], "instalment_cents": (net // count)[rows], "final": np.zeros(len(rows), dtype=bool)})  # fmt: skip


class Static(Rules):
    """The creditor's rules: one order of channels, one hour, one text, one pause, one offer."""

    def contacts(self, day: date, due: Flags) -> tuple[Rows, Rows, Rows, Rows]:
        """Everybody whose pause is over, on their first usable channel of the order."""
        incumbent, spec = self.spec.incumbent, self.spec
        order = [spec.channels.index(channel) for channel in incumbent.channels]
        usable = self.usable[:, order]
        due = due & usable.any(axis=1) & self.legal(day, incumbent.hour)
        who = np.flatnonzero(due & (self.number - self.last >= incumbent.spacing_days))
        channel = np.array(order)[usable.argmax(axis=1)][who]
        word = spec.wordings.index(incumbent.wording)
        return who, channel, np.full(len(who), incumbent.hour), np.full(len(who), word)


class Segment(Rules):
    """Sensible rules by days past due and balance, as a good operation would set them."""

    PAUSES = (3, 4, 5)
    SHARES = (0.0, 0.4, 0.7)
    """How far from the opening offer to the maximum, by age."""

    def reset(self, portfolio: pl.DataFrame, rules: Mapping[str, Any], spec: Spec) -> None:
        """Segments: three ages by three sizes of balance."""
        days, balance = portfolio["days_past_due"].to_numpy(), portfolio["balance_cents"].to_numpy()
        self.age = np.digitize(days, [90, 365])
        self.size = np.digitize(balance, np.quantile(balance, [0.3, 0.8]))
        self.turn = np.zeros(len(days), dtype=np.int64)
        super().reset(portfolio, rules, spec)

    def opening(self) -> NDArray[np.float64]:
        """The older the debt, the nearer to the creditor's maximum."""
        share = np.array(self.SHARES)[self.age]
        return self.limits.opening + share * (self.limits.most - self.limits.opening)

    def contacts(self, day: date, due: Flags) -> tuple[Rows, Rows, Rows, Rows]:
        """Alternating channels after work; calls to the largest balances; a reminder after a visit."""
        hour = self._after_work(day)
        if hour is None:
            return (np.zeros(0, dtype=np.int64),) * 4
        pause = np.array(self.PAUSES)[self.age]
        pause = np.where(self.number - self.visited <= 7, 2, pause)
        due = due & self.legal(day, hour) & (self.number - self.last >= pause)
        channel = self._channels(due)
        who = np.flatnonzero(channel >= 0)
        self.turn[who] += 1
        wording = self.turn[who] % len(self.spec.wordings)
        return who, channel[who], np.full(len(who), hour), wording

    def _channels(self, due: Flags) -> Rows:
        """−1 for no contact; the written channels in turn, cheap ones alone for small balances."""
        place = {name: number for number, name in enumerate(self.spec.channels)}
        mixes = (("sms", "email"), ("whatsapp", "sms", "email"), ("whatsapp", "email", "sms"))
        channel = np.full(len(due), -1)
        for size, mix in enumerate(mixes):
            numbers = np.array([place[name] for name in mix])
            turns = (self.turn[:, None] + np.arange(len(mix))) % len(mix)
            options = numbers[turns]
            usable = np.take_along_axis(self.usable, options, axis=1)
            first = np.take_along_axis(options, usable.argmax(axis=1)[:, None], axis=1)[:, 0]
            channel = np.where(due & (self.size == size) & usable.any(axis=1), first, channel)
        for name in ("voice", "human"):
            if name in place:
                self._call(channel, due, place[name], self.spec.capacity.get(name))
        return channel

    def _call(self, channel: Rows, due: Flags, number: int, capacity: int | None) -> None:
        """Every third contact of the largest balances is a call, as far as there are callers."""
        wants = due & (self.size == 2) & self.usable[:, number] & (self.turn % 3 == 0)
        rows = np.flatnonzero(wants)
        rows = rows[np.argsort(-self.balance[rows], kind="stable")][:capacity]
        channel[rows] = number

    def _after_work(self, day: date) -> int | None:
        """The latest hour that is lawful for most today."""
        lawful = [hour for hour in self.spec.hours if self.legal(day, hour).mean() > 0.5]
        return max(lawful, default=None)
