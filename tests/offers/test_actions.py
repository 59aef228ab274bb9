from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.debts.models import Debt, DebtState
from app.history.models import Event
from app.offers import actions, better, queries, rules
from app.offers.models import Offer, OfferState
from app.offers.terms import OptionKind
from tenants.scope import within
from tests.offers.cases import (
    AT,
    DATA,
    TODAY,
    data,
    debts,
    is_no_dearer,
    plans_then_and_now,
    rule_files,
)
from tests.offers.people import add_debt, person, set_up
from themes.tomlfile import FileInvalid

LATER = TODAY + timedelta(days=3)


@pytest.fixture
def bank(cast):
    with within(cast.bank) as session:
        set_up(session)
    return cast.bank


def make(bank, session, *debtors, today=TODAY):
    return actions.make_offers(session, bank, list(debtors), today)


def test_everybody_with_an_open_debt_gets_one_personal_offer(bank):
    with within(bank) as session:
        one = person(session, [(100_000, 400)])
        two = person(session, [(50_000, 30), (90_000, 1000)])
        none = person(session, [(50_000, 0)])
        assert make(bank, session, one, two, none) == 2
        offer = queries.current_offer(session, two, TODAY)
        assert len(offer.debts) == 2
        assert offer.valid_until == TODAY + timedelta(days=10)
        assert list(offer.typed_options) == [OptionKind.CASH, OptionKind.INSTALMENTS]
        assert offer.total_cents == offer.typed_limits.owed_cents
        assert queries.current_offer(session, none, TODAY) is None
        made = session.scalars(select(Event.kind).where(Event.debtor_id == one)).all()
        assert made == ["offer.made"]


def test_what_is_not_in_arrears_yet_is_never_offered(bank):
    from_the_first_day = data()
    with within(bank) as session:
        for band in from_the_first_day["bands"]:
            band["days_past_due"] = [0]
        actions.put_rules(session, from_the_first_day)
        due_later = person(session, [(50_000, -10)])
        due_today = person(session, [(50_000, 0)])
        both = person(session, [(50_000, 0), (70_000, -1), (90_000, 1)])
        nothing_left = person(session, [(0, 400)])
        assert make(bank, session, due_later, due_today, both, nothing_left) == 1
        offer = queries.current_offer(session, both, TODAY)
        assert [debt["principal"] for debt in offer.debts] == [90_000]
        tomorrow = TODAY + timedelta(days=1)
        assert make(bank, session, due_later, due_today, today=tomorrow) == 1
        assert queries.current_offer(session, due_today, tomorrow) is not None


def test_an_offer_that_holds_is_not_made_again_while_charges_grow(bank):
    with within(bank) as session:
        debtor = person(session, [(100_000, 400)])
        make(bank, session, debtor)
        first = queries.current_offer(session, debtor, TODAY)
        assert make(bank, session, debtor, today=LATER) == 0
        assert queries.current_offer(session, debtor, LATER).id == first.id


def test_an_expired_offer_is_made_again(bank):
    with within(bank) as session:
        debtor = person(session, [(100_000, 400)])
        make(bank, session, debtor)
        after = TODAY + timedelta(days=11)
        assert queries.current_offer(session, debtor, after) is None
        made = actions.ensure_offer(session, bank, debtor, after)
        assert made.valid_until == after + timedelta(days=10)
        states = session.scalars(select(Offer.state).where(Offer.debtor_id == debtor)).all()
        assert sorted(states) == ["open", "replaced"]


def test_a_new_debt_joins_and_the_old_ones_are_no_worse(bank):
    with within(bank) as session:
        debtor = person(session, [(100_000, 400)])
        make(bank, session, debtor)
        old = queries.current_offer(session, debtor, TODAY)
        add_debt(session, debtor, 60_000, 900)
        assert make(bank, session, debtor, today=LATER) == 1
        new = queries.current_offer(session, debtor, LATER)
        assert len(new.debts) == 2
        assert old.debts[0] in new.debts
        assert new.valid_until >= old.valid_until


def test_a_new_debt_that_would_shorten_the_plan_waits(bank):
    with within(bank) as session:
        debtor = person(session, [(100_000, 400)])
        make(bank, session, debtor)
        add_debt(session, debtor, 60_000, 20)
        assert make(bank, session, debtor) == 0
        assert len(queries.current_offer(session, debtor, TODAY).debts) == 1
        assert make(bank, session, debtor) == 0


def test_better_rules_reach_an_offer_that_holds_and_worse_ones_do_not(bank):
    with within(bank) as session:
        debtor = person(session, [(100_000, 400)])
        make(bank, session, debtor)
        before = queries.current_offer(session, debtor, TODAY)
        worse = data(
            principal_discount="0.01",
            charges_discount="0",
            opening="0.5",
            keep="0.1",
            longest=3,
            monthly_rate="0.03",
            min_instalment_cents=9_000,
        )
        actions.put_rules(session, worse | {"due_days": [5]})
        assert make(bank, session, debtor) == 0
        actions.put_rules(session, data(principal_discount="0.9", charges_discount="1"))
        assert make(bank, session, debtor) == 1
        after = queries.current_offer(session, debtor, TODAY)
        cash = OptionKind.CASH
        assert after.typed_options[cash].total_cents < before.typed_options[cash].total_cents


def test_without_an_open_debt_the_offer_is_withdrawn(bank):
    with within(bank) as session:
        debtor = person(session, [(100_000, 400)])
        make(bank, session, debtor)
        session.scalars(
            select(Debt).where(Debt.debtor_id == debtor)
        ).one().state = DebtState.RECALLED
        session.flush()
        assert make(bank, session, debtor) == 0
        assert queries.current_offer(session, debtor, TODAY) is None
        state = session.scalar(select(Offer.state).where(Offer.debtor_id == debtor))
        assert state == OfferState.WITHDRAWN


def test_a_creditor_without_rules_makes_no_offers(cast):
    with within(cast.shop) as session, pytest.raises(LookupError):
        make(cast.shop, session, person(session, [(100_000, 400)]))


def test_the_same_rules_are_no_new_version(bank):
    with within(bank) as session:
        assert actions.put_rules(session, DATA).version == 1
        assert actions.put_rules(session, data()).version == 2
        with pytest.raises(FileInvalid):
            actions.put_rules(session, data(longest=0))


def test_nobody_elses_offer_is_seen(bank, cast):
    with within(bank) as session:
        debtor = person(session, [(100_000, 400)])
        make(bank, session, debtor)
    with within(cast.shop) as session:
        assert queries.current_offer(session, debtor, TODAY) is None
        assert session.scalar(select(func.count()).select_from(Offer)) == 0


def test_whoever_gets_no_offer_is_told_why_and_who_reviews_it(bank):
    with within(bank) as session:
        due_today = person(session, [(100_000, 0)])
        rich = person(session, [(1_500_000_000, 30)])
        usual = person(session, [(100_000, 400)])
        make(bank, session, due_today, rich, usual)
        told = {
            debtor: [r.code for r in actions.why_nothing(session, bank, debtor, TODAY)]
            for debtor in (due_today, rich, usual)
        }
        assert told == {
            due_today: ["not_due"],
            rich: ["no_band", "automatic_review"],
            usual: [],
        }


def test_the_offer_page_needs_one_statement(bank):
    with within(bank) as session:
        debtor = person(session, [(100_000, 400)])
        make(bank, session, debtor)
        offer = queries.current_offer(session, debtor, TODAY)
        actions.see(session, offer.id)
        assert queries.offer(session, offer.id).first_seen_at is not None


@settings(max_examples=80)
@given(rule_files(), rule_files(), debts(1), st.integers(0, 400))
def test_what_replaces_an_offer_is_nowhere_worse(before, after, debt, days):
    old = rules.make_offer(rules.parse(before), [debt], AT)
    if old is None:
        return
    older = type(debt)(
        **{name: getattr(debt, name) for name in debt.__slots__}
        | {
            "days_past_due": debt.days_past_due + days,
            "interest_cents": debt.interest_cents + days * 100,
        }
    )
    new = rules.make_offer(rules.parse(after), [older], AT)
    still_open = {debt.debt_id: debt.principal_cents}
    merged = better.merged(old.limits, new, still_open, AT)
    for then, now in plans_then_and_now(old.limits, merged.limits):
        assert now is None or is_no_dearer(now, then)
