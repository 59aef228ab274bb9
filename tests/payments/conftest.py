"""A twin on loopback, spoken to by the real SDK."""

import dataclasses
from collections.abc import Iterator

import pytest

from app import config
from app.workbench.stripe_twin.deliveries import Endpoint
from app.workbench.stripe_twin.server import Twin
from tests.conftest import Cast
from tests.payments.people import Deal, make_deal
from tests.payments.stories import Story


@pytest.fixture(scope="session")
def running_twin() -> Iterator[Twin]:
    twin = Twin(endpoint=Endpoint("http://127.0.0.1:9/webhooks/stripe", "whsec_test")).start()
    yield twin
    twin.stop()


@pytest.fixture
def twin(running_twin: Twin, cast: Cast, settings: config.Settings) -> Iterator[Twin]:
    """A twin that knows the cast's accounts, keeps its webhooks, and that the app is set to use."""
    running_twin.store.manners.held = True
    for tenant in (cast.bank, cast.shop):
        running_twin.open_account(tenant.stripe_account, tenant.name)
    config.use(
        dataclasses.replace(
            settings, stripe_api_base=running_twin.url, stripe_webhook_secret="whsec_test"
        )
    )
    yield running_twin
    running_twin.faults.refusals = running_twin.faults.lost_answers = 0
    config.use(settings)


@pytest.fixture
def deal(cast: Cast, twin: Twin) -> Deal:
    """An open agreement with the bank, three instalments of R$ 100."""
    return make_deal(cast.bank)


@pytest.fixture
def story(cast: Cast, twin: Twin) -> Story:
    """The cast's creditors, with the twin to pay at."""
    return Story(cast, twin)
