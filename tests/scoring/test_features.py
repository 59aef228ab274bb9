"""What is kept day by day equals what a whole log gives again, and says what it should."""

from dataclasses import fields
from datetime import timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.scoring.capacity import carried
from app.scoring.events import KINDS, day_of
from app.scoring.features import History, fresh
from app.scoring.people import people_of
from tests.engine.towns import CHANNELS, HOURS, MONDAY, portfolio

PLACES = {name: at for at, name in enumerate(CHANNELS)}
CLOCK = {hour: at for at, hour in enumerate(HOURS)}
WORDS = {"w0": 0, "w1": 1}
TOWN = portfolio(12)
PEOPLE = people_of(TOWN, CHANNELS)
rows = st.fixed_dictionaries(
    {
        "person": st.sampled_from([*TOWN["person"].to_list(), 5]),
        "kind": st.sampled_from([*KINDS, "sneezed"]),
        "channel": st.sampled_from([*CHANNELS, "pigeon", None]),
        "hour": st.sampled_from([*HOURS, 3, None]),
        "wording": st.sampled_from(["w0", "w1", "lost", None]),
        "amount_cents": st.none() | st.integers(0, 10**9),
        "discount": st.none() | st.floats(0, 1),
        "instalments": st.none() | st.integers(1, 24),
        "committed": st.none() | st.booleans(),
        "intensity": st.sampled_from([0, 1, None]),
    }
)
SCHEMA = {
    "person": pl.Int64,
    "kind": pl.String,
    "channel": pl.String,
    "hour": pl.Int8,
    "wording": pl.String,
    "amount_cents": pl.Int64,
    "discount": pl.Float64,
    "instalments": pl.Int16,
    "committed": pl.Boolean,
    "intensity": pl.Int8,
}


def absorbed(days, batches=1):
    """The history after days of events; each day in so many batches."""
    history = fresh(PEOPLE, len(CHANNELS))
    for number, events in enumerate(days):
        happened = day_of(pl.DataFrame(events, schema=SCHEMA), PEOPLE, PLACES, CLOCK, WORDS)
        history.absorb(MONDAY + timedelta(days=number), happened)
    return history


def same(one: History, other: History):
    for field in fields(History):
        np.testing.assert_array_equal(getattr(one, field.name), getattr(other, field.name))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(rows, max_size=12), min_size=1, max_size=9))
def test_the_history_of_some_people_is_that_part_of_everybodys(days):
    whole = absorbed(days)
    part = whole.rows(np.array([3, 7]))
    alone = fresh(PEOPLE.rows(np.array([3, 7])), len(CHANNELS))
    few = PEOPLE.rows(np.array([3, 7]))
    for number, events in enumerate(days):
        happened = day_of(pl.DataFrame(events, schema=SCHEMA), few, PLACES, CLOCK, WORDS)
        alone.absorb(MONDAY + timedelta(days=number), happened)
    same(part, alone)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(rows, max_size=12), min_size=1, max_size=12))
def test_counts_of_the_week_are_those_of_the_log(days):
    history = absorbed(days)
    log = [(MONDAY + timedelta(days=number), row) for number, day in enumerate(days) for row in day]
    sent = ("sent", "delivered", "bounced", "read", "right_party", "engaged")
    last = MONDAY + timedelta(days=len(days) - 1)
    for at, person in enumerate(PEOPLE.ids.tolist()):
        mine = {
            (when, row["channel"])
            for when, row in log
            if row["person"] == person and row["kind"] in sent and row["channel"] in PLACES
        }
        assert history.contacts[at] == len(mine)
        assert history.in_week()[at] == sum(when > last - timedelta(days=7) for when, _ in mine)
        assert history.on_clock()[at] == sum(when == last for when, _ in mine)
        kept = sum(
            (row["amount_cents"] or 0) * {"payment": 1, "returned": -1}.get(row["kind"], 0)
            for _, row in log
            if row["person"] == person
        )
        assert history.cash[at] == kept


@pytest.mark.parametrize(
    ("told", "planned"),
    [
        ([], [1]),
        ([1], [1, 0]),
        ([1, 0], [1, 0, 1]),
        ([0, 0], [1, 1, 1]),
        ([None, None], [1, 0, 1]),
        ([1, None, None], [1, 0, 1, 0]),
    ],
)
def test_a_whole_message_comes_first_and_then_in_turns_with_a_short_one(told, planned):
    person = int(TOWN["person"][0])
    sent = {"person": person, "kind": "sent", "channel": CHANNELS[0]}
    days = [[{**sent, "intensity": one}] for one in told]
    first = np.zeros(1, dtype=np.int64)
    found = [absorbed(days[:count]).next_intensity(first)[0] for count in range(len(days) + 1)]
    assert found == planned


def test_a_committed_visit_opens_an_agreement_and_a_break_ends_it():
    person = TOWN.filter(~pl.col("held") & ~pl.col("in_agreement"))["person"][0]
    at = int(PEOPLE.find(np.array([person]))[0])
    visit = {"person": person, "kind": "visit", "discount": 0.2, "instalments": 4}
    history = absorbed([[visit], [{**visit, "discount": 0.3, "committed": True}]])
    assert history.agreed[at]
    assert history.step[at] == 1
    assert history.refusals[at] == 1
    assert abs(history.committed_net[at] - 0.7 * PEOPLE.balance[at]) < 1
    broken = absorbed(
        [
            [visit],
            [{**visit, "discount": 0.3, "committed": True}],
            [{"person": person, "kind": "broken"}],
        ]
    )
    assert not broken.agreed[at]
    assert broken.seen_discount[at] == 0.3
    assert broken.balance[at] == PEOPLE.balance[at]


def test_money_that_went_back_is_not_kept_until_it_is_back():
    person = TOWN["person"][0]
    at = PEOPLE.find(np.array([person]))[0]

    def told(kind, cents):
        return dict.fromkeys(SCHEMA) | {"person": person, "kind": kind, "amount_cents": cents}

    days = [
        [told("visit", None) | {"committed": True, "discount": 0.2, "instalments": 3}],
        [told("payment", 7_000)],
        [told("returned", 5_000)],
        [told("returned", -5_000)],
    ]
    kept = [absorbed(days[: count + 1]) for count in range(len(days))]
    assert [one.cash[at] for one in kept] == [0, 7_000, 2_000, 7_000]
    assert [one.cash_since_commit[at] for one in kept] == [0, 7_000, 2_000, 7_000]


def test_an_agreement_whose_money_went_back_goes_on():
    person = TOWN.filter(~pl.col("held") & ~pl.col("in_agreement"))["person"][0]
    at = int(PEOPLE.find(np.array([person]))[0])
    visit = {"person": person, "kind": "visit", "discount": 0.2, "instalments": 1}
    done = [[{**visit, "committed": True}], [{"person": person, "kind": "settled"}]]
    assert absorbed(done).settled[at]
    again = absorbed([*done, [{"person": person, "kind": "reopened"}]])
    assert again.agreed[at]
    assert not again.settled[at]


TOLD = {
    "three came back": ([["sent", "bounced"]] * 3, True),
    "two came back": ([["sent", "bounced"]] * 2, False),
    "one arrived": ([["sent", "delivered"], *[["sent", "bounced"]] * 4], False),
    "nobody told of one": ([["sent"], *[["sent", "bounced"]] * 4], False),
    "an answer": ([*[["sent", "bounced"]] * 3, ["engaged"]], False),
}


@pytest.mark.parametrize("told", TOLD)
def test_an_address_from_which_everything_comes_back_is_dead(told):
    days, dead = TOLD[told]
    person = TOWN["person"][0]
    log = [
        [{"person": person, "kind": kind, "channel": CHANNELS[0]} for kind in kinds]
        for kinds in days
    ]
    history = absorbed(log)
    at = int(PEOPLE.find(np.array([person]))[0])
    assert history.dead()[at].tolist() == [dead] + [False] * (len(CHANNELS) - 1)
    assert history.dead().sum() == dead


def test_a_month_carries_more_of_a_larger_income_and_less_of_other_debts():
    people = people_of(
        portfolio(4).with_columns(
            income_cents=pl.Series([None, 250_000, 1_000_000, 250_000], dtype=pl.Int64),
            other_debts=pl.Series([0, 0, 0, 3], dtype=pl.Int32),
        ),
        CHANNELS,
    )
    comfortable = np.full(4, 15_000.0, dtype=np.float32)
    unknown, usual, rich, owing = carried(comfortable, people, (np.log(250_000), 0.5)).tolist()
    assert [unknown, usual] == pytest.approx([15_000, 15_000])
    assert rich == pytest.approx(15_000 * 4**0.8, rel=1e-4)
    assert owing == pytest.approx(15_000 / 1.3, rel=1e-4)
    assert carried(comfortable, people, (0.0, 1.0))[:3].tolist() == [15_000] * 3
