"""What is disputed, or belongs to somebody who must not be asked, is in no offer."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.agreements.errors import OfferExpired
from app.compliance.actions import open_hold, resolve_hold
from app.debts.models import Debt, Debtor
from app.offers import actions, queries
from app.offers.models import Offer, OfferState
from tests.agreements.acts import accept
from tests.offers.cases import TODAY
from tests.offers.people import person

DISPUTES = ("dispute", "fraud", "paid_claim")
PERSONAL = ("deceased", "incapacity", "minor", "overindebtedness")


@pytest.fixture
def offer(session, bank):
    debtor = person(session, [(100_000, 400), (60_000, 500)], email="m@example.com")
    return actions.ensure_offer(session, bank, debtor, TODAY)


def current(session, offer):
    return queries.current_offer(session, offer.debtor_id, TODAY)


def ensured(session, bank, offer):
    return actions.ensure_offer(session, bank, offer.debtor_id, TODAY)


@pytest.mark.parametrize("kind", DISPUTES)
def test_a_disputed_debt_leaves_the_offer_and_comes_back(session, bank, offer, kind):
    gone, kept = sorted(debt["id"] for debt in offer.debts)
    hold = open_hold(session, debtor_id=offer.debtor_id, kind=kind, debt_id=gone)
    assert current(session, offer) is None
    without = ensured(session, bank, offer)
    assert [debt["id"] for debt in without.debts] == [kept]
    assert without.in_review == 1
    assert without.valid_until >= offer.valid_until
    assert ensured(session, bank, offer).id == without.id
    resolve_hold(session, hold, resolution="withdrawn")
    session.flush()
    actions.make_offers(session, bank, [offer.debtor_id], TODAY)
    whole = current(session, offer)
    assert {debt["id"] for debt in whole.debts} == {gone, kept}
    assert whole.in_review == 0


@pytest.mark.parametrize("kind", DISPUTES)
def test_a_dispute_of_another_debt_leaves_the_offer_alone(session, offer, kind):
    other = person(session, [(100_000, 400)])
    debt = session.scalars(select(Debt.id).where(Debt.debtor_id == other)).one()
    open_hold(session, debtor_id=other, kind=kind, debt_id=debt)
    assert current(session, offer).id == offer.id


@pytest.mark.parametrize("kind", [*PERSONAL, "dispute"])
def test_a_hold_on_the_person_closes_the_offer_until_it_is_resolved(
    session,
    bank,
    offer,
    kind,
):
    hold = open_hold(session, debtor_id=offer.debtor_id, kind=kind)
    assert current(session, offer) is None
    assert ensured(session, bank, offer) is None
    states = session.scalars(select(Offer.state).where(Offer.debtor_id == offer.debtor_id)).all()
    assert states == [OfferState.WITHDRAWN]
    resolve_hold(session, hold, resolution="corrected")
    session.flush()
    assert len(ensured(session, bank, offer).debts) == 2


def test_a_request_for_deletion_leaves_the_offer_alone(session, offer):
    open_hold(session, debtor_id=offer.debtor_id, kind="deletion")
    assert current(session, offer).id == offer.id


@pytest.mark.parametrize("kind", [*PERSONAL, *DISPUTES])
def test_what_is_held_cannot_be_accepted_from_a_page_that_was_open(
    session,
    bank,
    offer,
    kind,
):
    debt_id = offer.debts[0]["id"] if kind in DISPUTES else None
    open_hold(session, debtor_id=offer.debtor_id, kind=kind, debt_id=debt_id)
    with pytest.raises(OfferExpired):
        accept(session, bank, offer)


def test_nobody_under_age_is_offered_anything_or_accepts_it(session, bank, offer):
    session.execute(
        update(Debtor)
        .where(Debtor.id == offer.debtor_id)
        .values(adult_on=TODAY + timedelta(days=200))
    )
    with pytest.raises(OfferExpired):
        accept(session, bank, offer)
    assert actions.make_offers(session, bank, [offer.debtor_id], TODAY) == 0
    assert current(session, offer) is None
