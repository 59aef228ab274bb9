"""Worlds that tell little or allow little: one of everything, hardly a place, no word of contacts."""

from datetime import timedelta

import numpy as np
import polars as pl
import pytest

from app.engine import Engine, Incumbent
from tests.engine.test_lawful import Witness, without_returns
from tests.engine.towns import CHANNELS, MONDAY, RULES, a_day_of, portfolio, spec

SMS = Incumbent(("sms",), 10, 5, "w0")
REQUIRED = (
    *("person", "balance_cents", "principal_cents"),
    *("days_past_due", "product", "region"),
)
OF_CONTACTS = ("sent", "delivered", "bounced", "read", "right_party", "engaged")
PEOPLE = 80


def lived(people, days=9, *, told=lambda events: events, gap=1, **changes):
    """An engine after some days that `told` (a frame to a frame) is heard of, and a witness of
    everything that it planned."""
    engine, drawn = Engine(), np.random.default_rng(3)
    rules = spec(**changes)
    engine.reset(people, RULES, rules)
    witness = Witness(portfolio(PEOPLE), rules)
    for number in range(days):
        day = MONDAY + timedelta(days=number * gap)
        plan = engine.plan(day)
        witness.check(day, plan)
        events = without_returns(a_day_of(plan, drawn))
        engine.learn(day, told(events))
        witness.remember(day, events)
    return engine, witness


@pytest.mark.parametrize(
    "changes",
    [
        {"channels": ("sms",), "hours": (10,), "wordings": ("w0",), "incumbent": SMS},
        {"capacity": dict.fromkeys(CHANNELS, 0)},
        {"capacity": dict.fromkeys(CHANNELS, 1), "holdout": 0.4},
        {"capacity": dict.fromkeys(CHANNELS, 3), "holdout": 0.0, "untouched": 0.0},
        {"hours": (0, 3, 23), "incumbent": Incumbent(("sms",), 3, 5, "w0")},
        {"holdout": 1.0, "untouched": 0.0},
        {"cost_cents": dict.fromkeys(CHANNELS, 0)},
        {"complaint_cents": 0.0, "opt_out_cents": 0.0},
        {"horizon_days": 1},
    ],
)
def test_where_there_is_hardly_a_choice_every_contact_is_lawful(changes):
    engine, witness = lived(portfolio(PEOPLE), **changes)
    assert engine.report().groups["contacts"].sum() == len(witness.contacts)


@pytest.mark.parametrize("gap", [7, 31])
def test_days_in_between_may_be_missing(gap):
    engine, _ = lived(portfolio(PEOPLE), gap=gap)
    assert engine.report().days == 9


def test_nobody_need_tell_that_a_contact_was_sent():
    def told(events):
        return events.filter(pl.col("kind") != "sent")

    engine, witness = lived(portfolio(PEOPLE), days=15, told=told)
    assert engine.report().groups["contacts"].sum() == len(witness.contacts)


def test_contacts_that_nobody_tells_of_at_all_still_count_against_the_caps():
    def told(events):
        return events.filter(~pl.col("kind").is_in(OF_CONTACTS))

    _, witness = lived(portfolio(PEOPLE), days=15, told=told, per_week=2)
    assert len(witness.contacts) > 0


def test_where_contacts_are_told_of_one_that_was_planned_only_does_not_count():
    engine = Engine()
    engine.reset(portfolio(PEOPLE), RULES, spec())
    sent = engine.plan(MONDAY).actions.head(3).select("person", "channel", "hour", "wording")
    engine.learn(MONDAY, sent.with_columns(kind=pl.lit("sent")))
    engine.plan(MONDAY + timedelta(days=1))
    engine.learn(MONDAY + timedelta(days=1), sent.head(0).with_columns(kind=pl.lit("sent")))
    assert engine.report().groups["contacts"].sum() == 3


@pytest.mark.parametrize("ahead", [0, 1], ids=["at_once", "with_the_next_day_planned"])
def test_a_day_may_be_told_in_parts(ahead):
    engine = Engine()
    engine.reset(portfolio(PEOPLE), RULES, spec())
    planned = engine.plan(MONDAY).actions
    engine.plan(MONDAY + timedelta(days=ahead))
    nothing = planned.head(0).select("person").with_columns(kind=pl.lit("visit"))
    engine.learn(MONDAY, nothing)
    engine.learn(MONDAY, nothing)
    assert engine.report().groups["contacts"].sum() == len(planned) > 0


def first_day(people: pl.DataFrame) -> pl.DataFrame:
    engine = Engine()
    engine.reset(people, RULES, spec())
    return engine.plan(MONDAY).actions


def test_columns_may_be_empty_whatever_their_type():
    known = portfolio(PEOPLE)
    empty = [pl.lit(None).alias(name) for name in known.columns if name not in REQUIRED]
    told = first_day(known.select(REQUIRED).with_columns(empty))
    assert told.height > 0
    assert told.equals(first_day(known.select(REQUIRED)))


def test_whole_numbers_may_come_as_floats_with_nan():
    known = portfolio(PEOPLE)
    floats = known.with_columns(pl.col("income_cents").cast(pl.Float64).fill_null(float("nan")))
    assert first_day(floats).equals(first_day(known))


def test_where_nothing_ever_comes_of_contacts_people_are_left_in_peace():
    engine, contacts = Engine(), []
    # A month's payments count: where a year's do, a rare visit is worth many more messages. Twice
    # the people of the other towns: what nobody answers is known the sooner the more it is tried.
    engine.reset(portfolio(2 * PEOPLE), RULES, spec(holdout=0.0, horizon_days=30))
    for number in range(112):
        day = MONDAY + timedelta(days=number)
        planned = engine.plan(day).actions
        sent = planned.select("person", "channel", "hour", "wording")
        kinds = [sent.with_columns(kind=pl.lit(kind)) for kind in ("sent", "delivered")]
        engine.learn(day, pl.concat(kinds))
        contacts.append(planned.height)
    weeks = np.add.reduceat(contacts, range(0, 112, 7))
    assert weeks[0] > 0
    assert weeks[7] < weeks[0] / 2
    assert weeks[-1] < weeks[0] / 3


def test_who_never_reads_what_others_read_hears_less_and_less():
    engine, contacts = Engine(), []
    engine.reset(portfolio(PEOPLE), RULES, spec(holdout=0.0))
    silent = pl.col("person").is_in(portfolio(PEOPLE)["person"].gather_every(2))
    for number in range(84):
        day = MONDAY + timedelta(days=number)
        planned = engine.plan(day).actions
        sent = planned.select("person", "channel", "hour", "wording")
        kinds = [sent.with_columns(kind=pl.lit(kind)) for kind in ("sent", "delivered")]
        engine.learn(
            day, pl.concat([*kinds, sent.filter(~silent).with_columns(kind=pl.lit("read"))])
        )
        contacts.append((planned.filter(silent).height, planned.filter(~silent).height))
    unread, read = np.add.reduceat(np.array(contacts), range(0, 84, 28)).T
    assert min(unread[0], read[0]) > PEOPLE
    assert unread[2] < unread[0] / 2
    assert read[2] > read[0]
