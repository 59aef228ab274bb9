"""The creditor as a sender: too much that bounced or was reported pauses its e-mail (BR-29)."""

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.compliance import content, senders
from app.compliance.queries import policy_in_force
from app.outreach.models import Channel, DeliveryEvent, Message, MessageClass, MessageState
from tenants.clock import now

WINDOW = timedelta(days=7)


def guard(session: Session) -> str:
    """Pause the creditor's e-mail when too much of it bounced or was reported (BR-29)."""
    since = now() - WINDOW
    sent = session.scalar(
        select(func.count(Message.id)).where(
            Message.channel == Channel.EMAIL,
            Message.message_class == MessageClass.OUTBOUND,
            Message.state == MessageState.SENT,
            Message.sent_at > since,
        )
    )
    counts = {
        row.kind: row.number
        for row in session.execute(
            select(DeliveryEvent.kind, func.count(DeliveryEvent.id).label("number"))
            .where(
                DeliveryEvent.kind.in_(("bounced", "complained")),
                DeliveryEvent.received_at > since,
            )
            .group_by(DeliveryEvent.kind)
        )
    }
    level, reason = content.reputation(
        sent or 0, counts.get("bounced", 0), counts.get("complained", 0), policy_in_force(session)
    )
    if level == content.REPUTATION_STOP:
        senders.pause_sender(session, channel=Channel.EMAIL, rule="BR-29", reason=reason)
    return level
