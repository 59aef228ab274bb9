"""Nights of a creditor computed again from what each of them fixed, and the people who were planned
anew by day from what was known of them then."""

from datetime import datetime, timedelta

from sqlalchemy import select

from app.compliance.actions import opt_out
from app.history.actions import record
from app.jobs import load_tasks
from app.journeys import settings as intents
from app.journeys.actions import deliver
from app.journeys.models import Decision
from app.nights import night
from app.nights.answering import answer_all
from app.nights.replanning import Became
from app.nights.replaying import replay
from app.outreach.channels import Transports
from app.outreach.models import Message, MessageState
from tenants.clock import stopped_at
from tenants.scope import within
from tests.bench.bench_day import populate
from tests.conftest import make_tenant
from tests.nights.town import SETTINGS, Town, silent
from tests.outreach.test_delivery import Kept
from tests.stage import stage

NIGHTS = 4
PEOPLE = 2_000
STOPPED = 15
"""How many of a day stop the channel on which they were to hear, and as many leave the portal."""


def run() -> dict[str, int]:
    """How many decisions were compared, how many of them made by day, and how many came out
    otherwise."""
    load_tasks()  # what answers recorded events, whichever proof runs first
    decisions = anew = differences = 0
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
            anew += _react(tenant, Town.morning(day) + timedelta(minutes=30))
            with stopped_at(Town.morning(day) + timedelta(hours=9)):
                deliver(tenant, through=through)
        for day in range(NIGHTS):
            found = replay(tenant, Town.morning(day).date())
            decisions += found.decisions
            differences += found.differences
    return {"decisions": decisions, "planned_anew": anew, "differences": differences}


def _react(tenant, at: datetime) -> int:
    """Things happen to people who wait for a message, and they are planned anew, together; to how
    many it made a difference."""
    with within(tenant) as session:
        rows = session.execute(
            select(Message.debtor_id, Message.channel)
            .join(Decision, Decision.subject_id == Message.id)
            .where(Message.state == MessageState.QUEUED, Message.send_after > at)
            .order_by(Message.id)
            .limit(2 * STOPPED)
        ).all()
    with stopped_at(at):
        with within(tenant) as session:
            for place, row in enumerate(rows):
                if place % 2:
                    record(session, debtor_id=row.debtor_id, kind="portal.left", by="sign_out")
                else:
                    opt_out(session, debtor_id=row.debtor_id, channel=row.channel, origin="portal")
        became = answer_all(tenant)
    return became[Became.CHANGED] + became[Became.WITHDRAWN]
