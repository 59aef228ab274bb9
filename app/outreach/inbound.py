"""Texts that people send back to a number several creditors may share.

A reply belongs to the creditor that last wrote to this address from this number. An opt-out word is
also applied to the others of that number when there is doubt: nobody wrote, two did within a day,
or the last message is uncertain.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import any_, select
from sqlalchemy.orm import Session

from app.compliance.policy import Policy, standard
from app.debts.models import ContactKind, ContactPoint
from app.outreach import rules
from app.outreach.models import Channel, Lease, Message, MessageState
from app.outreach.queries import COUNTED
from tenants import resolve
from tenants.keys import Unreadable, vault
from tenants.models import SenderNumber
from tenants.resolve import Resolved
from tenants.scope import platform, within

DOUBT = timedelta(days=1)


class LastWord(NamedTuple):
    """The last message a creditor sent to an address, or None, and whom it can be applied to."""

    tenant: Resolved
    message_id: uuid.UUID | None
    at: datetime | None
    is_certain: bool


def is_opt_out(text: str, policy: Policy) -> bool:
    """Whether a text asks to be left alone (BR-07)."""
    return rules.is_opt_out(text, policy.parameter("BR-07", "words"))


def receive(message: Mapping[str, Any], notification_id: str) -> int:
    """Store an inbound text with the creditors it concerns. Returns how many."""
    from app.outreach import events  # events reads replies with the rules of this module

    sender, number = str(message["originationNumber"]), str(message.get("destinationNumber", ""))
    words = [word for word in (_last_word(t, sender, number) for t in tenants_of(number)) if word]
    wants_out = is_opt_out(str(message["messageBody"]), standard())
    concerned = addressed(words, wants_out=wants_out)
    for word in concerned:
        with within(word.tenant) as session:
            events.store(
                session,
                word.tenant,
                provider_event_id=str(message.get("inboundMessageId") or notification_id),
                message_id=word.message_id,
                kind="replied",
                payload=dict(message),
            )
    return len(concerned)


def addressed(words: list[LastWord], *, wants_out: bool) -> list[LastWord]:
    """Whom a text is for: the creditor that wrote last; all of them for an opt-out in doubt."""
    wrote = sorted((word.at, place) for place, word in enumerate(words) if word.at is not None)
    if not wrote:
        return words if wants_out else []
    at, place = wrote[-1]
    last = words[place]
    in_doubt = not last.is_certain or (len(wrote) > 1 and at - wrote[-2][0] < DOUBT)
    return words if wants_out and in_doubt else [last]


def tenants_of(number: str) -> list[Resolved]:
    """The creditors that write from a number."""
    with platform() as session:
        ids = session.scalars(
            select(SenderNumber.tenant_id)
            .where(SenderNumber.number.in_(spellings(number)))
            .order_by(SenderNumber.tenant_id)
        ).all()
    return [resolve.by_id(tenant_id) for tenant_id in ids]


def spellings(number: str) -> list[str]:
    """A number may be written with or without its plus."""
    return [number, number.lstrip("+"), "+" + number.lstrip("+")]


def _last_word(tenant: Resolved, address: str, number: str) -> LastWord | None:
    """What this creditor last sent to an address from a number; None when it does not know it."""
    with within(tenant) as session:
        try:
            index = vault(session).index(address, ContactKind.PHONE)
        except Unreadable:
            return None
        there = select(ContactPoint.id).where(ContactPoint.address_index == index)
        points = session.scalars(there).all()
        if not points:
            return None
        row = _leaving(session, points, number) or _left(session, points, number)
        if row is not None:
            return LastWord(tenant, row.id, row.sent_at, row.state == MessageState.SENT)
    return LastWord(tenant, None, None, is_certain=False)


def _leaving(session: Session, points: Sequence[uuid.UUID], number: str) -> Any:
    """An SMS to one of these addresses that is being handed over: the latest there is."""
    return session.execute(
        select(Message.id, Lease.sent_at, Message.state)
        .join(Lease, Message.id == any_(Lease.message_ids))
        .where(
            Message.contact_point_id.in_(points),
            Message.state == MessageState.QUEUED,
            Lease.sent_from.in_(spellings(number)),
        )
        .order_by(Lease.sent_at.desc())
        .limit(1)
    ).one_or_none()


def _left(session: Session, points: Sequence[uuid.UUID], number: str) -> Any:
    """The last SMS to one of these addresses that left, or may have left."""
    return session.execute(
        select(Message.id, Message.sent_at, Message.state)
        .where(
            Message.contact_point_id.in_(points),
            Message.channel == Channel.SMS,
            Message.sent_from.in_(spellings(number)),
            Message.state.in_(COUNTED),
        )
        .order_by(Message.sent_at.desc())
        .limit(1)
    ).one_or_none()


def holders(session: Session, address: str) -> list[uuid.UUID]:
    """Everybody of this creditor with a phone number."""
    index = vault(session).index(address, ContactKind.PHONE)
    return list(
        session.scalars(
            select(ContactPoint.debtor_id)
            .where(ContactPoint.address_index == index)
            .order_by(ContactPoint.debtor_id)
        )
    )
