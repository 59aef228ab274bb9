"""The policy that knows everybody: how far one could come under the same limits.

Greedy: for each person the offer and the contact that earn most in expectation, given the person's
own latents; scarce channels go to those they help most; a pace by person that weighs fatigue.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from app.engine import Spec
from tests.worlds.baselines import SimplePlan
from tests.worlds.cash import MONTH, keeping
from tests.worlds.contacts import TRANSIENT, WEIGHT, annoyed, chances
from tests.worlds.people import Column, sigmoid
from tests.worlds.town import Town
from tests.worlds.visits import net_cents, would_sign

Rows = NDArray[np.int64]

LEVELS = np.linspace(0, 1, 9)
COUNTS = (1, 2, 3, 4, 6, 8, 10, 12, 18, 24, 36)
PACES = np.array([1, 2, 3, 4, 5, 7, 10, 14, 21])
LOSES_CHANNEL = 0.5
"""Of what a visit is worth, how much an opt-out costs beside its price."""


class Oracle:
    """Sees the town itself."""

    def __init__(self, town: Town) -> None:
        self.town = town

    def reset(self, portfolio: pl.DataFrame, rules: Mapping[str, Any], spec: Spec) -> None:
        """Before the first day."""
        n = len(self.town.ids)
        self.everybody = np.arange(n)
        self.recent = np.zeros((n, 7))
        self.last = np.full(n, -10_000)

    def learn(self, day: date, events: pl.DataFrame) -> None:
        """There is nothing to learn."""

    def plan(self, day: date) -> SimplePlan:
        """The best contacts and offers of today."""
        town, state = self.town, self.town.state
        if town.day % 7 == 0 or town.day == town.world.changes_on:
            self._price()
        discount = np.maximum(self.discount, state.seen_discount)
        net = net_cents(state.balance_cents, discount)
        longest = np.minimum(town.limits.longest, net // town.limits.least_cents)
        count = np.clip(np.maximum(self.count, state.seen_instalments), 1, np.maximum(longest, 1))
        free = np.flatnonzero(~state.in_agreement & ~state.settled)
        offers = pl.DataFrame({"person": town.ids[free], "discount": discount[free], "instalments": count[free], "instalment_cents": (net // count)[free], "final": np.ones(len(free), dtype=bool)})  # fmt: skip
        return SimplePlan(self._contacts(), offers)

    def _price(self) -> None:
        """For everybody the discount and the instalments that earn most at a visit."""
        town, limits = self.town, self.town.limits
        left = town.world.days - town.day
        cured = (1 - (1 - town.latents.cure) ** left) * town.state.balance_cents
        best = np.full(len(self.everybody), -np.inf)
        self.discount, self.count = limits.opening.copy(), np.ones_like(limits.longest)
        for level in (None, *LEVELS):
            discount = limits.opening if level is None else limits.most * level
            net = net_cents(town.state.balance_cents, discount)
            for wanted in COUNTS:
                longest = np.minimum(limits.longest, net // limits.least_cents)
                count = np.clip(wanted, 1, np.maximum(longest, 1))
                gain = self._gain(discount, count, net, cured)
                better = gain > best + 1e-9
                best = np.where(better, gain, best)
                self.discount = np.where(better, discount, self.discount)
                self.count = np.where(better, count, self.count)
        anyway = 1 - (1 - town.latents.visits) ** (left / 2)
        self.worth = np.maximum(best, 0) * (1 - anyway)

    def _gain(self, discount: Column, count: Rows, net: Rows, cured: Column) -> Column:
        """Expected kept cash of a visit beyond what comes anyway."""
        town, who = self.town, self.everybody
        no_agent = np.zeros(len(who), dtype=bool)
        instalment = (net // count).astype(np.float64)
        willing, price, afford, cash = would_sign(
            town, who, discount, instalment, net.astype(np.float64), no_agent
        )
        signs = willing * price
        likes_cash = town.world.value["pays_at_once"]
        plans = signs * afford * (1 - likes_cash * cash)
        once = signs * cash * (1 - afford + likes_cash * afford)
        each = self._kept(instalment, count == 1)
        months = np.minimum(count, (town.spec.horizon_days - 5) // MONTH + 1)
        kept = instalment * each * (1 - each**months) / (1 - each)
        kept_once = net * self._kept(net.astype(np.float64), np.ones_like(no_agent))
        return plans * kept + once * kept_once - (plans + once) * np.minimum(cured, kept_once)

    def _kept(self, cents: Column, at_once: NDArray[np.bool_]) -> Column:
        """The chance that one payment comes, on the day or late."""
        no_agent = np.zeros(len(cents), dtype=bool)
        on_day = keeping(self.town, self.everybody, cents, at_once, no_agent)
        return np.minimum(
            on_day + (1 - on_day) * self.town.world.value["late_payer"] * on_day, 0.999
        )

    def _contacts(self) -> pl.DataFrame:
        """Today's contacts: of those who may be contacted, who is worth it."""
        town, state, spec = self.town, self.town.state, self.town.spec
        allowed = ~state.in_agreement & ~state.settled & (state.held_until <= town.day)
        week = state.sent_days.sum(axis=1) - state.sent_days[:, town.day % 7]
        allowed &= (week < spec.per_week) & (town.today not in spec.closed) & (self.worth > 0)
        who = np.flatnonzero(allowed)
        wording = self._wording(who)
        value, reward, hour = self._values(who, wording)
        channel = self._assign(value)
        rows, at = np.arange(len(who)), np.maximum(channel, 0)
        chosen = value[rows, at]
        self.recent[:, town.day % 7] = 0
        self.recent[who, town.day % 7] = np.where(channel >= 0, chosen, 0)
        goes = (channel >= 0) & (chosen > 0) & (chosen >= 0.75 * self.recent[who].max(axis=1))
        goes &= town.day - self.last[who] >= self._pace(who, reward[rows, at], at)
        self.last[who[goes]] = town.day
        names, words = np.array(town.world.channels), np.array(spec.wordings)
        return pl.DataFrame({"person": town.ids[who[goes]], "channel": names[channel[goes]], "hour": hour[rows, at][goes], "wording": words[wording[goes]]})  # fmt: skip

    def _wording(self, who: Rows) -> Rows:
        """The text each person likes best, but not the last one again."""
        taste = self.town.latents.taste[who, : len(self.town.spec.wordings)]
        last = self.town.state.last_wording[who]
        some = np.flatnonzero(last >= 0)
        taste[some, last[some]] = -np.inf
        return taste.argmax(axis=1)

    def _values(self, who: Rows, wording: Rows) -> tuple[Column, Column, Rows]:
        """Per person and channel at its best lawful hour: value, reward without cost, the hour."""
        town, state, weekday = self.town, self.town.state, self.town.today.weekday()
        channels, load, worth = town.world.channels, state.load[who], self.worth[who]
        value = np.full((len(who), len(channels)), -np.inf)
        reward, best_hour = np.zeros_like(value), np.zeros(value.shape, dtype=np.int64)
        lawful = {hour: town.hours.allow(who, hour, weekday) for hour in town.spec.hours}
        complaint, opt_out = annoyed(town, who, load)
        for number, name in enumerate(channels):
            usable = town.latents.reachable[who, number] & ~state.opted_out[who, number]
            valid = town.latents.valid[who, number] * TRANSIENT
            upset = town.spec.cost_cents[name] + valid * complaint * town.spec.complaint_cents
            leaves = opt_out * (town.spec.opt_out_cents + LOSES_CHANNEL * worth)
            for hour, is_lawful in lawful.items():
                odds, right, engaged = chances(town, who, np.full(len(who), number), np.full(len(who), hour), wording, load)  # fmt: skip
                read = valid * sigmoid(odds)
                earns = (
                    read * right * sigmoid(engaged) * town.world.by_channel[name]["visit"] * worth
                )
                net = np.where(usable & is_lawful, earns - upset - read * leaves, -np.inf)
                better = net > value[:, number]
                value[better, number] = net[better]
                reward[better, number], best_hour[better, number] = earns[better], hour
        return value, reward, best_hour

    def _assign(self, value: Column) -> Rows:
        """The best channel of each, scarce ones to whom they help most; −1 for none."""
        names, capacity = self.town.world.channels, self.town.spec.capacity
        scarce = [number for number, name in enumerate(names) if capacity.get(name) is not None]
        plenty = value.copy()
        plenty[:, scarce] = -np.inf
        base = np.maximum(plenty.max(axis=1, initial=0), 0)
        channel = np.where(base > 0, plenty.argmax(axis=1), -1)
        for number in scarce:
            gain = value[:, number] - base
            chosen = np.argsort(-gain, kind="stable")[: capacity[names[number]]]
            chosen = chosen[gain[chosen] > 0]
            channel[chosen] = number
            base[chosen] = value[chosen, number]
        return channel

    def _pace(self, who: Rows, reward: Column, channel: Rows) -> Rows:
        """Days between contacts that earn most in the long run, with the fatigue they make."""
        value, town, worth = self.town.world.value, self.town, self.worth[who]
        weight = np.array([WEIGHT[name] for name in town.world.channels])[channel]
        cost = np.array([town.spec.cost_cents[name] for name in town.world.channels])[channel]
        fresh = reward * np.exp(value["fatigue"] * town.state.load[who])
        rates = []
        for pace in PACES:
            decay = 0.5 ** (pace / value["load_half_life"])
            load = weight * decay / (1 - decay)
            complaint, opt_out = annoyed(town, who, load)
            lost = town.spec.opt_out_cents + LOSES_CHANNEL * worth
            burden = complaint * town.spec.complaint_cents + 0.5 * opt_out * lost
            rates.append((fresh * np.exp(-value["fatigue"] * load) - cost - burden) / pace)
        return PACES[np.array(rates).argmax(axis=0)]
