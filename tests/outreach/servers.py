"""Mail servers on loopback: a real one that keeps mail, and handmade ones with manners of their own."""

import contextlib
import select
import socket
import threading
import uuid

from app.outreach.channels import Parcel
from app.outreach.channels.smtp.connection import Server


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


class Handmade:
    """A server in a thread, for as long as the block lasts; entered, it says where it listens."""

    def __enter__(self):
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()
        return Server(*self._socket.getsockname())

    def __exit__(self, *_):
        self._thread.join()
        self._socket.close()

    @contextlib.contextmanager
    def _conversation(self):
        """The next client: its connection and stream, until either side hangs up."""
        connection, _ = self._socket.accept()
        connection.settimeout(10)
        with contextlib.suppress(OSError), connection, connection.makefile("rwb") as stream:
            yield connection, stream


class Listening(Handmade):
    """An SMTP server that announces `extensions` and notes what it was sent before it answered."""

    def __init__(self, *extensions):
        self.extensions = extensions
        self.ahead = []
        self.mails = []

    def _serve(self):
        with self._conversation() as (connection, stream):
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


class Leaving(Handmade):
    """A server that ends each conversation after so many messages, with a farewell or without."""

    def __init__(self, *conversations):
        self.conversations = conversations
        self.kept = []

    def _serve(self):
        self._socket.settimeout(10)
        for decisions, farewell in self.conversations:
            with self._conversation() as (_, stream):
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
