"""Deliver what is due: claim, compose and lease in one transaction, hand over outside, settle in
another.

At most once: the lease is committed before the hand-over, and what is leased waits no more and is
never claimed again. While a batch is on the wire the next one is composed, but its lease is
committed only when the batch before is settled: a crash leaves at most one behind, which the sweep
calls uncertain.
"""

import contextvars
import functools
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import NamedTuple

from psycopg import OperationalError
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app import config
from app.debts.models import ContactPoint, ContactState
from app.history.actions import Happening, record_many
from app.outreach import claiming, leasing
from app.outreach.batches import Batch
from app.outreach.channels import Handed, HandOver, Parcel, Receipt, Transports
from app.outreach.leasing import Leased, Outcome
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
    with ThreadPoolExecutor(1, "mark") as marks:
        wire = OnTheWire(tenant, through or transports(), marks)
        try:
            while True:
                with within(tenant) as session:
                    ready = _prepare(session, tenant, batch_size, number, wire.go_on)
                    totals += wire.finish()  # settled: now this batch may be leased
                totals += ready.counts
                if ready.parcels:
                    wire.begin(ready)
                elif not ready.counts:
                    return totals
        finally:
            wire.finish()  # whatever failed: what left is settled


class Ready(NamedTuple):
    """A batch that may be handed over once its leases are committed."""

    parcels: Sequence[Parcel] = ()
    leases: Sequence[Leased] = ()
    counts: Counter[str] = Counter()
    """Messages of the batch that do not leave, by their new state."""


class OnTheWire:
    """The batch that is leased, until it is handed over and settled."""

    def __init__(self, tenant: Resolved, through: Transports, marks: Executor) -> None:
        self._tenant = tenant
        self._through = through
        self._marks = marks
        self._begun: list[HandOver] = []
        self._leases: Sequence[Leased] = ()
        self._marked: Future[Counter[str]] | None = None

    def begin(self, ready: Ready) -> None:
        """Hand over a batch; the one before is finished."""
        self._leases = ready.leases
        for channel in Channel:
            of_channel = [parcel for parcel in ready.parcels if parcel.channel == channel]
            if of_channel:
                self._begun.append(self._through.of(channel).begin(of_channel))

    def go_on(self) -> None:
        """Serve the hand-over where it need not wait, and settle the batch once it is over."""
        over = [one.go_on() for one in self._begun]
        if over and all(over):
            self._mark()

    def finish(self) -> Counter[str]:
        """Wait until the batch is handed over and settled; what became of it."""
        if self._begun:
            self._mark()
        if self._marked is None:
            return Counter()
        marked, self._marked = self._marked, None
        return marked.result()

    def _mark(self) -> None:
        receipts = [receipt for one in self._begun for receipt in one.receipts()]
        self._begun = []
        context = contextvars.copy_context()
        settling = functools.partial(_settle_surely, self._tenant, self._leases, receipts)
        self._marked = self._marks.submit(context.run, settling)


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
    session: Session,
    tenant: Resolved,
    batch_size: int,
    number: str | None,
    meanwhile: Callable[[], None],
) -> Ready:
    """Claim a batch: what may leave is composed and leased, the rest says why not.

    `meanwhile` is called again and again between the messages: the batch before is on the wire.
    """
    rows = claiming.claim(session, batch_size)
    if not rows:
        return Ready()
    batch = Batch(session, tenant, rows, number, meanwhile)
    batch.decide()
    leases = leasing.lease(session, batch.leaving)
    claiming.keep_back(session, batch.kept_back)
    withheld = [
        Happening(
            one.row.debtor_id,
            "message.withheld",
            one.row.id,
            {"rules": [reason.get("rule") for reason in one.reasons]},
        )
        for one in batch.kept_back
        if one.state == MessageState.WITHHELD
    ]
    record_many(session, withheld)
    return Ready(batch.parcels, leases, Counter(str(one.state) for one in batch.kept_back))


def _settle_surely(
    tenant: Resolved, leases: Sequence[Leased], receipts: Sequence[Receipt]
) -> Counter[str]:
    """Settle, waiting out a restart of the database: what left should not be called uncertain."""
    for attempt in range(MARK_ATTEMPTS):
        try:
            with within(tenant) as session:
                return settle(session, leases, receipts)
        except (DBAPIError, OperationalError):
            if attempt == MARK_ATTEMPTS - 1:
                raise
            time.sleep(MARK_PAUSE_SECONDS)
    raise AssertionError("unreachable")


def settle(session: Session, leases: Sequence[Leased], receipts: Sequence[Receipt]) -> Counter[str]:
    """Write what the provider answered: states, events, and addresses that do not exist."""
    # Nothing is left to lose here: the lease was durable before the hand-over, and what a power cut
    # takes back leaves "uncertain", never a repeat. The next lease's commit writes it.
    session.execute(text("SET LOCAL synchronous_commit = off"))
    retry_at = now() + RETRY_AFTER
    settled = leasing.settle(session, leases, [_outcome(one, retry_at) for one in receipts])
    record_many(
        session,
        [
            Happening(row.debtor_id, f"message.{state}", row.id)
            for row, state in settled
            if state != MessageState.QUEUED
        ],
    )
    _note_dead_addresses(session, receipts)
    return Counter(str(state) for _, state in settled)


def _outcome(receipt: Receipt, retry_at: datetime) -> Outcome:
    if receipt.handed is Handed.SENT:
        return Outcome(receipt.message_id, MessageState.SENT, receipt.provider_id)
    if receipt.handed is Handed.UNCERTAIN:
        return Outcome(receipt.message_id, MessageState.UNCERTAIN)
    if receipt.handed is Handed.LATER:
        return Outcome(receipt.message_id, MessageState.QUEUED, retry_at=retry_at)
    return Outcome(receipt.message_id, MessageState.FAILED, detail=receipt.detail)


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
