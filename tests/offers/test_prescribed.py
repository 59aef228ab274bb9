"""A debt past its prescription is offered to nobody, asked of nobody, and cannot be agreed (BR-01)."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.agreements.accepting import accept
from app.agreements.binding import Evidence
from app.agreements.errors import OfferExpired
from app.debts.models import Debt
from app.offers import actions, queries
from app.offers.models import Offer
from app.offers.terms import OptionKind
from tenants.clock import now
from tenants.scope import within
from tests.offers.cases import TODAY
from tests.offers.people import person, set_up
from tests.outreach.people import dress

FIVE_YEARS = 1826
"""With one leap day."""


@pytest.fixture
def bank(cast):
    dress(cast.bank)
    with within(cast.bank) as session:
        set_up(session)
    return cast.bank


def debt_of(session, debtor_id):
    return session.scalars(select(Debt).where(Debt.debtor_id == debtor_id)).one()


def test_only_what_is_not_prescribed_is_offered(bank):
    with within(bank) as session:
        mixed = person(session, [(50_000, FIVE_YEARS), (70_000, 400)])
        past = person(session, [(50_000, FIVE_YEARS)])
        last_day = person(session, [(50_000, FIVE_YEARS - 1)])
        assert actions.make_offers(session, bank, [mixed, past, last_day], TODAY) == 2
        [offered] = queries.current_offer(session, mixed, TODAY).debts
        assert offered["principal"] == 70_000
        assert queries.current_offer(session, past, TODAY) is None
        assert actions.why_nothing(session, bank, past, TODAY) == []


def test_an_interruption_or_another_instrument_counts_anew(bank):
    with within(bank) as session:
        interrupted = person(session, [(50_000, FIVE_YEARS)])
        debt_of(session, interrupted).interruption_on = TODAY - timedelta(days=30)
        rent = person(session, [(50_000, 1_200)])
        debt_of(session, rent).instrument = "rent"
        session.flush()
        assert actions.make_offers(session, bank, [interrupted, rent], TODAY) == 1
        assert queries.current_offer(session, interrupted, TODAY) is not None


def test_an_offer_that_was_made_before_is_withdrawn_and_not_agreed(bank):
    with within(bank) as session:
        debtor = person(session, [(50_000, 400)])
        actions.make_offers(session, bank, [debtor], TODAY)
        offer = queries.current_offer(session, debtor, TODAY)
        debt = debt_of(session, debtor)
        debt.instrument, debt.due_on = "rent", TODAY - timedelta(days=1_200)
        session.flush()
        with pytest.raises(OfferExpired):
            accept(
                session,
                bank,
                offer=offer,
                option=offer.typed_options[OptionKind.CASH],
                debtor_id=debtor,
                evidence=Evidence("203.0.113.7", "test", now()),
                acceptance_key="k",
                locale="pt_BR",
            )
        assert actions.make_offers(session, bank, [debtor], TODAY) == 0
        assert session.scalar(select(Offer.state).where(Offer.id == offer.id)) == "withdrawn"
