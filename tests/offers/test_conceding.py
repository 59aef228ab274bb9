"""Who is conceded a step, in the database: only who came on an earlier day and left."""

import uuid
from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.compliance.models import AuditEntry
from app.history.actions import record
from app.history.models import Event
from app.offers import actions, queries
from app.offers.climbing import may_step
from app.offers.conceding import BeyondAuthority, concede, lift
from app.offers.concession import Concession, Lift
from app.offers.models import Offer, OfferState
from app.offers.plans import at_once
from app.offers.promises import Held
from tenants.clock import stopped_at
from tenants.scope import within
from tests.offers.cases import TODAY, data
from tests.offers.people import add_debt, person, set_up

STEP = Concession(0.3, 12, 1, "engine", 0.4, final=False)
RULES = {
    **data(opening="0.4", longest=18, opening_longest=6, min_instalment_cents=1000),
    "agent_authority": "0.9",
}


def noon(day):
    return datetime.combine(day, time(12), ZoneInfo("America/Sao_Paulo"))


def after(days):
    return TODAY + timedelta(days=days)


@pytest.fixture
def bank(cast):
    with within(cast.bank) as session:
        set_up(session, RULES)
    return cast.bank


@pytest.fixture
def session(bank):
    with within(bank) as session:
        yield session


@pytest.fixture
def debtor(session):
    return person(session, [(100_000, 400)])


def offer_of(session, debtor):
    return session.scalars(
        select(Offer).where(Offer.debtor_id == debtor, Offer.state == OfferState.OPEN)
    ).one()


def visit(session, debtor, day, *events):
    """See the open offer on a day, and do these things on it."""
    found = offer_of(session, debtor)
    with stopped_at(noon(day)):
        actions.see(session, found.id)
        for kind, told in events:
            record(session, debtor_id=debtor, kind=kind, subject_id=found.id, **told)
    session.flush()
    session.expire_all()
    return found


def step(bank, session, debtor, day, **changes):
    made = concede(session, bank, {debtor: replace(STEP, **changes)}, day)
    session.expire_all()
    return len(made)


nights = st.lists(
    st.tuples(st.integers(0, 3), st.booleans(), st.integers(0, 5), st.booleans()), max_size=40
)


@given(nights)
def test_whatever_happens_at_most_three_steps_each_after_a_visit_on_an_earlier_day(nights):
    zone, day, taken = ZoneInfo("America/Sao_Paulo"), TODAY, 0
    held = Held(uuid.UUID(int=1), 1, TODAY, b"")
    for later, comes, number, final in nights:
        day += timedelta(days=later)
        if comes and held.seen_at is None:
            held = replace(held, seen_at=noon(day))
        wanted = replace(STEP, step=number, final=final)
        if may_step(held, wanted, day, zone):
            assert held.seen_at < noon(day)
            assert not held.rung.final
            taken += 1
            held = replace(held, seen_at=None, rung=wanted.rung)
        assert held.rung.step == taken <= 3


def test_left_on_one_day_better_on_the_next(bank, session, debtor):
    actions.make_offers(session, bank, [debtor], TODAY)
    first = visit(session, debtor, TODAY)
    before = queries.current_offer(session, debtor, TODAY).typed_limits
    assert step(bank, session, debtor, after(1)) == 1
    found = offer_of(session, debtor)
    assert found.id != first.id
    assert (found.step, found.arm, found.propensity, found.final) == (1, "engine", 0.4, False)
    now = queries.current_offer(session, debtor, after(1)).typed_limits
    assert at_once(now).total_cents < at_once(before).total_cents
    assert found.first_seen_at is None
    told = session.scalars(select(Event).where(Event.subject_id == found.id)).one()
    assert told.data["step"] == 1


@pytest.mark.parametrize(
    "changes",
    [{"step": 2}, {"step": 0}, {"arm": "rules"}, {"arm": "untouched"}, {"arm": "no_step"}],
)
def test_what_is_no_step_of_theirs_changes_nothing(bank, session, debtor, changes):
    actions.make_offers(session, bank, [debtor], TODAY)
    first = visit(session, debtor, TODAY)
    assert step(bank, session, debtor, after(1), **changes) == 0
    assert offer_of(session, debtor).id == first.id


def test_no_step_without_a_visit_nor_on_the_day_of_the_visit(bank, session, debtor):
    actions.make_offers(session, bank, [debtor], TODAY)
    assert step(bank, session, debtor, after(2)) == 0
    visit(session, debtor, after(2))
    assert step(bank, session, debtor, after(2)) == 0
    assert step(bank, session, debtor, after(3)) == 1
    assert step(bank, session, debtor, after(3), step=2) == 0, "the new one was not seen yet"


def test_three_steps_and_the_last_is_final(bank, session, debtor):
    actions.make_offers(session, bank, [debtor], TODAY)
    for number, discount in ((1, 0.15), (2, 0.2), (3, 0.25)):
        visit(session, debtor, after(number - 1))
        assert step(bank, session, debtor, after(number), step=number, discount=discount) == 1
    assert offer_of(session, debtor).final
    visit(session, debtor, after(3))
    assert step(bank, session, debtor, after(4), step=4, discount=0.3) == 0


def test_nothing_follows_an_offer_that_was_said_to_be_final(bank, session, debtor):
    actions.make_offers(session, bank, [debtor], TODAY)
    visit(session, debtor, TODAY)
    assert step(bank, session, debtor, after(1), final=True, discount=0.2) == 1
    visit(session, debtor, after(1))
    assert step(bank, session, debtor, after(2), step=2) == 0


def test_what_was_simulated_decides_between_longer_and_cheaper(bank, session, debtor):
    actions.make_offers(session, bank, [debtor], TODAY)
    visit(session, debtor, TODAY, ("simulator.used", {"instalments": 6, "asked": {"budget": "50"}}))
    assert step(bank, session, debtor, after(1)) == 1
    found = queries.current_offer(session, debtor, after(1))
    assert found.typed_limits.plan.longest == 12
    assert found.typed_limits.debts[0].opening_ppm == 400_000


def test_a_step_is_kept_when_the_offer_runs_out_or_a_debt_joins(bank, session, debtor):
    actions.make_offers(session, bank, [debtor], TODAY)
    visit(session, debtor, TODAY)
    step(bank, session, debtor, after(1))
    conceded = queries.current_offer(session, debtor, after(1)).typed_limits.debts[0].opening_ppm
    found = actions.ensure_offer(session, bank, debtor, after(30))
    assert found.typed_limits.debts[0].opening_ppm == conceded
    assert offer_of(session, debtor).step == 1
    add_debt(session, debtor, 40_000, 300)
    actions.make_offers(session, bank, [debtor], after(31))
    session.expire_all()
    assert len(offer_of(session, debtor).debts) == 2
    assert offer_of(session, debtor).step == 1


def test_the_first_offer_carries_its_arm_and_somebody_else_is_untouched(bank, session, debtor):
    other = person(session, [(90_000, 300)])
    first = {
        debtor: replace(STEP, step=0, discount=0.05),
        other: replace(STEP, step=0, arm="rules"),
    }
    made = concede(session, bank, first, TODAY)
    assert made == {one: offer_of(session, one).id for one in (debtor, other)}
    assert offer_of(session, debtor).arm == "engine"
    assert offer_of(session, other).arm == "rules"
    assert offer_of(session, other).limits["debts"][0]["opening_ppm"] == 400_000
    assert offer_of(session, debtor).limits["debts"][0]["opening_ppm"] < 400_000


def test_nobody_concedes_to_another_creditors_people(bank, cast):
    with within(bank) as session:
        theirs = person(session, [(100_000, 400)])
        actions.make_offers(session, bank, [theirs], TODAY)
        first = visit(session, theirs, TODAY).id
    with within(cast.shop) as session:
        set_up(session, RULES)
        wanted, more = Lift(900_000), {"actor": "agent:7", "reason": "by mistake"}
        assert not concede(session, cast.shop, {theirs: STEP}, after(1))
        assert lift(session, cast.shop, theirs, after(1), wanted=wanted, **more) is None
    with within(bank) as session:
        assert offer_of(session, theirs).id == first


def test_a_person_of_the_creditors_goes_as_far_as_the_rules_let_them(bank, session, debtor):
    actions.make_offers(session, bank, [debtor], TODAY)
    more = {"actor": "agent:7", "reason": "lost the job in October"}
    with pytest.raises(BeyondAuthority):
        lift(session, bank, debtor, TODAY, wanted=Lift(900_001), **more)
    with pytest.raises(BeyondAuthority):
        lift(session, bank, debtor, TODAY, wanted=Lift(0, 19), **more)
    with pytest.raises(ValueError, match="reason"):
        lift(session, bank, debtor, TODAY, wanted=Lift(900_000), actor="agent:7", reason=" ")
    found = lift(session, bank, debtor, TODAY, wanted=Lift(900_000, 12), **more)
    assert found.typed_limits.debts[0].opening_ppm == 900_000
    assert found.typed_limits.plan.longest == 12
    assert lift(session, bank, debtor, TODAY, wanted=Lift(500_000, 6), **more) is None
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.actor, entry.action, entry.subject_id) == ("agent:7", "offer.lifted", found.id)
    assert entry.data["reason"] == "lost the job in October"
