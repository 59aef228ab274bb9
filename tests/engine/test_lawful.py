"""Whatever the data: no plan breaks a rule, the ladder only rises, a replay is identical."""

from datetime import date, timedelta

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine import Engine
from tests.engine.towns import CHANNELS, MONDAY, RULES, a_day_of, portfolio, spec

specs = st.builds(
    spec,
    seed=st.integers(0, 2**40),
    per_day=st.integers(0, 3),
    per_week=st.integers(0, 5),
    per_day_and_channel=st.integers(0, 2),
    steps=st.integers(0, 3),
    explore=st.floats(0, 1),
    no_step=st.floats(0, 1),
    holdout=st.floats(0, 0.5),
    untouched=st.floats(0, 0.5),
    discount_budget=st.none() | st.floats(0, 0.5),
    capacity=st.dictionaries(st.sampled_from(CHANNELS), st.integers(0, 9) | st.none()),
    closed=st.frozensets(st.dates(MONDAY, MONDAY + timedelta(days=20)), max_size=4),
    legal_hours=st.dictionaries(
        st.sampled_from(["*", "SP", "RJ"]),
        st.dictionaries(
            st.integers(0, 6), st.tuples(st.integers(0, 23), st.integers(0, 24)), max_size=7
        ),
    ),
)
MOST = {
    band["name"]: (band["principal_discount"], band["charges_discount"]) for band in RULES["bands"]
}


class Witness:
    """Keeps what a person has been shown and told, independently of the engine."""

    def __init__(self, people: pl.DataFrame, rules) -> None:
        self.spec = rules
        self.people = {row["person"]: row for row in people.to_dicts()}
        self.silent = {p for p, row in self.people.items() if row["held"] or row["in_agreement"]}
        self.stopped: set[tuple[int, str]] = set()
        self.contacts: list[tuple[int, date]] = []
        self.seen: dict[int, tuple[float, int]] = {}

    def check(self, day: date, plan) -> None:
        self._contacts_are_legal(day, plan.actions)
        self._offers_only_rise(plan.offers)

    def _contacts_are_legal(self, day, actions):
        spec = self.spec
        per_channel: dict[str, int] = {}
        for row in actions.to_dicts():
            person, channel = row["person"], row["channel"]
            about = self.people[person]
            week = spec.legal_hours.get(about["region"], spec.legal_hours.get("*", {}))
            first, end = week.get(day.weekday(), (0, 0))
            assert first <= row["hour"] < end
            assert day not in spec.closed
            assert person not in self.silent
            assert (person, channel) not in self.stopped
            assert about["reachable"] is None or channel in about["reachable"]
            per_channel[channel] = per_channel.get(channel, 0) + 1
            assert 0 < row["propensity"] <= 1
            self.contacts.append((person, day))
        for channel, count in per_channel.items():
            most = spec.capacity.get(channel)
            assert most is None or count <= most
        lately: dict[int, list[date]] = {}
        for person, when in self.contacts:
            if day - timedelta(days=6) <= when <= day:
                lately.setdefault(person, []).append(when)
        for days in lately.values():
            assert len(days) <= spec.per_week
            assert max(days.count(when) for when in days) <= min(
                spec.per_day, spec.per_day_and_channel
            )

    def _offers_only_rise(self, offers):
        for row in offers.to_dicts():
            about = self.people[row["person"]]
            principal, charges = MOST["young" if about["days_past_due"] <= 180 else "old"]
            owed, part = about["balance_cents"], about["principal_cents"]
            most = (part * principal + (owed - part) * charges) / owed
            assert 0 <= row["discount"] <= most + 1e-9
            assert 1 <= row["instalments"] <= (10 if about["days_past_due"] <= 180 else 18)
            assert 0 <= row["step"] <= self.spec.steps
            seen, longest = self.seen.get(row["person"], (0.0, 0))
            assert row["discount"] >= seen - 1e-9
            assert row["instalments"] >= longest or row["instalment_cents"] < 6_000

    def remember(self, day, events):
        for row in events.to_dicts():
            person, kind = row["person"], row["kind"]
            if kind in ("complaint", "held"):
                self.silent.add(person)
            elif kind == "opt_out":
                names = [row["channel"]] if row["channel"] else CHANNELS
                self.stopped |= {(person, name) for name in names}
            elif kind == "visit":
                before = self.seen.get(person, (0.0, 0))
                now = (row["discount"], row["instalments"])
                self.seen[person] = (max(before[0], now[0]), max(before[1], now[1]))
                if row["committed"]:
                    self.silent.add(person)


def without_returns(events):
    """Nobody is released or breaks: whoever fell silent stays so, which is easy to watch."""
    return events.filter(~pl.col("kind").is_in(["released", "broken"]))


@settings(max_examples=8, deadline=None)
@given(specs, st.integers(1, 40), st.integers(0, 2**20))
def test_no_plan_breaks_a_rule_and_no_offer_gets_worse(rules, people, luck):
    town, engine = portfolio(people, seed=luck), Engine()
    engine.reset(town, RULES, rules)
    witness, drawn = Witness(town, rules), np.random.default_rng(luck)
    for number in range(9):
        day = MONDAY + timedelta(days=number)
        plan = engine.plan(day)
        witness.check(day, plan)
        events = without_returns(a_day_of(plan, drawn))
        engine.learn(day, events)
        witness.remember(day, events)


@settings(max_examples=5, deadline=None)
@given(specs, st.lists(st.integers(-9, 9), min_size=3, max_size=8), st.integers(0, 2**20))
def test_a_jumping_clock_breaks_no_cap(rules, jumps, luck):
    town, engine = portfolio(40, seed=luck), Engine()
    engine.reset(town, RULES, rules)
    drawn, day, known = np.random.default_rng(luck), MONDAY, []
    for jump in jumps:
        day += timedelta(days=jump)
        plan = engine.plan(day)
        for person in plan.actions["person"]:
            known.append((person, day))
            week = [when for who, when in known if who == person and abs((when - day).days) < 7]
            assert sum(when <= day for when in week) <= rules.per_week
        engine.learn(day, a_day_of(plan, drawn))


@settings(max_examples=4, deadline=None)
@given(specs, st.integers(0, 2**20))
def test_a_replay_is_identical(rules, luck):
    plans = []
    for _ in range(2):
        engine, drawn = Engine(), np.random.default_rng(luck)
        engine.reset(portfolio(30, seed=luck), RULES, rules)
        for number in range(5):
            day = MONDAY + timedelta(days=number)
            plans.append(engine.plan(day))
            engine.learn(day, a_day_of(plans[-1], drawn))
    for first, second in zip(plans[:5], plans[5:], strict=True):
        assert first.actions.equals(second.actions)
        assert first.offers.equals(second.offers)
        assert first.prices == second.prices
