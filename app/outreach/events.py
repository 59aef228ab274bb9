"""What providers report: stored once inside the tenant it belongs to, applied once by a job."""

import json
import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.compliance import actions as compliance
from app.compliance.deadlines import complaint_by
from app.compliance.queries import policy_in_force
from app.compliance.tasks import add_task
from app.debts.models import ContactPoint, ContactState
from app.history.actions import record
from app.jobs import enqueue
from app.outreach import inbound, jobs, reported, reputation
from app.outreach.actions import confirm_opt_out
from app.outreach.models import Channel, DeliveryEvent, Message, MessageState
from app.outreach.sns import Notification
from tenants import resolve
from tenants.clock import now
from tenants.database import new_id
from tenants.keys import vault
from tenants.resolve import Resolved
from tenants.scope import current_tenant_id, within


def receive(notification: Notification) -> int:
    """Store what a verified notification says. Returns how many tenants it concerns.

    An event that names no message of ours is dropped: there is nobody to apply it to.
    """
    message = notification.message
    if "originationNumber" in message and "messageBody" in message:
        return inbound.receive(message, notification.id)
    about = reported.understand(message)
    if about is None:
        return 0
    try:
        tenant = resolve.by_id(about.tenant_id)
    except LookupError:
        return 0
    with within(tenant) as session:
        exists = session.scalar(select(Message.id).where(Message.id == about.message_id))
        if exists is None:
            return 0
        store(
            session,
            tenant,
            provider_event_id=notification.id,
            message_id=about.message_id,
            kind=about.kind,
            payload=reported.kept(message),
        )
    return 1


def store(
    session: Session,
    tenant: Resolved,
    *,
    provider_event_id: str,
    message_id: uuid.UUID | None,
    kind: str,
    payload: Mapping[str, Any],
) -> bool:
    """Keep an event once and enqueue its application. False for one that is known."""
    made = session.scalar(
        insert(DeliveryEvent)
        .values(
            tenant_id=tenant.id,
            id=new_id(),
            provider_event_id=provider_event_id,
            message_id=message_id,
            kind=kind,
            payload=vault(session).seal(json.dumps(payload), "delivery"),
            received_at=now(),
        )
        .on_conflict_do_nothing(index_elements=["tenant_id", "provider_event_id"])
        .returning(DeliveryEvent.id)
    )
    if made is None:
        return False
    enqueue(session, jobs.apply_event, tenant_id=str(tenant.id), event_id=str(made))
    return True


def apply(session: Session, tenant: Resolved, event_id: uuid.UUID) -> bool:
    """Apply a stored event exactly once. False when it was applied before."""
    event = session.scalar(
        select(DeliveryEvent)
        .where(DeliveryEvent.id == event_id, DeliveryEvent.applied_at.is_(None))
        .with_for_update()
    )
    if event is None:
        return False
    event.applied_at = now()
    message = session.scalar(select(Message).where(Message.id == event.message_id))
    if event.kind == "replied":
        _read_reply(session, tenant, message, event)
    if message is not None:
        _apply(session, message, event)
    return True


def _apply(session: Session, message: Message, event: DeliveryEvent) -> None:
    record(
        session,
        debtor_id=message.debtor_id,
        kind=f"message.{event.kind}",
        subject_id=message.id,
    )
    if event.kind == "bounced":
        _stop_using(session, message.contact_point_id)
    elif event.kind == "complained":
        compliance.opt_out(
            session, debtor_id=message.debtor_id, channel=message.channel, origin="complaint"
        )
    if event.kind in ("delivered", "bounced", "complained"):
        _settle(session, message)
    if event.kind in ("bounced", "complained") and message.channel == Channel.EMAIL:
        session.flush()
        reputation.guard(session)


def _settle(session: Session, message: Message) -> None:
    """An event about an uncertain message tells that it did leave."""
    if message.state == MessageState.UNCERTAIN:
        message.state = MessageState.SENT
    session.flush()


def _stop_using(session: Session, contact_point_id: uuid.UUID) -> None:
    session.execute(
        update(ContactPoint)
        .where(
            ContactPoint.tenant_id == current_tenant_id(),
            ContactPoint.id == contact_point_id,
            ContactPoint.state == ContactState.ACTIVE,
        )
        .values(state=ContactState.BOUNCED)
    )


def _read_reply(
    session: Session, tenant: Resolved, message: Message | None, event: DeliveryEvent
) -> None:
    """An opt-out word stops SMS for everybody with that number; anything else is to be answered.

    `message` is None where the creditor never wrote to the number: the word counts all the same.
    """
    payload = json.loads(vault(session).text(event.payload, "delivery"))
    policy = policy_in_force(session)
    if not inbound.is_opt_out(str(payload.get("messageBody", "")), policy):
        if message is not None:
            add_task(
                session,
                debtor_id=message.debtor_id,
                kind="answer_reply",
                rule="BR-32",
                cause=f"reply:{event.id}",
                due_at=complaint_by(now(), tenant.time_zone, policy),
                message=str(message.id),
            )
        return
    for debtor_id in inbound.holders(session, str(payload["originationNumber"])):
        made = compliance.opt_out(
            session, debtor_id=debtor_id, channel=Channel.SMS, origin="sms_reply"
        )
        if made and message is not None and debtor_id == message.debtor_id:
            confirm_opt_out(
                session,
                tenant,
                debtor_id=debtor_id,
                channel=Channel.SMS,
                cause=f"opt_out:{event.id}",
            )
