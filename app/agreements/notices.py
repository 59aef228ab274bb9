"""Notices about an agreement that wait to leave: what they say must hold when they do."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.agreements.models import Agreement
from app.outreach.models import Message, MessageState
from app.outreach.withdrawing import withdraw

RETURNED = "payment_returned"
OVERTAKEN = "overtaken"
"""Why a notice is taken back."""


def cause_of(agreement: Agreement, reversal_id: uuid.UUID, after: uuid.UUID | None = None) -> str:
    """What makes the notice that a payment went back: one for each decision, and one more `after`
    each payment that overtook it."""
    cause = f"{RETURNED}:{agreement.id}:{reversal_id}"
    return f"{cause}:{after}" if after else cause


def take_back(session: Session, agreement: Agreement) -> tuple[uuid.UUID, ...]:
    """Amounts or dates of an agreement are others now: a notice that still waits is not sent.

    Returns the reversals whose notices these were.
    """
    waiting = session.execute(
        select(Message.id, Message.cause).where(
            Message.debtor_id == agreement.debtor_id,
            Message.intent == RETURNED,
            Message.state == MessageState.QUEUED,
            Message.cause.startswith(f"{RETURNED}:{agreement.id}:"),
        )
    )
    causes = {row.id: row.cause for row in waiting}
    taken = withdraw(session, dict.fromkeys(causes, OVERTAKEN))
    return tuple({uuid.UUID(causes[one].split(":")[2]) for one in taken})
