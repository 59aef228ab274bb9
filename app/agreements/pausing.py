"""An open hold pauses an agreement: nothing is due, nobody is reminded, nothing breaks."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.agreements.clock import Held, joined, resumed
from app.agreements.models import Agreement, AgreementDebt, Instalment, InstalmentState
from app.compliance.models import Hold
from app.compliance.queries import among
from app.compliance.stops import stop
from app.debts.models import Debtor
from app.history.actions import record
from app.offers.due_dates import Calendar
from tenants.resolve import Resolved


@dataclass(frozen=True, slots=True)
class Pause:
    """Why and since when an agreement rests."""

    since: datetime
    is_personal: bool
    """It is the person who may not be asked (BR-10, BR-12), not a debt that is in question."""


def holds_on(
    session: Session, agreements: Mapping[uuid.UUID, uuid.UUID]
) -> dict[uuid.UUID, list[Hold]]:
    """The holds, open and ended, that concern each of these agreements (agreement → person)."""
    debts: dict[uuid.UUID, list[uuid.UUID]] = {agreement_id: [] for agreement_id in agreements}
    for agreement_id, debt_id in session.execute(
        select(AgreementDebt.agreement_id, AgreementDebt.debt_id).where(
            among(AgreementDebt.agreement_id, agreements)
        )
    ):
        debts[agreement_id].append(debt_id)
    people = set(agreements.values())
    holds = session.scalars(
        select(Hold).where(among(Hold.debtor_id, people)).order_by(Hold.opened_at)
    ).all()
    return {
        agreement_id: [
            hold
            for hold in holds
            if hold.debtor_id == debtor_id and concerns(hold, debts[agreement_id])
        ]
        for agreement_id, debtor_id in agreements.items()
    }


def concerns(hold: Hold, debt_ids: Collection[uuid.UUID]) -> bool:
    """Whether a hold, while it is open, stops one of these debts."""
    stopped = stop([(hold.kind, hold.debt_id)])
    return any(stopped.covers(debt_id) for debt_id in debt_ids)


def paused(holds: Sequence[Hold]) -> Pause | None:
    """The pause that the open ones of an agreement's holds make."""
    waiting = [hold for hold in holds if hold.resolved_at is None]
    if not waiting:
        return None
    personal = any(stop([(hold.kind, hold.debt_id)]).is_personal for hold in waiting)
    return Pause(min(hold.opened_at for hold in waiting), personal)


def pause_of(session: Session, agreement: Agreement) -> Pause | None:
    """Why one agreement rests now, or None."""
    return paused(holds_on(session, {agreement.id: agreement.debtor_id})[agreement.id])


def stretches(holds: Sequence[Hold], time_zone: str) -> list[Held]:
    """The days of holds, where the reader is."""
    zone = ZoneInfo(time_zone)
    return [
        Held(
            hold.opened_at.astimezone(zone).date(),
            hold.resolved_at.astimezone(zone).date() if hold.resolved_at else None,
        )
        for hold in holds
    ]


def resume(session: Session, tenant: Resolved, agreement: Agreement) -> bool:
    """Give what fell due on hold its new dates, free of charge; False where another hold is open.

    The dates are those of `clock.resumed`; the person's history tells that they moved.
    """
    holds = holds_on(session, {agreement.id: agreement.debtor_id})[agreement.id]
    if not holds or paused(holds) is not None:
        return False
    debtor = session.scalars(select(Debtor).where(Debtor.id == agreement.debtor_id)).one()
    held = joined(stretches(holds, debtor.time_zone))[-1]
    rows = session.scalars(
        select(Instalment)
        .where(Instalment.agreement_id == agreement.id, Instalment.state == InstalmentState.OPEN)
        .order_by(Instalment.number)
        .with_for_update()
    ).all()
    assert held.last is not None
    when = Calendar(held.last, debtor.uf, tenant.jurisdiction)
    moved = 0
    down = bool(rows) and rows[0].number == 0
    dates = resumed([row.due_on for row in rows], agreement.due_day, held, when, down=down)
    for row, day in zip(rows, dates, strict=True):
        moved += row.due_on != day
        row.due_on = day
    record(
        session,
        debtor_id=agreement.debtor_id,
        kind="agreement.resumed",
        subject_id=agreement.id,
        moved=moved,
    )
    return True
