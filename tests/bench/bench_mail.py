"""E-mail in one process: claim + compose + SMTP to a sink + mark, against senders that do less.

The naive one composes with `EmailMessage` and sends with `smtplib`. Of it, `smtplib` with bytes that
exist already is what is left when composing costs nothing: four round trips a message.
The same bytes through our own client have no aim: it pipelines over four connections, so to the bare
sink they cost next to nothing, and the ratio shows what claiming, composing and marking cost.
The note of a row gives our own CPU time a message, which other work on the machine disturbs least.
"""

import gc
import smtplib
import time
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
from tests.bench.sinks import SINKS, sink
from tests.bench.table import Row
from tests.conftest import make_tenant
from tests.outreach.people import WORKING_HOUR, add_person, dress
from tests.stage import stage
from themes import brands

MESSAGES = 3_000
NAIVE = 200


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


def prebuilt(server: Server, parcels: list[Parcel]) -> float:
    """Messages a second of bytes that exist already, by smtplib, one after the other."""
    mails = [(p.sender, p.recipient, p.content) for p in parcels]
    started = time.perf_counter()
    with smtplib.SMTP(server.host, server.port) as connection:
        for sender, recipient, content in mails:
            connection.sendmail(sender, recipient, content, ["BODY=8BITMIME"])
    return len(mails) / (time.perf_counter() - started)


def pipelined(transport: Smtp, parcels: list[Parcel]) -> float:
    """Messages a second of bytes that exist already, by our own transport."""
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
    """Three rows to either sink, in interleaved rounds."""
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
    """All senders by turns, each to the same sink."""
    what = "e-mail: claim + compose + SMTP + mark"
    rows = [
        Row(what, "naive EmailMessage + smtplib", "messages/s", 8),
        Row("the same", "prebuilt bytes + smtplib", "messages/s", 0.55),
        Row("the same", "prebuilt bytes + our own client", "messages/s", None),
    ]
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
        peers = [naive(server, parcels[:NAIVE]), prebuilt(server, parcels)]
        worked = time.process_time()
        peers.append(pipelined(transport, parcels))
        handing.append(time.process_time() - worked)
        for row, peer in zip(rows, peers, strict=True):
            row.ours.append(ours)
            row.peer.append(peer)
    transport.close()
    size = sum(len(p.content) for p in parcels) // len(parcels)
    ours, bytes_alone = (1000 * min(seconds) / MESSAGES for seconds in (busy, handing))
    for row in rows:
        row.note = (
            f"sink: {name}; {size:,} bytes and {ours:.2f} ms of our CPU a message,"
            f" {bytes_alone:.2f} ms of it for handing over bytes"
        )
    return rows
