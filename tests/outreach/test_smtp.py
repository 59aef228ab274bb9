"""E-mail by SMTP to a real server on loopback: pipelined, at most once, honest about what is unknown."""

import ipaddress
import ssl
from datetime import UTC, datetime, timedelta

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from app.outreach.channels import Handed
from app.outreach.channels.smtp.connection import Server
from app.outreach.channels.smtp.conversation import commands, travelling
from app.outreach.channels.smtp.transport import Smtp
from tests import ports
from tests.outreach.servers import Sink, hand, parcel


@pytest.fixture
def sink():
    return Sink()


@pytest.fixture
def server(sink):
    port = ports.free()
    controller = Controller(sink, hostname="127.0.0.1", port=port, ready_timeout=120)
    controller.start()
    yield Server("127.0.0.1", port)
    controller.stop()


@pytest.fixture
def smtp(server):
    transport = Smtp(server, connections=2)
    yield transport
    transport.close()


def test_every_message_arrives_once_and_byte_for_byte(smtp, sink):
    people = [f"p{number}@exemplo.com.br" for number in range(25)]
    assert set(hand(smtp, *people)) == {Handed.SENT}
    assert set(hand(smtp, "again@exemplo.com.br")) == {Handed.SENT}
    assert {len(copies) for copies in sink.kept.values()} == {1}
    assert sink.kept["p3@exemplo.com.br"][0] == parcel("x").content
    assert len(sink.kept) == 26


def test_a_refusal_touches_only_its_own_message(smtp, sink):
    answers = hand(
        smtp,
        "p1@exemplo.com.br",
        "p2@exemplo.com.br",
        "nobody@exemplo.com.br",
        "busy@exemplo.com.br",
        "spam@exemplo.com.br",
        "p3@exemplo.com.br",
    )
    assert answers == [
        Handed.SENT,
        Handed.SENT,
        Handed.REFUSED,
        Handed.LATER,
        Handed.REFUSED,
        Handed.SENT,
    ]


def test_a_connection_that_breaks_leaves_one_uncertain_and_the_rest_for_later(server, sink):
    smtp = Smtp(server, connections=1)
    answers = hand(smtp, "p1@exemplo.com.br", "cut@exemplo.com.br", "p2@exemplo.com.br")
    assert answers == [Handed.SENT, Handed.UNCERTAIN, Handed.LATER]
    assert hand(smtp, "p2@exemplo.com.br") == [Handed.SENT]
    smtp.close()


def test_a_kept_connection_that_died_is_replaced(server, smtp):
    assert hand(smtp, "p1@exemplo.com.br") == [Handed.SENT]
    for connection in smtp._idle:
        connection.close()
    assert hand(smtp, "p2@exemplo.com.br") == [Handed.SENT]


def test_nobody_there_means_later():
    smtp = Smtp(Server("127.0.0.1", 9))
    assert hand(smtp, "p1@exemplo.com.br") == [Handed.LATER]
    smtp.close()


def test_a_password_is_never_sent_in_clear(server):
    smtp = Smtp(Server(server.host, server.port, "user", "secret"))
    assert hand(smtp, "p1@exemplo.com.br") == [Handed.LATER]
    smtp.close()


@pytest.fixture
def certificate(tmp_path, monkeypatch):
    """A certificate of 127.0.0.1 that this process believes, and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    today = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "certificate.pem"
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    secret = key.private_bytes(pem, pkcs8, serialization.NoEncryption())
    path.write_bytes(made.public_bytes(pem) + secret)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    return path


def test_with_a_user_mail_leaves_inside_tls_after_the_password(sink, certificate):
    def authenticate(_server, _session, _envelope, _mechanism, given):
        is_right = (given.login, given.password) == (b"user", b"secret")
        return AuthResult(success=is_right, handled=False)

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    port = ports.free()
    controller = Controller(
        sink,
        hostname="127.0.0.1",
        port=port,
        ready_timeout=120,
        tls_context=context,
        require_starttls=True,
        authenticator=authenticate,
        auth_required=True,
    )
    controller.start()
    try:
        smtp = Smtp(Server("127.0.0.1", port, "user", "secret"), connections=2)
        assert hand(smtp, "p1@exemplo.com.br", "p2@exemplo.com.br") == [Handed.SENT] * 2
        stranger = Smtp(Server("127.0.0.1", port, "user", "guess"))
        assert hand(stranger, "p3@exemplo.com.br") == [Handed.LATER]
        smtp.close()
        stranger.close()
    finally:
        controller.stop()
    assert set(sink.kept) == {"p1@exemplo.com.br", "p2@exemplo.com.br"}


@pytest.mark.parametrize(
    ("content", "travels"),
    [
        (b"a\r\n", b"a\r\n.\r\n"),
        (b"a", b"a\r\n.\r\n"),
        (b".a\r\n.b\r\n", b"..a\r\n..b\r\n.\r\n"),
    ],
)
def test_dots_are_stuffed(content, travels):
    assert travelling(parcel("p@exemplo.com.br", content)) == travels


def test_an_envelope_is_three_commands():
    made = commands(parcel("p@exemplo.com.br"), eight_bit=True)
    assert [command.split(b":")[0] for command in made] == [b"MAIL FROM", b"RCPT TO", b"DATA\r\n"]
