"""One creditor's day, offers made and messages planned: people a second for many against for few."""

import json
import secrets
import time
from datetime import date
from itertools import count

from sqlalchemy import create_engine, func, insert, select, text

from app.debts.models import ContactPoint, Debt, Debtor
from app.journeys.actions import plan
from app.outreach.models import Message
from tenants.clock import stopped_at
from tenants.database import new_id
from tenants.keys import vault
from tenants.scope import within
from tests.bench.table import Row
from tests.conftest import make_tenant
from tests.offers.people import set_up
from tests.outreach.people import WORKING_HOUR, dress
from tests.stage import stage

MANY, FEW = 100_000, 10_000
ROWS = 2_000
STATES = ("SP", "RJ", "MG", "BA", "PR", "AM", "RS", "PE")
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


def _add(session, tenant_id, numbers) -> None:
    keys = vault(session)
    debtors, points, debts = [], [], []
    for number in numbers:
        debtor_id, mark = new_id(), secrets.token_hex(6)
        base = {"tenant_id": tenant_id}
        debtors.append(
            base
            | {
                "id": debtor_id,
                "document_kind": "cpf",
                "document_index": keys.index(mark, "document"),
                "sealed": keys.seal(json.dumps({"name": "Maria", "document": mark}), "debtor"),
                "uf": STATES[number % len(STATES)],
                "preferred_channel": "sms" if number % 3 == 0 else None,
            }
        )
        for kind, address in (("email", f"{mark}@exemplo.com.br"), ("phone", f"+5511{mark}")):
            points.append(
                base
                | {
                    "id": new_id(),
                    "debtor_id": debtor_id,
                    "kind": kind,
                    "sealed": keys.seal(address, "contact"),
                    "address_index": keys.index(address, kind),
                    "area_code": "11" if kind == "phone" else None,
                    "is_mobile": True if kind == "phone" else None,
                }
            )
        debts.append(
            base
            | {
                "id": new_id(),
                "debtor_id": debtor_id,
                "contract": mark,
                "product": "loan",
                "principal_cents": 50_000 + number % 900_000,
                "due_on": date(2025, 1 + number % 9, 1),
                "row_hash": mark.encode(),
            }
        )
    for model, rows in ((Debtor, debtors), (ContactPoint, points), (Debt, debts)):
        session.execute(insert(model), rows)


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
        for _ in range(rounds):
            row.ours.append(one_day(big, owner, many))
            row.peer.append(one_day(small, owner, few))
        owner.dispose()
    return [row]
