"""Claim + mark of messages by two workers, against one UPDATE of all rows."""

import subprocess
import sys
import time

from sqlalchemy import func, select, update

from app.outreach import claiming, leasing
from app.outreach.delivery import BATCH
from app.outreach.models import Message
from tenants.clock import now, stopped_at
from tenants.resolve import by_id
from tenants.scope import within
from tests.bench.bench_mail import again, people_with_messages, settle
from tests.bench.table import Row
from tests.conftest import make_tenant
from tests.outreach.people import WORKING_HOUR
from tests.stage import stage

MESSAGES = 4_000
WARMING = 80
WORKER = """
import gc, sys, uuid
from sqlalchemy import create_engine
from tenants import scope
from tests.bench.bench_claims import claim_and_mark
scope.bind(create_engine(sys.argv[1]))
claim_and_mark(uuid.UUID(sys.argv[2]), 5)
gc.collect()
gc.freeze()  # as a worker does
print("ready", flush=True)
sys.stdin.readline()
print(claim_and_mark(uuid.UUID(sys.argv[3])), flush=True)
"""


def claim_and_mark(tenant_id, batch: int = BATCH) -> int:
    """Work until nothing is due, as delivery does but without composing or sending."""
    done, reasons = 0, []
    with stopped_at(WORKING_HOUR):
        while True:
            with within(tenant_id) as session:
                rows = claiming.claim(session, batch)
                leaving = [leasing.Leaving(row, reasons, b"", "") for row in rows]
                leases = leasing.lease(session, leaving)
            if not rows:
                return done
            with within(tenant_id) as session:
                sent = [leasing.Outcome(row.id, "sent", "x") for row in rows]
                done += len(leasing.settle(session, leases, sent))


def two_workers(url: str, warming, tenant_id) -> float:
    """Messages a second by two processes. Their start-up is not counted: each has worked off
    another creditor's messages, and so have its connection and its statements."""
    workers = []
    for _ in range(2):
        again(warming)
        worker = subprocess.Popen(
            [sys.executable, "-c", WORKER, url, str(warming.id), str(tenant_id)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        worker.stdout.readline()  # it waits for the word
        workers.append(worker)
    started = time.perf_counter()
    for worker in workers:
        worker.stdin.write("go\n")
        worker.stdin.flush()
    counts = [int(worker.stdout.readline()) for worker in workers]
    elapsed = time.perf_counter() - started
    for worker in workers:
        worker.communicate()
    assert sum(counts) == MESSAGES, counts
    return MESSAGES / elapsed


def one_update(tenant_id) -> float:
    """Messages a second when one statement marks them all."""
    started = time.perf_counter()
    with within(tenant_id) as session:
        session.execute(
            update(Message)
            .where(Message.tenant_id == tenant_id)
            .values(state="sent", provider_message_id="x", sent_at=now())
        )
    return MESSAGES / (time.perf_counter() - started)


def run(rounds: int = 5) -> list[Row]:
    """One row: two workers ÷ one UPDATE."""
    row = Row("claim + mark of messages, two workers", "one UPDATE of all rows", "messages/s", 0.25)
    with stage() as ground, stopped_at(WORKING_HOUR):
        tenant = make_tenant("bench-claims", "Banco Aurora")
        people_with_messages(tenant, MESSAGES)
        warming = make_tenant("bench-warming", "Banco Aurora")
        people_with_messages(warming, WARMING)
        settle(ground)
        assert by_id(tenant.id).id == tenant.id
        for _ in range(rounds):
            again(tenant)
            row.ours.append(two_workers(ground.database.app_url, warming, tenant.id))
            again(tenant)
            row.peer.append(one_update(tenant.id))
        with within(tenant) as session:
            left = session.scalar(select(func.count(Message.id)).where(Message.state != "sent"))
        assert left == 0
    return [row]
