"""What a caller might give the engine by mistake: taken for what it means, or refused by name before
anything has changed; never a plan beyond the creditor's rules, and never silence."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from app.compliance.policy import standard
from app.engine import Engine, Incumbent
from tests.engine.towns import MONDAY, RULES, a_day_of, portfolio, spec

NOON = datetime(MONDAY.year, MONDAY.month, MONDAY.day, 12)
CLOSED = MONDAY + timedelta(days=15)


def engine_of(people=120, frame=None, rules=RULES, **changes):
    engine = Engine()
    engine.reset(portfolio(people) if frame is None else frame, rules, spec(**changes))
    return engine


def same(one, other):
    return one.actions.equals(other.actions) and one.offers.equals(other.offers)


def at_noon(day):
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def test_a_moment_is_as_good_as_its_date():
    by_date, by_moment = engine_of(), engine_of()
    for number in range(4):
        day = MONDAY + timedelta(days=number)
        drawn, again = np.random.default_rng(number), np.random.default_rng(number)
        by_date.learn(day, a_day_of(by_date.plan(day), drawn))
        by_moment.learn(day, a_day_of(by_moment.plan(at_noon(day)), again))
    day = MONDAY + timedelta(days=4)
    plan = by_moment.plan(at_noon(day))
    assert plan.day == day
    assert type(plan.day) is date
    assert same(plan, by_date.plan(day))
    person = plan.actions["person"][0]
    nothing = pl.DataFrame(schema={"person": pl.Int64, "kind": pl.String})
    assert by_moment.replan(person, nothing, at_noon(day)).equals(by_date.replan(person, nothing))


@pytest.mark.parametrize("closed", [CLOSED, at_noon(CLOSED)])
@pytest.mark.parametrize("day", [CLOSED, at_noon(CLOSED)])
def test_on_a_closed_day_nobody_is_contacted_however_the_day_is_written(closed, day):
    assert engine_of(closed=frozenset({closed})).plan(day).actions.is_empty()
    assert not engine_of(closed=frozenset()).plan(day).actions.is_empty()


@pytest.mark.parametrize("day", ["2026-03-02", 20260302, None, np.datetime64("2026-03-02"), 1.5])
def test_what_is_no_date_is_refused_before_anything_changes(day):
    engine = engine_of()
    before = engine.plan(MONDAY)
    told = pl.DataFrame({"person": [10], "kind": ["complaint"]})
    for act in (
        lambda: engine.plan(day),
        lambda: engine.learn(day, told),
        lambda: engine.replan(10, told, day) if day is not None else engine.plan(day),
    ):
        with pytest.raises(ValueError, match="day"):
            act()
    assert engine.report().days == 0
    assert same(engine.plan(MONDAY), before)
    with pytest.raises(ValueError, match="closed"):
        spec(closed=frozenset({day}))


@pytest.mark.parametrize("day", [date.min, date(1970, 1, 1), date.max])
def test_any_date_there_is_can_be_planned_and_learned(day):
    engine = engine_of(40)
    engine.learn(day, a_day_of(engine.plan(day), np.random.default_rng(1)))
    assert engine.plan(day).offers.height > 0


def test_the_first_date_there_is_can_be_learned_after_another_was_planned():
    engine = engine_of(40)
    told = a_day_of(engine.plan(MONDAY), np.random.default_rng(1))
    for day in (date.min, date.max):
        engine.learn(day, told)
        assert engine.report().days > 0


@pytest.mark.parametrize(
    ("told", "named"),
    [
        ({"discount": 1.0001}, "discount"),
        ({"discount": 5.0}, "discount"),
        ({"discount": -0.1}, "discount"),
        ({"discount": float("inf")}, "discount"),
        ({"discount": float("-inf")}, "discount"),
        ({"hour": 24}, "hour"),
        ({"hour": -1}, "hour"),
        ({"instalments": -1}, "instalments"),
        ({"amount_cents": 2**62}, "amount_cents"),
        ({"amount_cents": float("inf")}, "amount_cents"),
        ({"intensity": 2}, "intensity"),
        ({"intensity": -1}, "intensity"),
        ({"intensity": 0.5}, "intensity"),
    ],
)
def test_events_that_cannot_be_are_refused_by_column_and_change_nothing(told, named):
    engine = engine_of(40)
    before = engine.plan(MONDAY)
    visit = {
        "discount": 0.1,
        "instalments": 3,
        "hour": 12,
        "amount_cents": 100,
        "intensity": 1,
    }
    events = pl.DataFrame({"person": [10, 13], "kind": ["payment", "visit"]})
    events = events.with_columns(
        **{name: pl.Series([one, told.get(name, one)], strict=False) for name, one in visit.items()}
    )
    with pytest.raises(ValueError, match=f"events: {named}"):
        engine.learn(MONDAY, events)
    with pytest.raises(ValueError, match=f"events: {named}"):
        engine.replan(10, events)
    assert engine.report().days == 0
    assert same(engine.plan(MONDAY), before)


def most_of(frame):
    """The creditor's maximum of each person as a share of the balance, and the longest plan."""
    young = frame["days_past_due"] <= 180
    principal = frame["principal_cents"] / frame["balance_cents"]
    charges = 1 - principal
    of_young, of_old = principal * 0.2 + charges * 0.8, principal * 0.5 + charges
    share = pl.select(pl.when(young).then(of_young).otherwise(of_old)).to_series()
    longest = pl.select(pl.when(young).then(10).otherwise(18)).to_series()
    return frame.select("person").with_columns(most=share, longest=longest)


@pytest.mark.parametrize("end", ["left", "broken"])
@pytest.mark.parametrize("discount", [0.6, 0.99, 1.0])
def test_nobody_is_offered_more_than_the_maximum_whatever_they_are_said_to_have_seen(discount, end):
    frame = portfolio(120)
    engine = engine_of(frame=frame)
    seen = frame.select("person").with_columns(
        kind=pl.lit("visit"),
        discount=pl.lit(discount),
        instalments=pl.lit(500),
        committed=pl.lit(end == "broken"),
    )
    engine.learn(MONDAY, seen)
    broken = frame.select("person").with_columns(kind=pl.lit("broken"))
    engine.learn(MONDAY + timedelta(days=1), broken)
    for days in (2, 4, 9):
        offers = engine.plan(MONDAY + timedelta(days=days)).offers
        offers = offers.join(most_of(frame), on="person").join(
            frame.select("person", "balance_cents"), on="person"
        )
        assert offers.height > 100
        assert (offers["discount"] <= offers["most"] + 1e-9).all()
        assert (offers["instalments"] <= offers["longest"]).all()
        owed = offers["balance_cents"] * (1 - offers["discount"])
        paid = offers["instalment_cents"] * offers["instalments"]
        assert ((owed - paid).abs() <= offers["instalments"] + 1).all(), "the figures agree"


@pytest.mark.parametrize("name", ["balance_cents", "principal_cents", "days_past_due", "person"])
@pytest.mark.parametrize("value", [float("nan"), float("inf"), None])
def test_a_whole_number_that_is_none_is_refused_by_its_column(name, value):
    frame = portfolio(40)
    column = frame[name].cast(pl.Float64).to_list()
    column[7] = value
    with pytest.raises(ValueError, match=f"portfolio: {name}"):
        engine_of(frame=frame.with_columns(pl.Series(name, column)))
    arrays = {one: frame[one].to_list() for one in frame.columns} | {name: np.array(column, float)}
    with pytest.raises(ValueError, match=f"portfolio: {name}"):
        engine_of(frame=arrays)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("payday", 0),
        ("payday", 32),
        ("preferred_hour", -1),
        ("preferred_hour", 24),
        ("income_cents", -1),
        ("other_debts", -1),
        ("credit_days", -1),
        ("credit_days", 10**9),
    ],
)
def test_an_optional_figure_that_cannot_be_is_refused_by_its_column(name, value):
    frame = portfolio(40)
    empty = pl.Series(name, [None] * 40, dtype=pl.Int64)
    with pytest.raises(ValueError, match=f"portfolio: {name}"):
        engine_of(frame=frame.with_columns(empty.fill_null(value)))
    engine_of(frame=frame.with_columns(empty)).plan(MONDAY)


@pytest.mark.parametrize("name", ["person", "balance_cents", "income_cents"])
def test_what_lies_between_whole_numbers_is_refused_by_its_column(name):
    """Reais where cents are due, say: cut off, a hundredth would be left of them."""
    frame = portfolio(40)
    whole = frame.with_columns(pl.col(name).cast(pl.Float64))
    engine_of(frame=whole)
    with pytest.raises(ValueError, match=f"portfolio: {name}"):
        engine_of(frame=whole.with_columns(pl.col(name) + 0.56))


def test_rules_that_are_none_are_refused():
    with pytest.raises(ValueError, match="rules"):
        engine_of(rules=None)


@pytest.mark.parametrize("none", [None, {}, RULES, "spec"])
def test_a_spec_that_is_none_is_refused(none):
    with pytest.raises(ValueError, match="spec"):
        Engine().reset(portfolio(5), RULES, none)


@pytest.mark.parametrize(
    "person", [2**63, -(2**70), 10**30, 10.5, float("nan"), "10", None, True, [10]]
)
def test_to_plan_anew_somebody_who_cannot_be_is_refused_by_name(person):
    engine = engine_of(20)
    engine.plan(MONDAY)
    nothing = pl.DataFrame(schema={"person": pl.Int64, "kind": pl.String})
    with pytest.raises(ValueError, match="person"):
        engine.replan(person, nothing)
    known = portfolio(20)["person"][0]
    assert engine.replan(known, nothing).equals(engine.replan(np.int64(known), nothing))


def test_an_event_of_nobody_is_refused():
    engine = engine_of(20)
    with pytest.raises(ValueError, match="events: person"):
        engine.learn(MONDAY, pl.DataFrame({"person": [10.0, float("nan")], "kind": ["visit"] * 2}))
    assert engine.report().days == 0


@pytest.mark.parametrize(
    ("columns", "named"),
    [
        ({"person": [1, 2], "region": ["SP"]}, "portfolio"),
        ({"reachable": ["sms,email"] * 5}, "reachable"),
        ({"extra_mood": ["good"] * 5}, "extra_mood"),
        ({"product": [f"p{number}" for number in range(5)]}, ""),
    ],
)
def test_columns_of_another_shape_or_kind_are_refused_by_name(columns, named):
    frame = portfolio(5).to_dict(as_series=False) | {"extra_mood": [1.0] * 5} | columns
    if not named:
        engine_of(frame=frame, features_allowed=("extra_mood",)).plan(MONDAY)
        return
    with pytest.raises(ValueError, match=named):
        engine_of(frame=frame, features_allowed=("extra_mood",))


@pytest.mark.parametrize(
    "odd",
    [[1e308, 1e308], [-1e308, 1e308], [1e200], [float("inf"), float("nan")], [1e155, -3.0]],
)
def test_a_figure_beyond_all_figures_counts_as_unknown_and_silences_nobody(odd):
    frame = portfolio(120)
    usual = np.random.default_rng(3).random(120)
    with_odd, with_none = usual.copy(), usual.copy()
    with_odd[: len(odd)], with_none[: len(odd)] = odd, np.nan
    if odd[-1] == -3.0:
        with_none[len(odd) - 1] = -3.0
    plans = [
        engine_of(frame=frame.with_columns(extra=values), features_allowed=("extra",)).plan(MONDAY)
        for values in (pl.Series(with_odd), pl.Series(with_none))
    ]
    assert plans[0].actions.filter(pl.col("arm") == "engine").height > 3
    assert same(*plans)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"channels": tuple(f"c{number}" for number in range(65)), "hours": (10,)}, "hours"),
        ({"hours": tuple(range(24))}, "hours"),
        ({"hours": (10, 25)}, "hours"),
        ({"hours": (10, 11.5)}, "hours"),
        ({"wordings": ("w0", *(f"x{number}" for number in range(200)))}, "wordings"),
        ({"complaint_cents": float("nan")}, "complaint_cents"),
        ({"opt_out_cents": float("inf")}, "opt_out_cents"),
        ({"cost_cents": {"sms": float("nan")}}, "cost_cents"),
        ({"capacity": {"sms": float("nan")}}, "capacity"),
        ({"capacity": {"sms": -1}}, "capacity"),
        ({"discount_budget": -0.1}, "discount_budget"),
        ({"discount_budget": float("nan")}, "discount_budget"),
        ({"discount_budget": 1.5}, "discount_budget"),
        ({"holdout": float("nan")}, "holdout"),
        ({"per_week": 2.5}, "per_week"),
        ({"per_day": float("nan")}, "per_day"),
        ({"horizon_days": float("inf")}, "horizon_days"),
        ({"steps": 1.5}, "steps"),
        ({"seed": "seven"}, "seed"),
        ({"legal_hours": {"*": {7: (8, 20)}}}, "legal_hours"),
        ({"legal_hours": {"*": {"0": (8, 20)}}}, "legal_hours"),
        ({"legal_hours": {"*": {0: (8, 30)}}}, "legal_hours"),
        ({"incumbent": Incumbent(("sms",), 10, 0, "w0")}, "incumbent"),
        ({"incumbent": Incumbent((), 10, 5, "w0")}, "incumbent"),
        ({"legal_hours": None}, "legal_hours"),
        ({"legal_hours": {"*": None}}, "legal_hours"),
        ({"legal_hours": {"*": {0: (8,)}}}, "legal_hours"),
        ({"legal_hours": {"*": {0: ("8", "20")}}}, "legal_hours"),
        ({"incumbent": None}, "incumbent"),
        ({"channels": "abc"}, "channels"),
        ({"complaint_cents": "5"}, "complaint_cents"),
        ({"holdout": "a tenth"}, "holdout"),
        ({"capacity": None}, "capacity"),
        ({"channels": 5}, "channels"),
        ({"hours": 9.5}, "hours"),
        ({"wordings": object()}, "wordings"),
        ({"closed": 20260302}, "closed"),
        ({"features_allowed": None}, "features_allowed"),
        ({"features_allowed": "mood"}, "features_allowed"),
        ({"income_left_cents": 2**70}, "income_left_cents"),
        ({"complaint_cents": 10**400}, "complaint_cents"),
        ({"features_allowed": ("age_band",)}, "age_band"),
        ({"features_allowed": ("region",)}, "region"),
        ({"withheld": "payday"}, "withheld"),
        ({"withheld": ("balance_cents",)}, "balance_cents"),
        ({"budget_cents": -1}, "budget_cents"),
        ({"budget_cents": float("nan")}, "budget_cents"),
        ({"budget_cents": "5"}, "budget_cents"),
        ({"budget_cents": True}, "budget_cents"),
        ({"cost_cents": {"sms": None}}, "cost_cents"),
        ({"capacity": {"sms": 1.5}}, "capacity"),
        ({"capacity": {"sms": True}}, "capacity"),
        ({"hours": (10, True)}, "hours"),
        ({"wordings": ("w0", 3)}, "wordings"),
        ({"wordings": ("w0", None)}, "wordings"),
        ({"channels": ("sms", 4)}, "channels"),
        ({"paydays": 5}, "paydays"),
        ({"paydays": [5]}, "paydays"),
        ({"paydays": ["2026-03-06"]}, "paydays"),
        ({"incumbent": Incumbent(None, 10, 5, "w0")}, "incumbent"),
        ({"incumbent": Incumbent("sms", 10, 5, "w0")}, "incumbent"),
        ({"incumbent": Incumbent(("sms",), 10, "5", "w0")}, "incumbent"),
        ({"incumbent": Incumbent(("sms",), 10, float("nan"), "w0")}, "incumbent"),
    ],
)
def test_limits_that_cannot_be_are_refused_by_field(changes, named):
    with pytest.raises(ValueError, match=named):
        engine_of(**changes)


def test_what_is_left_to_live_on_is_usually_what_the_policy_says():
    assert standard().parameter("BR-13", "minimum_cents") == spec().income_left_cents


def wide(channels, extras):
    """An engine of so many channels and columns of the creditor's own."""
    names, drawn = tuple(f"c{number}" for number in range(channels)), np.random.default_rng(4)
    columns = {f"extra_{number}": drawn.random(80) for number in range(extras)}
    return engine_of(
        frame=portfolio(80).drop("reachable").with_columns(**columns),
        channels=names,
        hours=(10,),
        cost_cents={},
        capacity={},
        incumbent=Incumbent(names[:1], 10, 5, "w0"),
        features_allowed=tuple(columns),
    )


@pytest.mark.parametrize(("channels", "extras"), [(5, 0), (20, 0), (5, 20)])
def test_many_channels_and_columns_are_learned_from(channels, extras):
    engine, drawn = wide(channels, extras), np.random.default_rng(5)
    for number in range(3):
        day = MONDAY + timedelta(days=number)
        engine.learn(day, a_day_of(engine.plan(day), drawn))
    assert engine.report().days == 3


def test_as_many_wordings_as_are_allowed_are_planned_and_learned():
    wordings = tuple(f"w{number}" for number in range(128))
    engine = engine_of(wordings=wordings)
    drawn = np.random.default_rng(2)
    for number in range(3):
        day = MONDAY + timedelta(days=number)
        engine.learn(day, a_day_of(engine.plan(day), drawn))
    assert engine.report().days == 3
