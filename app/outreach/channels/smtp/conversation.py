"""One connection's share of a batch: each message offered once.

Where the server announces PIPELINING a message costs one round trip: the end of its content travels
together with the envelope of the next. Elsewhere every command waits for its answer. What a broken
connection means is decided per message: before its content was sent it may be offered again, after
that it is uncertain.
"""

from collections import deque
from collections.abc import Generator, Iterable
from email import message_from_bytes, policy

from app.outreach.channels import Handed, Parcel, Receipt
from app.outreach.channels.smtp.connection import CLOSING, Closing, Connection

GO_ON = frozenset({250, 251, 354})
"""Taken, forwarded, waiting for the content (RFC 5321, 4.2.3)."""
ENVELOPE = 3
"""Replies to what goes ahead of a content: MAIL, RCPT and DATA."""

Steps = Generator[int, None, None]
"""Runs until it would wait; gives how many replies it waits for."""
Answer = Generator[int, None, int | None]


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
    """The content as it travels: lines that begin with a dot get another."""
    content = content.replace(b"\r\n.", b"\r\n..")
    return b"." + content if content.startswith(b".") else content


def travelling(parcel: Parcel, ahead: bytes = b"") -> bytes:
    """A content with the mark of its end, and what travels with it."""
    pieces = [stuffed(parcel.content)] if parcel.is_dotted else parcel.pieces
    end = b".\r\n" if pieces[-1].endswith(b"\r\n") else b"\r\n.\r\n"
    return b"".join((*pieces, end, ahead))


class Share:
    """Messages one after the other, over one connection or those that take its place."""

    def __init__(self, parcels: Iterable[Parcel]) -> None:
        self.waiting = deque(parcels)
        self.receipts: list[Receipt] = []
        self.taken = 0
        """How many the server took."""
        self._given: Parcel | None = None

    def give_up(self, detail: str) -> None:
        """No connection will go on: what waits may be offered later."""
        self.lose(detail)
        self.receipts += [Receipt(p.message_id, Handed.LATER, detail=detail) for p in self.waiting]
        self.waiting.clear()

    def lose(self, detail: str) -> None:
        """The connection ended: the one that was given away is uncertain."""
        if self._given is not None:
            self.receipts.append(Receipt(self._given.message_id, Handed.UNCERTAIN, detail=detail))
            self._given = None

    def offer(self, connection: Connection) -> Steps:
        """Offer all that waits, a step at a time. Raises OSError (Broken, Closing…)."""
        if not connection.eight_bit:
            self.waiting = deque([fit for fit in map(self._fit, self.waiting) if fit is not None])
        ask = _answers if connection.pipelining else _one_by_one
        if ahead := self._ahead(connection):
            connection.send(ahead)
        while self.waiting:
            refusal = yield from ask(connection, self.waiting[0])
            parcel = self.waiting.popleft()
            if refusal is not None:
                self._settle(parcel, refusal)
                connection.send(b"RSET\r\n" + self._ahead(connection))
                yield 1
                connection.reply()
            else:
                yield from self._give(connection, parcel)

    def _give(self, connection: Connection, parcel: Parcel) -> Steps:
        """Send the content, and with it the next envelope."""
        self._given = parcel
        ahead = self._ahead(connection)
        connection.send(travelling(parcel, ahead))
        yield 1 + ENVELOPE if ahead else 1
        try:
            code, lines = connection.reply()
        except Closing:
            self._given = None
            self._settle(parcel, CLOSING)
            raise
        self._given = None
        self._settle(parcel, code, lines[-1] if lines else "")

    def _settle(self, parcel: Parcel, code: int, text: str = "") -> None:
        if code == 250:
            self.taken += 1
            receipt = Receipt(parcel.message_id, Handed.SENT, text[:200] or None)
        else:
            handed = Handed.REFUSED if 500 <= code < 600 else Handed.LATER
            receipt = Receipt(parcel.message_id, handed, detail=f"smtp_{code}")
        self.receipts.append(receipt)

    def _ahead(self, connection: Connection) -> bytes:
        """The next envelope, where it may be sent before it is its turn."""
        if not self.waiting or not connection.pipelining:
            return b""
        return b"".join(commands(self.waiting[0], eight_bit=connection.eight_bit))

    def _fit(self, parcel: Parcel) -> Parcel | None:
        """The parcel in seven bits. One that cannot be converted is refused alone, before its
        envelope is sent: whatever the standard library trips over in it, the others leave."""
        content = parcel.content
        if content.isascii():
            return parcel
        try:
            return parcel._replace(pieces=[in_seven_bits(content)], is_dotted=True)
        except Exception as error:
            detail = f"not_converted_{type(error).__name__}"
            self.receipts.append(Receipt(parcel.message_id, Handed.REFUSED, detail=detail))
            return None


def _one_by_one(connection: Connection, parcel: Parcel) -> Answer:
    """Each command after the answer to the one before: the code that refused one, if any."""
    for command in commands(parcel, eight_bit=connection.eight_bit):
        connection.send(command)
        yield 1
        code = connection.reply().code
        if code not in GO_ON:
            return code
    return None


def _answers(connection: Connection, _parcel: Parcel) -> Answer:
    """To an envelope that was sent ahead: None when the content may follow, else the code that
    refused it."""
    yield ENVELOPE
    codes = [connection.reply().code for _ in range(ENVELOPE)]
    refused = next((code for code in codes[:2] if code not in GO_ON), None)
    if codes[2] == 354:
        if refused is None:
            return None
        connection.send(b".\r\n")
        yield 1
        connection.reply()
        return refused
    return refused or codes[2]
