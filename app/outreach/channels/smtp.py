"""E-mail by SMTP: a few connections side by side, each with its commands pipelined (RFC 2920).

Where the server announces PIPELINING a message costs one round trip: the end of its content travels
together with the envelope of the next. Elsewhere every command waits for its answer. What a broken
connection means is decided per message: before its content was sent it may be offered again, after
that it is uncertain.
"""

import asyncio
import base64
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from email import message_from_bytes, policy

from app.config import Settings
from app.outreach.channels import Handed, Parcel, Receipt

CONNECTIONS = 4
TIMEOUT_SECONDS = 60.0
"""For one connection's share of a batch; well below the lease of a claim."""
LIMIT = 64 * 1024
GO_ON = frozenset({250, 251, 354})
"""Taken, forwarded, waiting for the content (RFC 5321, 4.2.3)."""


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
        self.pipelining = False

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
        self.pipelining = "PIPELINING" in extensions
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


def commands(parcel: Parcel, *, eight_bit: bool) -> tuple[bytes, bytes, bytes]:
    """MAIL, RCPT and DATA."""
    body = " BODY=8BITMIME" if eight_bit else ""
    return (
        f"MAIL FROM:<{parcel.sender}>{body}\r\n".encode(),
        f"RCPT TO:<{parcel.recipient}>\r\n".encode(),
        b"DATA\r\n",
    )


def in_seven_bits(content: bytes) -> bytes:
    """The same mail for a server without 8BITMIME, its parts encoded (RFC 6152, 3)."""
    seven = policy.SMTP.clone(cte_type="7bit")
    return message_from_bytes(content, policy=seven).as_bytes(policy=seven)


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
        if not self._connection.eight_bit:
            self._waiting = [fit for fit in map(self._fit, self._waiting) if fit is not None]
        connection, waiting = self._connection, self._waiting
        ask = self._answers if connection.pipelining else self._one_by_one
        connection.send(self._ahead())
        while waiting:
            parcel = waiting[0]
            refusal = await ask(parcel)
            waiting.pop(0)
            if refusal is not None:
                self.receipts.append(_receipt(parcel, refusal))
                connection.send(b"RSET\r\n" + self._ahead())
                await connection.reply()
                continue
            self._given = parcel
            connection.send(stuffed(parcel.content) + self._ahead())
            await connection.drain()
            code, lines = await connection.reply()
            self._given = None
            self.receipts.append(_receipt(parcel, code, lines[-1] if lines else ""))

    def _ahead(self) -> bytes:
        """The next envelope, where it may be sent before it is its turn."""
        if not self._waiting or not self._connection.pipelining:
            return b""
        return b"".join(commands(self._waiting[0], eight_bit=self._connection.eight_bit))

    def _fit(self, parcel: Parcel) -> Parcel | None:
        """The parcel in seven bits. One that cannot be converted is refused alone, before its
        envelope is sent: whatever the standard library trips over in it, the others leave."""
        content = parcel.content
        if content.isascii():
            return parcel
        try:
            return parcel._replace(pieces=[in_seven_bits(content)])
        except Exception as error:
            detail = f"not_converted_{type(error).__name__}"
            self.receipts.append(Receipt(parcel.message_id, Handed.REFUSED, detail=detail))
            return None

    async def _one_by_one(self, parcel: Parcel) -> int | None:
        """Each command after the answer to the one before: the code that refused one, if any."""
        connection = self._connection
        for command in commands(parcel, eight_bit=connection.eight_bit):
            connection.send(command)
            code = (await connection.reply())[0]
            if code not in GO_ON:
                return code
        return None

    async def _answers(self, _parcel: Parcel) -> int | None:
        """To an envelope that was sent ahead: None when the content may follow, else the code that
        refused it."""
        connection = self._connection
        codes = [(await connection.reply())[0] for _ in range(3)]
        refused = next((code for code in codes[:2] if code not in GO_ON), None)
        if codes[2] == 354:
            if refused is None:
                return None
            connection.send(b".\r\n")
            await connection.reply()
            return refused
        return refused or codes[2]
