"""SMTP servers that say yes and keep nothing, each a process of its own.

A bare one does the least a peer can do: it looks only for the end of a message, and announces
PIPELINING. aiosmtpd is a mail server: it reads line by line, checks every command, undoes the
stuffed dots and announces no PIPELINING.
"""

import contextlib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

from app.outreach.channels.smtp.connection import Server

BARE = """
import asyncio, sys
async def serve(reader, writer):
    writer.write(b"220 sink\\r\\n")
    in_data = False
    while True:
        if in_data:
            try:
                await reader.readuntil(b"\\r\\n.\\r\\n")
            except asyncio.IncompleteReadError:
                break
            in_data = False
            writer.write(b"250 kept\\r\\n")
            continue
        line = await reader.readline()
        if not line:
            break
        verb = line[:4].upper()
        if verb == b"EHLO":
            writer.write(b"250-sink\\r\\n250-PIPELINING\\r\\n250 8BITMIME\\r\\n")
        elif verb == b"DATA":
            in_data = True
            writer.write(b"354 go\\r\\n")
        elif verb == b"QUIT":
            writer.write(b"221 bye\\r\\n")
            break
        else:
            writer.write(b"250 ok\\r\\n")
    writer.close()
async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", int(sys.argv[1]), limit=2**20)
    async with server:
        await server.serve_forever()
asyncio.run(main())
"""
AIOSMTPD = """
import asyncio, sys
from aiosmtpd.smtp import SMTP
class Yes:
    async def handle_DATA(self, server, session, envelope):
        return "250 kept"
async def main():
    make = asyncio.get_running_loop().create_server
    server = await make(lambda: SMTP(Yes()), "127.0.0.1", int(sys.argv[1]))
    async with server:
        await server.serve_forever()
asyncio.run(main())
"""
SINKS = {"bare": BARE, "aiosmtpd": AIOSMTPD}


@contextlib.contextmanager
def sink(source: str) -> Iterator[Server]:
    """The server that `source` makes on the port it is given."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-c", source, str(port)])
    try:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
        yield Server("127.0.0.1", port)
    finally:
        process.kill()
        process.wait()
