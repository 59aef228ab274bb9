"""What commands of the contact policy are tested with: `flask` itself, a working hour, a bank that
makes offers, and somebody who owes it."""

import pytest

from tenants.clock import stopped_at
from tenants.scope import within
from tests.offers.people import set_up
from tests.outreach.people import WORKING_HOUR, add_person, dress


@pytest.fixture
def working_hour():
    """Ten in the morning of a Tuesday: every state is open."""
    with stopped_at(WORKING_HOUR):
        yield


@pytest.fixture
def flask(app):
    """`flask <arguments>`: what it printed; a refusal is a failed test unless it is wanted."""

    def run(*arguments, refused=False):
        answer = app.test_cli_runner().invoke(args=[str(one) for one in arguments])
        assert (answer.exit_code != 0) == refused, answer.output
        return answer.output

    return run


@pytest.fixture
def bank(cast):
    dress(cast.bank)
    with within(cast.bank) as session:
        set_up(session)
    return cast.bank


@pytest.fixture
def person(bank):
    with within(bank) as session:
        return add_person(session)
