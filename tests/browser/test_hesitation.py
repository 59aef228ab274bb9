"""In a real browser: help opens below the choices after a while, covers nothing, and once."""

import pytest
from sqlalchemy import select

from app.history.models import Event
from app.workbench import camera
from tenants.scope import within
from tests.offers.cases import data
from tests.offers.people import set_up
from tests.portal.conftest import link_for
from tests.portal.people import make_person

pytestmark = pytest.mark.browser
LONG = 91_000


@pytest.fixture
def bank(dressed):
    with within(dressed.bank) as session:
        set_up(session, data(opening="0.4", min_instalment_cents=1_000))
    return dressed.bank


@pytest.fixture
def person(bank):
    return make_person(bank)


@pytest.fixture
def page(chromium, live_server, bank, person):
    """Signed in, with a clock that the test moves, motion not wanted."""
    with camera.browser() as browser:
        context = browser.new_context(locale="pt-BR", reduced_motion="reduce")
        tab = context.new_page()
        tab.clock.install()
        tab.goto(live_server.url(bank.host, f"/a/{link_for(bank, person)}"))
        tab.fill("[name=birth_date]", f"{person.born:%d/%m/%Y}")
        tab.click("main button[type=submit]")
        tab.wait_for_url("**/oferta")
        yield tab


def met(bank, person):
    with within(bank) as session:
        return list(
            session.scalars(
                select(Event.data).where(
                    Event.debtor_id == person.id, Event.kind == "hesitation.met"
                )
            )
        )


def test_time_opens_help_below_the_choices_and_once(page, bank, person):
    help = page.locator("[data-hesitation]")
    assert not help.is_visible()
    before = page.locator(".option").first.bounding_box()
    with page.expect_request("**/hesitando") as told:
        page.clock.run_for(LONG)
    assert help.is_visible()
    assert page.locator(".option").first.bounding_box() == before, "nothing moves or is covered"
    assert help.bounding_box()["y"] > page.locator(".option").last.bounding_box()["y"]
    assert told.value.response().status == 204
    assert met(bank, person) == [{"by": "time", "step": "offer"}]
    page.reload()
    assert page.locator("[data-hesitation]").count() == 0


def test_trying_the_sentence_three_times_opens_help_where_one_is(page, bank, person):
    page.click("text=Montar do meu jeito")
    help = page.locator("[data-hesitation]")
    for times in ("3", "4", "5"):
        assert not help.is_visible()
        with page.expect_response("**/oferta/simular?*"):
            page.select_option("[name=times]", times)
            page.clock.run_for(1_000)
    help.wait_for(state="visible")
    assert met(bank, person) == [{"by": "simulations", "step": "simulate"}]
