"""What no policy may do. Every refusal is counted by its reason, and is not carried out."""

from collections import Counter

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tests.worlds.contacts import Actions
from tests.worlds.town import Town
from tests.worlds.visits import Offers, net_cents

Rows = NDArray[np.int64]
Flags = NDArray[np.bool_]


class Referee:
    """Watches one run. `refused`: how often, by reason."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.refused: Counter[str] = Counter()

    def actions(self, plan: pl.DataFrame) -> Actions:
        """The contacts that may happen, of those planned for today."""
        spec = self.town.spec
        who = self.town.rows(plan["person"].to_numpy())
        channel = _index(plan["channel"], self.town.world.channels)
        wording = _index(plan["wording"], spec.wordings)
        hour = plan["hour"].cast(pl.Int64).fill_null(-1).to_numpy()
        passed = self._pass("unknown", (who >= 0) & (channel >= 0) & (wording >= 0), None)
        for reason, is_right in self._rules(who, channel, hour):
            passed = self._pass(reason, is_right, passed)
        for reason, is_right in (
            ("per_day_and_channel", _turn(who * 100 + channel, passed) < spec.per_day_and_channel),
            ("per_day", _turn(who, passed) < spec.per_day),
            ("per_week", self._this_week(who) + _turn(who, passed) < spec.per_week),
        ):
            passed = self._pass(reason, is_right, passed)
        passed = self._pass("capacity", _turn(channel, passed) < self._room(channel), passed)
        return Actions(who[passed], channel[passed], hour[passed], wording[passed])

    def offers(self, plan: pl.DataFrame) -> Offers:
        """What every person would see today: the plan's offer, or the last lawful one."""
        shown = self._standing()
        who = self.town.rows(plan["person"].to_numpy())
        discount = plan["discount"].cast(pl.Float64).fill_null(-1).to_numpy()
        count = plan["instalments"].cast(pl.Int64).fill_null(0).to_numpy()
        cents = plan["instalment_cents"].cast(pl.Int64).fill_null(0).to_numpy()
        known = self._pass("unknown", who >= 0, None)
        state = self.town.state
        applies = known & ~state.in_agreement[who] & ~state.settled[who]
        for reason, is_right in self._offer_rules(
            who, discount, np.maximum(count, 1), cents, count
        ):
            applies &= self._pass(reason, is_right, applies)
        rows = who[applies]
        shown.discount[rows], shown.instalments[rows] = discount[applies], count[applies]
        shown.instalment_cents[rows] = cents[applies]
        shown.final[rows] = plan["final"].fill_null(False).to_numpy()[applies]
        return shown

    def _pass(self, reason: str, is_right: Flags, passed: Flags | None) -> Flags:
        """Those still in; what falls here is counted once, under this reason."""
        before = np.ones(len(is_right), dtype=bool) if passed is None else passed
        fallen = int((before & ~is_right).sum())
        if fallen:
            self.refused[reason] += fallen
        return before & is_right

    def _rules(self, who: Rows, channel: Rows, hour: Rows) -> list[tuple[str, Flags]]:
        state = self.town.state
        return [
            ("closed", np.full(len(who), self.town.today not in self.town.spec.closed)),
            ("hour", self.town.hours.allow(who, hour, self.town.today.weekday())),
            ("unreachable", self.town.halves[0].reachable[who, channel]),
            ("opted_out", ~state.opted_out[who, channel]),
            ("held", state.held_until[who] <= self.town.day),
            ("in_agreement", ~state.in_agreement[who]),
            ("settled", ~state.settled[who]),
        ]

    def _this_week(self, who: Rows) -> Rows:
        sent = self.town.state.sent_days
        return sent[who].sum(axis=1) - sent[who, self.town.day % 7]

    def _room(self, channel: Rows) -> NDArray[np.float64]:
        capacity = self.town.spec.capacity
        room = [capacity.get(name) for name in self.town.world.channels]
        return np.array([np.inf if most is None else most for most in room])[channel]

    def _standing(self) -> Offers:
        """What was seen, else the creditor's opening offer by a comfortable instalment."""
        state, limits = self.town.state, self.town.limits
        discount = np.maximum(state.seen_discount, limits.opening)
        net = net_cents(state.balance_cents, discount)
        count = limits.instalments_for(net, limits.comfortable_cents)
        count = np.maximum(count, np.minimum(state.seen_instalments, limits.longest_for(net)))
        return Offers(discount, count, net // count, np.zeros(len(count), dtype=bool))

    def _offer_rules(
        self, who: Rows, discount: NDArray, count: Rows, cents: Rows, said: Rows
    ) -> list[tuple[str, Flags]]:
        state, limits = self.town.state, self.town.limits
        net = net_cents(state.balance_cents[who], discount)
        seen = state.seen_instalments[who]
        longest = np.maximum(1, np.minimum(limits.longest[who], net // limits.least_cents[who]))
        as_long = count >= np.minimum(seen, longest)
        as_small = cents <= state.seen_instalment_cents[who] + 1
        cent = 1.5 / np.maximum(state.balance_cents[who], 1)
        return [
            ("discount", (discount >= 0) & (discount <= limits.most[who] + cent)),
            ("instalments", (said >= 1) & ((count == 1) | (count <= longest))),
            ("amount", np.abs(cents * count - net) <= count + 1),
            ("worse", (discount >= state.seen_discount[who] - cent) & (as_long | as_small)),
        ]


def _index(column: pl.Series, names: tuple[str, ...]) -> Rows:
    """Each value's place among the names; −1 for a name that is none of them."""
    place = {name: number for number, name in enumerate(names)}
    return np.array([place.get(value, -1) for value in column.to_list()], dtype=np.int64)


def _turn(key: Rows, passed: Flags) -> Rows:
    """Each row's number among the passed rows of its key, in the plan's order, from 0."""
    turn = np.zeros(len(key), dtype=np.int64)
    rows = np.flatnonzero(passed)
    order = rows[np.argsort(key[rows], kind="stable")]
    ranked = key[order]
    turn[order] = np.arange(len(order)) - np.searchsorted(ranked, ranked)
    return turn
