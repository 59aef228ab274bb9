"""No plan takes what somebody needs to live on."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.compliance.policy import standard
from app.offers import rules
from app.offers.means import Month, fitting_plan, minimum_cents
from tests.offers.cases import AT, data, one_debt, rule_files

LEAST = 60_000
BRAZIL = standard("BR")
LIMITS = rules.make_offer(rules.parse(data(min_instalment_cents=5_000)), one_debt(), AT).limits


def test_the_minimum_is_known_where_there_is_a_law():
    assert minimum_cents(BRAZIL) == LEAST
    assert minimum_cents(standard("US")) is None


def test_a_creditor_may_leave_people_more():
    stricter = BRAZIL.with_overrides({"BR-13": {"minimum_cents": 90_000}}, refuse_looser=True)
    month = Month(20_000, 95_000)
    assert fitting_plan(LIMITS, AT, month, BRAZIL) is not None
    assert fitting_plan(LIMITS, AT, Month(20_000, 90_000), stricter) is None


@pytest.mark.parametrize(
    ("budget", "income", "committed", "most"),
    [
        (20_000, None, 0, 20_000),
        (20_000, 200_000, 0, 20_000),
        (20_000, 75_000, 0, 15_000),
        (20_000, 200_000, 125_000, 15_000),
        (20_000, 66_000, 0, None),
        (20_000, 60_000, 0, None),
        (20_000, 0, 0, None),
    ],
)
def test_the_plan_is_the_largest_part_of_a_month_that_leaves_the_minimum(
    budget, income, committed, most
):
    found = fitting_plan(LIMITS, AT, Month(budget, income, committed), BRAZIL)
    assert (found is None) == (most is None)
    if found is not None:
        assert found.instalment_cents <= most


def test_without_an_income_the_smallest_plan_is_shown_and_says_so():
    found = fitting_plan(LIMITS, AT, Month(1), BRAZIL)
    assert [reason.code for reason in found.reasons] == ["budget_below_smallest"]


@settings(max_examples=60)
@given(rule_files(), st.integers(0, 300_000), st.integers(0, 400_000), st.integers(0, 100_000))
def test_whatever_somebody_earns_the_minimum_is_left(file, budget, income, committed):
    made = rules.make_offer(rules.parse(file), one_debt(), AT)
    if made is None:
        return
    found = fitting_plan(made.limits, AT, Month(budget, income, committed), BRAZIL)
    if found is not None:
        each = max(found.instalment_cents, found.last_instalment_cents, found.down_payment_cents)
        assert income - committed - each >= LEAST
