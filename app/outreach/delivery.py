"""Deliver what is due: claim and compose in one transaction, hand over outside, mark in another.

At most once: "sending" is committed before the hand-over, and a message in "sending" is never
claimed again. While a batch is on the wire the next one is composed, but its claim is committed
only when the batch before is marked: a crash leaves at most one behind, which the sweep calls
uncertain.
"""

import contextvars
import functools
import json
import time
import uuid
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app import config
from app.compliance.columns import decide_columns, from_facts
from app.compliance.facts import ContactFacts, PersonFacts, Sent, Verdict, stored_reasons
from app.compliance.policy import Effect, Policy
from app.compliance.queries import among, paused_channels, policy_in_force
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
    batch = _Batch(session, tenant, rows, number)
    batch.ask()
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
        self._rows = rows
        self._points = _points(session, {r.contact_point_id for r in rows})
        self._verdicts: Mapping[uuid.UUID, Verdict] = {}
        self._allowed: dict[str, list[dict[str, Any]]] = {}
        self._keys = vault(session)
        self._writer = Writer(
            tenant=tenant,
            portal=config.settings().origin(tenant.primary_host),
            keys=self._keys,
            policy=self._policy,
            sender_number=number,
            at=self._at,
        )
        self._brands: dict[uuid.UUID, Brand] = {}

    def ask(self) -> None:
        """Ask the policy once more about everybody's first message of the batch, as columns."""
        first = list({row.debtor_id: row for row in reversed(self._rows)}.values())
        columns = from_facts(
            [self._facts[row.debtor_id] for row in first],
            [self._contact(row) for row in first],
            self._policy,
        )
        verdicts = decide_columns(columns, self._at, self._policy)
        self._verdicts = {row.id: verdicts.verdict(place) for place, row in enumerate(first)}

    def decide(self, row: Any) -> Claim:
        """What the policy says of a message; composed if it allows."""
        verdict = self._verdicts.get(row.id) or self._again(row)
        reasons = self._reasons(verdict, row.message_class)
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

    def _again(self, row: Any) -> Verdict:
        """A person's further message: what was decided in this batch counts."""
        return decide(self._facts[row.debtor_id], self._contact(row), self._at, self._policy)

    def _reasons(self, verdict: Verdict, message_class: str) -> list[dict[str, Any]]:
        """As stored; what nearly all have in common is one object."""
        if verdict.reasons:
            return stored_reasons(verdict, self._policy, message_class)
        if message_class not in self._allowed:
            self._allowed[message_class] = stored_reasons(verdict, self._policy, message_class)
        return self._allowed[message_class]

    def _contact(self, row: Any) -> ContactFacts:
        point = self._points[row.contact_point_id]
        return ContactFacts(
            channel=row.channel,
            message_class=row.message_class,
            area_code=point.area_code,
            state=point.state,
            sender_paused=row.channel in self._paused,
        )

    def _count(self, row: Any) -> None:
        """A message of this batch counts for the next one to the same person."""
        if row.message_class == MessageClass.OUTBOUND:
            facts: PersonFacts = self._facts[row.debtor_id]
            self._facts[row.debtor_id] = _with_sent(facts, Sent(row.channel, self._at))

    def _compose(self, row: Any) -> Any:
        point = self._points[row.contact_point_id]
        person = json.loads(self._keys.unseal(point.person, "debtor"))
        recipient = self._keys.text(point.sealed, "contact")
        brand = self._brands.get(row.brand_version_id)
        if brand is None:
            brand = brands.load(self._session, row.brand_version_id)
            self._brands[row.brand_version_id] = brand
        return self._writer.compose(row, brand=brand, full_name=person["name"], recipient=recipient)


def _points(session: Session, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Any]:
    """The addresses meant, each with what is sealed of its person."""
    rows = session.execute(
        select(
            ContactPoint.id,
            ContactPoint.sealed,
            ContactPoint.area_code,
            ContactPoint.state,
            Debtor.sealed.label("person"),
        )
        .join(Debtor, Debtor.id == ContactPoint.debtor_id)
        .where(among(ContactPoint.id, ids))
    )
    return {row.id: row for row in rows}


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
    marks = [_mark_of(receipt) for receipt in receipts]
    people = claiming.mark(session, marks)
    record_many(
        session,
        [
            Happening(people[m.message_id], f"message.{m.state}", m.message_id)
            for m in marks
            if m.state != MessageState.QUEUED and m.message_id in people
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
