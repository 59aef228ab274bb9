"""E-mail by SMTP: a few connections side by side, each with its commands pipelined (RFC 2920).

A message costs one round trip: the end of its content travels together with the envelope of the
next. What a broken connection means is decided per message: before its content was sent it may be
offered again, after that it is uncertain.
"""

import asyncio
import base64
import ssl
from collections.abc import Sequence
from dataclasses import dataclass

from app.config import Settings
from app.outreach.channels import Handed, Parcel, Receipt

CONNECTIONS = 4
TIMEOUT_SECONDS = 60.0
"""For one connection's share of a batch; well below the lease of a claim."""
LIMIT = 64 * 1024


@dataclass(frozen=True, slots=True)
class Server:
    """Where mail is handed over. With a user, TLS is required before the password is sent."""

    host: str
    port: int
    user: str | None = None
    password: str | None = None

    @classmethod
    def of(cls, settings: Settings) -> "Server":
        return cls(
            settings.smtp_host, settings.smtp_port, settings.smtp_user, settings.smtp_password
        )


class Refused(Exception):
    """The server said no. `code` is its three digits."""

    def __init__(self, code: int) -> None:
        super().__init__(str(code))
        self.code = code


class Broken(ConnectionError):
    """The connection ended, or the server did not answer in time."""


class _Connection:
    """One SMTP conversation."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._reader: asyncio.StreamReader
        self._writer: asyncio.StreamWriter
        self._is_open = False
        self.eight_bit = False

    async def open(self) -> None:
        """Greet, and where there is a user start TLS and log in. Raises Refused, OSError."""
        server = self._server
        implicit = server.port == 465
        self._reader, self._writer = await asyncio.open_connection(
            server.host,
            server.port,
            limit=LIMIT,
            ssl=ssl.create_default_context() if implicit else None,
        )
        self._is_open = True
        await self._expect(220)
        extensions = await self._greet()
        if server.user is None or server.password is None:
            return
        if not implicit:
            if "STARTTLS" not in extensions:
                raise Broken("the server offers no TLS for the password")
            await self._ask("STARTTLS", 220)
            await self._writer.start_tls(ssl.create_default_context(), server_hostname=server.host)
            await self._greet()
        proof = base64.b64encode(f"\0{server.user}\0{server.password}".encode()).decode()
        await self._ask(f"AUTH PLAIN {proof}", 235)

    async def _greet(self) -> list[str]:
        lines = await self._ask("EHLO localhost", 250)
        extensions = [line.upper() for line in lines]
        self.eight_bit = "8BITMIME" in extensions
        return extensions

    async def _ask(self, command: str, code: int) -> list[str]:
        self._writer.write(command.encode() + b"\r\n")
        return await self._expect(code)

    async def _expect(self, code: int) -> list[str]:
        found, lines = await self.reply()
        if found != code:
            raise Refused(found)
        return lines

    def send(self, data: bytes) -> None:
        self._writer.write(data)

    async def drain(self) -> None:
        await self._writer.drain()

    async def reply(self) -> tuple[int, list[str]]:
        """One whole reply, code and lines. Raises Broken."""
        lines: list[str] = []
        while True:
            try:
                line = await self._reader.readline()
            except (OSError, ValueError) as error:
                raise Broken("no answer") from error
            if not line.endswith(b"\n") or not line[:3].isdigit():
                raise Broken("the connection ended")
            lines.append(line[4:].decode("utf-8", "replace").strip())
            if line[3:4] != b"-":
                return int(line[:3]), lines

    def close(self) -> None:
        if self._is_open:
            self._writer.close()


def envelope(parcel: Parcel, *, eight_bit: bool) -> bytes:
    """MAIL, RCPT and DATA in one piece."""
    body = " BODY=8BITMIME" if eight_bit else ""
    return (
        f"MAIL FROM:<{parcel.sender}>{body}\r\nRCPT TO:<{parcel.recipient}>\r\nDATA\r\n"
    ).encode()


def stuffed(content: bytes) -> bytes:
    """The content as it travels: lines that begin with a dot get another, and the end is marked."""
    if b"\n." in content:
        content = content.replace(b"\r\n.", b"\r\n..")
    end = b".\r\n" if content.endswith(b"\r\n") else b"\r\n.\r\n"
    return (b"." + content if content.startswith(b".") else content) + end


def _receipt(parcel: Parcel, code: int, text: str = "") -> Receipt:
    if code == 250:
        return Receipt(parcel.message_id, Handed.SENT, text[:200] or None)
    handed = Handed.REFUSED if 500 <= code < 600 else Handed.LATER
    return Receipt(parcel.message_id, handed, detail=f"smtp_{code}")


class Smtp:
    """Hands e-mail to one server over a few kept connections."""

    def __init__(self, server: Server, connections: int = CONNECTIONS) -> None:
        self._server = server
        self._connections = connections
        self._runner = asyncio.Runner()
        self._idle: list[_Connection] = []

    def hand_over(self, parcels: Sequence[Parcel]) -> list[Receipt]:
        """Offer every parcel once."""
        return self._runner.run(self._all(parcels))

    def close(self) -> None:
        """End the conversations."""
        for connection in self._idle:
            connection.close()
        self._runner.close()

    async def _all(self, parcels: Sequence[Parcel]) -> list[Receipt]:
        lanes = [list(parcels[lane :: self._connections]) for lane in range(self._connections)]
        answers = await asyncio.gather(*(self._lane(lane) for lane in lanes if lane))
        return [receipt for receipts in answers for receipt in receipts]

    async def _lane(self, parcels: list[Parcel]) -> list[Receipt]:
        """One connection's share. A connection that was kept too long is replaced once."""
        fresh = not self._idle
        connection = self._idle.pop() if self._idle else _Connection(self._server)
        conversation = _Conversation(connection, parcels)
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                if fresh:
                    await connection.open()
                await conversation.run()
        except (Broken, Refused, OSError) as error:
            connection.close()
            if not fresh and conversation.untouched:
                return await self._lane(parcels)
            return conversation.interrupted(type(error).__name__.lower())
        self._idle.append(connection)
        return conversation.receipts


class _Conversation:
    """Messages one after the other on one connection, one round trip each."""

    def __init__(self, connection: _Connection, parcels: list[Parcel]) -> None:
        self._connection = connection
        self._waiting = list(parcels)
        self._given: Parcel | None = None
        self.receipts: list[Receipt] = []

    @property
    def untouched(self) -> bool:
        """Whether nothing was given away yet."""
        return not self.receipts and self._given is None

    def interrupted(self, detail: str) -> list[Receipt]:
        """What is known when the connection ended: the one given away is uncertain."""
        if self._given is not None:
            self.receipts.append(Receipt(self._given.message_id, Handed.UNCERTAIN, detail=detail))
        self.receipts += [Receipt(p.message_id, Handed.LATER, detail=detail) for p in self._waiting]
        self._waiting, self._given = [], None
        return self.receipts

    async def run(self) -> None:
        """Offer all. Raises Broken, OSError."""
        connection = self._connection
        connection.send(envelope(self._waiting[0], eight_bit=connection.eight_bit))
        while self._waiting:
            parcel = self._waiting[0]
            refusal = await self._envelope_answer()
            following = self._waiting[1] if len(self._waiting) > 1 else None
            tail = envelope(following, eight_bit=connection.eight_bit) if following else b""
            self._waiting.pop(0)
            if refusal is not None:
                self.receipts.append(_receipt(parcel, refusal))
                connection.send(b"RSET\r\n" + tail)
                await connection.reply()
                continue
            self._given = parcel
            connection.send(stuffed(parcel.content) + tail)
            await connection.drain()
            code, lines = await connection.reply()
            self._given = None
            self.receipts.append(_receipt(parcel, code, lines[-1] if lines else ""))

    async def _envelope_answer(self) -> int | None:
        """None when the content may follow, else the code that refused the envelope."""
        connection = self._connection
        codes = [(await connection.reply())[0] for _ in range(3)]
        refused = next((code for code in codes[:2] if code != 250), None)
        if codes[2] == 354:
            if refused is None:
                return None
            connection.send(b".\r\n")
            await connection.reply()
            return refused
        return refused or codes[2]
