"""A visit: the person sees the offer of the plan, and commits or leaves."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tests.worlds.contacts import Coming
from tests.worlds.people import Column, sigmoid
from tests.worlds.state import NEVER
from tests.worlds.town import Town

Rows = NDArray[np.int64]

RETURN_DAYS = 21
"""For so long a person who saw an offer and left comes back sooner than others."""
REMINDED_DAYS = 7
AGENT_HELPS = 0.4
SETBACK = 0.7
"""Log-odds: an agent on the line; an agreement broken before. No source."""


@dataclass(frozen=True, slots=True)
class Offers:
    """What the portal shows today, one row per person."""

    discount: Column
    instalments: Rows
    instalment_cents: Rows
    final: NDArray[np.bool_]


def visit(town: Town, coming: Coming, offers: Offers) -> None:
    """Contacted and spontaneous visitors see their offers; agreements are signed."""
    everybody = _joined(town, coming, _spontaneous(town, coming))
    who = everybody.who[_may_sign(town)[everybody.who]]
    at = np.flatnonzero(np.isin(everybody.who, who))
    one = Coming(who, everybody.hour[at], everybody.by_agent[at])
    signs, at_once = _decide(town, one, offers)
    _learn_waiting(town, one, offers, signs)
    _see(town, one, offers, signs)
    _tell(town, one, offers, ~signs, at_once)
    sign(town, who[signs], offers, at_once[signs], one.by_agent[signs])


def _tell(town: Town, coming: Coming, offers: Offers, leaves: NDArray, at_once: NDArray) -> None:
    """Some who leave have looked at a plan, some tried what fits in their month."""
    value, who = town.world.value, coming.who
    looks = leaves & (town.luck("looks")[who] < value["looks"])
    seen = np.where(at_once, 1, offers.instalments[who])
    town.journal.add("opened", who[looks], instalments=seen[looks])
    tells = leaves & ~at_once & (town.luck("tells")[who] < value["tells"])
    people = who[tells]
    off = np.exp(value["tells_noise"] * town.draws.normal(town.day, "tells")[people])
    fits = town.latents.capacity_cents[people] * value["optimism"] * off
    cents = np.clip(fits, 100, np.maximum(town.state.balance_cents[people], 100))
    town.journal.add("budget", people, amount_cents=cents.astype(np.int64))


def would_sign(
    town: Town, who: Rows, discount: Column, instalment: Column, net: Column, by_agent: NDArray
) -> tuple[Column, Column, Column, Column]:
    """Chances of: being willing, taking the price, affording the plan, having it all in cash."""
    latents, value = town.latents, town.world.value
    odds = latents.will[who] + value["payday_effect"] * town.is_near_payday[who]
    odds = odds + AGENT_HELPS * by_agent - SETBACK * town.state.setbacks[who]
    price = sigmoid((discount - latents.reservation[who]) / value["price_width"])
    believed = np.log(latents.capacity_cents[who] * value["optimism"])
    afford = sigmoid((believed - np.log(np.maximum(instalment, 1))) / value["afford_width"])
    cash = sigmoid(
        (np.log(latents.liquid_cents[who]) - np.log(np.maximum(net, 1))) / value["cash_width"]
    )
    return sigmoid(odds), price, afford, cash


def sign(town: Town, who: Rows, offers: Offers, at_once: NDArray, by_agent: NDArray) -> None:
    """The agreement begins: at once is due in 3 days, a first instalment in 5."""
    state = town.state
    net = net_cents(state.balance_cents[who], offers.discount[who])
    count = np.where(at_once, 1, offers.instalments[who])
    state.in_agreement[who] = True
    state.plan_left[who] = count
    state.plan_cents[who] = net // count
    state.plan_net[who], state.plan_paid[who] = net, 0
    state.plan_due[who] = town.day + np.where(count == 1, 3, 5)
    state.plan_late[who] = False
    state.plan_at_once[who] = count == 1
    state.plan_by_agent[who] = by_agent
    state.plan_signed[who] = town.day
    state.commits[who] += 1
    state.conceded += offers.discount[who].tolist()


def net_cents(balance: NDArray[np.int64], discount: Column) -> NDArray[np.int64]:
    """What is left to pay after the discount, to the cent in the creditor's favour."""
    return np.maximum(balance - np.floor(balance * discount + 1e-6).astype(np.int64), 1)


def _may_sign(town: Town) -> NDArray[np.bool_]:
    state = town.state
    return ~state.in_agreement & ~state.settled & (state.held_until <= town.day)


def _spontaneous(town: Town, coming: Coming) -> Coming:
    """Visits that no contact of today made; 1 in 5 of them outside 8–20h."""
    state, value, latents = town.state, town.world.value, town.latents
    chance = latents.visits.copy()
    returning = (town.day - state.last_visit > 0) & (town.day - state.last_visit <= RETURN_DAYS)
    chance *= np.where(returning, value["returning"], 1)
    chance *= np.where(town.day - state.last_read <= REMINDED_DAYS, value["reminded"], 1)
    waiting = latents.strategic & (state.seen_discount >= 0)
    chance = np.where(waiting, np.maximum(chance, value["waiting_visits"]), chance)
    comes = (town.luck("spontaneous") < chance) & _may_sign(town)
    comes[coming.who] = False
    who = np.flatnonzero(comes)
    at_night = town.luck("at night")[who] < value["night"]
    luck = town.luck("visit hour")[who]
    night = (20 + np.floor(luck * 12).astype(np.int64)) % 24
    day = 8 + np.floor(luck * 12).astype(np.int64)
    return Coming(who, np.where(at_night, night, day), np.zeros(len(who), dtype=bool))


def _joined(town: Town, *groups: Coming) -> Coming:
    who = np.concatenate([one.who for one in groups])
    order = np.argsort(who)
    hour = np.concatenate([one.hour for one in groups])
    by_agent = np.concatenate([one.by_agent for one in groups])
    return Coming(who[order], hour[order], by_agent[order])


def _decide(town: Town, coming: Coming, offers: Offers) -> tuple[NDArray, NDArray]:
    """Who signs, and which of them pay at once."""
    who = coming.who
    discount, instalment = offers.discount[who], offers.instalment_cents[who].astype(np.float64)
    net = net_cents(town.state.balance_cents[who], discount).astype(np.float64)
    willing, price, afford, cash = would_sign(town, who, discount, instalment, net, coming.by_agent)
    can_plan = town.luck("afford")[who] < afford
    has_cash = town.luck("cash")[who] < cash
    signs = (town.luck("will")[who] < willing) & (town.luck("price")[who] < price)
    signs &= can_plan | has_cash
    at_once = has_cash & (
        ~can_plan | (town.luck("at once")[who] < town.world.value["pays_at_once"])
    )
    waits = _waits(town, who, offers)
    return signs & ~waits, at_once


def _waits(town: Town, who: Rows, offers: Offers) -> NDArray[np.bool_]:
    """Strategic people decline what they would take, as long as they believe that waiting pays."""
    gain = town.state.expected_gain[who] > town.world.value["cost_of_waiting"]
    return town.latents.strategic[who] & gain & ~offers.final[who]


def _learn_waiting(town: Town, coming: Coming, offers: Offers, signs: NDArray) -> None:
    """Waiters learn from what changed since they last looked, and tell each other."""
    state, who = town.state, coming.who
    back = town.latents.strategic[who] & (state.seen_discount[who] >= 0)
    if not back.any():
        return
    people = who[back]
    gain = np.maximum(offers.discount[people] - state.seen_discount[people], 0)
    state.expected_gain[people] = 0.5 * state.expected_gain[people] + 0.5 * gain
    others = town.latents.strategic & ~state.in_agreement
    share = town.world.value["gossip"] * back.sum() / max(others.sum(), 1)
    state.expected_gain[others] += share * (gain.mean() - state.expected_gain[others])


def _see(town: Town, coming: Coming, offers: Offers, signs: NDArray) -> None:
    """What was seen is what no later offer may fall behind."""
    state, who = town.state, coming.who
    state.seen_discount[who] = np.maximum(state.seen_discount[who], offers.discount[who])
    state.seen_instalments[who] = offers.instalments[who]
    state.seen_instalment_cents[who] = offers.instalment_cents[who]
    state.last_visit[who] = np.where(signs, NEVER, town.day)
    state.visits[who] += 1
    town.journal.add(
        "visit",
        who,
        hour=coming.hour,
        discount=offers.discount[who],
        instalments=offers.instalments[who],
        committed=signs.astype(object),
    )
