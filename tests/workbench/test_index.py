"""The platform host's first page in development names everything there is to see."""

import re

import pytest

from app.compliance.actions import opt_out
from app.config import settings as current_settings
from app.outreach.delivery import deliver_due
from tenants.clock import stopped_at
from tenants.scope import within
from tests.outreach.people import NIGHT, WORKING_HOUR, add_person, dress
from tests.outreach.test_writing import remind


def test_the_first_page_leads_to_every_portal_and_to_the_workbench(app, browse, cast):
    page = browse(current_settings().platform_host).get("/")
    assert page.status_code == 200
    for address in (
        f"http://{cast.bank.primary_host}",
        f"http://{cast.shop.primary_host}",
        "/gallery",
        "/outbox",
    ):
        assert address in page.text


def test_a_creditors_own_first_page_stays_its_own(app, browse, dressed):
    page = browse(dressed.bank.primary_host).get("/")
    assert page.status_code == 200
    assert "/outbox" not in page.text


@pytest.mark.parametrize(("asked", "title"), [("pt-BR", "Onde está cada coisa"), ("en", "Where")])
def test_the_workbench_speaks_the_language_of_whoever_looks(app, browse, asked, title):
    platform = browse(current_settings().platform_host)
    assert title in platform.get("/", headers={"Accept-Language": asked}).text
    assert (
        f'<html lang="{asked}">' in platform.get("/outbox", headers={"Accept-Language": asked}).text
    )


def test_the_outbox_says_what_did_not_leave_and_why(app, browse, cast):
    dress(cast.bank)
    with stopped_at(WORKING_HOUR), within(cast.bank) as session:
        unwilling, waiting = add_person(session), add_person(session)
        for person in (unwilling, waiting):
            remind(session, cast.bank, person, channel="email", cause=f"test:{person}")
        opt_out(session, debtor_id=unwilling, channel="email", origin="portal")
    with stopped_at(NIGHT):
        deliver_due(cast.bank)
    platform = browse(current_settings().platform_host)
    page = platform.get(f"/outbox/{cast.bank.slug}", headers={"Accept-Language": "en"}).text
    reasons = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert re.search(r"Withheld: [A-Z][^:]+ 1 ", reasons)
    assert re.search(r"Waits: [A-Z][^:]+ From .+? on 1 ", reasons)


def test_an_outbox_of_nobody_is_not_found(app, browse, cast):
    assert browse(current_settings().platform_host).get("/outbox/nobody-at-all").status_code == 404
