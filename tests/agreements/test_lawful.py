"""No charge above the policy's limits is offered, nor agreed to (BR-17, BR-18); no refusal without
reasons and a way to a person (BR-31)."""

import pytest
from sqlalchemy import select

from app.agreements.actions import Unfair
from app.agreements.lawful import unlawful_charges
from app.compliance.actions import tighten
from app.compliance.queries import policy_in_force
from app.debts.models import Debt
from app.offers import queries
from app.offers.actions import make_offers, why_nothing
from app.offers.explain import answerable
from app.offers.models import Offer
from app.offers.terms import because
from tests.agreements.acts import accept, offer_for
from tests.offers.cases import TODAY
from tests.offers.people import person

OWES = ((100_000, 400, "card"), (60_000, 500))
CASES = [
    ("BR-17", "fine_ppm", 10_000, "fine"),
    ("BR-18", "charges_over_original_ppm", 50_000, ""),
]


def broken(session, offer):
    rows = session.execute(select(Debt.id, Debt.due_on).where(Debt.debtor_id == offer.debtor_id))
    due = {str(row.id): row.due_on for row in rows}
    policy = policy_in_force(session)
    found = unlawful_charges(session, offer.typed_limits, due, TODAY, policy)
    return {(reason.rule, reason.detail) for reason in found}


def test_what_is_offered_is_lawful(session, bank):
    assert broken(session, offer_for(session, bank, OWES)) == set()


@pytest.mark.parametrize(("rule", "name", "value", "detail"), CASES)
def test_an_offer_above_a_limit_that_was_tightened_is_not_agreed_to(
    session, bank, rule, name, value, detail
):
    offer = offer_for(session, bank, OWES)
    tighten(session, rule, name, value)
    assert (rule, detail) in broken(session, offer)
    with pytest.raises(Unfair) as refused:
        accept(session, bank, offer)
    assert f"{rule}:{detail}" in refused.value.rules


@pytest.mark.parametrize(("rule", "name", "value", "detail"), CASES)
def test_once_a_limit_was_tightened_offers_are_made_within_it(
    session, bank, rule, name, value, detail
):
    before = offer_for(session, bank, OWES)
    tighten(session, rule, name, value)
    make_offers(session, bank, [before.debtor_id], TODAY)
    after = queries.current_offer(session, before.debtor_id, TODAY)
    assert after.id != before.id
    assert broken(session, after) == set()
    assert accept(session, bank, after).total_cents > 0


def test_nobody_is_refused_without_reasons_and_a_way_to_a_person(session, bank):
    debtor = person(session, [(100_000, 400)])
    session.scalars(select(Debt).where(Debt.debtor_id == debtor)).one().principal_cents = 10**11
    said = [reason.code for reason in why_nothing(session, bank, debtor, TODAY)]
    assert said[-1] == "automatic_review"
    assert len(said) > 1
    assert session.scalars(select(Offer).where(Offer.debtor_id == debtor)).all() == []


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([], ["by_hand", "automatic_review"]),
        ([because("no_rules")], ["no_rules", "automatic_review"]),
        ([because("no_rules"), because("automatic_review")], ["no_rules", "automatic_review"]),
    ],
)
def test_what_a_refusal_lacks_is_added(given, said):
    assert [reason.code for reason in answerable(given)] == said
