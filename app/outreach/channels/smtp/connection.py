"""One SMTP conversation with a server: commands out, whole replies in.

A socket without an event loop: who owns it decides when to look for replies, and never waits for
them unless it has nothing else to do.
"""

import base64
import socket
import ssl
from collections import deque
from dataclasses import dataclass
from typing import NamedTuple

from app.config import Settings

LONGEST_LINE = 64 * 1024
ROOM_OCTETS = 256 * 1024
"""Of the socket, for what the server has not taken yet: a mail is sent without waiting."""
OPENING_SECONDS = 15.0
"""For each step until the first mail may be sent."""
SENDING_SECONDS = 30.0
CLOSING = 421
"""The server ends the conversation; this may answer any command (RFC 5321, 3.8)."""


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
    """The connection ended, or the server did not keep to the protocol."""


class Closing(Broken):
    """The server ended the conversation by its own word: what it answers with it was not taken."""


class Reply(NamedTuple):
    """What the server said: its code and the text of its lines."""

    code: int
    lines: list[str]


class Connection:
    """The client's end. Raises Refused and OSError (Broken, TimeoutError…) throughout."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._rest = b""
        self._lines: list[str] = []
        self._replies: deque[Reply] = deque()
        self._has_ended = False
        self.eight_bit = False
        self.pipelining = False
        address = server.host, server.port
        self._socket = socket.create_connection(address, OPENING_SECONDS)
        try:
            self._open()
        except BaseException:
            self.close()
            raise

    def _open(self) -> None:
        """Greet, and where there is a user start TLS and log in."""
        server, implicit = self._server, self._server.port == 465
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, ROOM_OCTETS)
        if implicit:
            self._wrap()
        self._expect(220)
        extensions = self._greet()
        if server.user is None or server.password is None:
            return
        if not implicit:
            self._start_tls(extensions)
            self._greet()
        proof = base64.b64encode(f"\0{server.user}\0{server.password}".encode()).decode()
        self._ask(f"AUTH PLAIN {proof}", 235)

    def _start_tls(self, extensions: list[str]) -> None:
        if "STARTTLS" not in extensions:
            raise Broken("the server offers no TLS for the password")
        self._ask("STARTTLS", 220)
        if self._rest or self._replies:
            raise Broken("more was said in clear than was asked")  # RFC 3207, 5
        self._wrap()

    def _wrap(self) -> None:
        self._socket.settimeout(OPENING_SECONDS)
        context = ssl.create_default_context()
        self._socket = context.wrap_socket(self._socket, server_hostname=self._server.host)

    def _greet(self) -> list[str]:
        extensions = [line.upper() for line in self._ask("EHLO localhost", 250)]
        self.eight_bit = "8BITMIME" in extensions
        self.pipelining = "PIPELINING" in extensions
        return extensions

    def _ask(self, command: str, code: int) -> list[str]:
        self.send(command.encode() + b"\r\n")
        return self._expect(code)

    def _expect(self, code: int) -> list[str]:
        while not self.has(1):
            if not self.look(OPENING_SECONDS):
                raise TimeoutError
        found = self.reply()
        if found.code != code:
            raise Refused(found.code)
        return found.lines

    def send(self, data: bytes) -> None:
        """Let octets leave."""
        self._socket.settimeout(SENDING_SECONDS)
        self._socket.sendall(data)

    def look(self, seconds: float = 0) -> bool:
        """Read what has arrived, waiting so long for its beginning; whether there was anything."""
        self._socket.settimeout(seconds)
        try:
            data = self._socket.recv(LONGEST_LINE)
        except (BlockingIOError, TimeoutError, ssl.SSLWantReadError):
            return False
        except OSError:
            data = b""
        if not data:
            self._has_ended = True
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._read(line)
        if len(self._rest) > LONGEST_LINE:
            self._has_ended = True
        return True

    def _read(self, line: bytes) -> None:
        if self._has_ended or not line[:3].isdigit():
            self._has_ended = True
            return
        self._lines.append(line[4:].decode("utf-8", "replace").strip())
        if line[3:4] != b"-":
            self._replies.append(Reply(int(line[:3]), self._lines))
            self._lines = []

    def has(self, count: int) -> bool:
        """Whether so many replies are there, or no more will come."""
        return len(self._replies) >= count or self._has_ended

    def reply(self) -> Reply:
        """The next reply of those that are there. Raises Broken, Closing."""
        if not self._replies:
            raise Broken("the connection ended")
        found = self._replies.popleft()
        if found.code == CLOSING:
            raise Closing("the server ends the conversation")
        return found

    def fileno(self) -> int:
        """Of its socket, to be waited for."""
        return self._socket.fileno()

    def close(self) -> None:
        """End the conversation without a farewell."""
        self._has_ended = True
        self._socket.close()
