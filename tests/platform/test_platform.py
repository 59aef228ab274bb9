"""What the platform's own host answers, and what its log keeps to itself."""

import logging
import secrets

import pytest


@pytest.fixture
def ask(browse, settings):
    client = browse("127.0.0.1")
    return lambda host: client.get("/tls/ask", query_string={"domain": host}).status_code


def test_a_certificate_is_for_the_platform_and_for_creditors_alone(ask, cast, settings):
    assert ask(settings.platform_host) == 200  # providers send their events there, over TLS
    assert ask(cast.bank.host.upper() + ".") == 200
    assert ask(cast.outsider_host) == ask("") == ask("\0") == 404


def test_it_is_well_under_any_host(browse):
    for host in ("127.0.0.1", "10.0.0.7:8000", "nobody.example"):
        assert browse(host).get("/healthz").status_code == 200


def test_a_failure_is_logged_without_the_links_token(app, caplog):
    token = secrets.token_urlsafe(16)
    with caplog.at_level(logging.ERROR), app.test_request_context(f"/a/{token}/codigo"):
        try:
            raise RuntimeError("a failure of ours")
        except RuntimeError as error:
            app.log_exception((type(error), error, error.__traceback__))
    assert "a failure of ours" in caplog.text
    assert "/codigo" in caplog.text
    assert token not in caplog.text
