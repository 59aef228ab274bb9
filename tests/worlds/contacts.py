"""What becomes of a contact: delivered, read or answered, the right person, engaged, a visit."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tests.worlds.people import Column, hour_fit, sigmoid
from tests.worlds.town import Town

Rows = NDArray[np.int64]

WEIGHT = {"email": 0.6, "sms": 1.0, "whatsapp": 1.0, "voice": 1.2, "human": 1.5}
"""How much one contact weighs on a person: a call more than a letter."""
TRANSIENT = 0.985
"""Even a good address fails now and then."""
OPT_OUT_OF_ALL = 0.2
DISPUTE_DAYS = (10, 40)


@dataclass(frozen=True, slots=True)
class Actions:
    """Contacts of one day that the referee let pass: rows and indices, in the order of hours."""

    who: Rows
    channel: Rows
    hour: Rows
    wording: Rows


@dataclass(frozen=True, slots=True)
class Coming:
    """Who comes to see their offer today, when, and whether an agent is on the line."""

    who: Rows
    hour: Rows
    by_agent: NDArray[np.bool_]


def contact(town: Town, actions: Actions) -> Coming:
    """Every contact of the day happens; who comes of it comes once, at the first occasion."""
    order = np.lexsort((actions.channel, actions.hour, actions.who))
    who = actions.who[order]
    turn = np.arange(len(who)) - np.searchsorted(who, who)
    comings = []
    for number in range(int(turn.max(initial=-1)) + 1):
        now = order[turn == number]
        one = Actions(actions.who[now], actions.channel[now], actions.hour[now], actions.wording[now])  # fmt: skip
        comings.append(_Contact(town, one, number).happens())
    return _first(comings)


def chances(
    town: Town, who: Rows, channel: Rows, hour: Rows, wording: Rows, load: Column
) -> tuple[Column, Column, Column]:
    """Log-odds of being read or answered, the chance of the right person, log-odds of engaging."""
    latents, value, state = town.latents, town.world.value, town.state
    spoken = town.spoken[channel]
    fit = hour_fit(latents.hour_type[who], hour, town.today.weekday())
    read = latents.read[who, channel] + np.where(spoken, value["hour_effect"] * fit, 0)
    same = np.where(state.last_wording[who] == wording, state.repeats[who] + 1, 0)
    engaged = (
        latents.engaged[who, channel]
        + latents.taste[who, wording]
        + np.where(spoken, 0, value["hour_effect_written"] * fit)
        - value["fatigue"] * load
        - value["repeated"] * np.minimum(same, 3)
        + value["payday_effect"] * town.is_near_payday[who]
    )
    return read, latents.right[who, channel], engaged


def annoyed(town: Town, who: Rows, load: Column) -> tuple[Column, Column]:
    """The chances that a contact makes a complaint, and that it makes an opt-out."""
    value = town.world.value
    pressure = town.latents.annoyance[who] * np.exp(value["annoyance"] * np.minimum(load, 8))
    return value["complaint"] * pressure, value["opt_out"] * pressure


class _Contact:
    """The day's nth contact of each person who gets one."""

    def __init__(self, town: Town, actions: Actions, number: int) -> None:
        self.town, self.actions, self.number = town, actions, number
        self.who, self.channel = actions.who, actions.channel
        self.names = np.array(town.world.channels)[self.channel]
        self.spoken = town.spoken[self.channel]

    def luck(self, purpose: str) -> Column:
        """By person, day, purpose, channel and turn: policies that do the same meet the same."""
        channels = range(len(self.town.world.channels))
        by = [self.town.luck(f"{purpose}/{c}/{self.number}") for c in channels]
        return np.array(by)[self.channel, self.who]

    def happens(self) -> Coming:
        """From sent to visit; returns who comes."""
        load = self.town.state.load[self.who].copy()
        read_odds, right_chance, engaged_odds = chances(
            self.town, self.who, self.channel, self.actions.hour, self.actions.wording, load
        )
        valid = self.town.latents.valid[self.who, self.channel]
        delivered = valid & (self.luck("delivered") < TRANSIENT)
        read = delivered & (self.luck("read") < sigmoid(read_odds))
        right = read & (self.luck("right") < right_chance)
        engaged = right & (self.luck("engaged") < sigmoid(engaged_odds))
        self._write(delivered, read, right, engaged)
        self._burden(read, load)
        self._annoy(delivered, read, right, load)
        follows = np.array(
            [self.town.world.by_channel[c]["visit"] for c in self.town.world.channels]
        )
        comes = engaged & (self.luck("comes") < follows[self.channel])
        later = np.where(self.spoken, 0, np.floor(8 * np.clip(self.luck("later") - 0.5, 0, 1)))
        hour = np.minimum(self.actions.hour + later.astype(np.int64), 23)
        return Coming(self.who[comes], hour[comes], self.names[comes] == "human")

    def _write(self, delivered: NDArray, read: NDArray, right: NDArray, engaged: NDArray) -> None:
        words = np.array(self.town.spec.wordings)[self.actions.wording]
        steps = (
            ("sent", np.ones_like(delivered)), ("delivered", delivered), ("bounced", ~delivered),
            ("read", read & ~self.spoken), ("right_party", right), ("engaged", engaged),
        )  # fmt: skip
        for kind, is_so in steps:
            self.town.journal.add(
                kind,
                self.who[is_so],
                channel=self.names[is_so],
                hour=self.actions.hour[is_so],
                wording=words[is_so],
            )

    def _burden(self, read: NDArray, load: Column) -> None:
        state, who = self.town.state, self.who
        cost = np.array([self.town.spec.cost_cents[c] for c in self.town.world.channels])
        weight = np.array([WEIGHT[c] for c in self.town.world.channels])
        same = state.last_wording[who] == self.actions.wording
        state.repeats[who] = np.where(same, state.repeats[who] + 1, 0)
        state.last_wording[who] = self.actions.wording
        state.load[who] = load + weight[self.channel]
        state.last_read[who[read]] = self.town.day
        state.contact_cents[who] += cost[self.channel]
        state.sent_days[who, self.town.day % 7] += 1
        state.contacts[who] += 1

    def _annoy(self, delivered: NDArray, read: NDArray, right: NDArray, load: Column) -> None:
        state, journal = self.town.state, self.town.journal
        complaint, opt_out = annoyed(self.town, self.who, load)
        complains = delivered & (self.luck("complains") < complaint)
        leaves = read & (self.luck("opts out") < opt_out)
        leaves_all = leaves & (self.luck("of all") < OPT_OUT_OF_ALL)
        disputes = right & (self.luck("disputes") < self.town.world.value["dispute"])
        state.complaints[self.who[complains]] += 1
        state.opt_outs[self.who[leaves]] += 1
        state.opted_out[self.who[leaves], self.channel[leaves]] = True
        state.opted_out[self.who[leaves_all]] = True
        low, high = DISPUTE_DAYS
        days = low + ((high - low) * self.luck("dispute days")).astype(np.int64)
        state.held_until[self.who[disputes]] = self.town.day + days[disputes]
        journal.add("complaint", self.who[complains], channel=self.names[complains])
        one = leaves & ~leaves_all
        journal.add("opt_out", self.who[one], channel=self.names[one])
        journal.add("opt_out", self.who[leaves_all])
        journal.add("held", self.who[disputes])


def _first(comings: list[Coming]) -> Coming:
    """One visit per person: the first."""
    if not comings:
        none = np.zeros(0, dtype=np.int64)
        return Coming(none, none, none.astype(bool))
    who = np.concatenate([one.who for one in comings])
    hour = np.concatenate([one.hour for one in comings])
    by_agent = np.concatenate([one.by_agent for one in comings])
    _, at = np.unique(who, return_index=True)
    return Coming(who[at], hour[at], by_agent[at])
