"""Everybody of a comparison with what came of them: the columns an effect is computed from."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.debts.models import Debt, Debtor
from app.history.models import Event
from app.insights.groups import Comparison
from app.insights.rolling import MONEY, kept_cents
from app.outreach.models import Message, MessageClass
from tenants.clock import bounds
from tenants.resolve import Resolved

Column = NDArray[np.float64]
EARLIER = timedelta(days=90)
"""Payments of so long before the comparison tell who pays anyway."""


@dataclass(frozen=True, slots=True)
class Cohort:
    """People (n,): everybody counts in the group the hash gave them, whatever became of them."""

    arm: NDArray[np.int8]
    before: Column
    """(n, k): what was known before the comparison began."""
    cash: Column
    """Cents of payments received in the window, as far as they were owed, less what went back in
    it."""
    cost: Column
    contacts: Column
    complaints: Column
    opt_outs: Column
    agreements: Column
    breaks: Column


@dataclass(frozen=True, slots=True)
class Window:
    """The days a report is about, both ends included."""

    since: date
    until: date

    @property
    def days(self) -> int:
        """How many."""
        return (self.until - self.since).days + 1


def read(
    session: Session,
    tenant: Resolved,
    running: Comparison,
    window: Window,
    cost_cents: Mapping[str, float],
) -> Cohort:
    """The cohort of a comparison in a window that begins on or after its first night."""
    begins, ends = (
        bounds(window.since, tenant.time_zone)[0],
        bounds(window.until, tenant.time_zone)[1],
    )
    ids = session.scalars(
        select(Debtor.id).where(Debtor.created_at < ends).order_by(Debtor.id)
    ).all()
    place = {one: at for at, one in enumerate(ids)}
    happened = _Happened(session, place, begins, ends)
    contacts, cost = _contacts(session, place, begins, ends, cost_cents)
    return Cohort(
        arm=running.of(ids),
        before=_before(session, tenant, place, running.began),
        cash=happened.cash(),
        cost=cost,
        contacts=contacts,
        complaints=happened.times("message.complained"),
        opt_outs=np.minimum(happened.times("opt_out.made"), 1),
        agreements=happened.times("agreement.accepted"),
        breaks=happened.times("agreement.broken"),
    )


Place = Mapping[uuid.UUID, int]


@dataclass(frozen=True, slots=True)
class _Happened:
    session: Session
    place: Place
    begins: Any
    ends: Any

    def times(self, kind: str) -> Column:
        """How often it happened to each person."""
        rows = self.session.execute(
            select(Event.debtor_id, func.count(Event.id))
            .where(Event.kind == kind, Event.at >= self.begins, Event.at < self.ends)
            .group_by(Event.debtor_id)
        )
        return _filled(self.place, rows.all())

    def cash(self) -> Column:
        """Cents each person paid, less what went back to them."""
        rows = self.session.execute(
            select(Event.debtor_id, Event.kind, Event.data).where(
                Event.kind.in_(MONEY), Event.at >= self.begins, Event.at < self.ends
            )
        )
        return _filled(self.place, [(one, kept_cents(kind, data)) for one, kind, data in rows])


def _filled(place: Place, rows: Sequence[Any]) -> Column:
    found = np.zeros(len(place))
    for debtor_id, value in rows:
        if debtor_id in place:
            found[place[debtor_id]] += value
    return found


def _contacts(
    session: Session, place: Place, begins: Any, ends: Any, cost_cents: Mapping[str, float]
) -> tuple[Column, Column]:
    rows = session.execute(
        select(Message.debtor_id, Message.channel, func.count(Message.id))
        .where(
            Message.message_class == MessageClass.OUTBOUND,
            Message.sent_at >= begins,
            Message.sent_at < ends,
        )
        .group_by(Message.debtor_id, Message.channel)
    ).all()
    contacts = _filled(place, [(one, count) for one, _, count in rows])
    return contacts, _filled(
        place, [(one, count * cost_cents.get(channel, 0.0)) for one, channel, count in rows]
    )


def _before(session: Session, tenant: Resolved, place: Place, began: date) -> Column:
    """Balance, its logarithm, the age of the oldest debt, and payments before (n, 4).

    Of debts as they came in: nothing that a message could have changed.
    """
    principal, late = np.zeros(len(place)), np.zeros(len(place))
    for row in session.execute(
        select(Debt.debtor_id, Debt.principal_cents, Debt.paid_here_cents, Debt.due_on)
    ):
        if row.debtor_id in place:
            at = place[row.debtor_id]
            principal[at] += row.principal_cents + row.paid_here_cents
            late[at] = max(late[at], (began - row.due_on).days)
    start = bounds(began, tenant.time_zone)[0]
    paid = _Happened(session, place, start - EARLIER, start).cash()
    return np.stack(
        [
            principal / max(float(principal.mean()) if len(principal) else 0.0, 1.0),
            np.log1p(np.maximum(principal, 0)),
            np.log1p(np.maximum(late, 0)),
            paid / max(float(paid.mean()) if len(paid) else 0.0, 1.0),
        ],
        axis=1,
    )
