"""Our Caddyfile in Debian's Caddy: a certificate for a creditor's host, none for a stranger's."""

import http.client
import os
import secrets
import shutil
import socket
import ssl
import subprocess

import pytest

from tests import ports
from tests.stage import ROOT
from tests.waiting import until

pytestmark = pytest.mark.skipif(
    not shutil.which("caddy") and not os.environ.get("CI"), reason="Caddy is not installed"
)


@pytest.fixture
def caddy(live_server, tmp_path):
    https, http_port = ports.free(), ports.free()
    with (tmp_path / "caddy.log").open("w") as log:
        process = subprocess.Popen(
            ["caddy", "run", "--config", str(ROOT / "Caddyfile"), "--adapter", "caddyfile"],
            env=os.environ
            | {
                "TRAJE_ASK_URL": f"{live_server.address}/tls/ask",
                "TRAJE_UPSTREAM": live_server.address.removeprefix("http://"),
                "TRAJE_ACME_EMAIL": "tls@traje.example",
                "TRAJE_TLS_ISSUER": "internal",
                "TRAJE_HTTPS_PORT": str(https),
                "TRAJE_HTTP_PORT": str(http_port),
                "XDG_DATA_HOME": str(tmp_path),
                "XDG_CONFIG_HOME": str(tmp_path),
            },
            stderr=log,
        )
        try:
            until(lambda: ports.is_open(https) or process.poll() is not None)
            assert process.poll() is None, (tmp_path / "caddy.log").read_text()
            yield https
        finally:
            process.terminate()
            process.wait()


def get(port, host, path):
    """A request to `host`, wherever it would resolve to, over TLS on loopback."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # Caddy's own authority of this very run
    raw = socket.create_connection(("127.0.0.1", port), timeout=120)
    connection = http.client.HTTPConnection(host)
    connection.sock = context.wrap_socket(raw, server_hostname=host)
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, body


def test_a_creditors_host_gets_a_certificate_and_a_stranger_none(caddy, dressed):
    status, body = get(caddy, dressed.bank.primary_host, "/")
    assert status == 200
    assert b"Aurora" in body
    with pytest.raises((ssl.SSLError, ConnectionError)):
        get(caddy, f"stranger-{secrets.token_hex(4)}.example.org", "/")
