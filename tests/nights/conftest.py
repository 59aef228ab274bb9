"""Creditors with an engine, and people of theirs to whom things happen."""

import pytest

from app.journeys import settings as intents
from app.outreach.channels import Transports
from tenants.clock import stopped_at
from tenants.scope import within
from tests.nights.town import PEOPLE, SETTINGS, Town
from tests.offers.people import set_up
from tests.outreach.people import add_person, dress
from tests.outreach.test_delivery import Kept


@pytest.fixture
def towns(cast, settings):
    """Two creditors with an engine each, and their people."""
    made = []
    for tenant in (cast.bank, cast.shop):
        with stopped_at(Town.morning(0)):
            dress(tenant)
            with within(tenant) as session:
                set_up(session)
                intents.put(session, SETTINGS)
                people = [add_person(session) for _ in range(PEOPLE)]
        kept = Kept()
        through = Transports(settings, {"email": kept, "sms": kept})
        made.append(Town(tenant, people, through, kept))
    return made


@pytest.fixture
def bank(towns):
    return towns[0]


@pytest.fixture
def shop(towns):
    return towns[1]
