"""A step of the ladder in an offer's limits: bounded, one thing at a time, nowhere worse."""

import math
import uuid
from dataclasses import replace
from operator import attrgetter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.offers import ladder, plans, rules
from app.offers.columns_openings import Openings
from app.offers.conceding import as_conceded, concessions_of
from app.offers.concession import (
    MOST_STEPS,
    Concession,
    Lift,
    Wish,
    began,
    climbed,
    opened,
    opening_for,
    raised,
    stepped,
    utmost_longest,
    wish_of,
)
from app.offers.means import Month, held_to
from app.offers.suggesting import BEYOND
from app.offers.terms import MILLION
from tests.offers.cases import AT, TODAY, columns, data, debts, one_debt, people, rule_files


def concession(discount=0.4, instalments=18, step=1, arm="engine", final=False):
    return Concession(discount, instalments, step, arm, 0.25, final)


def costs(made, count):
    figures = plans.at_once(made) if count == 1 else plans.fitting(made, count)
    return figures.total_cents if figures else None


def smallest_instalment(limits):
    known = [figures.instalment_cents for figures in plans.allowed(limits)]
    return min(known, default=plans.at_once(limits).instalment_cents)


def longest_plan(limits):
    return max((figures.nets.count for figures in plans.allowed(limits)), default=1)


anything = st.builds(
    Concession,
    st.floats(-1, 2),
    st.integers(0, 100),
    st.integers(1, 3),
    st.sampled_from(["engine", "explore"]),
    st.floats(0, 1),
    st.booleans(),
)


@settings(max_examples=60)
@given(
    rule_files(),
    st.lists(debts(0), min_size=1, max_size=1),
    st.lists(anything, max_size=6),
    st.sampled_from([None, *Wish]),
)
def test_whatever_is_asked_for_steps_are_bounded_and_nowhere_worse(file, owed, asked, wish):
    for band in file["bands"]:
        band["opening_longest"] = max(1, band["longest"] // 2)
    parsed = rules.parse(file)
    made = rules.make_offer(parsed, owed, AT)
    if made is None:
        return
    for wanted in asked:
        found = stepped(made, wanted, made.limits, parsed, wish, AT)
        if found is None:
            continue
        better, rung = found
        old, new = made.limits, better.limits
        longest = utmost_longest(parsed, old)
        assert new.plan.longest <= longest
        assert all(debt.opening_ppm <= MILLION for debt in new.debts)
        cheaper, longer = new.debts != old.debts, new.plan.longest > old.plan.longest
        assert cheaper != longer, "more discount or more instalments, one of them"
        was, now = plans.at_once(old).total_cents, plans.at_once(new).total_cents
        assert longer or was - now >= was / 100, "a few cents are no better offer"
        assert not longer or longest_plan(new) > longest_plan(old), "a plan nobody may take"
        for told in better.reasons:
            if told.code == "more_instalments" and told not in made.reasons:
                assert told.params == {"count": longest_plan(new), "before": longest_plan(old)}
        for count in range(1, old.plan.longest + 1):
            before, after = costs(old, count), costs(new, count)
            assert before is None or after is None or after <= before
        assert smallest_instalment(new) <= smallest_instalment(old)
        utmost = plans.nets(replace(new, plan=replace(new.plan, longest=longest)), 1, utmost=True)
        assert plans.at_once(new).total_cents >= utmost.net_cents
        assert rung.final or rung.step < MOST_STEPS
        made = better


def test_a_discount_of_the_ladder_becomes_that_share_of_the_maximum():
    parsed = rules.parse(data(opening="0.5", principal_discount="0.4", charges_discount="0.4"))
    made = rules.make_offer(parsed, one_debt(), AT)
    assert opening_for(made.limits, 0.3, 1) == 750_000
    better, rung = stepped(made, concession(0.3, 1), made.limits, parsed, None, AT)
    owed = made.limits.owed_cents
    assert abs(plans.at_once(better.limits).total_cents - owed * 7 // 10) <= 1
    assert (rung.step, rung.arm, rung.propensity, rung.final) == (1, "engine", 0.25, False)
    codes = [reason.code for reason in better.reasons]
    assert codes[-1] == "more_discount"
    assert better.reasons[-1].params["more_cents"] > 0


def test_more_instalments_where_that_is_what_was_looked_for():
    parsed = rules.parse(data(opening="0.5", longest=18, opening_longest=6))
    made = rules.make_offer(parsed, one_debt(), AT)
    assert made.limits.plan.longest == 6
    longer, _ = stepped(made, concession(0.3, 12), made.limits, parsed, Wish.INSTALMENTS, AT)
    assert longer.limits.plan.longest == 12
    assert longer.reasons[-1].params == {"count": 12, "before": 6}
    cheaper, _ = stepped(made, concession(0.3, 12), made.limits, parsed, Wish.DISCOUNT, AT)
    assert cheaper.limits.plan.longest == 6


def test_a_discount_that_makes_the_smallest_instalment_larger_is_no_step():
    """Less to pay in fewer instalments of the creditor's least: cheaper, and out of reach."""
    share = {"opening": "0.1", "principal_discount": "0.5", "charges_discount": "0.5"}
    made = rules.make_offer(
        rules.parse(data(**share, min_instalment_cents=3_000)), one_debt(6_000), AT
    )
    wanted = concession(0.2, 1)
    cheaper = opened(made.limits, opening_for(made.limits, wanted.discount, 1))
    assert smallest_instalment(cheaper) > smallest_instalment(made.limits)
    found = climbed(made.limits, wanted, 12, Wish.DISCOUNT)
    assert found is None or smallest_instalment(found[0]) <= smallest_instalment(made.limits)


def test_no_room_is_no_step():
    parsed = rules.parse(data())
    made = rules.make_offer(parsed, one_debt(), AT)
    assert stepped(made, concession(0.9, 60), made.limits, parsed, None, AT) is None


@pytest.mark.parametrize("more", [0.0, 0.0001, 0.003, 0.007])
@pytest.mark.parametrize("wish", [None, *Wish])
def test_a_step_too_small_to_be_felt_is_as_large_as_is_felt(more, wish):
    """Else whoever comes back would find the same page, as often as they come."""
    parsed = rules.parse(data(opening="0.5"))
    made = rules.make_offer(parsed, one_debt(), AT)
    was = plans.at_once(made.limits)
    saved = was.nets.saved_principal_cents + was.nets.saved_charges_cents
    wanted = concession(saved / made.limits.owed_cents + more, 1)
    better, rung = stepped(made, wanted, made.limits, parsed, wish, AT)
    less = was.total_cents - plans.at_once(better.limits).total_cents
    assert was.total_cents / 100 <= less <= was.total_cents / 100 + 1
    assert rung.step == 1
    assert [reason.code for reason in better.reasons][-1] == "more_discount"


def test_of_several_debts_a_step_that_is_hardly_felt_takes_no_more_than_it_needs():
    """Debts of one offer may stand at different shares of their maximum."""
    parsed = rules.parse(data(opening="0.2"))
    owed = (replace(one_debt()[0], debt_id="a"), replace(one_debt()[0], debt_id="b"))
    made = rules.make_offer(parsed, owed, AT)
    debts = (replace(made.limits.debts[0], opening_ppm=MILLION), made.limits.debts[1])
    limits = replace(made.limits, debts=debts)
    was = plans.at_once(limits).total_cents
    found, way = climbed(limits, concession(0.0, 1), limits.plan.longest, None)
    assert way is Wish.DISCOUNT
    assert was / 100 <= was - plans.at_once(found).total_cents <= was / 100 + 2


def test_the_last_step_says_that_it_is_final():
    parsed = rules.parse(data(opening="0.5"))
    made = rules.make_offer(parsed, one_debt(), AT)
    for step, says_final in ((1, False), (3, True)):
        better, rung = stepped(made, concession(0.2, 1, step), made.limits, parsed, None, AT)
        assert rung.final is says_final
        assert ("final_offer" in [reason.code for reason in better.reasons]) is says_final


@settings(max_examples=60)
@given(rule_files(), people, st.data())
def test_first_offers_made_together_open_as_each_would_alone(file, many, draw):
    parsed = rules.parse(file)
    share = st.one_of(st.just(math.nan), st.floats(0, 1))
    discount = np.array([draw.draw(share) for _ in many])
    count = np.array([draw.draw(st.integers(0, 70)) for _ in many])
    ufs = ["SP"] * len(many)
    together = rules.make_offers_columns(
        parsed, columns(many), TODAY, ufs, openings=Openings(discount, count)
    )
    for owed, made, wanted, plan in zip(many, together, discount, count.tolist(), strict=True):
        alone = rules.make_offer(parsed, owed, AT)
        if alone is not None and not math.isnan(wanted):
            share = opening_for(alone.limits, wanted, plan)
            limits = opened(alone.limits, share, at_least=False)
            alone = rules.of_limits(limits, AT, alone.reasons)
        assert made == alone


def test_a_first_offer_after_which_no_other_comes_says_so():
    parsed = rules.parse(data(opening="0.5"))
    made = rules.make_offer(parsed, one_debt(), AT)
    assert began(made, concession(step=0), parsed) == (made, concession(step=0).rung)
    said, rung = began(made, concession(step=0, final=True), parsed)
    assert said.reasons[-1].code == "final_offer"
    assert rung.final


@pytest.mark.parametrize(
    ("opening", "opening_longest", "arm", "is_final"),
    [
        ("1", 12, "engine", True),
        ("1", 12, "rules", False),
        ("0.5", 12, "engine", False),
        ("1", 6, "engine", False),
    ],
)
def test_what_the_rules_have_no_room_beyond_is_final(opening, opening_longest, arm, is_final):
    parsed = rules.parse(data(opening=opening, longest=12, opening_longest=opening_longest))
    made = rules.make_offer(parsed, one_debt(), AT)
    said, rung = began(made, concession(step=0, arm=arm), parsed)
    assert rung.final is is_final
    assert ("final_offer" in [reason.code for reason in said.reasons]) is is_final


def test_a_step_to_the_most_discount_is_not_final_while_a_longer_plan_may_follow():
    parsed = rules.parse(data(opening="0.4", longest=24, opening_longest=6))
    made = rules.make_offer(parsed, one_debt(), AT)
    first, rung = stepped(made, concession(0.9, 24), made.limits, parsed, Wish.DISCOUNT, AT)
    assert not rung.final
    _, last = stepped(first, concession(0.9, 24, 2), first.limits, parsed, Wish.INSTALMENTS, AT)
    assert last.final


def test_a_person_of_the_creditors_lifts_what_they_say():
    parsed = rules.parse(data(opening="0.5", longest=18, opening_longest=6))
    made = rules.make_offer(parsed, one_debt(), AT)
    better = raised(made, Lift(900_000, 12), made.limits, AT)
    assert better.limits.debts[0].opening_ppm == 900_000
    assert better.limits.plan.longest == 12
    assert better.reasons[-1].code == "by_person"


@pytest.mark.parametrize("month", [Month(6_000), Month(6_000, 66_000)])
def test_what_fits_a_month_after_a_better_offer_is_not_called_beyond_it(month):
    parsed = rules.parse(data(longest=24, opening_longest=12, min_instalment_cents=3_000))
    made = rules.make_offer(parsed, one_debt(), AT)
    held = rules.of_limits(held_to(made.limits, month, 60_000), AT, made.reasons)
    assert BEYOND & {reason.code for reason in held.reasons}
    found = stepped(held, concession(0, 24), held.limits, parsed, Wish.INSTALMENTS, AT)
    for better in (found[0], raised(held, Lift(longest=24), held.limits, AT)):
        codes = [reason.code for reason in better.reasons]
        assert not BEYOND & set(codes)
        assert len(codes) == len(set(codes))
        kinds = {one.kind: one for one in better.options}
        assert [one.code for one in kinds["instalments"].reasons] == ["fits_month"]


def test_a_better_offer_that_is_still_beyond_a_month_says_by_how_much():
    parsed = rules.parse(data(longest=18, opening_longest=12, min_instalment_cents=3_000))
    made = rules.make_offer(parsed, one_debt(), AT)
    held = rules.of_limits(held_to(made.limits, Month(1_000), 60_000), AT, made.reasons)
    better = raised(held, Lift(longest=18), held.limits, AT)
    said = [reason for reason in better.reasons if reason.code in BEYOND]
    smallest = min(plans.allowed(better.limits), key=attrgetter("instalment_cents"))
    assert [one.params["instalment_cents"] for one in said] == [smallest.monthly_cents]


def test_visits_lean_to_paying_once_or_to_small_instalments():
    cash = ("option.opened", {"option": {"option": "cash"}})
    plan = ("option.opened", {"option": {"option": "budget"}})
    tried = ("simulator.used", {"instalments": 18})
    assert wish_of([]) is None
    assert wish_of([cash]) is Wish.DISCOUNT
    assert wish_of([cash, plan, tried]) is Wish.INSTALMENTS
    assert wish_of([cash, plan]) is None


def test_the_ladders_columns_become_concessions_with_their_labels():
    people = [uuid.UUID(int=number) for number in range(4)]
    whole = np.array([10_000, 20_000, 0, 40_000])
    real = np.zeros(4, dtype=np.float32)
    offers = ladder.Offers(
        discount_cents=np.array([1_000, 5_000, 0, 4_000]),
        instalments=np.array([1, 12, 1, 6]),
        instalment_cents=np.array([9_000, 1_250, 0, 6_000]),
        step=np.array([0, 2, 0, 1]),
        propensity=np.array([1.0, 0.25, 1.0, 0.5]),
        explored=np.array([False, True, False, False]),
        final=np.array([True, False, False, False]),
        why=np.array([int(ladder.Why.NO_STEP_ARM), 0, 0, 0]),
        chance=real,
        margin_cents=real,
    )
    found = concessions_of(people, ["engine", "engine", "rules", "engine"], whole, offers)
    assert list(found) == people
    assert [one.arm for one in found.values()] == ["no_step", "explore", "rules", "engine"]
    assert found[people[1]] == Concession(0.25, 12, 2, "explore", 0.25, final=False)
    assert found[people[0]].final
    assert found[people[2]].discount == 0.0


def test_the_house_finds_itself_where_its_rules_have_no_more_room():
    room = int(ladder.Why.NO_ROOM | ladder.Why.FINAL)
    last, real = int(ladder.Why.FINAL | ladder.Why.CAME_BACK), np.zeros(3, dtype=np.float32)
    offers = ladder.Offers(
        discount_cents=np.full(3, 5_000),
        instalments=np.full(3, 12),
        instalment_cents=np.full(3, 500),
        step=np.array([0, 1, 3]),
        propensity=np.ones(3),
        explored=np.zeros(3, dtype=bool),
        final=np.ones(3, dtype=bool),
        why=np.array([room, room | int(ladder.Why.CAME_BACK), last]),
        chance=real,
        margin_cents=real,
    )
    stored = as_conceded(offers)
    assert stored.final.tolist() == [False, False, True]
    assert stored.why.tolist() == [0, int(ladder.Why.CAME_BACK), last]
