"""Deliver what is due: claim and compose in one transaction, hand over outside, mark in another.

At most once: "sending" is committed before the hand-over, and a message in "sending" is never
claimed again. While a batch is on the wire the next one is composed, but its claim is committed
only when the batch before is marked: a crash leaves at most one behind, which the sweep calls
uncertain.
"""

import contextvars
import functools
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta

from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app import config
from app.debts.models import ContactPoint, ContactState
from app.history.actions import Happening, record_many
from app.outreach import claiming
from app.outreach.batches import Batch
from app.outreach.channels import Handed, Parcel, Receipt, Transports
from app.outreach.claiming import Mark
from app.outreach.models import Channel, Message, MessageState
from tenants.clock import now
from tenants.models import SenderNumber
from tenants.resolve import Resolved
from tenants.scope import current_tenant_id, platform, within

BATCH = 200
"""Messages claimed together: what one crash can leave uncertain."""
RETRY_AFTER = timedelta(minutes=10)
MARK_ATTEMPTS = 20
MARK_PAUSE_SECONDS = 0.25
HARD_REFUSALS = ("smtp_550", "smtp_551", "smtp_553")
OUTBOX_NUMBER = "00000"


@functools.cache
def transports() -> Transports:
    """The transports this process was configured with."""
    return Transports(config.settings())


def deliver_due(
    tenant: Resolved, *, through: Transports | None = None, batch_size: int = BATCH
) -> Counter[str]:
    """Deliver until nothing is due. Returns how many messages came to which state."""
    totals: Counter[str] = Counter()
    number = sender_number(tenant)
    with ThreadPoolExecutor(1, "hand-over") as hands:
        on_the_wire: Future[Counter[str]] | None = None
        while True:
            with within(tenant) as session:
                parcels, counts = _prepare(session, tenant, batch_size, number)
                if on_the_wire is not None:
                    totals += on_the_wire.result()  # marked: now this batch may be claimed
                    on_the_wire = None
            totals += counts
            if parcels:
                context = contextvars.copy_context()
                on_the_wire = hands.submit(
                    context.run, _deliver, tenant, through or transports(), parcels
                )
            elif not counts:
                return totals


def _deliver(tenant: Resolved, through: Transports, parcels: Sequence[Parcel]) -> Counter[str]:
    """Hand over and mark one batch that is committed as "sending"."""
    receipts: list[Receipt] = []
    for channel in Channel:
        of_channel = [parcel for parcel in parcels if parcel.channel == channel]
        if of_channel:
            receipts += through.of(channel).hand_over(of_channel)
    return _mark_surely(tenant, receipts)


def sender_number(tenant: Resolved) -> str | None:
    """The number this creditor's SMS leave from; the local outbox has one of its own."""
    with platform() as session:
        number = session.scalar(
            select(SenderNumber.number)
            .where(SenderNumber.tenant_id == tenant.id)
            .order_by(SenderNumber.id)
            .limit(1)
        )
    if number is None and config.settings().sms_transport == "outbox":
        return OUTBOX_NUMBER
    return number


def _prepare(
    session: Session, tenant: Resolved, batch_size: int, number: str | None
) -> tuple[list[Parcel], Counter[str]]:
    """Claim a batch: what may leave is composed and set to sending, the rest says why not."""
    rows = claiming.due(session, batch_size)
    if not rows:
        return [], Counter()
    batch = Batch(session, tenant, rows, number)
    claims = batch.decide()
    claiming.claim(session, claims)
    by_id = {row.id: row for row in rows}
    withheld = [
        Happening(
            by_id[c.message_id].debtor_id,
            "message.withheld",
            c.message_id,
            {"rules": [reason.get("rule") for reason in c.reasons]},
        )
        for c in claims
        if c.state == MessageState.WITHHELD
    ]
    record_many(session, withheld)
    states = Counter(str(c.state) for c in claims if c.state != MessageState.SENDING)
    return batch.parcels, states


def _mark_surely(tenant: Resolved, receipts: Sequence[Receipt]) -> Counter[str]:
    """Mark, waiting out a restart of the database: what left should not be called uncertain."""
    for attempt in range(MARK_ATTEMPTS):
        try:
            with within(tenant) as session:
                return mark(session, receipts)
        except DBAPIError:
            if attempt == MARK_ATTEMPTS - 1:
                raise
            time.sleep(MARK_PAUSE_SECONDS)
    raise AssertionError("unreachable")


def mark(session: Session, receipts: Sequence[Receipt]) -> Counter[str]:
    """Write what the provider answered: states, events, and addresses that do not exist."""
    # Nothing is left to lose here: the claim was durable before the hand-over, and a mark that a
    # power cut takes back leaves "uncertain", never a repeat. The next claim's commit writes it.
    session.execute(text("SET LOCAL synchronous_commit = off"))
    retry_at = now() + RETRY_AFTER
    marked = claiming.mark(session, [_mark_of(receipt, retry_at) for receipt in receipts])
    record_many(
        session,
        [
            Happening(m.debtor_id, f"message.{m.state}", m.id)
            for m in marked
            if m.state != MessageState.QUEUED
        ],
    )
    _note_dead_addresses(session, receipts)
    return Counter(m.state for m in marked)


def _mark_of(receipt: Receipt, retry_at: datetime) -> Mark:
    if receipt.handed is Handed.SENT:
        return Mark(receipt.message_id, MessageState.SENT, receipt.provider_id)
    if receipt.handed is Handed.UNCERTAIN:
        return Mark(receipt.message_id, MessageState.UNCERTAIN)
    if receipt.handed is Handed.LATER:
        return Mark(receipt.message_id, MessageState.QUEUED, retry_at=retry_at)
    return Mark(receipt.message_id, MessageState.FAILED, detail=receipt.detail)


def _note_dead_addresses(session: Session, receipts: Sequence[Receipt]) -> None:
    dead = [
        r.message_id for r in receipts if r.handed is Handed.REFUSED and r.detail in HARD_REFUSALS
    ]
    if not dead:
        return
    points = session.scalars(select(Message.contact_point_id).where(Message.id.in_(dead))).all()
    session.execute(
        update(ContactPoint)
        .where(
            ContactPoint.tenant_id == current_tenant_id(),
            ContactPoint.id.in_(points),
            ContactPoint.state == ContactState.ACTIVE,
        )
        .values(state=ContactState.BOUNCED)
    )
