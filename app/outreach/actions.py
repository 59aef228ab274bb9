"""Write to a person, and let a person stop it. The caller owns the transaction."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.compliance import actions as compliance
from app.compliance.facts import ContactFacts, Verdict, stored_reasons
from app.compliance.policy import Effect
from app.compliance.queries import paused_channels, policy_in_force
from app.compliance.rules import decide
from app.debts.models import ContactPoint, ContactState, Debt, Debtor, Whose
from app.debts.queries import addresses
from app.history.actions import record
from app.jobs import enqueue
from app.outreach import jobs, links, queries, rules
from app.outreach.models import AccessLink, Message, MessageClass, MessageState
from app.outreach.writing import Draft, write
from tenants.clock import now
from tenants.keys import vault
from tenants.resolve import Resolved
from tenants.scope import current_tenant_id
from themes import brands


def write_message(
    session: Session,
    tenant: Resolved,
    *,
    debtor_id: uuid.UUID,
    intent: str,
    cause: str,
    message_class: str,
    channel: str | None = None,
    contact_point_id: uuid.UUID | None = None,
    facts: Mapping[str, Any],
    send_after: datetime | None = None,
    only_own: bool = False,
) -> Message | None:
    """Write a message with its cause, its link and its delivery job, in the caller's transaction.

    `cause` is "kind:id" of what makes it: the same cause writes one message per channel, and asking
    again returns that one. `facts` are the values the words rest on (themes.voice names them; link
    and names are added when it is composed). The contact policy is asked now: a message it refuses
    is written as withheld, one it delays waits. None when no address works; `only_own` leaves out
    those that others read too.
    Raises LookupError when no brand is published or there is no such person.
    """
    debtor = session.scalar(select(Debtor).where(Debtor.id == debtor_id))
    if debtor is None:
        raise LookupError("no such person")
    points = addresses(session, debtor.id)
    if contact_point_id is not None:
        points = [point for point in points if point.id == contact_point_id]
    stopped = _stopped(session, debtor_id, message_class) if channel is None else frozenset()
    address = _address(session, debtor, channel, points, only_own=only_own, stopped=stopped)
    if address is None:
        return None
    chosen, point = address
    existing = _written(session, cause, chosen)
    if existing is not None:
        return existing
    at = max(send_after or now(), now())
    verdict, reasons = _ask(session, debtor_id, chosen, point, message_class, at)
    delayed = verdict.until if verdict.effect is Effect.DELAY else None
    refused = delayed is None and not verdict.allows
    draft = Draft(
        debtor_id=debtor_id,
        contact_point_id=point.id,
        channel=chosen,
        intent=intent,
        message_class=message_class,
        cause=cause,
        locale=debtor.locale,
        send_after=delayed or at,
        facts=facts,
        state=MessageState.WITHHELD if refused else MessageState.QUEUED,
        reasons=reasons,
    )
    write(session, vault(session), tenant.id, brands.published(session), [draft])
    message = _written(session, cause, chosen)
    assert message is not None
    _follow_up(session, tenant, message)
    return message


def _follow_up(session: Session, tenant: Resolved, message: Message) -> None:
    if message.state == MessageState.WITHHELD:
        record(
            session,
            debtor_id=message.debtor_id,
            kind="message.withheld",
            subject_id=message.id,
            rules=[reason.get("rule") for reason in message.reasons],
        )
    elif message.state == MessageState.QUEUED and message.send_after <= now():
        deliver_soon(session, tenant)


def deliver_soon(session: Session, tenant: Resolved) -> None:
    """Enqueue the delivery of what is due; once is enough. Later messages wait for the sweep."""
    enqueue(
        session,
        jobs.deliver,
        queueing_lock=f"outreach.deliver:{tenant.id}",
        tenant_id=str(tenant.id),
    )


def _written(session: Session, cause: str, channel: str) -> Message | None:
    return session.scalar(select(Message).where(Message.cause == cause, Message.channel == channel))


def _address(
    session: Session,
    debtor: Debtor,
    channel: str | None,
    points: Sequence[ContactPoint],
    *,
    only_own: bool,
    stopped: Collection[str],
) -> tuple[str, ContactPoint] | None:
    """The channel and the address to use, or None when there is none that works.

    Where no channel is asked for, one that others read too, or that the person has stopped, is
    taken only for want of another.
    """
    own = [point for point in points if point.whose == Whose.OWN]
    if only_own or (channel is None and own):
        points = own
    by_channel: dict[str, ContactPoint] = {}
    for each, kind in rules.KIND_OF_ADDRESS.items():
        usable = [p for p in points if p.kind == kind and p.is_mobile is not False]
        if usable:
            by_channel[each] = usable[0]
    if channel is None:
        by_channel = {c: p for c, p in by_channel.items() if c not in stopped} or by_channel
        acquired = session.scalar(
            select(Debt.acquisition_channel).where(Debt.debtor_id == debtor.id).limit(1)
        )
        channel = rules.choose_channel(debtor.preferred_channel, acquired, by_channel)
    if channel is None or channel not in by_channel:
        return None
    return channel, by_channel[channel]


def _stopped(session: Session, debtor_id: uuid.UUID, message_class: str) -> frozenset[str]:
    """Channels that the person does not want; what they asked for comes by any."""
    if message_class != MessageClass.OUTBOUND:
        return frozenset()
    return queries.person_facts(session, [debtor_id])[debtor_id].opted_out


def _ask(
    session: Session,
    debtor_id: uuid.UUID,
    channel: str,
    point: ContactPoint,
    message_class: str,
    at: datetime,
) -> tuple[Verdict, list[dict[str, Any]]]:
    policy = policy_in_force(session)
    person = queries.person_facts(session, [debtor_id], at)[debtor_id]
    contact = ContactFacts(
        channel=channel,
        message_class=message_class,
        area_code=point.area_code,
        state=point.state,
        whose=point.whose,
        sender_paused=paused_channels(session).get(channel, ""),
        line=point.id,
    )
    verdict = decide(person, contact, at, policy)
    return verdict, stored_reasons(verdict, policy, message_class)


def unsubscribe(session: Session, tenant: Resolved, token: str) -> bool:
    """Apply a one-click unsubscribe (RFC 8058) to the channel its message came on.

    True for a token made here, however often it is used; False for anything else.
    """
    message_id = links.unsubscribing_message(vault(session), token)
    if message_id is None:
        return False
    message = session.scalar(select(Message).where(Message.id == message_id))
    if message is None:
        return False
    made = compliance.opt_out(
        session, debtor_id=message.debtor_id, channel=message.channel, origin="one_click"
    )
    if made:
        confirm_opt_out(
            session,
            tenant,
            debtor_id=message.debtor_id,
            channel=message.channel,
            cause=f"opt_out:{message.id}",
        )
    return True


def note_wrong_person(session: Session, link: AccessLink) -> bool:
    """Somebody else reads the address that this link's message went to: it is not used for this
    person again, whatever a later file says (BR-09), and no link that went there opens any more.

    False for a link that no message carried.
    """
    point_id = session.scalar(select(Message.contact_point_id).where(Message.id == link.message_id))
    if point_id is None:
        return False
    session.execute(
        update(ContactPoint)
        .where(ContactPoint.tenant_id == current_tenant_id(), ContactPoint.id == point_id)
        .values(state=ContactState.WRONG_PERSON)
    )
    there = session.scalars(select(Message.id).where(Message.contact_point_id == point_id)).all()
    links.revoke_those(session, there)
    record(session, debtor_id=link.debtor_id, kind="contact.wrong_person", subject_id=point_id)
    return True


def confirm_opt_out(
    session: Session, tenant: Resolved, *, debtor_id: uuid.UUID, channel: str, cause: str
) -> Message | None:
    """Tell the person once, on the same channel, that they will not be written to (BR-07)."""
    return write_message(
        session,
        tenant,
        debtor_id=debtor_id,
        intent="opt_out_confirmed",
        cause=cause,
        message_class=MessageClass.REQUESTED,
        channel=channel,
        facts={"channel": channel},
    )
