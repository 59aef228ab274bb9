"""Batches of mail over a few kept connections to one server."""

import select
import time
from collections import deque
from collections.abc import Generator, Sequence
from dataclasses import dataclass

from app.outreach.channels import Parcel, Receipt
from app.outreach.channels.smtp.connection import Closing, Connection, Refused, Server
from app.outreach.channels.smtp.conversation import Share

CONNECTIONS = 4
TIMEOUT_SECONDS = 60.0
"""For a batch; well below the lease of a claim."""

Lane = Generator[Connection, None, None]
"""Runs until it would wait; gives the connection it waits for."""


class Smtp:
    """Hands e-mail to one server over a few kept connections; one batch at a time."""

    def __init__(self, server: Server, connections: int = CONNECTIONS) -> None:
        self._server = server
        self._connections = connections
        self._idle: list[Connection] = []

    def begin(self, parcels: Sequence[Parcel]) -> "OnTheWire":
        """Offer every parcel once."""
        lanes = [parcels[place :: self._connections] for place in range(self._connections)]
        shares = [Share(lane) for lane in lanes if lane]
        return OnTheWire([(share, self._lane(share)) for share in shares])

    def close(self) -> None:
        """End the conversations."""
        while self._idle:
            self._idle.pop().close()

    def _lane(self, share: Share) -> Lane:
        """One connection's share, and that of those that take its place."""
        try:
            while share.waiting:
                yield from self._offer(share)
        except (Refused, OSError) as error:
            share.give_up(_name(error))

    def _offer(self, share: Share) -> Lane:
        """Offer what waits over one connection. Raises Refused, OSError when no other is to be
        tried: a fresh one failed, and the server did not just end it after it had taken some."""
        was_kept, taken, is_good = bool(self._idle), share.taken, False
        connection = self._idle.pop() if was_kept else Connection(self._server)
        try:
            for wanted in share.offer(connection):
                while not connection.has(wanted):
                    yield connection
                    connection.look()
            is_good = True
        except OSError as error:
            share.lose(_name(error))
            if not was_kept and not (isinstance(error, Closing) and share.taken > taken):
                raise
        finally:
            if is_good:
                self._idle.append(connection)
            else:
                connection.close()


@dataclass(slots=True)
class _Underway:
    """A lane, and the connection it waits for."""

    share: Share
    steps: Lane
    connection: Connection | None = None

    def advance(self) -> bool:
        """As far as is possible without waiting; whether there is more to do."""
        self.connection = next(self.steps, None)
        return self.connection is not None


class OnTheWire:
    """A batch that is being handed over, whenever there is time for it."""

    def __init__(self, lanes: Sequence[tuple[Share, Lane]]) -> None:
        self._shares = [share for share, _ in lanes]
        self._until = time.monotonic() + TIMEOUT_SECONDS
        begun = [_Underway(share, steps) for share, steps in lanes]
        self._lanes = deque([lane for lane in begun if lane.advance()])

    def go_on(self) -> bool:
        """Serve the next lane without waiting; whether all are done."""
        if self._lanes and self._lanes[0].advance():
            self._lanes.rotate(-1)
        elif self._lanes:
            self._lanes.popleft()
        return not self._lanes

    def receipts(self) -> list[Receipt]:
        """Wait until the server has answered for each parcel, or has taken too long."""
        while self._lanes:
            ready = self._ready()
            if not ready:
                self._give_up()
            for lane in ready:
                if not lane.advance():
                    self._lanes.remove(lane)
        return [receipt for share in self._shares for receipt in share.receipts]

    def _give_up(self) -> None:
        for lane in self._lanes:
            lane.steps.close()
            lane.share.give_up("timeout")
        self._lanes.clear()

    def _ready(self) -> list[_Underway]:
        """Lanes whose server said something; none when the time is over."""
        poller = select.poll()
        lanes = {lane.connection.fileno(): lane for lane in self._lanes if lane.connection}
        for descriptor in lanes:
            poller.register(descriptor, select.POLLIN)
        left = max(0.0, self._until - time.monotonic())
        return [lanes[descriptor] for descriptor, _ in poller.poll(1000 * left)]


def _name(error: Exception) -> str:
    return type(error).__name__.lower()
