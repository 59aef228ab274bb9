"""E-mail in one process: claim + compose + SMTP to a sink + mark, against a naive sender and prebuilt bytes.

A sink is a process of its own that keeps nothing. There are two. A bare one does the least a peer
can do (it looks only for the end of a message) and announces PIPELINING: against it, prebuilt bytes
cost next to nothing, and the ratio to them shows what claiming, composing and marking cost.
aiosmtpd is a mail server: it reads line by line, checks every command, undoes the stuffed dots and
announces no PIPELINING: the ratio to it shows what of that cost a real receiver leaves to be seen.
The note of a row gives our own CPU time a message, which other work on the machine disturbs least.
"""

import contextlib
import gc
import smtplib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from sqlalchemy import create_engine, text, update

from app.outreach import waiting
from app.outreach.channels import Done, Handed, Parcel, Receipt, Transports
from app.outreach.channels.smtp.connection import Server
from app.outreach.channels.smtp.transport import Smtp
from app.outreach.delivery import BATCH, deliver_due
from app.outreach.models import Message
from app.outreach.writing import Draft, write
from tenants.clock import stopped_at
from tenants.keys import vault
from tenants.scope import within
from tests.bench.table import Row
from tests.conftest import make_tenant
from tests.outreach.people import WORKING_HOUR, add_person, dress
from tests.stage import stage
from themes import brands

MESSAGES = 3_000
NAIVE = 200
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
def sink(source: str = BARE) -> Iterator[Server]:
    """An SMTP server that says yes, in a process of its own."""
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


class Recorder:
    """Keeps what would leave: the bytes for the other two senders."""

    def __init__(self) -> None:
        self.parcels: list[Parcel] = []

    def begin(self, parcels):
        self.parcels += parcels
        return Done([Receipt(parcel.message_id, Handed.SENT) for parcel in parcels])


def naive(server: Server, parcels: list[Parcel]) -> float:
    """Messages a second by EmailMessage and smtplib, one after the other."""
    from email import message_from_bytes, policy

    mails = [message_from_bytes(p.content, policy=policy.default) for p in parcels]
    plain = [(m["From"], m["To"], m["Subject"], *_bodies(m)) for m in mails]
    started = time.perf_counter()
    with smtplib.SMTP(server.host, server.port) as connection:
        for sender, recipient, subject, text, html in plain:
            mail = EmailMessage()
            mail["From"], mail["To"], mail["Subject"] = sender, recipient, subject
            mail["Date"] = format_datetime(datetime.now(UTC))
            mail["Message-ID"] = make_msgid()
            mail.set_content(text)
            mail.add_alternative(html, subtype="html")
            connection.send_message(mail)
    return len(plain) / (time.perf_counter() - started)


def _bodies(mail: EmailMessage) -> tuple[str, str]:
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    return plain.get_content(), html.get_content()


def prebuilt(transport: Smtp, parcels: list[Parcel]) -> float:
    """Messages a second of bytes that exist already, by the same transport."""
    started = time.perf_counter()
    for start in range(0, len(parcels), BATCH):
        transport.begin(parcels[start : start + BATCH]).receipts()
    return len(parcels) / (time.perf_counter() - started)


def again(tenant) -> None:
    """Every message waits again."""
    with within(tenant) as session:
        rows = session.execute(
            update(Message)
            .where(Message.tenant_id == tenant.id)
            .values(state="queued")
            .returning(Message.id, Message.message_class, Message.send_after)
        )
        waits = [waiting.Wait(row.id.bytes, row.message_class, row.send_after) for row in rows]
        waiting.add(waiting.writer(session), waits)


def people_with_messages(tenant, count: int) -> None:
    """A dressed creditor with `count` people, each with an e-mail that is due."""
    dress(tenant)
    with within(tenant) as session:
        ids = [add_person(session) for _ in range(count)]
        points = _email_points(session)
        drafts = [
            Draft(
                debtor_id=debtor_id,
                contact_point_id=points[debtor_id],
                channel="email",
                intent="reminder",
                message_class="outbound",
                cause=f"bench:{debtor_id}",
                locale="pt_BR",
                send_after=WORKING_HOUR,
                facts={"valid_until": "2026-03-20"},
            )
            for debtor_id in ids
        ]
        write(session, vault(session), tenant.id, brands.published(session), drafts)


def settle(ground) -> None:
    """What autovacuum does for tables that live longer than a benchmark: the planner knows them."""
    owner = create_engine(ground.database.owner_url, isolation_level="AUTOCOMMIT")
    with owner.connect() as connection:
        connection.execute(text("VACUUM ANALYZE"))
    owner.dispose()


def _email_points(session):
    from sqlalchemy import select

    from app.debts.models import ContactPoint

    rows = session.execute(
        select(ContactPoint.debtor_id, ContactPoint.id).where(ContactPoint.kind == "email")
    )
    return {row.debtor_id: row.id for row in rows}


def run(rounds: int = 5) -> list[Row]:
    """Four rows: ours ÷ naive and ours ÷ prebuilt, to either sink, in interleaved rounds."""
    rows: list[Row] = []
    with stage() as ground, stopped_at(WORKING_HOUR):
        tenant = make_tenant("bench-mail", "Banco Aurora")
        people_with_messages(tenant, MESSAGES)
        settle(ground)
        recorder = Recorder()
        deliver_due(tenant, through=Transports(ground.settings, {"email": recorder}))
        gc.collect()
        gc.freeze()  # as a worker does
        for name, source in SINKS.items():
            with sink(source) as server:
                rows += _to_one_sink(ground, tenant, recorder.parcels, server, name, rounds)
    return rows


def _to_one_sink(ground, tenant, parcels, server: Server, name: str, rounds: int) -> list[Row]:
    """All three senders by turns, each to the same sink."""
    what = "e-mail: claim + compose + SMTP + mark"
    over_naive = Row(what, "naive", "messages/s", 8)
    over_bytes = Row("the same", "prebuilt bytes", "messages/s", 0.55)
    busy, handing = [], []
    transport = Smtp(server)
    through = Transports(ground.settings, {"email": transport})
    for _ in range(rounds):
        again(tenant)
        started, worked = time.perf_counter(), time.process_time()
        counts = deliver_due(tenant, through=through)
        ours = counts["sent"] / (time.perf_counter() - started)
        busy.append(time.process_time() - worked)
        assert counts == {"sent": MESSAGES}, counts
        over_naive.ours.append(ours)
        over_bytes.ours.append(ours)
        over_naive.peer.append(naive(server, parcels[:NAIVE]))
        worked = time.process_time()
        over_bytes.peer.append(prebuilt(transport, parcels))
        handing.append(time.process_time() - worked)
    transport.close()
    size = sum(len(p.content) for p in parcels) // len(parcels)
    ours, bytes_alone = (1000 * min(seconds) / MESSAGES for seconds in (busy, handing))
    over_naive.note = over_bytes.note = (
        f"sink: {name}; {size:,} bytes and {ours:.2f} ms of our CPU a message,"
        f" {bytes_alone:.2f} ms of it for prebuilt bytes"
    )
    return [over_naive, over_bytes]
