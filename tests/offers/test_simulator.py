import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.offers import rules
from app.offers.terms import OptionKind
from tests.offers.cases import AT, RULES, debts, limits_of, one_debt, rule_files

wishes = st.none() | st.integers(-(10**12), 10**12)


def codes(option):
    return [reason.code for reason in option.reasons]


@settings(max_examples=60)
@given(rule_files(), debts(1), wishes, wishes, wishes, wishes)
def test_the_simulator_never_leaves_the_limits(file, debt, down, count, budget, due_day):
    made = rules.make_offer(rules.parse(file), [debt], AT)
    if made is None:
        return
    option = rules.simulate(
        made.limits,
        AT,
        down_payment_cents=down,
        instalments=count,
        budget_cents=budget,
        due_day=due_day,
    )
    assert rules.within_limits(made.limits, option)
    assert option.due_day is None or option.due_day in made.limits.plan.due_days


@settings(max_examples=60)
@given(
    rule_files(),
    debts(1),
    st.integers(-5, 100),
    st.integers(-100, 3_000_000),
    st.integers(-100, 3_000_000),
)
def test_an_answer_is_inside_the_limits_and_never_dearer_than_proposed(
    file, debt, count, each, down
):
    made = rules.make_offer(rules.parse(file), [debt], AT)
    if made is None:
        return
    answer = rules.counter(
        made.limits, AT, instalments=count, instalment_cents=each, down_payment_cents=down
    )
    assert rules.within_limits(made.limits, answer.option)
    assert answer.reasons
    if answer.accepted:
        assert answer.option.instalments == max(1, count)
        assert answer.option.instalment_cents <= each


def test_a_wish_inside_the_limits_is_kept():
    option = rules.simulate(limits_of(), AT, down_payment_cents=13_000, instalments=5, due_day=20)
    assert (option.down_payment_cents, option.instalments, option.due_day) == (13_000, 5, 20)
    assert option.instalment_cents == 12_000
    assert option.reasons == ()


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"instalments": 99}, "longest"),
        ({"down_payment_cents": 999_999, "instalments": 3}, "down_payment_lowered"),
        ({"instalments": 12, "due_day": 7}, "due_day_moved"),
        ({"budget_cents": 1}, "budget_below_plan"),
        ({"budget_cents": 900_000}, "budget_pays_all"),
    ],
)
def test_a_wish_outside_is_moved_and_explained(wish, code):
    option = rules.simulate(limits_of(min_instalment_cents=2_000), AT, **wish)
    assert code in codes(option)


def test_a_small_debt_gets_as_many_instalments_as_the_minimum_leaves():
    option = rules.simulate(limits_of(min_instalment_cents=20_000), AT, instalments=12)
    assert option.instalments == 3
    assert codes(option) == ["smallest_allowed"]


def test_a_down_payment_below_the_minimum_is_raised():
    option = rules.simulate(
        limits_of(min_down_payment="0.2"), AT, instalments=4, down_payment_cents=100
    )
    assert option.down_payment_cents == 14_600
    assert "down_payment_raised" in codes(option)


def test_the_budget_decides_how_many():
    option = rules.simulate(limits_of(), AT, budget_cents=10_000)
    assert option.kind is OptionKind.BUDGET
    assert option.instalments == 8
    assert option.instalment_cents <= 10_000


def test_a_creditor_without_plans_offers_all_at_once():
    option = rules.simulate(limits_of(longest=1), AT, instalments=5)
    assert option.kind is OptionKind.CASH
    assert codes(option) == ["only_at_once"]


def test_a_counter_offer_inside_the_maximum_is_accepted_as_it_is():
    limits = limits_of(opening="0.5")
    own = rules.simulate(limits, AT, instalments=1)
    answer = rules.counter(limits, AT, instalments=1, instalment_cents=80_000)
    assert own.total_cents == 94_000
    assert answer.accepted
    assert answer.option.total_cents == 80_000
    assert answer.option.saved_charges_cents == 12_000
    assert answer.option.saved_principal_cents == 23_000


def test_a_counter_offer_dearer_than_the_offer_gets_the_offer():
    answer = rules.counter(limits_of(), AT, instalments=4, instalment_cents=50_000)
    assert answer.accepted
    assert answer.option.instalment_cents == 18_250


@pytest.mark.parametrize(
    ("proposal", "code", "count"),
    [
        ({"instalments": 3, "instalment_cents": 10_000}, "counter_too_low", 8),
        ({"instalments": 20, "instalment_cents": 4_000}, "counter_too_long", 12),
        ({"instalments": 1, "instalment_cents": 1}, "counter_too_low", 12),
    ],
)
def test_a_counter_offer_outside_gets_the_nearest_option(proposal, code, count):
    answer = rules.counter(limits_of(), AT, **proposal)
    assert not answer.accepted
    assert answer.option.instalments == count
    assert codes(answer.option) == [code]


def test_the_least_down_payment_is_asked_for():
    answer = rules.counter(
        limits_of(min_down_payment="0.2"), AT, instalments=6, instalment_cents=9_000
    )
    assert not answer.accepted
    assert codes(answer.option) == ["counter_down_payment"]


def test_a_proposal_of_a_cent_does_not_reveal_the_maximum():
    limits = limits_of(opening="0.5")
    answer = rules.counter(limits, AT, instalments=1, instalment_cents=1)
    own = {
        rules.simulate(limits, AT, instalments=count).total_cents
        for count in range(1, limits.plan.longest + 1)
    }
    assert not answer.accepted
    assert answer.option.total_cents in own


def test_the_example_rules_have_room_for_a_counter_offer():
    made = rules.make_offer(RULES, one_debt(days=800), AT)
    cash = made.options[0].total_cents
    answer = rules.counter(made.limits, AT, instalments=1, instalment_cents=cash - 5_000)
    assert answer.accepted
    assert answer.option.total_cents == cash - 5_000
