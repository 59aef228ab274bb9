"""The monitor's figures come from what was seen and agreed, of this creditor alone."""

from datetime import timedelta

import pytest

from app.history.actions import record
from app.offers import actions, queries
from app.offers.conceding import concede
from app.offers.concession import Concession
from app.offers.watching import watched
from tenants.clock import now, stopped_at
from tenants.scope import within
from tests.offers.cases import TODAY
from tests.offers.people import person, set_up
from tests.offers.test_conceding import noon


def visitor(bank, session, arm, *, agrees_after=None):
    """Somebody who saw their first offer, and perhaps agreed so many days later."""
    debtor = person(session, [(100_000, 400)])
    concede(session, bank, {debtor: Concession(0.1, 1, 0, arm, 1.0, final=False)}, TODAY)
    with stopped_at(noon(TODAY)):
        actions.see(session, queries.current_offer(session, debtor, TODAY).id)
    if agrees_after is not None:
        with stopped_at(noon(TODAY) + timedelta(days=agrees_after)):
            record(session, debtor_id=debtor, kind="agreement.accepted", total_cents=60_000,
                   saved_cents=40_000, instalments=1)  # fmt: skip
            session.flush()
    return debtor


@pytest.fixture
def bank(cast):
    for tenant in (cast.bank, cast.shop):
        with within(tenant) as session:
            set_up(session)
    return cast.bank


def test_who_may_get_steps_is_compared_with_who_sees_one_offer(bank, cast):
    with within(bank) as session:
        visitor(bank, session, "engine", agrees_after=4)
        visitor(bank, session, "explore")
        visitor(bank, session, "no_step", agrees_after=0)
        visitor(bank, session, "rules", agrees_after=0)
        found = watched(session, bank, TODAY + timedelta(days=30))
        assert found.visitors == (2, 1)
        assert found.first_visit == (0.0, 1.0)
        assert found.recovered == pytest.approx((0.3, 0.6))
        assert watched(session, bank, TODAY + timedelta(days=5)).visitors == (0, 0)
    with within(cast.shop) as session:
        assert watched(session, cast.shop, now().date()).visitors == (0, 0)
