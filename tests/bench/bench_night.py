"""A creditor's whole night from the database: people a second for many against for few.

Read everybody, fold, score, price, choose, store what it followed from, write messages and
decisions. Each night is the first of its creditor: nothing was written before.
"""

import time

from sqlalchemy import create_engine, func, select, text

from app.journeys import settings as intents
from app.journeys.models import Decision
from app.nights import night
from tenants.clock import stopped_at
from tenants.scope import within
from tests.bench.bench_day import populate
from tests.bench.table import Row, interleave
from tests.conftest import make_tenant
from tests.nights.town import silent
from tests.outreach.people import WORKING_HOUR
from tests.stage import stage

MANY, FEW = 100_000, 10_000
ROUNDS = 3
"""At most: a night of so many people takes more than a minute on two cores."""
SETTINGS = {"holdout": 0.1}
MADE = (
    "messages, deliveries, access_links, events, offers, decisions, nights, person_states,"
    " learned_states"
)


def one_night(tenant, owner, people: int) -> float:
    """People a second."""
    with owner.begin() as connection:
        connection.execute(text(f"TRUNCATE {MADE} CASCADE"))
    started = time.perf_counter()
    totals = night.plan(tenant, progress=silent)
    elapsed = time.perf_counter() - started
    with within(tenant) as session:
        decided = session.scalar(select(func.count(Decision.id)))
    assert decided > people / 2, totals
    return people / elapsed


def run(rounds: int = 5, many: int = MANY, few: int = FEW) -> list[Row]:
    """One row: people a second for `many` ÷ for `few`."""
    row = Row(f"a night of the engine for {many:,} people", f"for {few:,}", "people/s", 0.8)
    with stage() as ground, stopped_at(WORKING_HOUR):
        owner = create_engine(ground.database.owner_url)
        big, small = _creditor("many", many), _creditor("few", few)
        with owner.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))
        one_night(small, owner, few)
        interleave(
            row,
            lambda: one_night(big, owner, many),
            lambda: one_night(small, owner, few),
            min(rounds, ROUNDS),
        )
        owner.dispose()
    return [row]


def _creditor(name: str, people: int):
    tenant = make_tenant(f"night-{name}", "Banco Aurora")
    populate(tenant, people)
    with within(tenant) as session:
        intents.put(session, SETTINGS)
    return tenant
