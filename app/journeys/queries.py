"""What a day's plan rests on, read for thousands of people at once."""

import uuid
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.agreements.models import Agreement, AgreementState, Instalment, InstalmentState
from app.compliance.facts import PersonFacts
from app.compliance.models import AuditEntry
from app.compliance.queries import Identifiers, among
from app.debts.models import ContactPoint, ContactState, Debt, Debtor, Whose
from app.journeys.models import Night
from app.journeys.rules import Journey
from app.offers.models import Offer, OfferState
from app.outreach.models import Message, MessageClass, MessageState
from app.outreach.queries import person_facts
from tenants.resolve import Resolved
from tenants.scope import within

CHUNK = 5_000
DAY_RUN = "day.run"
"""What the audit trail calls a day of operation that began."""


@dataclass(slots=True)
class Known:
    """What is known of one person on the day."""

    debtor_id: uuid.UUID
    time_zone: str
    locale: str
    preferred_channel: str | None
    preferred_hour: int | None
    facts: PersonFacts
    acquired_through: str | None = None
    points: list[Any] = field(default_factory=list)
    """Addresses that work: id, kind, area_code, is_mobile, whose; the person's own first, then
    the creditor's order, the newest first among equals."""
    offer: Any = None
    """id, valid_until."""
    instalments: list[Any] = field(default_factory=list)
    """Open ones near their day, each with the number of its agreement."""
    has_open_agreement: bool = False
    written: dict[str, date] = field(default_factory=dict)
    """Outbound messages that left or may leave: cause → local day."""
    causes: set[str] = field(default_factory=set)
    """Every cause that was ever written, withheld ones too."""


def come_to(tenant: Resolved) -> date | None:
    """The latest day that was run or planned, where the creditor is; before any, the first on which
    anybody was known. None without anybody."""
    last = func.max(AuditEntry.data["day"].astext)
    with within(tenant) as session:
        planned = session.scalar(select(func.max(Night.day)))
        ran = session.scalar(select(last).where(AuditEntry.action == DAY_RUN))
        days: list[date] = [day for day in (planned, ran and date.fromisoformat(ran)) if day]
        if days:
            return max(days)
        first_known: datetime | None = session.scalar(select(func.min(Debtor.created_at)))
    return first_known.astimezone(ZoneInfo(tenant.time_zone)).date() if first_known else None


def debtor_chunks(tenant: Resolved, size: int = CHUNK) -> Iterator[list[uuid.UUID]]:
    """Everybody, `size` at a time."""
    last = uuid.UUID(int=0)
    while True:
        with within(tenant) as session:
            ids = list(
                session.scalars(
                    select(Debtor.id).where(Debtor.id > last).order_by(Debtor.id).limit(size)
                )
            )
        if not ids:
            return
        yield ids
        last = ids[-1]


def known(session: Session, debtor_ids: Identifiers, at: datetime, journey: Journey) -> list[Known]:
    """Everything a plan needs of these people."""
    facts = person_facts(session, debtor_ids, at)
    people = {
        row.id: Known(
            debtor_id=row.id,
            time_zone=row.time_zone,
            locale=row.locale,
            preferred_channel=row.preferred_channel,
            preferred_hour=row.preferred_hour,
            facts=facts[row.id],
        )
        for row in session.execute(
            select(
                Debtor.id,
                Debtor.time_zone,
                Debtor.locale,
                Debtor.preferred_channel,
                Debtor.preferred_hour,
            ).where(among(Debtor.id, debtor_ids))
        )
    }
    _add_addresses(session, people, debtor_ids)
    _add_offers(session, people, debtor_ids, at)
    _add_agreements(session, people, debtor_ids, at, journey)
    _add_messages(session, people, debtor_ids)
    return list(people.values())


def _add_addresses(session: Session, people: dict[uuid.UUID, Known], ids: Identifiers) -> None:
    rows = session.execute(
        select(
            ContactPoint.id,
            ContactPoint.debtor_id,
            ContactPoint.kind,
            ContactPoint.area_code,
            ContactPoint.is_mobile,
            ContactPoint.whose,
        )
        .where(among(ContactPoint.debtor_id, ids), ContactPoint.state == ContactState.ACTIVE)
        .order_by(
            ContactPoint.whose != Whose.OWN,
            ContactPoint.position,
            ContactPoint.created_at.desc(),
            ContactPoint.id,
        )
    )
    for row in rows:
        people[row.debtor_id].points.append(row)
    acquired = session.execute(
        select(Debt.debtor_id, Debt.acquisition_channel)
        .where(among(Debt.debtor_id, ids), Debt.acquisition_channel.is_not(None))
        .order_by(Debt.id)
    )
    for debtor_id, channel in acquired:
        person = people[debtor_id]
        person.acquired_through = person.acquired_through or channel


def _add_offers(
    session: Session, people: dict[uuid.UUID, Known], ids: Identifiers, at: datetime
) -> None:
    rows = session.execute(
        select(Offer.id, Offer.debtor_id, Offer.valid_until).where(
            among(Offer.debtor_id, ids), Offer.state == OfferState.OPEN
        )
    )
    for row in rows:
        person = people[row.debtor_id]
        if row.valid_until >= at.astimezone(ZoneInfo(person.time_zone)).date():
            person.offer = row


def _add_agreements(
    session: Session,
    people: dict[uuid.UUID, Known],
    ids: Identifiers,
    at: datetime,
    journey: Journey,
) -> None:
    rows = session.execute(
        select(Agreement.id, Agreement.debtor_id, Agreement.number)
        .where(among(Agreement.debtor_id, ids), Agreement.state == AgreementState.OPEN)
        .order_by(Agreement.accepted_at)
    )
    by_id = {row.id: row for row in rows}
    for agreement in by_id.values():
        people[agreement.debtor_id].has_open_agreement = True
    for instalment in _instalments(session, by_id, at, journey):
        agreement = by_id[instalment.agreement_id]
        people[agreement.debtor_id].instalments.append((instalment, agreement.number))


def _instalments(
    session: Session, agreements: dict[uuid.UUID, Any], at: datetime, journey: Journey
) -> list[Any]:
    """Open instalments near their day, with how many the schedule has; the earliest first."""
    if not agreements:
        return []
    latest = at.date() + timedelta(days=journey.before_days + 1)
    counts = {
        row.agreement_id: row.most
        for row in session.execute(
            select(Instalment.agreement_id, func.max(Instalment.number).label("most"))
            .where(among(Instalment.agreement_id, agreements))
            .group_by(Instalment.agreement_id)
        )
    }
    rows = session.execute(
        select(
            Instalment.id,
            Instalment.agreement_id,
            Instalment.number,
            Instalment.due_on,
            Instalment.amount_cents,
            Instalment.paid_cents,
        )
        .where(
            among(Instalment.agreement_id, agreements),
            Instalment.state == InstalmentState.OPEN,
            Instalment.due_on <= latest,
        )
        .order_by(Instalment.due_on, Instalment.number)
    )
    return [_Instalment(*row, counts[row.agreement_id]) for row in rows]


@dataclass(frozen=True, slots=True)
class _Instalment:
    id: uuid.UUID
    agreement_id: uuid.UUID
    number: int
    due_on: date
    amount_cents: int
    paid_cents: int
    count: int


def _add_messages(session: Session, people: dict[uuid.UUID, Known], ids: Identifiers) -> None:
    rows = session.execute(
        select(Message.debtor_id, Message.cause, Message.state, Message.send_after).where(
            among(Message.debtor_id, ids),
            Message.message_class == MessageClass.OUTBOUND,
        )
    )
    per_person: dict[uuid.UUID, list[Any]] = defaultdict(list)
    for row in rows:
        per_person[row.debtor_id].append(row)
    for debtor_id, messages in per_person.items():
        person = people[debtor_id]
        zone = ZoneInfo(person.time_zone)
        for message in messages:
            person.causes.add(message.cause)
            if message.state != MessageState.WITHHELD:
                person.written[message.cause] = message.send_after.astimezone(zone).date()
