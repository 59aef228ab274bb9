"""Messages that wait to leave: what they say of offers and agreements must hold when they do."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.agreements.models import Agreement, Instalment
from app.outreach.lapsing import INSTALMENT, OFFER
from app.outreach.withdrawing import AGREED, OVERTAKEN, waiting, withdraw

RETURNED = "payment_returned"


def cause_of(agreement: Agreement, reversal_id: uuid.UUID, after: uuid.UUID | None = None) -> str:
    """What makes the notice that a payment went back: one for each decision, and one more `after`
    each payment that overtook it."""
    cause = f"{RETURNED}:{agreement.id}:{reversal_id}"
    return f"{cause}:{after}" if after else cause


def take_back(session: Session, agreement: Agreement) -> tuple[uuid.UUID, ...]:
    """Amounts or dates of an agreement are others now: a notice or a reminder of an instalment that
    still waits is not sent.

    Returns the reversals whose notices these were.
    """
    notices = f"{RETURNED}:{agreement.id}:"
    instalments = session.scalars(
        select(Instalment.id).where(Instalment.agreement_id == agreement.id)
    )
    reminders = [f"{INSTALMENT}{one}:" for one in instalments]
    causes = waiting(session, [agreement.debtor_id], [notices, *reminders])
    taken = withdraw(session, dict.fromkeys(causes, OVERTAKEN))
    told = [causes[one] for one in taken if causes[one].startswith(notices)]
    return tuple({uuid.UUID(cause.split(":")[2]) for cause in told})


def take_back_offers(session: Session, debtor_id: uuid.UUID) -> None:
    """Somebody agreed: what still waits to be said about offers is not sent."""
    withdraw(session, dict.fromkeys(waiting(session, [debtor_id], [OFFER]), AGREED))
