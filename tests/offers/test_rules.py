import json
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.offers import price, rules
from app.offers.terms import DebtFacts, Limits, Option, OptionKind, Reason
from tenants import bulk
from tests.offers.cases import AT, RULES, TODAY, columns, data, one_debt, people, rule_files

states = st.sampled_from(["SP", "RJ", None])


@settings(max_examples=60)
@given(rule_files(), people, states)
def test_columns_are_one_by_one(file, many, uf):
    typed = rules.parse(file)
    at = rules.Calendar(TODAY, uf)
    together = rules.make_offers_columns(typed, columns(many), TODAY, [uf] * len(many))
    assert together == [rules.make_offer(typed, mine, at) for mine in many]


@settings(max_examples=60)
@given(rule_files(), people)
def test_an_offer_stays_inside_the_rules(file, many):
    typed = rules.parse(file)
    bands = {band.name: band for band in typed.bands}
    for made in (rules.make_offer(typed, mine, AT) for mine in many):
        if made is None:
            continue
        used = [bands[debt.band] for debt in made.limits.debts]
        principal = sum(
            debt.principal_cents * bands[debt.band].principal_discount for debt in made.limits.debts
        )
        charges = sum(
            debt.charges_cents * bands[debt.band].charges_discount for debt in made.limits.debts
        )
        for option in made.options:
            assert option.saved_principal_cents * price.MILLION <= principal
            assert option.saved_charges_cents * price.MILLION <= charges
            assert option.total_cents == (
                option.down_payment_cents
                + option.instalment_cents * (option.instalments - 1)
                + option.last_instalment_cents
            )
            if option.kind is OptionKind.CASH:
                continue
            assert option.instalments <= min(band.longest for band in used)
            assert option.instalment_cents >= max(band.min_instalment_cents for band in used)
            assert option.due_day in typed.due_days
            assert (option.annual_cost is not None) == (option.interest_cents > 0)


@settings(max_examples=60)
@given(rule_files(), people)
def test_charges_and_interest_of_a_card_never_pass_its_cap(file, many):
    typed = rules.parse(file)
    for mine in many:
        cards = [debt for debt in mine if debt.product == "card"]
        made = rules.make_offer(typed, cards, AT)
        if made is None:
            continue
        cap = sum(debt.principal_cents * typed.card_cap for debt in cards) // price.MILLION
        for option in made.options:
            charges = sum(debt.charges_cents for debt in made.limits.debts)
            assert charges - option.saved_charges_cents + option.interest_cents <= cap


def stored(value):
    """What a row gives back of a value."""
    return json.loads(bulk.jsonb(value)[1:])


@given(people)
def test_what_is_stored_reads_back_as_it_was(many):
    for made in (rules.make_offer(RULES, mine, AT) for mine in many):
        if made is None:
            continue
        assert Limits.from_data(stored(made.limits)) == made.limits
        assert tuple(map(Option.from_data, stored(made.options))) == made.options
        assert stored(made.options) == [option.to_data() for option in made.options]
        assert tuple(map(Reason.from_data, stored(made.reasons))) == made.reasons


def test_the_discounts_of_principal_and_charges_are_apart():
    made = rules.make_offer(rules.parse(data()), one_debt(), AT)
    cash = made.options[0]
    assert (cash.saved_principal_cents, cash.saved_charges_cents) == (30_000, 12_000)
    assert cash.total_cents == 115_000 - 42_000 == cash.instalment_cents
    assert cash.saved_cents == 42_000
    assert cash.annual_cost is None


def test_a_longer_plan_keeps_less_of_the_discount():
    made = rules.make_offer(
        rules.parse(data(keep="0.5", comfortable_instalment_cents=1)), one_debt(), AT
    )
    longest = made.options[-1]
    assert longest.instalments == 12
    assert longest.saved_principal_cents == 15_000
    assert longest.saved_charges_cents == 6_000


def test_the_recommended_plan_is_the_shortest_that_is_comfortable():
    made = rules.make_offer(rules.parse(data(comfortable_instalment_cents=20_000)), one_debt(), AT)
    kinds = {option.kind: option for option in made.options}
    assert kinds[OptionKind.INSTALMENTS].instalments == 4
    assert kinds[OptionKind.BUDGET].instalments == 12


def test_a_plan_with_interest_shows_its_annual_cost_and_starts_a_month_later():
    made = rules.make_offer(rules.parse(data(monthly_rate="0.0199")), one_debt(), AT)
    plan = made.options[1]
    assert plan.monthly_rate == Decimal("0.0199")
    assert Decimal("0.20") < plan.annual_cost < Decimal("0.27")
    assert (plan.first_due_on - TODAY).days >= 30


def test_several_debts_are_in_one_offer_under_the_strictest_plan():
    mine = [
        DebtFacts("a", "loan", 30, 50_000, 1_000, 500, 0),
        DebtFacts("b", "loan", 1000, 80_000, 1_600, 26_000, 0),
        DebtFacts("c", "loan", 0, 80_000),
    ]
    made = rules.make_offer(RULES, mine, AT)
    assert [debt.band for debt in made.limits.debts] == ["recent", "ancient"]
    assert made.limits.plan.longest == 6
    assert made.limits.plan.monthly_ppm == 19_900
    assert [reason.code for reason in made.reasons] == [
        "band",
        "band",
        "no_band",
        "automatic_review",
    ]


def test_no_band_is_no_offer():
    assert rules.make_offer(RULES, one_debt(days=0), AT) is None


@pytest.mark.parametrize(
    ("creditor_type", "charges", "asked"),
    [
        ("bank", (2_000, 90_000, 0), (2_000, 90_000, 0)),
        ("bank", (5_000, 90_000, 0), (2_000, 90_000, 0)),
        ("retail", (2_000, 10_000, 0), (2_000, 10_000, 0)),
        ("retail", (2_000, 90_000, 0), (2_000, 10_000, 0)),
    ],
)
def test_charges_beyond_the_law_are_not_asked_for(creditor_type, charges, asked):
    typed = rules.parse(data(), creditor_type=creditor_type)
    assert rules.lawful_charges(typed, one_debt(days=300, charges=charges)[0]) == asked


@pytest.mark.parametrize(
    ("product", "charges", "asked"),
    [
        ("card", (2_000, 98_000, 0), (2_000, 98_000, 0)),
        ("card", (2_000, 150_000, 0), (2_000, 98_000, 0)),
        ("loan", (2_000, 150_000, 0), (2_000, 150_000, 0)),
    ],
)
def test_a_cards_charges_never_pass_what_was_borrowed(product, charges, asked):
    typed = rules.parse({**data(), "card_products": ["card"]})
    assert rules.lawful_charges(typed, one_debt(product=product, charges=charges)[0]) == asked


def test_every_offer_says_that_a_person_can_review_it():
    made = rules.make_offer(RULES, one_debt(), AT)
    assert made.reasons[-1].code == "automatic_review"
    assert all(option.reasons for option in made.options)
