"""One creditor's day, offers made and messages planned: people a second for many against for few."""

import secrets
import time
from datetime import date
from itertools import count

from sqlalchemy import create_engine, func, select, text

from app.journeys.actions import plan
from app.outreach.models import Message
from tenants import bulk
from tenants.clock import stopped_at
from tenants.database import new_id
from tenants.keys import vault
from tenants.scope import within
from tests.bench.table import Row, interleave
from tests.conftest import make_tenant
from tests.offers.people import set_up
from tests.outreach.people import WORKING_HOUR, dress
from tests.stage import stage

MANY, FEW = 100_000, 10_000
ROWS = 2_000
STATES = ("SP", "RJ", "MG", "BA", "PR", "AM", "RS", "PE")
NOW = bulk.moment(WORKING_HOUR)
MADE = "messages, access_links, events, offers"


def populate(tenant, people: int) -> None:
    """A dressed creditor with offer rules and `people` who owe it, each with an e-mail and a phone."""
    dress(tenant)
    with within(tenant) as session:
        set_up(session)
    numbers = count(1)
    for _ in range(0, people, ROWS):
        with within(tenant) as session:
            _add(session, tenant.id, [next(numbers) for _ in range(ROWS)])


ID = ("tenant_id", "id")
DEBTORS = bulk.Insert(
    "debtors",
    ("document_kind", "time_zone", "locale", "session_epoch", "created_at", "updated_at"),
    ("id", "document_index", "sealed", "uf", "preferred_channel"),
    ID,
)
POINTS = bulk.Insert(
    "contact_points",
    ("position", "whose", "state", "created_at"),
    ("id", "debtor_id", "kind", "sealed", "address_index", "area_code", "is_mobile"),
    ID,
)
DEBTS = bulk.Insert(
    "debts",
    ("product", "paid_here_cents", "currency", "instrument", "state", "created_at", "updated_at"),
    ("id", "debtor_id", "contract", "principal_cents", "due_on", "row_hash"),
    ID,
)


def _add(session, tenant_id, numbers) -> None:
    keys, text, zero = vault(session), bulk.text, bulk.int4(0)
    debtors, points, debts = [], [], []
    for number in numbers:
        debtor_id, mark = new_id().bytes, secrets.token_hex(6)
        sealed = keys.seal(f'{{"name": "Maria", "document": "{mark}"}}', "debtor")
        uf, preferred = STATES[number % len(STATES)], None if number % 3 else "sms"
        document = keys.index(mark, "document")
        debtors.append((debtor_id, document, sealed, text(uf), text(preferred)))
        for kind, address, *phone in (
            ("email", f"{mark}@exemplo.com.br", None, None),
            ("phone", f"+5511{mark}", b"11", bulk.flag(True)),
        ):
            index, address_sealed = keys.index(address, kind), keys.seal(address, "contact")
            points.append((new_id().bytes, debtor_id, text(kind), address_sealed, index, *phone))
        cents, due_on = 50_000 + number % 900_000, date(2025, 1 + number % 9, 1)
        owed = (text(mark), bulk.int8(cents), bulk.day(due_on), text(mark))
        debts.append((new_id().bytes, debtor_id, *owed))
    writer, at = bulk.Writer(session.connection().connection.driver_connection, tenant_id), NOW
    writer.insert(DEBTORS, (b"cpf", b"America/Sao_Paulo", b"pt_BR", zero, at, at), debtors)
    writer.insert(POINTS, (zero, b"own", b"active", at), points)
    shared = (b"loan", bulk.int8(0), b"BRL", b"documented", b"open", at, at)
    writer.insert(DEBTS, shared, debts)


def one_day(tenant, owner, people: int) -> float:
    """People a second, from a morning on which nothing was written yet."""
    with owner.begin() as connection:
        connection.execute(text(f"TRUNCATE {MADE} CASCADE"))
    started = time.perf_counter()
    totals = plan(tenant)
    elapsed = time.perf_counter() - started
    with within(tenant) as session:
        written = session.scalar(select(func.count(Message.id)))
    assert written == totals["queued"] + totals["withheld"] == people, totals
    return people / elapsed


def run(rounds: int = 5, many: int = MANY, few: int = FEW) -> list[Row]:
    """One row: people a second for `many` ÷ for `few`."""
    row = Row(f"a day (offers + messages) for {many:,} people", f"for {few:,}", "people/s", 0.9)
    with stage() as ground, stopped_at(WORKING_HOUR):
        owner = create_engine(ground.database.owner_url)
        big, small = (make_tenant(f"day-{name}", "Banco Aurora") for name in ("many", "few"))
        populate(big, many)
        populate(small, few)
        with owner.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))
        one_day(small, owner, few)
        interleave(
            row,
            lambda: one_day(big, owner, many),
            lambda: one_day(small, owner, few),
            rounds,
        )
        owner.dispose()
    return [row]
