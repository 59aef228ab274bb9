"""One policy in one world, from the first day to the last instalment."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any, Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from app.engine import Engine
from tests.worlds import cash
from tests.worlds.baselines import Segment, Static
from tests.worlds.contacts import contact
from tests.worlds.informed import Informed
from tests.worlds.journal import Journal
from tests.worlds.oracle import Oracle
from tests.worlds.referee import Referee
from tests.worlds.town import Town, found_town
from tests.worlds.visits import visit


class Policy(Protocol):
    """The engine's interface."""

    def reset(self, portfolio: pl.DataFrame, rules: Any, spec: Any) -> None:
        """Before the first day."""

    def plan(self, day: Any) -> Any:
        """`actions` and `offers` of a day."""

    def learn(self, day: Any, events: pl.DataFrame) -> None:
        """What happened on it."""


@dataclass(frozen=True, slots=True)
class Run:
    """What a policy earned in a world."""

    net_cents: float
    """Kept cash within the horizon − contact cost − complaint and opt-out cost."""
    paid_cents: NDArray[np.int64]
    """Per person, in the run."""
    contact_cents: float
    contacts: int
    complaints: int
    opt_outs: int
    refused: dict[str, int]
    visits: int
    commits: int
    breaks: int
    conceded: float
    """Mean discount of what was signed."""
    seconds: float
    """Spent in the policy itself."""
    policy: Any
    ids: NDArray[np.int64]


def engine(_town: Town) -> Policy:
    """What is judged, through its facade alone."""
    return Engine()


class Everybody(Engine):
    """The engine with nobody held out, as the other policies hold nobody out."""

    def reset(self, portfolio: Any, rules: Any, spec: Any) -> None:
        """Nobody to compare with: there is no uplift to report."""
        super().reset(portfolio, rules, replace(spec, holdout=0.0, untouched=0.0))


POLICIES: dict[str, Callable[[Town], Policy]] = {
    "static": lambda _town: Static(),
    "segment": lambda _town: Segment(),
    "engine": engine,
    "everybody": lambda _town: Everybody(),
    "informed": Informed,
    "oracle": Oracle,
}


def run(
    seed: int,
    scenario: str,
    policy: Callable[[Town], Policy] | str,
    *,
    people: int = 4_000,
    days: int = 90,
    watch: Callable[[Town, pl.DataFrame], None] | None = None,
) -> Run:
    """Let a policy work in the world of this seed.

    `policy`: a name of POLICIES or what makes one; `watch` sees the town and each day's events.
    """
    town = found_town(seed, scenario, people=people, days=days)
    make = POLICIES[policy] if isinstance(policy, str) else policy
    player, referee = make(town), Referee(town)
    started = perf_counter()
    player.reset(town.portfolio, town.rules, town.spec)
    spent = perf_counter() - started
    for town.day in range(days):
        spent += _day(town, player, referee, watch)
    cash.run_off(town)
    return _result(town, player, referee, spent)


def _day(
    town: Town, player: Policy, referee: Referee, watch: Callable[[Town, pl.DataFrame], None] | None
) -> float:
    """One day; returns the seconds that the policy took."""
    state = town.state
    town.journal = Journal(town.ids)
    state.load *= 0.5 ** (1 / town.world.value["load_half_life"])
    state.sent_days[:, town.day % 7] = 0
    cash.release(town)
    started = perf_counter()
    plan = player.plan(town.today)
    spent = perf_counter() - started
    offers = referee.offers(plan.offers)
    coming = contact(town, referee.actions(plan.actions))
    visit(town, coming, offers)
    cash.pay(town)
    cash.cure(town)
    events = town.journal.frame()
    if watch:
        watch(town, events)
    started = perf_counter()
    player.learn(town.today, events)
    return spent + perf_counter() - started


def _result(town: Town, player: Policy, referee: Referee, spent: float) -> Run:
    state, spec = town.state, town.spec
    complaints, opt_outs = int(state.complaints.sum()), int(state.opt_outs.sum())
    contact_cents = float(state.contact_cents.sum())
    goodwill = complaints * spec.complaint_cents + opt_outs * spec.opt_out_cents
    return Run(
        net_cents=float(state.credited_cents.sum()) - contact_cents - goodwill,
        paid_cents=state.paid_cents.copy(),
        contact_cents=contact_cents,
        contacts=int(state.contacts.sum()),
        complaints=complaints,
        opt_outs=opt_outs,
        refused=dict(referee.refused),
        visits=int(state.visits.sum()),
        commits=int(state.commits.sum()),
        breaks=int(state.breaks.sum()),
        conceded=float(np.mean(state.conceded or [0])),
        seconds=spent,
        policy=player,
        ids=town.ids,
    )
