"""Nights of a creditor, some days apart, computed again from what each of them fixed."""

from datetime import timedelta

from app.journeys import settings as intents
from app.journeys.actions import deliver
from app.nights import night
from app.nights.replaying import replay
from app.outreach.channels import Transports
from tenants.clock import stopped_at
from tenants.scope import within
from tests.bench.bench_day import populate
from tests.conftest import make_tenant
from tests.nights.town import SETTINGS, Town, silent
from tests.outreach.test_delivery import Kept
from tests.stage import stage

NIGHTS = 4
PEOPLE = 2_000


def run() -> dict[str, int]:
    """How many decisions were compared, and how many came out otherwise."""
    decisions = differences = 0
    with stage() as ground:
        tenant = make_tenant("replay", "Banco Aurora")
        with stopped_at(Town.morning(0)):
            populate(tenant, PEOPLE)
            with within(tenant) as session:
                intents.put(session, SETTINGS)
        kept = Kept()
        through = Transports(ground.settings, {"email": kept, "sms": kept})
        for day in range(NIGHTS):
            with stopped_at(Town.morning(day)):
                night.plan(tenant, progress=silent)
            with stopped_at(Town.morning(day) + timedelta(hours=9)):
                deliver(tenant, through=through)
        for day in range(NIGHTS):
            found = replay(tenant, Town.morning(day).date())
            decisions += found.decisions
            differences += found.differences
    return {"decisions": decisions, "differences": differences}
