"""From something a person does in the portal until their plan is another, the worker running.

Each person stops the channel on which a message about their offer waits. The clock starts when the
portal's form is sent and ends when another connection sees that message taken back: between lie the
request, the job beside the event, the worker told of it, the person's history folded and scored
under the night's prices, and what follows written. One after another, and all at once.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import numpy as np
import psycopg
from sqlalchemy import select

from app.factory import create_app
from app.journeys import settings as intents
from app.journeys.models import Decision
from app.nights import night
from app.outreach.channels import Transports
from app.outreach.models import Message, MessageState
from tenants.clock import stopped_at
from tenants.scope import within
from tests.bench.bench_day import populate
from tests.bench.bench_mail import settle
from tests.bench.table import Row
from tests.conftest import make_tenant
from tests.nights.town import SETTINGS, Town, silent
from tests.outreach.test_delivery import Kept
from tests.portal.conftest import csrf
from tests.stage import stage
from tests.waiting import until

PEOPLE, LIVED, TODAY = 2_000, 2, 4
EVENTS, AT_ONCE = 50, 20
"""Of each round, one after another; and of those, how many at once."""
PLANNED = Town.morning(TODAY) - timedelta(hours=3)
SOON = PLANNED + timedelta(hours=1)
WORKER = """
import os, sys
from datetime import datetime
from sqlalchemy import create_engine
from app import jobs
from tenants import scope
from tenants.clock import stopped_at
from tests.stage import configure
configure(dict(os.environ))
scope.bind(create_engine(os.environ["DATABASE_URL"]))
with stopped_at(datetime.fromisoformat(sys.argv[2])):
    jobs.run_worker(sys.argv[1])
"""


@contextmanager
def working(ground) -> Iterator[None]:
    """A worker, in a process of its own at the hour of the events, that has taken up its work."""
    words = [sys.executable, "-c", WORKER, ground.database.conninfo, SOON.isoformat()]
    process = subprocess.Popen(words, env=os.environ | ground.environment)
    try:
        with psycopg.connect(ground.database.conninfo, autocommit=True) as connection:
            until(lambda: _count(connection, "SELECT count(*) FROM procrastinate_workers"))
        yield
    finally:
        process.terminate()
        process.wait()


def _count(connection, question: str, *values) -> int:
    return connection.execute(question, values).fetchone()[0]


class Visitor:
    """Somebody with the page of preferences open."""

    def __init__(self, app, tenant, debtor_id, channel: str) -> None:
        self.client, self.base = app.test_client(), f"http://{tenant.host}"
        at = int(SOON.timestamp())
        with self.client.session_transaction(base_url=self.base) as cookie:
            cookie.update(
                device="bench",
                tenant=tenant.id.hex,
                person=debtor_id.hex,
                epoch=0,
                since=at,
                seen=at,
            )
        answer = self.client.get("/preferencias", base_url=self.base)
        token = csrf(answer.get_data(as_text=True))
        self.form = {"csrf_token": token, "channel": "", "hour": "", f"no_{channel}": "y"}

    def stops(self) -> None:
        """Stop the channel."""
        with stopped_at(SOON):
            answer = self.client.post("/preferencias", data=self.form, base_url=self.base)
        assert answer.status_code == 303, answer.status


def lived(ground):
    """A creditor's people with some days behind them and a night just written."""
    tenant = make_tenant("bench-replan", "Banco Aurora")
    with stopped_at(Town.morning(0)):
        populate(tenant, PEOPLE)
        with within(tenant) as session:
            intents.put(session, SETTINGS)
    kept = Kept()
    town = Town(tenant, [], Transports(ground.settings, {"email": kept, "sms": kept}), kept)
    for day in range(LIVED):
        town.live(day)
    with stopped_at(PLANNED):
        night.plan(tenant, progress=silent)
    settle(ground)
    return tenant


def waiting(tenant) -> list:
    """Whose message waits: (person, message, channel)."""
    with within(tenant) as session:
        return session.execute(
            select(Message.debtor_id, Message.id, Message.channel)
            .join(Decision, Decision.subject_id == Message.id)
            .where(Message.state == MessageState.QUEUED, Message.send_after > SOON)
            .order_by(Message.id)
        ).all()


def answered(connection, visitors, messages) -> list[float]:
    """Seconds from each event to its answer; the next happens when all those before are sent."""
    began, ended = {}, {}
    for visitor, message in zip(visitors, messages, strict=True):
        began[message] = time.perf_counter()
        visitor.stops()
    while len(ended) < len(began):
        for (message,) in connection.execute(
            "SELECT id FROM messages WHERE id = ANY(%s) AND state = 'withheld'", [messages]
        ).fetchall():
            ended.setdefault(message, time.perf_counter())
        time.sleep(0.002)
    return [ended[message] - began[message] for message in messages]


def run(rounds: int = 5) -> list[Row]:
    """The slowest of each round in milliseconds, one after another and at once, ÷ a second."""
    what = "event in the portal to the plan changed, slowest"
    single = Row(f"{what} of {EVENTS}", "a second", "ms", 1.0, smaller_is_better=True)
    crowd = Row(f"{what} of {AT_ONCE} at once", "a second", "ms", 1.0, smaller_is_better=True)
    every: list[float] = []
    with stage() as ground:
        tenant = lived(ground)
        app, rows = create_app(ground.settings), iter(waiting(tenant))
        owner = ground.database.conninfo.replace("traje_app", "traje_owner")
        with working(ground), psycopg.connect(owner, autocommit=True) as connection:
            _round(connection, app, tenant, rows, 5, 1)
            for _ in range(rounds):
                took = _round(connection, app, tenant, rows, EVENTS, 1)
                every += took
                single.ours.append(1000 * max(took))
                crowd.ours.append(
                    1000 * max(_round(connection, app, tenant, rows, AT_ONCE, AT_ONCE))
                )
    single.peer = crowd.peer = [1000.0] * rounds
    middle, late = (1000 * float(np.quantile(every, share)) for share in (0.5, 0.99))
    single.note = f"{len(every)} events: p50 {middle:.0f} ms, p99 {late:.0f} ms"
    return [single, crowd]


def _round(connection, app, tenant, rows, events: int, together: int) -> list[float]:
    took = []
    for _ in range(0, events, together):
        taken = [next(rows) for _ in range(together)]
        with stopped_at(SOON):
            visitors = [Visitor(app, tenant, row.debtor_id, row.channel) for row in taken]
        took += answered(connection, visitors, [row.id for row in taken])
    return took
