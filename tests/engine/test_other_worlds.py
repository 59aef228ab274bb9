"""Worlds that others wrote: other units, other channels, events that leave things out."""

import copy
from datetime import timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine import Engine, Incumbent
from app.scoring.events import COLUMNS, KINDS, REQUIRED
from tests.engine.towns import MONDAY, RULES, a_day_of, portfolio, spec

CLOSING = 0.4


def in_another_unit(times: int):
    """The same portfolio, rules and spec where one unit of money buys `times` less."""
    money = ("balance_cents", "principal_cents", "income_cents")
    people = portfolio(150).with_columns(pl.col(name) * times for name in money)
    rules = copy.deepcopy(RULES)
    for band in rules["bands"]:
        for name in ("min_instalment_cents", "comfortable_instalment_cents"):
            band[name] *= times
    costs = {name: cents * times for name, cents in spec().cost_cents.items()}
    usual = {"complaint_cents": 5_000.0, "opt_out_cents": 500.0, "income_left_cents": 60_000.0}
    prices = {name: cents * times for name, cents in usual.items()}
    return people, rules, spec(cost_cents=costs, **prices)


def alike(one: pl.DataFrame, other: pl.DataFrame, columns: list[str]) -> float:
    """The share of rows that two plans have in common."""
    both = one.select(columns).join(other.select(columns), on=columns).height
    return both / max(one.height, other.height, 1)


@pytest.mark.parametrize("times", [7, 400])
def test_money_in_another_unit_changes_no_choice(times):
    here, there = Engine(), Engine()
    here.reset(*in_another_unit(1))
    there.reset(*in_another_unit(times))
    for number in range(5):
        day = MONDAY + timedelta(days=number)
        one, other = here.plan(day), there.plan(day)
        assert one.actions.height > 0
        # Whole cents leave a choice between equals to the unit now and then.
        assert alike(one.actions, other.actions, ["person", "channel", "hour", "wording"]) > 0.95
        assert alike(one.offers, other.offers, ["person", "instalments", "step", "final"]) > 0.95
        events = a_day_of(one, np.random.default_rng(number))
        here.learn(day, events)
        there.learn(day, events.with_columns(pl.col("amount_cents") * times))


@settings(max_examples=25)
@given(
    kinds=st.frozensets(st.sampled_from(KINDS)),
    columns=st.frozensets(st.sampled_from([name for name in COLUMNS if name not in REQUIRED])),
    luck=st.integers(0, 1_000),
)
def test_events_may_leave_anything_out(kinds, columns, luck):
    engine, drawn = Engine(), np.random.default_rng(luck)
    engine.reset(portfolio(60), RULES, spec())
    for number in range(5):
        day = MONDAY + timedelta(days=number)
        told = a_day_of(engine.plan(day), drawn).filter(~pl.col("kind").is_in(list(kinds)))
        engine.learn(day, told.drop([name for name in columns if name in told.columns]))
    plan = engine.plan(MONDAY + timedelta(days=5))
    assert plan.actions["value_cents"].is_finite().all()
    assert plan.actions["propensity"].is_between(0, 1, closed="right").all()
    assert plan.offers["discount"].is_between(0, 1).all()
    assert engine.report().days == 5


ELSEWHERE = {
    "channels": ("letter", "push"),
    "hours": tuple(range(0, 24, 2)),
    "wordings": ("plain", "kind"),
    "cost_cents": {"letter": 2, "push": 2},
    "capacity": {},
    "legal_hours": {"*": dict.fromkeys(range(7), (0, 24))},
    "closed": frozenset(),
    "incumbent": Incumbent(("letter",), 10, 7, "plain"),
    "horizon_days": 7,
}


def life(engine, days, answers, told):
    """Only one of two channels ever brings anybody; `told` (kinds) is what the engine hears."""
    drawn = np.random.default_rng(1)
    sent = []
    for number in range(days):
        day = MONDAY + timedelta(days=number)
        plan = engine.plan(day)
        sent.append(plan.actions)
        contacts = plan.actions.select("person", "channel", "hour", "wording")
        drawn_all = pl.Series(drawn.random(contacts.height))
        came = contacts.filter((pl.col("channel") == answers) & (drawn_all < 0.3))
        offers = plan.offers.select("person", "discount", "instalments")
        visits = came.select("person", "hour").unique("person", maintain_order=True).join(
            offers, on="person", maintain_order="left"
        )  # fmt: skip
        signs = pl.Series(drawn.random(visits.height) < CLOSING, dtype=pl.Boolean)
        kinds = [
            contacts.with_columns(kind=pl.lit("sent")),
            came.with_columns(kind=pl.lit("engaged")),
            visits.with_columns(kind=pl.lit("visit"), committed=signs),
        ]
        events = pl.concat(kinds, how="diagonal").filter(pl.col("kind").is_in(told))
        engine.learn(day, events)
    return pl.concat(sent[-5:])


@pytest.mark.parametrize("told", [("sent", "engaged", "visit"), ("sent", "visit")])
def test_it_finds_the_channel_that_brings_people(told):
    engine = Engine()
    required = ("person", "balance_cents", "principal_cents", "days_past_due", "product", "region")
    engine.reset(portfolio(600).select(required), RULES, spec(**ELSEWHERE))
    late = life(engine, 25, "push", told)
    chosen = late.filter(pl.col("arm") == "engine")["channel"]
    assert len(chosen) > 50
    assert (chosen == "push").mean() > 0.8


@pytest.mark.parametrize("people", [1, 3, 12])
@pytest.mark.parametrize("days", [1, 3])
def test_few_people_for_few_days_get_a_whole_report(people, days):
    engine = Engine()
    ids = pl.Series([-(2**40), 2**62, *range(people)], dtype=pl.Int64)[:people]
    known = portfolio(people).with_columns(person=ids)
    engine.reset(known, RULES, spec(**ELSEWHERE))
    life(engine, days, "push", ("sent", "engaged", "visit"))
    report = engine.report()
    assert report.days == days
    assert report.uplift.low <= report.uplift.estimate <= report.uplift.high
    assert report.groups["people"].sum() == people
