"""E-mail by SMTP to a real server on loopback: pipelined, at most once, honest about what is unknown."""

import contextlib
import ipaddress
import select
import socket
import ssl
import threading
import uuid
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from app.outreach.channels import Handed, Parcel
from app.outreach.channels.smtp.connection import Server
from app.outreach.channels.smtp.conversation import commands, travelling
from app.outreach.channels.smtp.transport import Smtp
from tests import ports


class Sink:
    """Keeps mail; answers as told for some recipients."""

    def __init__(self):
        self.kept = {}

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nobody"):
            return "550 no such person"
        if address.startswith("busy"):
            return "451 later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        [recipient] = envelope.rcpt_tos
        self.kept.setdefault(recipient, []).append(envelope.content)
        if recipient.startswith("spam"):
            return "554 not this"
        if recipient.startswith("cut"):
            server.transport.abort()
        return "250 queued as 42"


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


def parcel(recipient, content=b"Subject: x\r\n\r\n.dot\r\n..\r\nacento: \xc3\xa7\r\n"):
    return Parcel(
        message_id=uuid.uuid4(),
        tenant_id=uuid.uuid4(),
        tenant="aurora",
        channel="email",
        sender="atendimento@aurora.example",
        recipient=recipient,
        pieces=[content],
    )


def hand(smtp, *recipients):
    parcels = [parcel(recipient) for recipient in recipients]
    receipts = {receipt.message_id: receipt for receipt in smtp.begin(parcels).receipts()}
    assert len(receipts) == len(parcels)
    return [receipts[each.message_id].handed for each in parcels]


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


class Listening:
    """An SMTP server that announces `extensions` and notes what it was sent before it answered."""

    def __init__(self, *extensions):
        self.extensions = extensions
        self.ahead = []
        self.mails = []

    def __enter__(self):
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()
        return Server(*self._socket.getsockname())

    def __exit__(self, *_):
        self._thread.join()
        self._socket.close()

    def _serve(self):
        connection, _ = self._socket.accept()
        connection.settimeout(10)
        with contextlib.suppress(OSError), connection, connection.makefile("rwb") as stream:
            self._converse(connection, stream)

    def _converse(self, connection, stream):
        def say(*lines):
            stream.write(b"".join(line + b"\r\n" for line in lines))
            stream.flush()

        say(b"220 here")
        while line := stream.readline():
            verb = line[:4].upper()
            if verb == b"EHLO":
                say(b"250-here", *(b"250-" + name for name in self.extensions), b"250 HELP")
            elif verb == b"DATA":
                say(b"354 go")
                content = b"".join(iter(stream.readline, b".\r\n"))
                self.mails.append(content)
                say(b"250 kept")
            elif verb == b"RCPT" and b"nobody" in line:
                say(b"550 no")
            else:
                self.ahead.append(bool(select.select([connection], [], [], 0.2)[0]))
                say(b"250 ok")


def test_commands_go_ahead_of_answers_only_where_pipelining_is_announced():
    listening = Listening(b"8BITMIME")
    with listening as server:
        smtp = Smtp(server, connections=1)
        answers = hand(smtp, "a@exemplo.com.br", "nobody@exemplo.com.br", "b@exemplo.com.br")
        smtp.close()
    assert answers == [Handed.SENT, Handed.REFUSED, Handed.SENT]
    assert not any(listening.ahead)
    assert len(listening.mails) == 2


def test_a_server_of_seven_bits_gets_seven_bits():
    head = b"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
    text = "Ol\u00e1, S\u00e3o\r\n"
    content = head + b"Content-Transfer-Encoding: 8bit\r\n\r\n" + text.encode()
    listening = Listening(b"PIPELINING")
    with listening as server:
        smtp = Smtp(server, connections=1)
        [receipt] = smtp.begin([parcel("p@exemplo.com.br", content)]).receipts()
        smtp.close()
    assert receipt.handed is Handed.SENT
    [mail] = listening.mails
    assert mail.isascii()
    assert message_from_bytes(mail, policy=policy.SMTP).get_content() == text


def test_a_mail_that_seven_bits_cannot_hold_is_refused_alone():
    mail = b"Content-Type: text/plain; charset=%s\r\n\r\nS\xc3\xa3o\r\n"
    charsets = {"a": b"utf-8", "b": b"nonsense", "c": b"utf-8"}
    offered = [parcel(f"{who}@exemplo.com.br", mail % name) for who, name in charsets.items()]
    listening = Listening(b"PIPELINING")
    with listening as server:
        smtp = Smtp(server, connections=1)
        answers = {receipt.message_id: receipt for receipt in smtp.begin(offered).receipts()}
        smtp.close()
    first, second, third = (answers[each.message_id] for each in offered)
    assert (first.handed, third.handed) == (Handed.SENT, Handed.SENT)
    assert (second.handed, second.detail) == (Handed.REFUSED, "not_converted_LookupError")
    assert len(listening.mails) == 2


class Leaving:
    """A server that ends each conversation after so many messages, with a farewell or without."""

    def __init__(self, *conversations):
        self.conversations = conversations
        self.kept = []

    def __enter__(self):
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()
        return Server(*self._socket.getsockname())

    def __exit__(self, *_):
        self._thread.join()
        self._socket.close()

    def _serve(self):
        self._socket.settimeout(10)
        for decisions, farewell in self.conversations:
            connection, _ = self._socket.accept()
            connection.settimeout(10)
            with contextlib.suppress(OSError), connection, connection.makefile("rwb") as stream:
                self._converse(stream, decisions, farewell)

    def _converse(self, stream, decisions, farewell):
        def say(line):
            stream.write(line + b"\r\n")
            stream.flush()

        say(b"220 here")
        while line := stream.readline():
            verb = line[:4].upper()
            if verb == b"EHLO":
                say(b"250-here\r\n250-PIPELINING\r\n250 8BITMIME")
            elif verb in (b"MAIL", b"RSET") and not decisions:
                if farewell:
                    say(farewell)
                return
            elif verb == b"RCPT":
                nobody = b"nobody" in line
                decisions -= nobody
                say(b"550 no" if nobody else b"250 ok")
            elif verb == b"DATA" and nobody:
                say(b"503 for whom?")
            elif verb == b"DATA":
                say(b"354 go")
                self.kept.append(b"".join(iter(stream.readline, b".\r\n")))
                decisions -= 1
                say(b"250 kept")
            else:
                say(b"250 ok")


GOODBYE = b"421 4.4.2 timeout exceeded"


@pytest.mark.parametrize("farewell", [None, GOODBYE], ids=["silently", "with a word"])
def test_who_waits_on_a_kept_connection_that_dies_leaves_on_a_fresh_one(farewell):
    leaving = Leaving((1, farewell), (9, None))
    with leaving as server:
        smtp = Smtp(server, connections=1)
        assert hand(smtp, "a@exemplo.com.br") == [Handed.SENT]
        assert hand(smtp, "b@exemplo.com.br", "c@exemplo.com.br") == [Handed.SENT, Handed.SENT]
        smtp.close()
    assert len(leaving.kept) == 3


@pytest.mark.parametrize("farewell", [None, GOODBYE], ids=["silently", "with a word"])
def test_nobody_waits_for_a_refused_one_whose_kept_connection_died(farewell):
    leaving = Leaving((2, farewell), (9, None))
    with leaving as server:
        smtp = Smtp(server, connections=1)
        assert hand(smtp, "a@exemplo.com.br") == [Handed.SENT]
        answers = hand(smtp, "nobody@exemplo.com.br", "b@exemplo.com.br", "c@exemplo.com.br")
        smtp.close()
    assert answers == [Handed.REFUSED, Handed.SENT, Handed.SENT]
    assert len(leaving.kept) == 3


def test_a_server_that_takes_so_many_a_conversation_gets_several():
    leaving = Leaving((2, GOODBYE), (2, GOODBYE), (2, GOODBYE))
    people = [f"p{number}@exemplo.com.br" for number in range(5)]
    with leaving as server:
        smtp = Smtp(server, connections=1)
        assert hand(smtp, *people) == [Handed.SENT] * 5
        smtp.close()
    assert len(leaving.kept) == 5


def test_a_server_that_takes_nothing_is_not_asked_again_at_once():
    with Leaving((0, GOODBYE)) as server:
        smtp = Smtp(server, connections=1)
        answers = hand(smtp, "a@exemplo.com.br", "b@exemplo.com.br")
        smtp.close()
    assert answers == [Handed.LATER, Handed.LATER]
