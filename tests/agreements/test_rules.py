from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.agreements import rules
from app.agreements.rules import Open, Outcome, Returned
from app.offers import due_dates, price
from app.offers import rules as offers
from app.offers.rules import Calendar
from tests.offers.cases import AT, TODAY, debts, limits_of, rule_files


@settings(max_examples=100)
@given(
    rule_files(),
    debts(1),
    st.integers(1, 60),
    st.integers(0, 500_000),
    st.sampled_from(["SP", "RJ", "AM", None]),
    st.dates(date(2026, 1, 1), date(2030, 1, 1)),
)
def test_a_schedule_sums_to_the_total_on_business_days(file, debt, count, down, uf, today):
    made = offers.make_offer(offers.parse(file), [debt], AT)
    if made is None:
        return
    when = Calendar(today, uf)
    option = offers.simulate(made.limits, when, instalments=count, down_payment_cents=down)
    rows = rules.schedule(made.limits, option, when)
    assert sum(row.amount_cents for row in rows) == option.total_cents
    assert sum(row.principal_cents for row in rows) == option.net_cents
    assert sum(row.interest_cents for row in rows) == option.interest_cents
    assert all(row.amount_cents == row.principal_cents + row.interest_cents for row in rows)
    assert rows[-1].amount_cents == option.last_instalment_cents
    assert all(due_dates.is_business_day(row.due_on, uf) for row in rows)
    assert [row.due_on for row in rows] == sorted(row.due_on for row in rows)
    assert rows[0].due_on == option.first_due_on


@settings(max_examples=100)
@given(rule_files(), debts(1), st.integers(1, 40), st.integers(1, 900_000))
def test_an_accepted_counter_offer_has_a_schedule(file, debt, count, each):
    made = offers.make_offer(offers.parse(file), [debt], AT)
    if made is None:
        return
    answer = offers.counter(made.limits, AT, instalments=count, instalment_cents=each)
    rows = rules.schedule(made.limits, answer.option, AT)
    assert sum(row.amount_cents for row in rows) == answer.option.total_cents
    assert sum(row.principal_cents for row in rows) == answer.option.net_cents


def test_the_down_payment_is_number_zero_and_due_first():
    limits = limits_of(min_down_payment="0.1", monthly_rate="0.0199")
    option = offers.simulate(limits, AT, instalments=3, due_day=20)
    rows = rules.schedule(limits, option, AT)
    assert [row.number for row in rows] == [0, 1, 2, 3]
    assert rows[0].due_on == date(2026, 11, 23)
    assert rows[1].due_on == date(2026, 12, 21)
    assert rows[0].interest_cents == 0
    assert rows[1].interest_cents > rows[2].interest_cents > rows[3].interest_cents


def test_accepted_on_a_later_day_the_money_stays_and_the_dates_follow():
    limits = limits_of(monthly_rate="0.0199")
    option = offers.simulate(limits, AT, instalments=6, due_day=10)
    later = Calendar(TODAY + timedelta(days=25), "SP")
    moved = rules.dated(limits, option, later)
    assert moved.total_cents == option.total_cents
    assert moved.first_due_on > option.first_due_on
    assert moved.annual_cost is not None
    same = replace(moved, first_due_on=option.first_due_on, annual_cost_bp=option.annual_cost_bp)
    assert same == option


def waiting(rate=20_000, count=6, financed=100_000, today=TODAY):
    parts = price.schedule(financed, rate, count)
    return [
        Open(n, today + timedelta(days=30 * n), part.amount_cents, part.interest_cents)
        for n, part in enumerate(parts, start=1)
    ]


def test_paying_off_on_the_first_day_costs_the_principal():
    assert rules.payoff(waiting(), 20_000, TODAY).total_cents == pytest.approx(100_000, abs=2)


def test_paying_off_on_the_last_day_saves_nothing():
    rows = waiting()
    quote = rules.payoff(rows[-1:], 20_000, rows[-1].due_on)
    assert (quote.total_cents, quote.saved_cents) == (rows[-1].amount_cents, 0)


def test_without_interest_paying_off_costs_what_is_open():
    quote = rules.payoff(waiting(rate=0), 0, TODAY)
    assert (quote.total_cents, quote.saved_cents) == (100_000, 0)


@given(
    st.sampled_from([5_000, 19_900, 70_000]),
    st.integers(1, 36),
    st.integers(10_000, 5_000_000),
    st.integers(-40, 1200),
)
def test_an_early_payoff_takes_off_interest_alone_and_less_each_day(rate, count, financed, days):
    rows = waiting(rate, count, financed)
    today = TODAY + timedelta(days=days)
    quote = rules.payoff(rows, rate, today)
    whole = sum(row.left_cents for row in rows)
    assert quote.total_cents + quote.saved_cents == whole
    assert 0 <= quote.saved_cents <= sum(row.interest_cents for row in rows)
    assert rules.payoff(rows, rate, today + timedelta(days=1)).total_cents >= quote.total_cents


@pytest.mark.parametrize(
    ("due", "received", "late", "expected"),
    [
        (100, 100, False, Outcome.EXACT),
        (100, 100, True, Outcome.LATE),
        (100, 101, True, Outcome.OVER),
        (100, 99, True, Outcome.UNDER),
        (100, 99, False, Outcome.UNDER),
    ],
)
def test_what_a_payment_is(due, received, late, expected):
    assert rules.outcome(due, received, is_late=late) is expected


def test_what_was_paid_comes_off_the_principal_by_its_share_of_what_was_owed():
    back = [Returned("a", 80_000, 100_000), Returned("b", 40_000, 100_000)]
    assert rules.deducted(back, 50_000) == [20_000, 10_000]


@given(
    st.lists(
        st.tuples(st.integers(1, 10**7), st.integers(0, 10**7)).map(
            lambda debt: Returned("d", debt[0], debt[0] + debt[1])
        ),
        min_size=1,
        max_size=4,
    ),
    st.integers(0, 10**8),
)
def test_what_comes_off_is_never_more_than_there_is(back, paid):
    less = rules.deducted(back, paid)
    assert all(0 <= part <= debt.principal_cents for part, debt in zip(less, back, strict=True))
    if paid >= sum(debt.owed_cents for debt in back):
        assert less == [debt.principal_cents for debt in back]


def test_a_payment_moves_to_the_creditors_due_days_within_reach():
    plan = limits_of().plan
    choices = rules.date_choices(plan, date(2026, 12, 7), AT, 0)
    assert choices == [date(2026, 12, 10), date(2026, 12, 21)]
    assert rules.date_choices(plan, date(2026, 12, 7), AT, 1) == []
    assert rules.due_day_of(plan, date(2026, 12, 21), AT) == 20


def test_the_later_payments_follow_on_the_new_day():
    rows = [
        Open(n, date(2026, 11 + n, 10) if n < 2 else date(2027, n - 1, 11), 100, 0)
        for n in (1, 2, 3)
    ]
    dates = rules.moved(rows, date(2026, 12, 21), 20, AT)
    assert dates == [date(2026, 12, 21), date(2027, 1, 20), date(2027, 2, 22)]


def test_moving_costs_interest_only_where_there_is_a_rate():
    rows = waiting()
    dates = [row.due_on + timedelta(days=15) for row in rows]
    assert rules.interest_of_moving(rows, dates, 0) == 0
    assert rules.interest_of_moving(rows, dates, 20_000) == 995
