"""The cast of outreach: a dressed bank, a person who owes it, and a clock in a permitted hour."""

import pytest

from tenants.scope import within
from tests.outreach.people import add_person, at_work, dress


@pytest.fixture
def bank(cast):
    dress(cast.bank)
    return cast.bank


@pytest.fixture
def person(bank):
    with within(bank) as session:
        return add_person(session)


@pytest.fixture(autouse=True)
def _working_hour():
    with at_work():
        yield
