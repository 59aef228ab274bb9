"""The reason beside an option is true of that option."""

import pytest

from app.offers import rules
from app.offers.explain import sentences
from app.offers.schema import parse
from app.offers.shape import NEAR_PPM
from app.offers.terms import DebtFacts, OptionKind
from tests.offers.cases import AT, data


def options(principal, **band):
    made = rules.make_offer(
        parse(data(**band), creditor_type="bank"),
        [DebtFacts("a", "loan", 400, principal, 0, 0, 0)],
        AT,
    )
    return {option.kind: option for option in made.options}


def codes(option):
    return [reason.code for reason in option.reasons]


def test_cash_claims_the_largest_discount_only_where_it_is():
    more = options(100_000, principal_discount="0.4", opening="1", keep="0")
    assert codes(more[OptionKind.CASH]) == ["most_saved"]
    same = options(100_000, principal_discount="0.4", opening="1", keep="1")
    assert same[OptionKind.CASH].saved_cents == same[OptionKind.INSTALMENTS].saved_cents > 0
    assert codes(same[OptionKind.CASH]) == ["pay_once"]
    alone = options(100_000, principal_discount="0.4", longest=1)
    assert set(alone) == {OptionKind.CASH}
    assert alone[OptionKind.CASH].saved_cents > 0
    assert codes(alone[OptionKind.CASH]) == ["pay_once"]
    nothing = options(100_000, principal_discount="0", charges_discount="0")
    assert codes(nothing[OptionKind.CASH]) == ["pay_once"]


@pytest.mark.parametrize(
    ("principal", "code"),
    [(50_000, "comfortable"), (118_000, "nearest_comfortable"), (900_000, "smallest_instalment")],
)
def test_a_plan_is_called_near_only_when_it_is(principal, code):
    plan = options(
        principal,
        principal_discount="0",
        charges_discount="0",
        longest=10,
        monthly_rate="0",
        min_instalment_cents=1_000,
        comfortable_instalment_cents=10_000,
    )[OptionKind.INSTALMENTS]
    assert codes(plan) == [code]
    assert (plan.instalment_cents <= 10_000 * NEAR_PPM // 1_000_000) == (
        code != "smallest_instalment"
    )
    assert sentences(plan.reasons, "pt_BR")
    assert sentences(plan.reasons, "en")
