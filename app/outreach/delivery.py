"""Deliver what is due: claim and compose in one transaction, hand over outside, mark in another.

At most once: "sending" is committed before the hand-over, and a message in "sending" is never
claimed again. A crash leaves at most one batch behind, which the sweep calls uncertain.
"""

import functools
import json
import time
import uuid
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app import config
from app.compliance.facts import ContactFacts, PersonFacts, Sent, Verdict, stored_reasons
from app.compliance.policy import Effect, Policy
from app.compliance.queries import paused_channels, policy_in_force
from app.compliance.rules import decide
from app.debts.models import ContactPoint, ContactState, Debtor
from app.history.actions import Happening, record_many
from app.outreach import claiming, queries
from app.outreach.channels import Handed, Parcel, Receipt, Transports
from app.outreach.claiming import Claim, Mark
from app.outreach.composing import Writer
from app.outreach.models import Channel, Message, MessageClass, MessageState
from tenants.clock import now
from tenants.keys import vault
from tenants.models import SenderNumber
from tenants.resolve import Resolved
from tenants.scope import current_tenant_id, platform, within
from themes import brands
from themes.dress import Brand

BATCH = 100
"""Messages claimed together: what one crash can leave uncertain."""
RETRY_AFTER = timedelta(minutes=10)
MARK_ATTEMPTS = 20
MARK_PAUSE_SECONDS = 0.25
HARD_REFUSALS = ("smtp_550", "smtp_551", "smtp_553")
OUTBOX_NUMBER = "00000"

log = structlog.get_logger(__name__)


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
    while True:
        counts = deliver_batch(tenant, through or transports(), batch_size, number)
        if not counts:
            return totals
        totals += counts


def deliver_batch(
    tenant: Resolved, through: Transports, batch_size: int, number: str | None
) -> Counter[str]:
    """One batch: claim, hand over, mark. Empty when nothing was due."""
    with within(tenant) as session:
        parcels, counts = _prepare(session, tenant, batch_size, number)
    receipts: list[Receipt] = []
    for channel in Channel:
        of_channel = [parcel for parcel in parcels if parcel.channel == channel]
        if of_channel:
            receipts += through.of(channel).hand_over(of_channel)
    if receipts:
        counts += _mark_surely(tenant, receipts)
    return counts


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
    batch = _Batch(session, tenant, rows, number)
    claims = [batch.decide(row) for row in rows]
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


class _Batch:
    """What is known about the people of a batch, and what is decided for each of its messages."""

    def __init__(
        self, session: Session, tenant: Resolved, rows: Sequence[Any], number: str | None
    ) -> None:
        self.parcels: list[Parcel] = []
        self._session = session
        self._at = now()
        self._policy: Policy = policy_in_force(session)
        self._paused = paused_channels(session)
        self._facts = queries.person_facts(session, {r.debtor_id for r in rows}, self._at)
        self._people = {
            person.id: person
            for person in session.execute(
                select(Debtor.id, Debtor.sealed).where(Debtor.id.in_({r.debtor_id for r in rows}))
            )
        }
        self._points = {
            point.id: point
            for point in session.execute(
                select(
                    ContactPoint.id,
                    ContactPoint.sealed,
                    ContactPoint.area_code,
                    ContactPoint.state,
                ).where(ContactPoint.id.in_({r.contact_point_id for r in rows}))
            )
        }
        self._keys = vault(session)
        self._writer = Writer(
            tenant=tenant,
            settings=config.settings(),
            keys=self._keys,
            policy=self._policy,
            sender_number=number,
            at=self._at,
        )
        self._brands: dict[uuid.UUID, Brand] = {}

    def decide(self, row: Any) -> Claim:
        """Ask the policy once more; compose what it allows."""
        verdict = self._ask(row)
        reasons = stored_reasons(verdict, self._policy, row.message_class)
        if verdict.effect is Effect.DELAY:
            return Claim(row.id, MessageState.QUEUED, reasons, send_after=verdict.until)
        if not verdict.allows:
            return Claim(row.id, MessageState.WITHHELD, reasons)
        try:
            composed = self._compose(row)
        except (ValueError, LookupError) as error:
            log.error("message.not_composed", message=str(row.id), error=type(error).__name__)
            failed = {"effect": "FAILED", "detail": type(error).__name__}
            return Claim(row.id, MessageState.FAILED, [*reasons, failed])
        if composed.broken:
            broken = [reason.as_data() for reason in composed.broken]
            return Claim(row.id, MessageState.WITHHELD, broken, composed.kept)
        self._count(row)
        self.parcels.append(composed.parcel)
        return Claim(row.id, MessageState.SENDING, reasons, composed.kept)

    def _ask(self, row: Any) -> Verdict:
        point = self._points[row.contact_point_id]
        contact = ContactFacts(
            channel=row.channel,
            message_class=row.message_class,
            area_code=point.area_code,
            state=point.state,
            sender_paused=row.channel in self._paused,
        )
        return decide(self._facts[row.debtor_id], contact, self._at, self._policy)

    def _count(self, row: Any) -> None:
        """A message of this batch counts for the next one to the same person."""
        if row.message_class == MessageClass.OUTBOUND:
            facts: PersonFacts = self._facts[row.debtor_id]
            self._facts[row.debtor_id] = _with_sent(facts, Sent(row.channel, self._at))

    def _compose(self, row: Any) -> Any:
        person = json.loads(self._keys.text(self._people[row.debtor_id].sealed, "debtor"))
        recipient = self._keys.text(self._points[row.contact_point_id].sealed, "contact")
        brand = self._brands.get(row.brand_version_id)
        if brand is None:
            brand = brands.load(self._session, row.brand_version_id)
            self._brands[row.brand_version_id] = brand
        return self._writer.compose(row, brand=brand, full_name=person["name"], recipient=recipient)


def _with_sent(facts: PersonFacts, sent: Sent) -> PersonFacts:
    return PersonFacts(
        debtor_id=facts.debtor_id,
        time_zone=facts.time_zone,
        uf=facts.uf,
        adult_on=facts.adult_on,
        holds=facts.holds,
        opted_out=facts.opted_out,
        debts=facts.debts,
        sent=(*facts.sent, sent),
    )


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
    people = {
        row.id: row.debtor_id
        for row in session.execute(
            select(Message.id, Message.debtor_id).where(
                Message.id.in_([receipt.message_id for receipt in receipts])
            )
        )
    }
    marks = [_mark_of(receipt) for receipt in receipts]
    claiming.mark(session, marks)
    record_many(
        session,
        [
            Happening(people[m.message_id], f"message.{m.state}", m.message_id)
            for m in marks
            if m.state != MessageState.QUEUED
        ],
    )
    _note_dead_addresses(session, receipts)
    return Counter(str(m.state) for m in marks)


def _mark_of(receipt: Receipt) -> Mark:
    if receipt.handed is Handed.SENT:
        return Mark(receipt.message_id, MessageState.SENT, receipt.provider_id)
    if receipt.handed is Handed.UNCERTAIN:
        return Mark(receipt.message_id, MessageState.UNCERTAIN)
    if receipt.handed is Handed.LATER:
        return Mark(receipt.message_id, MessageState.QUEUED, retry_at=now() + RETRY_AFTER)
    return Mark(receipt.message_id, MessageState.FAILED)


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
