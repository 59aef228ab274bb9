"""Take back a message that waits: what was planned no longer fits."""

import uuid

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.history.actions import record
from app.outreach.models import Delivery, Message, MessageState

REPLANNED = "replanned"
"""In the place of a policy's rule: something happened, and the plan is another one."""


def withdraw(session: Session, message_id: uuid.UUID, because: str) -> bool:
    """Withhold a queued message, with the code of why; False where it is on its way already.

    Whoever claims it at this moment is waited for: it leaves or it is taken back, never both.
    """
    waits = delete(Delivery).where(Delivery.id == message_id)
    if session.scalar(waits.returning(Delivery.id)) is None:
        return False
    message = session.scalars(
        select(Message).where(Message.id == message_id).with_for_update()
    ).one()
    message.state = MessageState.WITHHELD
    message.reasons = [*message.reasons, {"rule": REPLANNED, "because": because}]
    record(
        session,
        debtor_id=message.debtor_id,
        kind="message.withheld",
        subject_id=message.id,
        rules=[REPLANNED],
    )
    session.flush()
    return True
