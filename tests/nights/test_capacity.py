"""A creditor's channels, hours and capacity bind the whole night: the engine's people and those of
the comparison, who are written to by the creditor's own journey."""

import math
from collections import Counter
from datetime import date
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from app.compliance.actions import tighten
from app.debts.models import Debtor
from app.insights.figures import COLUMNS
from app.insights.models import DailyFigure
from app.journeys import settings as intents
from app.journeys.bounds import Places
from app.journeys.models import Night
from app.nights.budget import of_day
from app.nights.explaining import explain
from app.nights.replaying import replay
from app.nights.specs import share_of_rules
from tenants.clock import stopped_at
from tenants.scope import within
from tests.nights.test_night import decisions
from tests.nights.town import SETTINGS, Town


def set_to(town, **changes):
    with stopped_at(Town.morning(0)), within(town.tenant) as session:
        intents.put(session, {**SETTINGS, **changes})


def written(town):
    """Messages about offers that are not withheld, by group and channel."""
    decided = {one.subject_id for one in decisions(town)}
    found = Counter()
    for message in town.messages():
        if message.state != "withheld" and message.cause.startswith("offer:"):
            found["engine" if message.id in decided else "rules", message.channel] += 1
    return found


@pytest.mark.parametrize("most", [0, 1, 9])
def test_a_night_writes_no_more_than_a_channel_carries_whoever_is_written_to(bank, most):
    set_to(bank, capacity={"email": most, "sms": most})
    for day in range(3):
        before = written(bank)
        bank.plan(day)
        of_day = written(bank) - before
        for channel in ("email", "sms"):
            assert of_day["engine", channel] + of_day["rules", channel] <= most
    if most == 9:
        assert sum(count for (group, _), count in written(bank).items() if group == "rules") > 0
        assert sum(count for (group, _), count in written(bank).items() if group == "engine") > 0


def test_a_night_that_is_started_again_counts_what_is_written(bank):
    set_to(bank, capacity={"email": 9, "sms": 2})
    bank.plan(0)
    once = written(bank)
    bank.plan(0)
    assert written(bank) == once


def test_nobody_is_written_to_on_a_channel_that_the_creditor_does_not_use(bank):
    set_to(bank, channels=["sms"])
    for day in range(3):
        bank.plan(day)
    found = written(bank)
    assert {channel for _, channel in found} == {"sms"}
    assert {group for group, _ in found} >= {"rules"}


def test_what_may_not_leave_on_a_weekend_takes_no_place_after_it(bank):
    set_to(bank, capacity={"email": 2, "sms": 2}, holdout=0.5)
    for day in (5, 6, 7):  # a Saturday, when nothing is sent in the evening, to Monday
        bank.plan(day)
    zone = ZoneInfo(bank.tenant.time_zone)
    monday = Town.morning(7).date()
    found = Counter(
        message.channel
        for message in bank.messages()
        if message.state == "queued" and message.send_after.astimezone(zone).date() == monday
    )
    assert found
    assert max(found.values()) <= 2


def test_somebody_who_prefers_an_hour_at_which_nothing_may_leave_is_written_to_all_the_same(bank):
    set_to(bank, hours=[8, 22])
    with within(bank.tenant) as session:
        session.execute(update(Debtor).values(preferred_hour=23))
    bank.plan(0)
    zone = ZoneInfo(bank.tenant.time_zone)
    assert written(bank)["rules", "email"] + written(bank)["rules", "sms"] > 0
    days = {message.send_after.astimezone(zone).date() for message in bank.messages()}
    assert days == {Town.morning(0).date()}


def test_nobody_is_written_to_outside_the_creditors_hours(bank):
    set_to(bank, hours=[15, 17])
    bank.plan(0)
    zone = ZoneInfo(bank.tenant.time_zone)
    moments = [message.send_after.astimezone(zone) for message in bank.messages()]
    assert len({group for group, _ in written(bank)}) == 2
    assert {moment.hour for moment in moments} <= {15, 16, 17}
    assert all((moment.hour, moment.minute) <= (17, 0) for moment in moments)


def test_without_a_limit_there_is_always_a_place():
    places = Places({"sms": 1}, {"email": 3.0}, math.inf)
    assert [places.take("sms") for _ in range(3)] == [True, False, False]
    assert all(places.take("email") for _ in range(100))


def test_what_costs_something_leaves_while_there_is_money_for_it():
    places = Places({}, {"sms": 5.0, "email": 0.5}, 6.0)
    taken = [places.take(channel) for channel in ("sms", "sms", "email", "email", "email", "push")]
    assert taken == [True, False, True, True, False, True]


@pytest.mark.parametrize("budget", [0, 120, 600])
def test_a_months_messages_cost_no_more_than_its_budget_whoever_is_written_to(bank, budget):
    set_to(bank, budget_cents=budget, cost_cents={"email": 1.0, "sms": 8.0})
    days, spent = 10, []
    for day in range(days):
        before = written(bank)
        bank.live(day)
        made = written(bank) - before
        spent.append(sum(made[key] * {"email": 1, "sms": 8}[key[1]] for key in made))
        left = budget - sum(spent[:-1])
        # The town's March has 23 days from its first morning on.
        assert spent[-1] <= left / (23 - day) + 1e-9
    assert sum(spent) <= budget
    assert (sum(spent) > 0) == (budget > 0)
    with within(bank.tenant) as session:
        night = session.scalars(select(Night).order_by(Night.day.desc())).first()
    assert night.spec["budget_cents"] <= budget / 20
    assert replay(bank.tenant, night.day).differences == 0


PLACE = {"arm": "engine", "channel": "sms", "wording": "a", "hour": 10, "step": 0}


@pytest.mark.parametrize(
    ("day", "left"),
    [
        (date(2026, 3, 1), 3_000 / 31),
        (date(2026, 3, 9), (3_000 - 500) / 23),
        (date(2026, 3, 10), (3_000 - 1_200) / 22),
        (date(2026, 3, 31), 3_000 - 1_200),
        (date(2026, 4, 1), 3_000 / 30),
    ],
)
def test_a_day_may_use_as_much_of_the_months_money_as_each_day_after_it(bank, day, left):
    settings = intents.parse({**SETTINGS, "budget_cents": 3_000})
    spent = {date(2026, 2, 28): 90_000, date(2026, 3, 2): 500_000, date(2026, 3, 9): 700_000}
    with within(bank.tenant) as session:
        for at, thousandths in spent.items():
            empty = dict.fromkeys(COLUMNS, 0) | {"cost_thousandths": thousandths}
            session.add(DailyFigure(day=at, **PLACE, **empty))
        session.flush()
        assert of_day(session, settings, day) == pytest.approx(left)
        session.rollback()


@pytest.mark.parametrize(("holdout", "untouched", "share"), [(0.1, 0.1, 1 / 9), (0.2, 0.0, 0.2)])
def test_the_comparison_has_its_share_of_whom_anything_is_written_to(holdout, untouched, share):
    told = intents.parse({**SETTINGS, "holdout": holdout, "untouched": untouched})
    assert share_of_rules(told) == pytest.approx(share)


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ({}, (365, 5_000, 500)),
        ({"goal": "soonest"}, (90, 5_000, 500)),
        ({"goal": "goodwill"}, (365, 15_000, 1_500)),
        ({"goal": "goodwill", "complaint_cents": 9_000}, (365, 9_000, 1_500)),
        ({"goal": "soonest", "horizon_days": 60}, (60, 5_000, 500)),
    ],
)
def test_a_goal_says_what_is_not_said_in_figures(told, meant):
    found = intents.parse(told)
    assert (found.horizon_days, found.complaint_cents, found.opt_out_cents) == meant


def test_nobody_hears_more_often_than_the_creditor_says(bank):
    set_to(bank, contacts_per_week=1)
    for day in range(7):
        bank.plan(day)
    heard = Counter(message.debtor_id for message in bank.messages() if message.state != "withheld")
    assert written(bank)["rules", "email"] + written(bank)["rules", "sms"] > 0
    assert set(heard.values()) == {1}


def test_what_has_not_left_by_the_next_night_lapses_and_is_told(bank):
    bank.plan(0)
    planned = {message.id for message in bank.messages() if message.state == "queued"}
    ours = {one.subject_id for one in decisions(bank)} & planned
    assert ours
    assert bank.plan(1)["lapsed"] == len(ours)
    left = {message.id: message for message in bank.messages() if message.id in planned}
    for message in left.values():
        assert (message.state == "withheld") == (message.id in ours)
    [first, *_] = ours
    assert left[first].reasons[-1] == {"rule": "replanned", "because": "day_over"}
    with within(bank.tenant) as session:
        told = explain(session, first, "pt_BR", "BRL")
    assert any("O dia dela acabou antes do envio" in line for line in told)
    assert bank.plan(1)["lapsed"] == 0


def test_what_has_left_is_no_matter_of_the_next_night(bank):
    bank.live(0)
    before = {message.id: message.state for message in bank.messages()}
    assert bank.plan(1)["lapsed"] == 0
    after = {message.id: message.state for message in bank.messages()}
    assert {one: after[one] for one in before} == before


def test_what_must_be_left_to_live_on_is_the_creditors_stricter_word(bank):
    with within(bank.tenant) as session:
        tighten(session, "BR-13", "minimum_cents", 90_000)
    bank.plan(0)
    with within(bank.tenant) as session:
        assert session.scalars(select(Night.spec)).one()["income_left_cents"] == 90_000
