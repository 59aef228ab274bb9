"""Never worse within its validity, even where an offer was withdrawn or cut down in between."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.compliance.actions import open_hold, resolve_hold
from app.debts.models import Debt
from app.offers import actions, better, queries, rules
from app.offers.models import Offer, OfferState
from tenants.scope import within
from tests.offers.cases import AT, TODAY, data, debts, is_no_dearer, plans_then_and_now, rule_files
from tests.offers.people import person, set_up

LATER = TODAY + timedelta(days=3)
AFTER = TODAY + timedelta(days=11)
"""One day after the first offer has ended."""
WORSE = data(
    principal_discount="0.01",
    charges_discount="0",
    opening="0.5",
    keep="0.1",
    longest=3,
    monthly_rate="0.03",
    min_instalment_cents=9_000,
)


@pytest.fixture
def bank(cast):
    with within(cast.bank) as session:
        set_up(session)
    return cast.bank


@pytest.fixture
def session(bank):
    with within(bank) as opened:
        yield opened


def make(bank, session, debtor, today=TODAY):
    actions.make_offers(session, bank, [debtor], today)
    return queries.current_offer(session, debtor, today)


def no_worse(new, old):
    """Every plan that was possible still is, for no more."""
    for then, now in plans_then_and_now(old, new):
        assert now is not None
        assert is_no_dearer(now, then)


@pytest.mark.parametrize("kind", ["dispute", "fraud", "paid_claim", "deceased", "overindebtedness"])
def test_an_offer_that_was_withdrawn_for_a_hold_comes_back_no_worse(bank, session, kind):
    debtor = person(session, [(100_000, 400), (60_000, 500)])
    before = make(bank, session, debtor)
    hold = open_hold(session, debtor_id=debtor, kind=kind)
    session.flush()
    assert make(bank, session, debtor) is None
    actions.put_rules(session, WORSE)
    resolve_hold(session, hold, resolution="rejected")
    session.flush()
    after = make(bank, session, debtor, LATER)
    no_worse(after.typed_limits, before.typed_limits)
    assert {debt["id"] for debt in after.debts} == {debt["id"] for debt in before.debts}
    assert after.valid_until >= before.valid_until


def test_a_debt_that_was_on_hold_comes_back_on_its_own_terms(bank, session):
    debtor = person(session, [(100_000, 400), (60_000, 500)])
    before = make(bank, session, debtor)
    gone = before.debts[0]["id"]
    hold = open_hold(session, debtor_id=debtor, kind="dispute", debt_id=gone)
    session.flush()
    without = make(bank, session, debtor)
    actions.put_rules(session, WORSE)
    assert make(bank, session, debtor).typed_limits == without.typed_limits
    resolve_hold(session, hold, resolution="rejected")
    session.flush()
    after = make(bank, session, debtor, LATER)
    no_worse(after.typed_limits, before.typed_limits)
    for_one = rules.of_limits(
        type(after.typed_limits)(
            tuple(d for d in after.typed_limits.debts if d.debt_id != gone),
            after.typed_limits.plan,
        ),
        AT,
        (),
    )
    no_worse(for_one.limits, without.typed_limits)
    assert make(bank, session, debtor, LATER).id == after.id


def test_a_promise_ends_with_its_validity(bank, session):
    debtor = person(session, [(100_000, 400)])
    make(bank, session, debtor)
    hold = open_hold(session, debtor_id=debtor, kind="dispute")
    session.flush()
    make(bank, session, debtor)
    actions.put_rules(session, WORSE)
    resolve_hold(session, hold, resolution="rejected")
    session.flush()
    after = make(bank, session, debtor, AFTER)
    assert after.typed_limits.plan.longest == 3


def test_a_promise_ends_with_an_acceptance(bank, session):
    debtor = person(session, [(100_000, 400)])
    make(bank, session, debtor)
    row = session.scalars(select(Offer).where(Offer.debtor_id == debtor)).one()
    row.state = OfferState.WITHDRAWN
    session.flush()
    session.scalars(
        select(Offer).where(Offer.id == make(bank, session, debtor).id)
    ).one().state = OfferState.ACCEPTED
    session.flush()
    actions.put_rules(session, WORSE)
    assert make(bank, session, debtor, LATER).typed_limits.plan.longest == 3


def test_a_debt_that_is_not_open_any_more_stays_out(bank, session):
    debtor = person(session, [(100_000, 400), (60_000, 500)])
    before = make(bank, session, debtor)
    hold = open_hold(session, debtor_id=debtor, kind="dispute")
    session.flush()
    make(bank, session, debtor)
    gone = session.scalars(select(Debt).where(Debt.id == before.debts[0]["id"])).one()
    gone.state = "dismissed"
    resolve_hold(session, hold, resolution="upheld")
    session.flush()
    after = make(bank, session, debtor, LATER)
    assert [debt["id"] for debt in after.debts] == [before.debts[1]["id"]]


def test_somebody_elses_promises_count_for_nobody_else(bank, session):
    mine, other = person(session, [(100_000, 400)]), person(session, [(100_000, 400)])
    make(bank, session, mine)
    hold = open_hold(session, debtor_id=mine, kind="dispute")
    session.flush()
    make(bank, session, mine)
    actions.put_rules(session, WORSE)
    resolve_hold(session, hold, resolution="rejected")
    assert make(bank, session, other).typed_limits.plan.longest == 3


@settings(max_examples=60)
@given(rule_files(), rule_files(), debts(1), debts(2), st.sampled_from([(), ("debt 1",)]))
def test_what_is_remembered_is_never_forgotten_in_the_next_offer(
    before, after, one, two, held_back
):
    """Two debts are offered; one or both are held; then the rules change and both are open."""
    seen = rules.make_offer(rules.parse(before), [one, two], AT)
    if seen is None:
        return
    open_debts = {one.debt_id: one.principal_cents, two.debt_id: two.principal_cents}
    interim = None
    if held_back and len(seen.limits.debts) == 2:
        left = {name: cents for name, cents in open_debts.items() if name not in held_back}
        alone = rules.make_offer(rules.parse(before), [two], AT)
        interim = better.merged(seen.limits, alone, left, AT).limits
    promised = better.remembered(interim, [seen.limits], open_debts)
    new = rules.make_offer(rules.parse(after), [one, two], AT)
    made = better.merged(promised, new, open_debts, AT)
    if len(made.limits.debts) > len(seen.limits.debts):
        return  # a debt that no band fitted before has joined: there is more to pay
    for then, now in plans_then_and_now(seen.limits, made.limits):
        assert now is None or is_no_dearer(now, then)
