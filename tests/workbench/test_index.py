"""The platform host's first page in development names everything there is to see."""

from app.config import settings as current_settings


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
