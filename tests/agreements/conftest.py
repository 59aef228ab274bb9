"""One dressed creditor for all these tests; what a test does there is rolled back."""

import secrets

import pytest

from tenants.scope import within
from tests.conftest import CREDITORS, make_tenant
from tests.offers.people import set_up
from themes import brands


def dress(tenant):
    """A published brand, charge terms and offer rules."""
    with within(tenant) as session:
        brands.publish(session, brands.apply_toml(session, CREDITORS / "aurora" / "brand.toml"))
        set_up(session)
    return tenant


@pytest.fixture(scope="session")
def bank(settings):
    return dress(make_tenant(f"agreed-{secrets.token_hex(4)}", "Banco Aurora"))


@pytest.fixture
def session(bank):
    with within(bank) as opened:
        yield opened
        opened.rollback()


@pytest.fixture(scope="session")
def lasting(settings):
    """For what must be committed: threads and jobs have sessions of their own."""
    return dress(make_tenant(f"lasting-{secrets.token_hex(4)}", "Banco Aurora"))
