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


def cause_of(agreement: Agreement, reversal_id: uuid.UUID) -> str:
    """What makes the notice that a payment went back: one for each decision."""
    return f"{RETURNED}:{agreement.id}:{reversal_id}"


def take_back(session: Session, agreement: Agreement) -> None:
    """Amounts or dates of an agreement are others now: a notice that still waits is not sent."""
    waiting = session.scalars(
        select(Message.id).where(
            Message.debtor_id == agreement.debtor_id,
            Message.intent == RETURNED,
            Message.state == MessageState.QUEUED,
            Message.cause.startswith(f"{RETURNED}:{agreement.id}:"),
        )
    )
    withdraw(session, dict.fromkeys(waiting, OVERTAKEN))
