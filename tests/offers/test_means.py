"""No plan takes what somebody needs to live on."""

from dataclasses import replace
from operator import attrgetter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.compliance.policy import standard
from app.offers import better, rules
from app.offers.explain import sentences
from app.offers.means import Month, fitting_plan, held_to, minimum_cents
from app.offers.plans import allowed
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
    assert [reason.code for reason in found.reasons][:1] == ["budget_below_plan"]


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


def suggested(month, least=LEAST, limits=LIMITS):
    """What an offer that is held to a month shows, by kind, and why."""
    made = rules.of_limits(held_to(limits, month, least), AT, ())
    return {str(one.kind): one for one in made.options}, [one.code for one in made.reasons]


@pytest.mark.parametrize(
    "month",
    [Month(8_527), Month(20_000), Month(12_345), Month(20_000, 75_000), Month(9_000, 200_000)],
)
def test_what_is_kept_of_a_month_suggests_what_was_answered(month):
    answered = fitting_plan(LIMITS, AT, month, BRAZIL)
    options, reasons = suggested(month)
    plan = options["instalments"]
    assert (plan.instalments, plan.instalment_cents) == (
        answered.instalments,
        answered.instalment_cents,
    )
    assert [reason.code for reason in plan.reasons] == ["fits_month"]
    assert reasons == []


def test_a_month_that_carries_everything_at_once_suggests_that():
    options, _ = suggested(Month(10_000_000))
    assert fitting_plan(LIMITS, AT, Month(10_000_000), BRAZIL).kind == "cash"
    assert list(options) == ["cash", "budget"]


def test_nobody_is_told_to_pay_at_once_from_what_they_live_on():
    month = Month(10_000_000, 80_000)
    plan = suggested(month)[0]["instalments"]
    assert plan.instalments == fitting_plan(LIMITS, AT, month, BRAZIL).instalments


def test_no_instalment_of_a_plan_that_fits_a_month_is_above_it():
    for cents in range(8_000, 30_000, 13):
        plan, _ = suggested(Month(cents))
        answered = fitting_plan(LIMITS, AT, Month(cents), BRAZIL)
        for one in (plan["instalments"], answered):
            assert one.last_instalment_cents <= cents
            assert one.instalments == answered.instalments


def test_a_month_some_cents_below_the_last_instalment_is_told_the_last():
    every = [one for one in allowed(LIMITS) if one.last_cents > one.instalment_cents]
    smallest = min(allowed(LIMITS), key=attrgetter("instalment_cents"))
    assert smallest in every
    month = Month(smallest.instalment_cents)
    made = rules.of_limits(held_to(LIMITS, month, LEAST), AT, ())
    told = [*made.options[1].reasons, *made.reasons]
    codes = [reason.code for reason in told]
    assert codes == ["budget_below_plan", "last_instalment", "beyond_month"]
    assert told[-1].params["instalment_cents"] == smallest.last_cents
    answered = fitting_plan(LIMITS, AT, month, BRAZIL)
    assert sentences(answered.reasons, "en") == [
        "You asked for up to R$60.83 a month; our smallest plan is 12\u00a0×\u00a0R$60.83.",
        "The last of these instalments is R$60.87.",
    ]


@pytest.mark.parametrize(("budget", "is_told"), [(9_000, True), (15_000, False)])
def test_a_down_payment_that_does_not_fit_the_month_is_named(budget, is_told):
    """It is asked once and by the creditor's rules, so no other plan has less of it."""
    made = rules.make_offer(
        rules.parse(data(min_instalment_cents=5_000, min_down_payment="0.2")), one_debt(), AT
    )
    options, _ = suggested(Month(budget), limits=made.limits)
    answered = fitting_plan(made.limits, AT, Month(budget), BRAZIL)
    for one in (options["instalments"], answered):
        assert one.down_payment_cents == 14_600
        codes = [reason.code for reason in one.reasons]
        assert ("down_payment_beyond_month" in codes) == is_told
    wished = rules.simulate(made.limits, AT, budget_cents=budget, down_payment_cents=14_600)
    assert "down_payment_beyond_month" not in [reason.code for reason in wished.reasons]


def test_a_month_below_the_smallest_plan_says_so():
    options, reasons = suggested(Month(100))
    assert [reason.code for reason in options["instalments"].reasons][:1] == ["budget_below_plan"]
    assert reasons == ["beyond_month"]


def test_an_income_that_leaves_too_little_suggests_no_plan():
    options, reasons = suggested(Month(20_000, 62_000))
    assert list(options) == ["cash"]
    assert reasons == ["beyond_means"]
    assert list(suggested(Month(20_000, 62_000), least=None)[0]) != ["cash"]


def test_what_was_said_of_an_earlier_month_is_said_no_more():
    first = rules.of_limits(held_to(LIMITS, Month(100), LEAST), AT, ())
    again = rules.of_limits(held_to(first.limits, Month(20_000), LEAST), AT, first.reasons)
    assert again.reasons == ()


def test_a_debt_that_comes_back_of_an_older_offer_brings_no_older_month():
    held = held_to(LIMITS, Month(6_000, 66_000), LEAST)
    [debt] = LIMITS.debts
    older = replace(held_to(LIMITS, Month(9_000), LEAST), debts=(replace(debt, debt_id="d2"),))
    plan = better.remembered(held, [older], {"d1", "d2"}).plan
    assert (plan.month_cents, plan.room_cents) == (6_000, 6_000)
    assert better.remembered(None, [older], {"d2"}).plan.month_cents == 9_000
