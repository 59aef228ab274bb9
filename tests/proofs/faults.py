"""Workers killed (SIGKILL) in delivery and in settlement, the database restarted under them.

Messages: none arrives twice, none is lost (neither sent, withheld nor uncertain), and one kill leaves
at most one batch uncertain. Money: every payment is settled exactly once.
"""

import json
import random
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select
from stripe import WebhookSignature

from app.outreach import leasing
from app.outreach.channels import Transports
from app.outreach.delivery import deliver_due
from app.outreach.models import Lease, Message
from app.payments import actions
from app.payments.jobs import apply
from app.payments.models import ProviderEvent, Settlement
from app.workbench import postgres
from app.workbench.stripe_twin import machines
from app.workbench.stripe_twin.server import Twin
from tenants.clock import stopped_at
from tenants.resolve import Resolved
from tenants.scope import bound_engine, within
from tests.bench.bench_mail import people_with_messages
from tests.conftest import make_tenant
from tests.faults.killing import SEED, Inbox, Killer, inbox
from tests.outreach.people import WORKING_HOUR, prove_domain
from tests.payments.acts import ADDRESS
from tests.payments.people import make_deal
from tests.stage import Stage, stage

SECRET = "whsec_faults"
MESSAGES = 700
BATCH = 20
DELIVERY_KILLS = 24
SETTLEMENT_KILLS = 12
PAYMENTS = 24


def run() -> dict[str, int]:
    """The figures of both halves."""
    twin = Twin().start()
    twin.store.manners.held = True
    try:
        with (
            tempfile.TemporaryDirectory(prefix="traje-faults-") as folder,
            inbox(Path(folder)) as box,
            stage(
                cluster_name="faults-postgres",
                STRIPE_API_BASE=twin.url,
                STRIPE_WEBHOOK_SECRET=SECRET,
                TRAJE_EMAIL_TRANSPORT="smtp",
                SMTP_HOST="127.0.0.1",
                SMTP_PORT=str(box.port),
            ) as ground,
        ):
            figures = _messages(ground, box) | _money(ground, twin)
            kills = figures["delivery_kills"] + figures["settlement_kills"]
            return {"kills": kills} | figures
    finally:
        twin.stop()


def _messages(ground: Stage, box: Inbox) -> dict[str, int]:
    tenant = make_tenant("faults-mail", "Banco Aurora")
    with stopped_at(WORKING_HOUR):
        prove_domain(tenant)
        people_with_messages(tenant, MESSAGES)
        killer = Killer(lambda: _deliver(ground, tenant))
        in_handover = most_left = restarts = 0
        for number in range(DELIVERY_KILLS):
            before = _leased(tenant)
            if number in (DELIVERY_KILLS // 3, 2 * DELIVERY_KILLS // 3):
                _restart_under(ground, killer)
                restarts += 1
                continue
            ready = _when_taken(killer, box) if number % 2 else killer.after(0.3)
            if not killer.kill_when(ready):
                break
            left = _leased(tenant) - before
            in_handover += left > 0
            most_left = max(most_left, left)
        while not killer.finish():
            pass
        with within(tenant) as session:
            leasing.leave_uncertain(session, timedelta(0))
    taken = box.taken()
    states = _states(tenant)
    return {
        "messages": MESSAGES,
        "delivery_kills": killer.kills,
        "kills_in_handover": in_handover,
        "restarts": restarts,
        "duplicated_messages": sum(count - 1 for count in taken.values()),
        "lost_messages": _lost(tenant, set(taken)),
        "uncertain": states.get("uncertain", 0),
        "most_uncertain_per_kill": most_left,
        "batch": BATCH,
    }


def _deliver(ground: Stage, tenant: Resolved) -> None:
    deliver_due(tenant, through=Transports(ground.settings), batch_size=BATCH)


def _when_taken(killer: Killer, box: Inbox):
    """Ready once some messages of a batch have arrived, but hardly all."""
    goal = box.taken().total() + killer.chance.randint(1, BATCH - 1)
    return lambda: box.taken().total() >= goal


def _restart_under(ground: Stage, killer: Killer) -> None:
    """The database goes down and comes back while a worker delivers; the worker may die of it."""
    ready = killer.after(0.3)

    def restarted() -> bool:
        if not ready():
            return False
        postgres.stop(ground.cluster, "fast")
        postgres.start(ground.cluster)
        bound_engine().dispose()
        return True

    killer.kill_when(restarted)


def _states(tenant: Resolved) -> dict[str, int]:
    with within(tenant) as session:
        rows = session.execute(
            select(Message.state, func.count(Message.id).label("number")).group_by(Message.state)
        )
        return {row.state: row.number for row in rows}


def _leased(tenant: Resolved) -> int:
    """Messages in the hand-over, or left in it."""
    with within(tenant) as session:
        return sum(len(ids) for ids in session.scalars(select(Lease.message_ids)))


def _lost(tenant: Resolved, taken: set[str]) -> int:
    """Messages in no final state, and those called sent that never arrived."""
    with within(tenant) as session:
        rows = session.execute(select(Message.id, Message.state)).all()
    final = ("sent", "withheld", "uncertain")
    return sum(
        row.state not in final or (row.state == "sent" and str(row.id) not in taken) for row in rows
    )


def _money(ground: Stage, twin: Twin) -> dict[str, int]:
    account = "acct_faults"
    tenant = make_tenant("faults-pay", "Banco Aurora", stripe_account=account)
    twin.open_account(account, tenant.name)
    for _ in range(PAYMENTS):
        _pay(twin, tenant, account)
    for event in twin.store.every("event", account, 10_000):
        body = json.dumps(event)
        signature = WebhookSignature.generate_signature_header(body, SECRET)
        actions.receive(body.encode(), signature)
    killer = Killer(lambda: _settle(tenant), random.Random(SEED + 1))
    for number in range(SETTLEMENT_KILLS):
        if number == SETTLEMENT_KILLS // 2:
            _restart_under(ground, killer)
        elif not killer.kill_when(killer.after(0.15)):
            break
    while not killer.finish():
        time.sleep(0.1)
    killer.finish()
    with within(tenant) as session:
        settled = [
            row.number
            for row in session.execute(
                select(func.count(Settlement.id).label("number")).group_by(Settlement.payment_id)
            )
        ]
    return {
        "settlement_kills": killer.kills,
        "payments": PAYMENTS,
        "lost_payments": PAYMENTS - len(settled),
        "doubled_payments": sum(number - 1 for number in settled),
    }


def _pay(twin: Twin, tenant: Resolved, account: str) -> None:
    deal = make_deal(tenant, (10_000,))
    with within(tenant) as session:
        payment = actions.start(
            session,
            tenant,
            agreement_id=deal.id,
            instalment_id=deal.instalments[0],
            method="pix",
            locale="pt_BR",
            return_url="http://portal.localhost/pagamento/{payment_id}",
            payer=ADDRESS,
        )
        provider_id = payment.provider_id
    intent = twin.store.get("payment_intent", provider_id, account)
    machines.pay(twin.store, account, intent, None)


def _settle(tenant: Resolved) -> None:
    """What the queue does: apply every event that is only stored."""
    with within(tenant) as session:
        ids = session.scalars(
            select(ProviderEvent.id)
            .where(ProviderEvent.state == "stored")
            .order_by(ProviderEvent.id)
        ).all()
    for event_id in ids:
        apply(str(tenant.id), str(event_id))
