"""`python -m tests.faults.sink <port> <log>`: an SMTP server that writes down each Message-ID it took.

It notes a message before it answers, and answers late: a worker killed meanwhile dies in the hand-over.
"""

import asyncio
import re
import sys
from pathlib import Path

LATE_SECONDS = 0.01
MESSAGE_ID = re.compile(rb"^Message-ID: <([^@>]+)", re.MULTILINE | re.IGNORECASE)


async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, log) -> None:
    """One connection, until its peer is gone."""
    writer.write(b"220 sink\r\n")
    while line := await reader.readline():
        verb = line[:4].upper()
        if verb == b"EHLO":
            writer.write(b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n")
        elif verb == b"DATA":
            writer.write(b"354 go\r\n")
            content = await reader.readuntil(b"\r\n.\r\n")
            log.write(MESSAGE_ID.search(content)[1].decode() + "\n")
            log.flush()
            await asyncio.sleep(LATE_SECONDS)
            writer.write(b"250 kept\r\n")
        else:
            writer.write(b"250 ok\r\n")
    writer.close()


async def main(port: int, path: str) -> None:
    """Listen until killed."""
    with Path(path).open("a", encoding="ascii") as log:

        async def one(reader, writer):
            try:
                await converse(reader, writer, log)
            except (OSError, asyncio.IncompleteReadError):
                writer.close()

        server = await asyncio.start_server(one, "127.0.0.1", port, limit=2**20)
        async with server:
            await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2]))
