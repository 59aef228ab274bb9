"""The engine, through its documented interface alone."""

from typing import Any

import numpy as np
import polars as pl

from app.engine import Engine, Incumbent, Spec
from tests.elsewhere.creditor import LEGAL_HOURS, MORNING
from tests.elsewhere.draw import Whole
from tests.elsewhere.plans import Contacts, Offers, Plan
from tests.elsewhere.seen import portfolio
from tests.elsewhere.town import Town
from tests.elsewhere.world import World


class Player:
    """Translates between a town and the engine. `spec`: fields of its specification to override."""

    def __init__(self, world: World, **spec: Any) -> None:
        self.engine = Engine()
        table = portfolio(world.creditor, world.people, world.latents, world.seen)
        self.engine.reset(table, world.creditor.rules, _specification(world, **spec))

    def plan(self, town: Town) -> Plan:
        """The contacts and offers of the town's day."""
        plan = self.engine.plan(town.world.date(town.day))
        return Plan(_contacts(town, plan.actions), _offers(town, plan.offers))

    def learn(self, town: Town, events: pl.DataFrame) -> None:
        """What happened on it."""
        self.engine.learn(town.world.date(town.day), events)


def _specification(world: World, **over: Any) -> Spec:
    creditor = world.creditor
    values: dict[str, Any] = {
        "channels": creditor.channels,
        "hours": creditor.hours,
        "wordings": creditor.wordings,
        "cost_cents": dict(zip(creditor.channels, creditor.cost_cents.tolist(), strict=True)),
        "capacity": creditor.capacity,
        "legal_hours": LEGAL_HOURS,
        "closed": creditor.closed,
        "per_week": creditor.per_week,
        "complaint_cents": creditor.complaint_cents,
        "opt_out_cents": creditor.opt_out_cents,
        "horizon_days": creditor.horizon_days,
        "as_of": world.date(0),
        "seed": world.seed,
        "incumbent": Incumbent(
            channels=creditor.channels,
            hour=MORNING,
            spacing_days=creditor.spacing_days,
            wording=creditor.wordings[0],
        ),
    }
    return Spec(**(values | over))


def _contacts(town: Town, actions: pl.DataFrame) -> Contacts:
    creditor = town.world.creditor
    return Contacts(
        actions["person"].to_numpy(),
        _places(actions["channel"], creditor.channels),
        _places(actions["hour"], creditor.hours),
        _places(actions["wording"], creditor.wordings),
    )


def _places(column: pl.Series, names: tuple[Any, ...]) -> Whole:
    """Each value's place among the names. Raises ValueError for a name that is none of them."""
    return np.array([names.index(value) for value in column], dtype=np.int64)


def _offers(town: Town, table: pl.DataFrame) -> Offers:
    """A row for everybody; who has none is offered nothing."""
    people = town.world.creditor.people
    offers = Offers(
        np.zeros(people),
        np.zeros(people, dtype=np.int64),
        np.zeros(people),
        np.zeros(people, dtype=bool),
    )
    who = table["person"].to_numpy()
    offers.discount[who] = table["discount"].to_numpy()
    offers.instalments[who] = table["instalments"].to_numpy()
    offers.instalment_cents[who] = table["instalment_cents"].to_numpy()
    offers.final[who] = table["final"].to_numpy()
    return offers
