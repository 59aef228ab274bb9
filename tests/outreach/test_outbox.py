"""The local outbox can be read in a browser, its links followed."""

import pytest

from app import config
from app.outreach.channels import Transports
from app.outreach.delivery import deliver_due
from tenants.scope import within
from tests.outreach.test_writing import remind


@pytest.fixture
def desk(browse):
    return browse(config.settings().platform_host)


@pytest.mark.parametrize("channel", ["email", "sms"])
def test_a_message_is_listed_and_read(bank, person, settings, desk, channel):
    with within(bank) as session:
        message = remind(session, bank, person, channel=channel)
    deliver_due(bank, through=Transports(settings))
    listed = desk.get(f"/outbox/{bank.slug}").get_data(as_text=True)
    assert f"/outbox/{bank.slug}/{message.id}" in listed
    read = desk.get(f"/outbox/{bank.slug}/{message.id}").get_data(as_text=True)
    assert f'<a href="http://{bank.slug}.localhost/a/' in read
    if channel == "email":
        framed = desk.get(f"/outbox/{bank.slug}/{message.id}.html")
        assert "script-src" not in framed.headers["Content-Security-Policy"]
        assert "<base target" in framed.get_data(as_text=True)
        whole = desk.get(f"/outbox/{bank.slug}/{message.id}.eml")
        assert whole.data.startswith(b"From: ")


@pytest.mark.parametrize("path", ["..%2f..", "nobody", "a/../b", ".partial"])
def test_only_what_is_in_the_outbox_is_shown(desk, path):
    assert desk.get(f"/outbox/{path}").status_code == 404


def test_the_outbox_is_not_on_a_tenants_host(bank, browse):
    assert browse(bank.primary_host).get("/outbox").status_code == 404
