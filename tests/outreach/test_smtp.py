"""E-mail by SMTP to a real server on loopback: pipelined, at most once, honest about what is unknown."""

import contextlib
import select
import socket
import threading
import uuid
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller

from app.outreach.channels import Handed, Parcel
from app.outreach.channels.smtp import Server, Smtp, commands, stuffed


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
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(sink, hostname="127.0.0.1", port=port)
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
    receipts = {receipt.message_id: receipt for receipt in smtp.hand_over(parcels)}
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
        connection._writer.transport.abort()
    assert hand(smtp, "p2@exemplo.com.br") == [Handed.SENT]


def test_nobody_there_means_later():
    smtp = Smtp(Server("127.0.0.1", 9))
    assert hand(smtp, "p1@exemplo.com.br") == [Handed.LATER]
    smtp.close()


def test_a_password_is_never_sent_in_clear(server):
    smtp = Smtp(Server(server.host, server.port, "user", "secret"))
    assert hand(smtp, "p1@exemplo.com.br") == [Handed.LATER]
    smtp.close()


@pytest.mark.parametrize(
    ("content", "travels"),
    [
        (b"a\r\n", b"a\r\n.\r\n"),
        (b"a", b"a\r\n.\r\n"),
        (b".a\r\n.b\r\n", b"..a\r\n..b\r\n.\r\n"),
    ],
)
def test_dots_are_stuffed(content, travels):
    assert stuffed(content) == travels


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
        [receipt] = smtp.hand_over([parcel("p@exemplo.com.br", content)])
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
        answers = {receipt.message_id: receipt for receipt in smtp.hand_over(offered)}
        smtp.close()
    first, second, third = (answers[each.message_id] for each in offered)
    assert (first.handed, third.handed) == (Handed.SENT, Handed.SENT)
    assert (second.handed, second.detail) == (Handed.REFUSED, "not_converted_LookupError")
    assert len(listening.mails) == 2
