"""Everybody of a comparison with what came of them: the columns an effect is computed from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from app.insights import columns
from app.insights.groups import Comparison
from app.insights.rolling import HAPPENED, KEPT, MONEY
from app.outreach.models import MessageClass
from tenants.clock import bounds
from tenants.resolve import Resolved

Column = NDArray[np.float64]
EARLIER = timedelta(days=90)
"""Payments of so long before the comparison tell who pays anyway."""
SENT = """
FROM messages WHERE tenant_id = %(tenant)s AND message_class = %(outbound)s
AND sent_at >= %(begins)s AND sent_at < %(ends)s"""
TO_COME = """
FROM agreements a JOIN instalments i ON i.tenant_id = a.tenant_id AND i.agreement_id = a.id
WHERE a.tenant_id = %(tenant)s AND a.state = 'open' AND i.state = 'open'
AND a.accepted_at >= %(begins)s AND a.accepted_at < %(ends)s"""


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
    to_come: Column
    """Cents of agreements made in the window that stand today: not paid yet."""


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
    known = "FROM debtors WHERE tenant_id = %(tenant)s AND created_at < %(ends)s"
    people = columns.read(session, {"id": ("id", "uuid")}, known, ends=ends)["id"]
    people = np.sort(people)
    happened = _Happened(session, people, begins, ends)
    contacts, cost = _contacts(session, people, begins, ends, cost_cents)
    return Cohort(
        arm=running.of_numbers(columns.numbers(people)),
        before=_before(session, tenant, people, running.began),
        cash=happened.cash(),
        cost=cost,
        contacts=contacts,
        complaints=happened.times("message.complained"),
        opt_outs=np.minimum(happened.times("opt_out.made"), 1),
        agreements=happened.times("agreement.accepted"),
        breaks=happened.times("agreement.broken"),
        to_come=_to_come(session, people, begins, ends),
    )


Ids = NDArray[np.bytes_]
"""Of everybody, sorted."""


@dataclass(frozen=True, slots=True)
class _Happened:
    session: Session
    people: Ids
    begins: datetime
    ends: datetime

    def times(self, kind: str) -> Column:
        """How often it happened to each person."""
        return self._summed([kind], "1")

    def cash(self) -> Column:
        """Cents each person paid, less what went back to them."""
        return self._summed(list(MONEY), KEPT)

    def _summed(self, kinds: Sequence[str], expression: str) -> Column:
        found = columns.read(
            self.session,
            {"person": ("e.debtor_id", "uuid"), "value": (expression, "int8")},
            HAPPENED,
            kinds=list(kinds),
            begins=self.begins,
            ends=self.ends,
        )
        return _filled(self.people, found["person"], found["value"])


def _filled(people: Ids, ids: Ids, values: NDArray[Any]) -> Column:
    """Values of ids summed by person (n,); those of strangers are left out. Exact below 2^53."""
    at = columns.places(ids, people)
    known = at >= 0
    sums = np.bincount(at[known], weights=values[known], minlength=len(people))
    return sums.astype(np.float64)


def _contacts(
    session: Session,
    people: Ids,
    begins: datetime,
    ends: datetime,
    cost_cents: Mapping[str, float],
) -> tuple[Column, Column]:
    channels = list(cost_cents)
    found = columns.read(
        session,
        {
            "person": ("debtor_id", "uuid"),
            "channel": ("coalesce(array_position(%(channels)s::text[], channel), 0)", "int2"),
        },
        SENT,
        channels=channels,
        outbound=str(MessageClass.OUTBOUND),
        begins=begins,
        ends=ends,
    )
    cents = np.array([0.0, *(cost_cents[one] for one in channels)])[found["channel"]]
    ones = np.ones(len(cents))
    return _filled(people, found["person"], ones), _filled(people, found["person"], cents)


def _to_come(session: Session, people: Ids, begins: datetime, ends: datetime) -> Column:
    found = columns.read(
        session,
        {
            "person": ("a.debtor_id", "uuid"),
            "cents": ("greatest(i.amount_cents - i.paid_cents, 0)", "int8"),
        },
        TO_COME,
        begins=begins,
        ends=ends,
    )
    return _filled(people, found["person"], found["cents"])


def _before(session: Session, tenant: Resolved, people: Ids, began: date) -> Column:
    """Balance, its logarithm, the age of the oldest debt, and payments before (n, 4).

    Of debts as they came in: nothing that a message could have changed.
    """
    owed = columns.read(
        session,
        {
            "person": ("debtor_id", "uuid"),
            "cents": ("principal_cents + paid_here_cents", "int8"),
            "due_on": ("due_on", "date"),
        },
        "FROM debts WHERE tenant_id = %(tenant)s",
    )
    principal, late = _filled(people, owed["person"], owed["cents"]), np.zeros(len(people))
    at = columns.places(owed["person"], people)
    days = (np.datetime64(began) - owed["due_on"]).astype(np.int64)
    np.maximum.at(late, at[at >= 0], days[at >= 0].astype(np.float64))
    start = bounds(began, tenant.time_zone)[0]
    paid = _Happened(session, people, start - EARLIER, start).cash()
    return np.stack(
        [
            principal / max(float(principal.mean()) if len(principal) else 0.0, 1.0),
            np.log1p(np.maximum(principal, 0)),
            np.log1p(np.maximum(late, 0)),
            paid / max(float(paid.mean()) if len(paid) else 0.0, 1.0),
        ],
        axis=1,
    )
