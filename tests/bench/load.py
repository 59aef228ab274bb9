"""A closed-loop HTTP load on loopback: keep-alive connections, one request at a time on each."""

import asyncio
import itertools
import re
import time
from dataclasses import dataclass

CONNECTIONS = 8
_GIVEN = re.compile(rb"\r\nset-cookie: ([^;\r]+)", re.IGNORECASE)
_SENT = re.compile(rb"(?<=\r\nCookie: )[^\r]+")


@dataclass(frozen=True)
class Load:
    """What came back: requests per second and latencies in seconds, sorted."""

    per_second: float
    latencies: list[float]

    def percentile(self, share: float) -> float:
        """The latency below which `share` of the requests stayed."""
        return self.latencies[min(len(self.latencies) - 1, int(len(self.latencies) * share))]


def request_bytes(host: str, path: str, cookie: str = "") -> bytes:
    """A GET as it goes over the wire."""
    lines = [f"GET {path} HTTP/1.1", f"Host: {host}", "Accept-Language: pt-BR"]
    if cookie:
        lines.append(f"Cookie: {cookie}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def drive(port: int, requests: list[bytes], seconds: float) -> Load:
    """Send `requests` in turns over 8 connections for `seconds`.

    As a browser would, a request that has a cookie keeps the one it is given: `requests` changes.
    Raises RuntimeError unless all are 200.
    """
    return asyncio.run(_drive(port, requests, seconds))


async def _drive(port: int, requests: list[bytes], seconds: float) -> Load:
    turns = itertools.cycle(range(len(requests)))
    latencies: list[float] = []
    started = time.perf_counter()
    until = started + seconds
    await asyncio.gather(
        *(_connection(port, requests, turns, until, latencies) for _ in range(CONNECTIONS))
    )
    taken = time.perf_counter() - started
    return Load(len(latencies) / taken, sorted(latencies))


async def _connection(
    port: int,
    requests: list[bytes],
    turns: "itertools.cycle[int]",
    until: float,
    latencies: list[float],
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while (asked := time.perf_counter()) < until:
        turn = next(turns)
        writer.write(requests[turn])
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(head.split(b"\r\n", 1)[0].decode())
        await reader.readexactly(_length(head))
        latencies.append(time.perf_counter() - asked)
        if given := _GIVEN.search(head):
            requests[turn] = _SENT.sub(lambda _: given[1], requests[turn])
        if b"connection: close" in head.lower():
            writer.close()
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.close()


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"content-length:"):
            return int(line.split(b":", 1)[1])
    raise RuntimeError("an answer without its length")
