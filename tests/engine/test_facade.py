"""The engine as a library: what goes in, what comes out, what is refused."""

import doctest
import subprocess
import sys
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

import app.engine
from app.engine import Engine, Incumbent, planning
from app.engine.frames import ACTIONS, OFFERS
from tests.engine.towns import CHANNELS, MONDAY, RULES, a_day_of, portfolio, spec

NOTHING = pl.DataFrame(schema={"person": pl.Int64, "kind": pl.String})


def engine_of(people=120, **changes):
    engine = Engine()
    engine.reset(portfolio(people), RULES, spec(**changes))
    return engine


def lived(engine, days, seed=5, start=MONDAY):
    drawn = np.random.default_rng(seed)
    for number in range(days):
        day = start + timedelta(days=number)
        engine.learn(day, a_day_of(engine.plan(day), drawn))
    return engine


def test_importing_it_loads_no_web_framework_and_no_database():
    loaded = (
        "import sys, app.engine;"
        "print([m for m in ('flask', 'sqlalchemy', 'sklearn', 'psycopg') if m in sys.modules])"
    )
    shown = subprocess.run(
        [sys.executable, "-c", loaded], capture_output=True, text=True, check=True
    )
    assert shown.stdout.strip() == "[]"


def test_a_plan_has_the_agreed_columns():
    plan = engine_of().plan(MONDAY)
    assert dict(plan.actions.schema) == ACTIONS
    assert dict(plan.offers.schema) == OFFERS
    assert plan.actions["propensity"].is_between(0, 1, closed="right").all()
    assert plan.offers["propensity"].is_between(0, 1, closed="right").all()
    assert (plan.actions["reasons"].list.len() > 0).all()
    assert (plan.offers["reasons"].list.len() > 0).all()


def test_planning_changes_nothing_and_repeats_itself():
    engine = lived(engine_of(), 6)
    day = MONDAY + timedelta(days=7)
    first, again = engine.plan(day), engine.plan(day)
    assert first.actions.equals(again.actions)
    assert first.offers.equals(again.offers)


def test_a_second_engine_with_the_same_history_plans_the_same():
    day = MONDAY + timedelta(days=8)
    one, other = lived(engine_of(), 8).plan(day), lived(engine_of(), 8).plan(day)
    assert one.actions.equals(other.actions)
    assert one.offers.equals(other.offers)


def test_whole_messages_and_short_ones_take_turns():
    engine, sent = engine_of(), {}
    drawn = np.random.default_rng(5)
    for number in range(28):
        day = MONDAY + timedelta(days=number)
        plan = engine.plan(day)
        for row in plan.actions.iter_rows(named=True):
            sent.setdefault((row["person"], row["arm"] == "rules"), []).append(row["intensity"])
        engine.learn(day, a_day_of(plan, drawn))
    chosen = [kinds for (_, by_rules), kinds in sent.items() if not by_rules]
    assert max(map(len, chosen)) > 2
    for kinds in chosen:
        assert kinds == [1 - place % 2 for place in range(len(kinds))]
    assert {kind for (_, by_rules), kinds in sent.items() if by_rules for kind in kinds} == {1}


@pytest.mark.parametrize("budget", [0, 3, 40.5, 400, 40_000])
def test_a_days_contacts_cost_no_more_than_its_budget(budget):
    cents = {"sms": 8, "email": 1, "whatsapp": 30, "voice": 20, "human": 600}
    engine = engine_of(300, per_week=7, cost_cents=cents, budget_cents=budget, holdout=0.2)
    drawn, reasons, most = np.random.default_rng(5), set(), 0.0
    for number in range(12):
        day = MONDAY + timedelta(days=number)
        plan = engine.plan(day)
        spent = sum(cents[name] for name in plan.actions["channel"])
        assert spent <= budget
        most = max(most, spent)
        reasons |= set(plan.actions["reasons"].explode())
        engine.learn(day, a_day_of(plan, drawn))
    assert most >= 0.8 * min(budget, 100)
    assert ("within_budget" in reasons) == (0 < budget <= 400)


def test_a_budget_is_shared_with_the_comparison_as_the_groups_are_large():
    cents = dict.fromkeys(CHANNELS, 2)
    engine = engine_of(400, cost_cents=cents, capacity={}, budget_cents=60, holdout=0.4)
    arms = engine.plan(MONDAY + timedelta(days=1)).actions["arm"]
    assert (arms == "rules").sum() <= 0.45 * 30
    assert (arms != "rules").sum() > 0


def thirds():
    """How often somebody who heard twice running by one channel and could hear by another hears by
    it again."""
    engine, said, again = engine_of(300, per_week=7), {}, []
    drawn = np.random.default_rng(3)
    hours = len(engine.state.spec.hours)
    for number in range(28):
        day = MONDAY + timedelta(days=number)
        plan = engine.plan(day)
        for row in plan.actions.filter(pl.col("arm") != "rules").iter_rows(named=True):
            heard = said.setdefault(row["person"], [])
            own = 1 << CHANNELS.index(row["channel"]) * hours
            others = row["eligible"] & ~(own * ((1 << hours) - 1))
            if others and len(heard) > 1 and heard[-1] == heard[-2]:
                again.append(row["channel"] == heard[-1])
            heard.append(row["channel"])
        engine.learn(day, a_day_of(plan, drawn))
    assert len(again) > 30
    return np.mean(again)


def test_after_two_messages_by_one_channel_another_takes_its_turn(monkeypatch):
    found = thirds()
    monkeypatch.setattr(planning, "RUNNING", 99)
    assert found < 0.7 * thirds()


def test_every_contact_says_why_here_and_why_now():
    engine, before = engine_of(), set()
    drawn = np.random.default_rng(5)
    hours, met = len(engine.state.spec.hours), set()
    for number in range(21):
        day = MONDAY + timedelta(days=number)
        plan = engine.plan(day)
        for row in plan.actions.filter(pl.col("arm") != "rules").iter_rows(named=True):
            reasons = set(row["reasons"])
            met |= reasons
            bits, channels = row["eligible"], 0
            while bits:
                channels += bool(bits & (1 << hours) - 1)
                bits >>= hours
            assert ("only_channel" in reasons) == (channels == 1)
            assert not {"only_channel", "best_channel"} <= reasons
            here = {"only_channel", "best_channel", "other_channel_than_last", "scarce_place"}
            assert reasons & {*here, "explored"}
            is_new = row["person"] not in before
            assert reasons & {"first_message", "rested"} == {
                "first_message" if is_new else "rested"
            }
            assert reasons & {"best_hour", "hours_alike", "explored"}
        before |= set(plan.actions["person"])
        engine.learn(day, a_day_of(plan, drawn))
    told = {"only_channel", "best_channel", "best_hour", "hours_alike", "first_message", "rested"}
    assert told <= met


@pytest.mark.parametrize("days", [0, 12])
def test_what_is_said_to_promise_more_does(days):
    engine, day = lived(engine_of(), days), MONDAY + timedelta(days=days)
    plan, scored = engine.plan(day).actions, planning.score_all(engine.state, day)
    places, limits = engine.state.people, engine.state.spec
    met = set()
    for row in plan.filter(pl.col("arm") != "rules").iter_rows(named=True):
        [at], reasons = places.find(np.array([row["person"]])), set(row["reasons"])
        channel, hour = limits.channels.index(row["channel"]), limits.hours.index(row["hour"])
        by_hour = scored.values[at, channel][scored.eligible.hour[at]]
        chosen, top = scored.values[at, channel, hour], by_hour.max()
        as_much = (by_hour > top - abs(top) * 0.01).sum()
        if reasons & {"best_hour", "hours_alike"}:
            assert chosen >= top - abs(top) * 0.01
            assert ("best_hour" in reasons) == (as_much == 1)
        if "best_channel" in reasons:
            here = scored.best[at, channel]
            assert (scored.best[at] > here - abs(here) * 0.01).sum() == 1
        met |= reasons
    assert {"best_channel", "best_hour"} <= met


def test_whoever_promises_to_pay_is_left_in_peace_for_four_days():
    engine, frame = engine_of(), portfolio(120)
    promised = frame.select("person").with_columns(kind=pl.lit("promise"))
    engine.learn(MONDAY, promised)
    contacts = [engine.plan(MONDAY + timedelta(days=days)).actions.height for days in range(1, 6)]
    assert contacts[:4] == [0] * 4
    assert contacts[4] > 0


@pytest.mark.parametrize(("state", "teaches"), [("settled", False), ("promise", True)])
def test_whoever_settled_teaches_nothing_of_offers(state, teaches):
    frame, engines = portfolio(120), [engine_of(), engine_of()]
    done = frame.select("person").with_columns(kind=pl.lit(state))
    visits = frame.select("person").with_columns(
        kind=pl.lit("visit"), discount=pl.lit(0.1), instalments=pl.lit(3), committed=pl.lit(False)
    )
    for engine in engines:
        engine.learn(MONDAY, done)
    engines[0].learn(MONDAY + timedelta(days=1), visits)
    one, other = (engine.state.agree.model.mean for engine in engines)
    assert np.allclose(one, other) != teaches


def test_a_learned_opening_is_what_is_usual():
    day = MONDAY + timedelta(days=5)
    usual, said = lived(engine_of(), 5).plan(day), lived(engine_of(opening="learned"), 5).plan(day)
    assert usual.actions.equals(said.actions)
    assert usual.offers.equals(said.offers)


def test_a_kept_opening_holds_whoever_saw_nothing_and_nobody_else():
    """The rules people's own first offers say what the opening is: with `keep` at 1 a share of the
    balance that no length of plan changes."""
    kept = lived(engine_of(opening="kept", holdout=0.0, untouched=0.0), 12)
    ruled = engine_of(holdout=1.0, untouched=0.0)
    offers = kept.plan(MONDAY + timedelta(days=12)).offers
    own = ruled.plan(MONDAY).offers.select("person", own="discount")
    told = offers.join(own, on="person").with_columns(
        first=pl.col("reasons").list.contains("opening_kept")
    )
    first, later = told.filter("first"), told.filter(~pl.col("first"))
    assert len(first) > 20
    assert len(later) > 5
    assert (first["discount"] <= first["own"] + 1e-9).all()
    assert (first["step"] == 0).all()
    assert (later["discount"] > later["own"] + 1e-6).any()


def test_another_seed_draws_other_arms():
    assert not engine_of(seed=1).arms().equals(engine_of(seed=2).arms())


@pytest.mark.parametrize("people", [0, 1, 2])
def test_few_people_or_none_are_no_problem(people):
    engine = lived(engine_of(people), 5)
    assert engine.plan(MONDAY + timedelta(days=5)).offers.height <= people
    assert engine.report().days == 5


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda frame: frame.drop("region"), "region"),
        (lambda frame: frame.with_columns(person=pl.lit(1)), "person"),
        (lambda frame: frame.with_columns(balance_cents=pl.lit(-1)), "balance_cents"),
        (lambda frame: frame.with_columns(principal_cents=pl.lit(10**11)), "principal_cents"),
        (lambda frame: frame.with_columns(product=pl.lit(None, dtype=pl.String)), "product"),
        (lambda frame: frame.with_columns(days_past_due=pl.lit("old")), "days_past_due"),
    ],
)
def test_a_wrong_portfolio_is_refused_by_column(change, named):
    with pytest.raises(ValueError, match=named):
        Engine().reset(change(portfolio(5)), RULES, spec())


@pytest.mark.parametrize(
    ("events", "named"),
    [
        (pl.DataFrame({"kind": ["sent"]}), "person"),
        (pl.DataFrame({"person": [10]}), "kind"),
        (pl.DataFrame({"person": [10], "kind": ["payment"], "amount_cents": ["much"]}), "amount"),
        (pl.DataFrame({"person": [None], "kind": ["sent"]}), "person"),
    ],
)
def test_wrong_events_are_refused_by_column_and_change_nothing(events, named):
    engine = engine_of(20)
    before = engine.plan(MONDAY).actions
    with pytest.raises(ValueError, match=named):
        engine.learn(MONDAY, events)
    assert engine.plan(MONDAY).actions.equals(before)


def test_arrays_do_as_well_as_a_frame():
    people, rules, limits = portfolio(60), RULES, spec()
    by_name = {name: people[name].to_numpy() for name in people.columns if name != "reachable"}
    one, other = Engine(), Engine()
    one.reset(by_name, rules, limits)
    other.reset(people.drop("reachable"), rules, limits)
    events = {"person": np.array([10, 12]), "kind": ["complaint", "opt_out"]}
    for engine in (one, other):
        engine.learn(MONDAY, events)
    day = MONDAY + timedelta(days=1)
    assert one.plan(day).actions.equals(other.plan(day).actions)
    assert one.plan(day).offers.equals(other.plan(day).offers)


def test_only_the_required_columns_are_enough():
    engine = Engine()
    required = ("person", "balance_cents", "principal_cents", "days_past_due", "product", "region")
    engine.reset(portfolio(60).select(required), RULES, spec())
    lived(engine, 4)
    assert engine.plan(MONDAY + timedelta(days=4)).offers.height > 0


@pytest.mark.parametrize(
    "odd",
    [
        {"channels": ("sms",), "incumbent": Incumbent(("sms",), 10, 5, "w0")},
        {"hours": (10,), "wordings": ("w0",)},
        {"channels": ("fax", "sms"), "capacity": {"fax": 0, "sms": 5}},
        {"capacity": dict.fromkeys(CHANNELS, 3)},
        {"per_week": 0},
        {"per_week": 20, "per_day": 9},
        {"legal_hours": {}},
        {"holdout": 1.0, "untouched": 0.0},
        {"steps": 0, "explore": 1.0},
        {"cost_cents": {}, "complaint_cents": 0.0, "opt_out_cents": 0.0, "horizon_days": 1},
        {"incumbent": Incumbent(("sms",), 10, 90, "w0")},
    ],
    ids=lambda odd: "+".join(odd),
)
def test_odd_limits_are_survived(odd):
    odd = {"incumbent": Incumbent(("sms",), 10, 5, "w0"), **odd}
    engine = lived(engine_of(40, **odd), 8)
    assert engine.report().days == 8


def test_unknown_people_and_kinds_are_counted_and_ignored():
    engine = engine_of(20)
    engine.learn(MONDAY, pl.DataFrame({"person": [10, 999_999], "kind": ["danced", "visit"]}))
    assert engine.report().ignored == 2


def test_before_reset_it_says_so():
    with pytest.raises(ValueError, match="reset"):
        Engine().plan(MONDAY)


@pytest.mark.parametrize("jump", [-400, -3, 0, 3, 400])
def test_a_clock_that_jumps_is_survived(jump):
    engine = lived(engine_of(), 4)
    day = MONDAY + timedelta(days=4 + jump)
    drawn = np.random.default_rng(0)
    engine.learn(day, a_day_of(engine.plan(day), drawn))
    engine.plan(MONDAY + timedelta(days=6))


def test_one_person_is_planned_anew_under_the_nights_prices():
    engine = lived(engine_of(), 2)
    day = MONDAY + timedelta(days=2)
    plan = engine.plan(day)
    assert plan.actions.height > 5
    for number, person in enumerate(plan.actions["person"].head(20)):
        same = engine.replan(person, NOTHING)
        planned = plan.actions[number]
        rounded = ["value_cents", "propensity"]
        assert same.drop(rounded).equals(planned.drop(rounded))
        assert same["propensity"][0] == pytest.approx(planned["propensity"][0], rel=1e-3)
    stopped = pl.DataFrame({"person": [person], "kind": ["held"]})
    assert engine.replan(person, stopped).is_empty()
    assert engine.plan(day).actions.equals(plan.actions)


def test_an_unknown_person_cannot_be_planned_anew():
    engine = engine_of(5)
    with pytest.raises(ValueError, match="plan"):
        engine.replan(10, NOTHING)
    engine.plan(MONDAY)
    with pytest.raises(ValueError, match="person"):
        engine.replan(11, NOTHING)


def test_what_fits_a_month_shapes_the_plan():
    one, other = lived(engine_of(), 3), lived(engine_of(), 3)
    day = MONDAY + timedelta(days=3)
    everybody = one.arms().filter(pl.col("arm") == "engine")["person"]
    told = pl.DataFrame({"person": everybody, "kind": "budget", "amount_cents": 3_000})
    one.learn(day, told)
    other.learn(day, NOTHING)
    fits, usual = (
        engine.plan(day + timedelta(days=1)).offers.filter(pl.col("instalments") > 1)
        for engine in (one, other)
    )
    assert fits["instalment_cents"].median() < 0.8 * usual["instalment_cents"].median()


def worth_after_payday(agree_on):
    """What contacts are worth on the 6th against the 16th, where all are paid on the 5th and who
    comes agrees on some days of the month only."""
    engine, drawn = Engine(), np.random.default_rng(3)
    paid = portfolio(400).with_columns(payday=pl.lit(5, dtype=pl.Int8))
    engine.reset(paid, RULES, spec(holdout=0.0, untouched=0.0))
    for number in range(90):
        day = MONDAY + timedelta(days=number)
        offers = engine.plan(day).offers
        came = offers.filter(pl.Series(drawn.random(offers.height) < 0.04))
        visits = came.select("person", "discount", "instalments").with_columns(
            kind=pl.lit("visit"), committed=pl.lit(day.day in agree_on)
        )
        engine.learn(day, visits)
    after, later = (engine.plan(date(2026, 6, day)).actions["value_cents"] for day in (6, 16))
    return after.mean() / later.mean()


def test_who_agrees_with_money_in_hand_is_worth_a_contact_then():
    assert worth_after_payday(range(5, 9)) > 1.2 * worth_after_payday(range(17, 21))


@pytest.mark.parametrize(
    ("payday", "withheld", "said"),
    [
        (MONDAY.day, (), True),
        ((MONDAY - timedelta(days=3)).day, (), True),
        ((MONDAY - timedelta(days=4)).day, (), False),
        ((MONDAY + timedelta(days=1)).day, (), False),
        (None, (), False),
        (MONDAY.day, ("payday",), False),
    ],
)
def test_a_contact_says_that_payday_was_just_now_where_it_may_be_looked_at(payday, withheld, said):
    frame = portfolio(200).with_columns(payday=pl.lit(payday, dtype=pl.Int8))
    engine = Engine()
    engine.reset(frame, RULES, spec(holdout=0.0, untouched=0.0, withheld=withheld))
    planned = engine.plan(MONDAY).actions
    assert planned.height > 0
    assert (planned["reasons"].list.contains("soon_after_payday") == said).all()


@pytest.mark.parametrize(
    ("ago", "payday", "said"),
    [
        (0, None, True),
        (3, None, True),
        (4, None, False),
        (-1, None, False),
        (0, (MONDAY - timedelta(days=10)).day, False),
    ],
)
def test_the_days_on_which_most_are_paid_count_for_who_has_no_payday_of_their_own(
    ago, payday, said
):
    frame = portfolio(200).with_columns(payday=pl.lit(payday, dtype=pl.Int8))
    engine = Engine()
    paydays = [MONDAY - timedelta(days=days) for days in (ago, ago + 30)]
    engine.reset(frame, RULES, spec(holdout=0.0, untouched=0.0, paydays=paydays))
    planned = engine.plan(MONDAY).actions
    assert planned.height > 0
    assert (planned["reasons"].list.contains("soon_after_wages") == said).all()
    assert not planned["reasons"].list.contains("soon_after_payday").any()


def test_how_old_a_credit_is_may_be_looked_at_where_it_is_known():
    plain = portfolio(90)
    days = [None, 30, 3_000] * 30
    frame = plain.with_columns(credit_days=pl.Series(days, dtype=pl.Int32))
    states = []
    for told, withheld in ((plain, ()), (frame, ()), (frame, ("credit_days",))):
        engine = Engine()
        engine.reset(told, RULES, spec(withheld=withheld))
        states.append(engine.state)
    without, known, withheld = (state.traits for state in states)
    [place] = np.flatnonzero((known != without).any(axis=0))
    seen = known[:, place].reshape(-1, 3)
    assert (seen[:, 0] == 0).all(), "unknown counts as the mean"
    assert (seen[:, 1] < 0).all()
    assert (seen[:, 2] > 0).all()
    np.testing.assert_array_equal(withheld, without)


def test_what_is_agreed_and_not_paid_yet_stands_in_the_report_until_it_breaks():
    engine = Engine()
    engine.reset(portfolio(40), RULES, spec(holdout=0.0, untouched=0.0))
    offers = engine.plan(MONDAY).offers[:2]
    balance = portfolio(40).select("person", owed="balance_cents")
    net = offers.join(balance, "person", maintain_order="left").select(
        net=pl.col("owed") * (1 - pl.col("discount"))
    )["net"]
    visits = offers.select("person", "discount", "instalments", kind=pl.lit("visit"))
    engine.learn(MONDAY, visits.with_columns(committed=True))

    def to_come() -> float:
        return engine.report().groups["to_come_cents"].sum()

    assert to_come() == pytest.approx(net.sum())
    one, other = offers["person"].to_list()
    paid = {"person": [one], "kind": ["payment"], "amount_cents": [1_000]}
    engine.learn(MONDAY + timedelta(days=1), paid)
    assert to_come() == pytest.approx(net.sum() - 1_000)
    engine.learn(MONDAY + timedelta(days=2), {"person": [other], "kind": ["broken"]})
    assert to_come() == pytest.approx(net[0] - 1_000)


def test_a_second_plan_of_a_day_has_only_the_places_that_are_left():
    engine = Engine()
    engine.reset(portfolio(300), RULES, spec(capacity=dict.fromkeys(CHANNELS, 4)))
    first = engine.plan(MONDAY).actions
    half = first.gather_every(2)
    engine.learn(MONDAY, half.select("person", "channel", "hour", kind=pl.lit("sent")))
    second = engine.plan(MONDAY).actions
    assert second.height > 0
    for channel in CHANNELS:
        assert (first["channel"] == channel).sum() <= 4
        made = (half["channel"] == channel).sum()
        assert (second["channel"] == channel).sum() + made <= 4


def test_a_second_plan_of_a_day_has_only_the_money_that_is_left():
    engine = engine_of(300, cost_cents=dict.fromkeys(CHANNELS, 10), capacity={}, budget_cents=200)
    first = engine.plan(MONDAY).actions
    assert first.height == 20
    sent = first.head(13).select("person", "channel", "hour", kind=pl.lit("sent"))
    engine.learn(MONDAY, sent)
    assert 0 < engine.plan(MONDAY).actions.height <= 7


def test_nothing_more_is_sent_to_an_address_from_which_everything_comes_back():
    engine = engine_of(holdout=0.5)
    arms = dict(engine.arms().iter_rows())
    sent = {"engine": 0, "rules": 0}
    for number in range(28):
        day = MONDAY + timedelta(days=number)
        planned = engine.plan(day).actions.select("person", "channel", "hour", "wording")
        told = [planned.with_columns(kind=pl.lit(kind)) for kind in ("sent", "bounced")]
        engine.learn(day, pl.concat(told))
        if number >= 21:
            for person in planned["person"]:
                sent[arms[person]] += 1
    channels = len(CHANNELS)
    dead = engine.state.history.dead().sum(axis=1)
    assert sent["rules"] > 0, "the comparison goes on as the creditor always did"
    assert dead.max() <= channels
    assert sent["engine"] < sent["rules"]


def test_the_creditors_own_first_offer_is_no_longer_than_it_says():
    rules = {**RULES, "bands": [{**band, "opening_longest": 2} for band in RULES["bands"]]}
    engine = Engine()
    engine.reset(portfolio(120), rules, spec(holdout=1.0, untouched=0.0))
    assert engine.plan(MONDAY).offers["instalments"].max() == 2


def test_debts_grow_older_from_band_to_band_where_the_portfolios_day_is_told():
    young = portfolio(200).with_columns(days_past_due=pl.lit(150, dtype=pl.Int64))
    later = MONDAY + timedelta(days=31)
    most = {}
    for as_of in (None, MONDAY):
        engine = Engine()
        engine.reset(young, RULES, spec(as_of=as_of))
        first = engine.plan(MONDAY).offers["discount"]
        most[as_of] = first.max(), engine.plan(later).offers["discount"].max()
        assert engine.plan(MONDAY).offers["discount"].equals(first)
    assert most[None][0] == most[None][1] == most[MONDAY][0]
    assert most[MONDAY][1] > most[MONDAY][0] + 0.1


def test_a_debt_that_grows_into_a_band_that_allows_less_is_offered_no_less_than_before():
    less = {**RULES["bands"][1], "principal_discount": 0.05, "charges_discount": 0.1, "longest": 2}
    engine = Engine()
    engine.reset(
        portfolio(200).with_columns(days_past_due=pl.lit(150, dtype=pl.Int64)),
        {**RULES, "bands": [RULES["bands"][0], less]},
        spec(as_of=MONDAY),
    )
    seen = engine.plan(MONDAY).offers.select("person", "discount", "instalments")
    visits = seen.with_columns(kind=pl.lit("visit"), committed=pl.lit(value=False))
    engine.learn(MONDAY, visits)
    later = engine.plan(MONDAY + timedelta(days=40)).offers.join(seen, on="person", suffix="_seen")
    assert (later["discount"] >= later["discount_seen"] - 1e-6).all()
    assert (later["instalments"] >= later["instalments_seen"]).all()


def test_what_somebody_pays_in_parts_on_one_day_teaches_as_one_payment():
    learned = []
    for parts in ([30_000], [10_000, 15_000, 5_000]):
        engine = engine_of(holdout=0.0, untouched=0.0)
        who = engine.plan(MONDAY).offers["person"][0]
        agreed = {"kind": "visit", "discount": 0.0, "instalments": 10, "committed": True}
        engine.learn(MONDAY, pl.DataFrame([{"person": who, **agreed}]))
        paid = [{"person": who, "kind": "payment", "amount_cents": cents} for cents in parts]
        engine.learn(MONDAY + timedelta(days=5), pl.DataFrame(paid))
        keep = engine.state.keep
        learned.append([*keep.model.mean, keep.model.rows, *keep.whole.mean, keep.whole.rows])
    assert learned[0] == pytest.approx(learned[1])


def parts_of(events):
    """What was sent, then what came of it by kinds, then the rest."""
    sent, came = pl.col("kind") == "sent", pl.col("kind").is_in(["delivered", "read", "engaged"])
    return [events.filter(sent), events.filter(came), events.filter(~sent & ~came), NOTHING]


def test_a_day_told_in_parts_is_one_day():
    whole, parts = engine_of(300), engine_of(300)
    drawn = np.random.default_rng(11)
    for number in range(9):
        day = MONDAY + timedelta(days=number)
        events = a_day_of(whole.plan(day), drawn)
        assert parts.plan(day).actions.equals(whole.plan(day).actions)
        whole.learn(day, events)
        for part in parts_of(events):
            parts.learn(day, part)
    assert parts.report().days == 9
    assert parts.report().uplift == whole.report().uplift


def test_what_is_told_of_a_day_that_is_over_makes_no_second_day_of_it():
    engine = lived(engine_of(), 3)
    engine.plan(MONDAY + timedelta(days=3))
    engine.learn(MONDAY + timedelta(days=2), NOTHING)
    assert engine.report().days == 3


@pytest.mark.parametrize("nothing", [{}, [], pl.DataFrame(), NOTHING])
def test_a_day_on_which_nothing_happened_may_be_told_as_nothing(nothing):
    engine = engine_of()
    engine.learn(MONDAY, nothing)
    assert engine.report().days == 1


def test_planned_contacts_count_against_the_caps_before_anything_is_told():
    engine = engine_of(400, per_week=1, legal_hours={"*": dict.fromkeys(range(7), (8, 20))})
    days = [MONDAY + timedelta(days=number) for number in range(10)]
    planned = pl.concat([engine.plan(day).actions.with_columns(day=pl.lit(day)) for day in days])
    for day in days:
        week = pl.col("day").is_between(day - timedelta(days=6), day)
        assert planned.filter(week).group_by("person").len()["len"].max() == 1
    assert planned["day"].n_unique() > 1
    after = days[-1] + timedelta(days=1)
    lately = planned.filter(pl.col("day") > after - timedelta(days=7)).group_by("person").len()
    full = lately.filter(pl.col("len") == 1)["person"]
    assert len(full) > 50
    assert all(engine.replan(who, NOTHING, after).is_empty() for who in full)
    engine.learn(days[-1], NOTHING)
    assert not engine.plan(after).actions["person"].is_in(full.implode()).any()


@pytest.mark.parametrize(
    ("channel", "contacted", "ignored"), [("", False, 0), ("  ", False, 0), ("fax", True, 1)]
)
def test_an_opt_out_without_a_channel_is_of_all_and_one_of_an_unknown_channel_is_counted(
    channel, contacted, ignored
):
    engine = engine_of(holdout=0.0, untouched=0.0)
    who = engine.state.people.ids
    stops = pl.DataFrame({"person": who, "kind": "opt_out", "channel": channel})
    engine.learn(MONDAY, stops)
    plans = [engine.plan(MONDAY + timedelta(days=number)) for number in range(1, 6)]
    assert any(plan.actions.height for plan in plans) == contacted
    assert engine.report().ignored == ignored * len(who)


def test_arrays_of_anything_do_as_well():
    some = portfolio(60)
    as_objects = {
        name: np.array([*some[name].to_list(), None], dtype=object)[:-1] for name in some.columns
    }
    as_objects["reachable"][0] = np.array(as_objects["reachable"][0], dtype=object)
    one, other = engine_of(60), Engine()
    other.reset(as_objects, RULES, spec())
    assert one.plan(MONDAY).actions.equals(other.plan(MONDAY).actions)
    events = {
        "person": np.array([some["person"][0], some["person"][1]], dtype=object),
        "kind": np.array(["visit", "opt_out"], dtype=object),
        "committed": np.array([True, None], dtype=object),
        "channel": np.array([np.nan, "sms"], dtype=object),
    }
    other.learn(MONDAY, events)
    assert other.report().ignored == 0


def test_the_example_of_the_library_runs_as_it_is_shown():
    tried = doctest.testmod(app.engine)
    assert tried.attempted > 10
    assert tried.failed == 0
