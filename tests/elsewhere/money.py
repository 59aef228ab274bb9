"""Instalments that fall due, agreements that break, and what comes after the last day."""

import numpy as np

from tests.elsewhere.draw import Column
from tests.elsewhere.parameters import GRACE_DAYS, MONTH_DAYS
from tests.elsewhere.town import NEVER, Town

MONTHS_AFTER = 8
"""So many instalments after the last day lie within any horizon."""


def pay(town: Town) -> None:
    """Instalments of today are paid or missed; who missed one breaks after the days of grace."""
    standing, day = town.standing, town.day
    due = np.flatnonzero(standing.agreed & (standing.due_on == day))
    missed = standing.paid[due] >= standing.fails_at[due]
    standing.breaks_on[due[missed]] = day + GRACE_DAYS
    standing.due_on[due[missed]] = NEVER
    payers = due[~missed]
    cents = np.rint(standing.instalment_cents[payers])
    standing.paid_cents[payers] += cents
    standing.owed_cents[payers] = np.maximum(standing.owed_cents[payers] - cents, 0)
    standing.paid[payers] += 1
    standing.due_on[payers] = day + MONTH_DAYS
    town.journal.add("payment", payers, amount_cents=cents.astype(np.int64))
    done = payers[standing.paid[payers] >= standing.instalments[payers]]
    standing.settled[done], standing.agreed[done] = True, False
    standing.due_on[done] = NEVER
    town.journal.add("settled", done)
    _break(town)


def _break(town: Town) -> None:
    standing = town.standing
    breaks = np.flatnonzero(standing.breaks_on == town.day)
    standing.agreed[breaks] = False
    standing.broken[breaks] += 1
    standing.breaks_on[breaks] = NEVER
    town.journal.add("broken", breaks)


def run_off(town: Town) -> None:
    """Expected payments after the last day, within the horizon of each agreement."""
    standing, world = town.standing, town.world
    who = np.flatnonzero(standing.agreed & (standing.due_on < NEVER))
    cents, stands = standing.instalment_cents[who], np.ones(len(who))
    last = standing.agreed_on[who] + world.creditor.horizon_days
    for months in range(MONTHS_AFTER):
        number = standing.paid[who] + months
        counts = (number < standing.instalments[who]) & (standing.due_on[who] + MONTH_DAYS * months <= last)  # fmt: skip
        stands = stands * (1 - world.misses(who, cents, number))
        standing.expected_cents[who] += stands * cents * counts


def net_cents(town: Town) -> Column:
    """By person: payments, and those expected, less contacts, complaints and opt-outs."""
    standing, creditor = town.standing, town.world.creditor
    goodwill = standing.complaints * creditor.complaint_cents
    goodwill = goodwill + standing.opt_outs * creditor.opt_out_cents
    return standing.paid_cents + standing.expected_cents - standing.contact_cents - goodwill
