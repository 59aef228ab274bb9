"""The demo's table: whom to be, what was sent, what waits until when, what was withheld and why."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from app.compliance.actions import open_hold
from app.debts.models import ContactPoint
from app.journeys.actions import run_day
from app.outreach.channels import Transports
from app.workbench.demo_table import WIDTH, posted, table
from tenants.clock import stopped_at
from tenants.scope import within
from tests.offers.people import set_up
from tests.outreach.people import WORKING_HOUR, add_person, dress
from tests.outreach.test_delivery import Kept


@pytest.fixture
def bank(cast, settings):
    dress(cast.bank)
    with within(cast.bank) as session:
        set_up(session)
        add_person(session, name="JOÃO PEDRO DA SILVA")
        add_person(session, preferred_hour=18)
        add_person(session, preferred_hour=19)
        held = add_person(session)
        open_hold(session, debtor_id=held, kind="dispute")
        lost = add_person(session)
        session.execute(
            update(ContactPoint).where(ContactPoint.debtor_id == lost).values(state="bounced")
        )
    kept = Kept()
    with stopped_at(WORKING_HOUR):
        run_day(cast.bank, through=Transports(settings, {"email": kept, "sms": kept}))
    return cast.bank


def test_what_became_of_the_messages_is_counted_per_creditor(bank, cast):
    found = posted(bank)
    assert (found.sent, found.waiting) == (1, 2)
    assert found.last_at == WORKING_HOUR + timedelta(hours=9)
    assert found.stopped == {"BR-11": 1, "TR-03": 1}
    assert posted(cast.shop).sent == 0


def test_the_table_says_it_in_words_and_names_in_right_case(app, bank, cast):
    told = " ".join(table({bank.slug: "Banco Aurora", cast.shop.slug: "Casa Lume"}).split())
    assert "João Pedro da Silva" in told
    assert "2 for their people's hour, until" in told
    assert "1 Open dispute (BR-11)" in told
    assert "Address that does not work (TR-03)" in told
    assert "nobody was written to" in told


def test_the_table_fits_a_terminal(app, bank, cast):
    lines = table({bank.slug: "Banco Aurora", cast.shop.slug: "Casa Lume"}).splitlines()
    assert max(map(len, lines)) <= WIDTH
    [withheld] = [line for line in lines if "Open dispute" in line]
    below = lines[lines.index(withheld) + 1]
    assert below.index(below.strip()) == withheld.index("1 Open")
