from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.offers import price

amounts = st.integers(1, price.LARGEST_CENTS)
rates = st.sampled_from([0, 1, 5_000, 9_900, 19_900, 70_000, price.HIGHEST_MONTHLY_PPM])
counts = st.integers(1, 60)


@given(amounts, rates, counts)
def test_a_schedule_pays_the_principal_back_to_the_cent(financed, rate, count):
    rows = price.schedule(financed, rate, count)
    assert len(rows) == count
    assert sum(row.principal_cents for row in rows) == financed
    assert all(row.amount_cents == row.principal_cents + row.interest_cents for row in rows)
    assert all(row.interest_cents >= 0 and row.principal_cents >= 0 for row in rows)
    assert len({row.amount_cents for row in rows[:-1]}) <= 1
    assert 0 <= rows[-1].amount_cents - rows[0].amount_cents < count


@given(amounts, rates, counts)
def test_the_instalment_is_known_without_the_schedule(financed, rate, count):
    rows = price.schedule(financed, rate, count)
    assert price.instalment(financed, rate, count) == rows[0].amount_cents
    assert price.total(financed, rate, count) == sum(row.amount_cents for row in rows)


@given(amounts, rates, counts, st.integers(0, 500))
def test_a_schedule_may_be_given_its_total(financed, rate, count, more):
    whole = price.total(financed, rate, count) + more
    rows = price.schedule(financed, rate, count, whole)
    assert sum(row.amount_cents for row in rows) == whole
    assert sum(row.principal_cents for row in rows) == financed
    assert all(row.interest_cents >= 0 and row.principal_cents >= 0 for row in rows)


@given(amounts, rates, counts)
def test_what_an_amount_finances_costs_no_more_than_the_amount(amount, rate, count):
    financed = price.financed_by(amount, rate, count)
    assert price.total(financed, rate, count) <= amount
    assert price.total(financed + 1, rate, count) > amount


@given(st.lists(amounts, min_size=1, max_size=9), rates, counts)
def test_a_column_is_each_amount_one_by_one(many, rate, count):
    column = np.array(many, dtype=np.int64)
    for function in (price.instalment, price.total):
        one_by_one = [function(amount, rate, count) for amount in many]
        assert function(column, rate, count).tolist() == one_by_one


def test_a_textbook_loan():
    rows = price.schedule(100_000, 20_000, 5)
    assert [row.amount_cents for row in rows] == [21_215] * 4 + [21_219]
    assert [row.interest_cents for row in rows] == [2_000, 1_616, 1_223, 824, 416]


def test_the_remainder_without_interest_is_on_the_last():
    assert [row.amount_cents for row in price.schedule(1_000, 0, 3)] == [333, 333, 334]


@pytest.mark.parametrize("amount", [0, -1, price.LARGEST_CENTS + 1])
def test_an_amount_that_cannot_be_financed_is_refused(amount):
    with pytest.raises(ValueError, match="amount"):
        price.schedule(amount, 0, 2)


def test_the_annual_cost_of_one_year_is_the_interest_itself():
    assert price.annual_cost(100_000, [(365, 125_000)]) == Decimal("0.25")


def test_the_annual_cost_of_monthly_two_percent():
    flows = [(month * 365 // 12, 21_216) for month in range(1, 6)]
    cost = price.annual_cost(100_000, flows)
    assert Decimal("0.265") < cost < Decimal("0.272")
    assert cost == cost.quantize(Decimal("0.0001"))


@settings(max_examples=60)
@given(
    st.integers(1_000, price.LARGEST_CENTS),
    st.integers(1, 60),
    st.integers(30, 60),
    st.integers(0, 300),
)
def test_the_annual_cost_discounts_the_payments_to_the_amount(financed, count, start, percent):
    each = max(1, financed * (100 + percent) // 100 // count + 1)
    flows = [(start + 30 * number, each) for number in range(count)]
    cost = float(price.annual_cost(financed, flows))
    below = sum(cents / (1 + cost + 0.0002) ** (day / 365) for day, cents in flows)
    above = sum(cents / (1 + cost - 0.0002) ** (day / 365) for day, cents in flows)
    assert below <= financed * 1.0001
    assert above >= financed * 0.9999


def test_a_cost_without_payments_is_refused():
    with pytest.raises(ValueError, match="payments"):
        price.annual_cost(100_000, [])


def test_present_value_takes_the_interest_of_the_days_that_are_left():
    assert price.present_value([(30, 10_200), (60, 10_404)], 20_000) == 20_000
    assert price.present_value([(0, 500), (-3, 500)], 20_000) == 1_000


def test_a_fraction_finer_than_a_millionth_is_refused():
    assert price.parts_per_million("0.0199") == 19_900
    with pytest.raises(ValueError, match="six decimals"):
        price.parts_per_million("0.0000001")
