"""One policy in one world, from the first day to the last instalment within the horizon."""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from tests.elsewhere.contacts import contact
from tests.elsewhere.money import net_cents, pay, run_off
from tests.elsewhere.plans import Policy
from tests.elsewhere.referee import Referee
from tests.elsewhere.town import Town
from tests.elsewhere.visits import visit
from tests.elsewhere.world import World
from tests.worlds.journal import Journal


@dataclass(frozen=True, slots=True)
class Run:
    """What a policy earned in a world. Money in cents per person."""

    net_cents: float
    """Payments within the horizon of their agreement less contacts, complaints, opt-outs."""
    paid_cents: float
    """In the run."""
    contacts: int
    complaints: int
    opt_outs: int
    refused: Counter[str]
    """Contacts and offers outside the rules, by reason."""
    generous: Counter[str]
    """Offers above the opening before a visit, which are allowed."""


def run(world: World, policy: Policy) -> Run:
    """Let a policy work in this world."""
    town = Town(world)
    referee = Referee(town)
    for town.day in range(world.creditor.days):
        live_a_day(town, policy, referee)
    run_off(town)
    standing = town.standing
    return Run(
        net_cents=float(net_cents(town).mean()),
        paid_cents=float(standing.paid_cents.mean()),
        contacts=int(standing.contacts.sum()),
        complaints=int(standing.complaints.sum()),
        opt_outs=int(standing.opt_outs.sum()),
        refused=referee.contacts + referee.offers,
        generous=referee.generous,
    )


def live_a_day(town: Town, policy: Policy, referee: Referee) -> None:
    """Everything of one day; afterwards the policy learns what was to be seen of it."""
    town.journal = Journal(np.arange(town.world.creditor.people))
    plan = policy.plan(town)
    allowed = referee.allow(plan.contacts)
    referee.look(plan.offers)
    coming = contact(town, allowed)
    visit(town, coming, plan.offers)
    pay(town)
    policy.learn(town, town.journal.frame())
