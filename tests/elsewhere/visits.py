"""A visit: the person sees the offer of the day, and agrees or leaves."""

import numpy as np

from tests.elsewhere.draw import Flags, Whole
from tests.elsewhere.parameters import (
    FIRST_DUE_DAYS,
    RETURN_DAYS,
    RETURNS,
    WAITER_RETURNS,
)
from tests.elsewhere.plans import Offers
from tests.elsewhere.town import NEVER, Luck, Town

MOST_INSTALMENTS = 24
HOURS_AROUND = 8
"""Visits lie so many hours around a person's best one, more of them later."""


def visit(town: Town, coming: Flags, offers: Offers) -> None:
    """Who was brought and who comes unasked see their offers; agreements are made."""
    standing, day = town.standing, town.day
    who = np.flatnonzero((coming | _unasked(town)) & standing.is_free)
    who = who[offers.instalments[who] > 0]
    chance = town.world.agrees(
        who,
        offers.discount[who],
        offers.instalment_cents[who],
        offers.instalments[who],
        day=day,
        first_visit=standing.first_visit[who],
        final=offers.final[who],
    )
    agrees = town.luck(Luck.AGREES)[who] < chance
    town.journal.add(
        "visit",
        who,
        hour=_hour(town, who),
        discount=offers.discount[who],
        instalments=offers.instalments[who],
        committed=agrees,
    )
    standing.visits[who] += 1
    standing.first_visit[who] = np.where(standing.first_visit[who] < 0, day, standing.first_visit[who])  # fmt: skip
    standing.last_visit[who] = day
    standing.seen_discount[who] = np.maximum(standing.seen_discount[who], offers.discount[who])
    _sign(town, who[agrees], offers)


def _unasked(town: Town) -> Flags:
    """Who comes without a message of today: after payday and after a visit more often."""
    standing, world = town.standing, town.world
    since = town.day - standing.last_visit
    back = np.where((since <= RETURN_DAYS) & (standing.last_visit >= 0), RETURNS, 0.0)
    waits = world.latents.waits & (standing.first_visit >= 0)
    back = np.where(waits, np.maximum(back, WAITER_RETURNS), back)
    unasked = world.latents.unasked * (1 + world.after_payday(town.day))
    return town.luck(Luck.UNASKED) < unasked + back


def _hour(town: Town, who: Whole) -> Whole:
    """Hour of the day, 0 to 23."""
    best = np.array(town.world.creditor.hours)[town.world.latents.hour.argmax(axis=1)][who]
    moved = HOURS_AROUND * (town.luck(Luck.HOUR)[who] - 0.3)
    return np.clip(np.round(best + moved), 0, 23).astype(np.int64)


def _sign(town: Town, who: Whole, offers: Offers) -> None:
    """The agreement begins; luck has decided by now which instalment will be missed."""
    standing, count, cents = town.standing, offers.instalments[who], offers.instalment_cents[who]
    luck = town.luck(Luck.PAYS, MOST_INSTALMENTS)[who]
    first, later = (town.world.misses(who, cents, number) for number in (0, 1))
    number = np.arange(MOST_INSTALMENTS)
    chance = np.where(number[None] == 0, first[:, None], later[:, None])
    fails = (luck < chance) & (number[None] < count[:, None])
    standing.agreed[who] = True
    standing.instalments[who], standing.instalment_cents[who] = count, cents
    standing.paid[who] = 0
    standing.due_on[who] = town.day + FIRST_DUE_DAYS
    standing.fails_at[who] = np.where(fails.any(axis=1), fails.argmax(axis=1), NEVER)
    standing.agreed_on[who] = town.day
    standing.agreements[who] += 1
