"""Take back messages that wait: what was planned no longer fits."""

import uuid
from collections.abc import Mapping, Sequence

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from app.compliance.queries import among
from app.history.actions import Happening, record_many
from app.outreach.models import Delivery, Message, MessageState

REPLANNED = "replanned"
"""In the place of a policy's rule: something happened, and the plan is another one."""
AGREED, OFFER_GONE, OVERTAKEN = "agreed_meanwhile", "offer_gone", "overtaken"
"""Why a message is taken back; codes for texts."""


def waiting(
    session: Session, debtor_ids: Sequence[uuid.UUID], causes: Sequence[str]
) -> dict[uuid.UUID, str]:
    """The messages to some people that wait and whose cause begins with one of these, with it."""
    begins = or_(*(Message.cause.startswith(cause, autoescape=True) for cause in causes))
    found = session.execute(
        select(Message.id, Message.cause).where(
            among(Message.debtor_id, debtor_ids), Message.state == MessageState.QUEUED, begins
        )
    )
    return {row.id: row.cause for row in found}


def withdraw(session: Session, because: Mapping[uuid.UUID, str]) -> set[uuid.UUID]:
    """Withhold queued messages, each with the code of why; those that were, without those that are
    on their way already.

    Whoever claims one at this moment is waited for: it leaves or it is taken back, never both.
    """
    waits = delete(Delivery).where(among(Delivery.id, because))
    taken = set(session.scalars(waits.returning(Delivery.id)))
    if not taken:
        return taken
    messages = session.scalars(
        select(Message).where(among(Message.id, taken)).order_by(Message.id).with_for_update()
    ).all()
    for message in messages:
        message.state = MessageState.WITHHELD
        why = {"rule": REPLANNED, "because": because[message.id]}
        message.reasons = [*message.reasons, why]
    told = {"rules": [REPLANNED]}
    record_many(
        session, [Happening(one.debtor_id, "message.withheld", one.id, told) for one in messages]
    )
    return taken
