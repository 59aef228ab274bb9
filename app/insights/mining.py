"""What is looked through for findings: who people are, what they did lately, how days went."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.debts.models import ContactKind, ContactPoint, ContactState, Debt, Debtor, DebtState
from app.history.models import Event
from app.insights.findings import BEFORE, WEEK, Finding, Series, anomalies, changes, found
from app.insights.models import DailyFigure
from app.insights.rolling import CLICKED, SENT
from app.insights.segments import segments
from tenants.clock import bounds, today
from tenants.resolve import Resolved

LATELY = timedelta(days=90)
"""How far back people's doings count for groups."""
DAYS = 8 * WEEK + 1
GONE = (DebtState.RECALLED, DebtState.DISMISSED)
LATENESS = (90, 180, 360, 720)
"""Upper ends of bands, in days past due."""
BALANCES = (50_000, 200_000, 1_000_000)
"""Upper ends of bands, in cents."""
BANDS = {"lateness": LATENESS, "balance": BALANCES}
MORE = "more"
UNKNOWN = ""
RATES = ("answered", "bounced", "complaints", "opt_outs")
"""Of the messages sent."""
COUNTS = ("sent", "visits", "agreements", "payments")
KNOWN_SERIES = (*RATES, *COUNTS)
HAPPENED = {
    "agreed": ("agreement.accepted",),
    "paid": ("payment.received",),
    "stopped": ("message.complained", "opt_out.made"),
    "answered": CLICKED,
}
AMONG_CONTACTED = ("answered", "stopped")


@dataclass(frozen=True, slots=True)
class Mined:
    """What was found, and how much was looked through."""

    day: date | None
    """The last day that is over and rolled up."""
    findings: list[Finding]
    looked_at: int
    people: int
    days: int
    """That are rolled up, at most those that are looked at."""

    @property
    def changes_from(self) -> date | None:
        """From when on changes of a week can be looked for; None: now."""
        missing = WEEK + BEFORE - self.days
        if self.day is None or missing <= 0:
            return None
        return self.day + timedelta(days=missing + 1)


def mine(session: Session, tenant: Resolved) -> Mined:
    """Look through everything of a creditor and tell what is no luck."""
    is_over = DailyFigure.day < today(tenant.time_zone)
    last: date | None = session.scalar(select(func.max(DailyFigure.day)).where(is_over))
    if last is None:
        return Mined(None, [], 0, 0, 0)
    series, days = _series(session, last)
    groups, people = _groups(session, tenant, last)
    candidates = [*groups, *changes(series), *anomalies(series)]
    return Mined(last, found(candidates), len(candidates), people, days)


def _series(session: Session, last: date) -> tuple[list[Series], int]:
    names = KNOWN_SERIES
    sums = [func.sum(getattr(DailyFigure, name)).label(name) for name in names]
    since = last - timedelta(days=DAYS - 1)
    rows = session.execute(
        select(DailyFigure.day, DailyFigure.channel, *sums)
        .where(DailyFigure.day >= since, DailyFigure.day <= last)
        .group_by(DailyFigure.day, DailyFigure.channel)
    ).all()
    first = min(row.day for row in rows)
    days = (last - first).days + 1
    columns: dict[tuple[str, str], NDArray[np.float64]] = defaultdict(lambda: np.zeros(days))
    for row in rows:
        for name in names:
            value = float(getattr(row, name) or 0)
            columns["", name][(row.day - first).days] += value
            if row.channel:
                columns[row.channel, name][(row.day - first).days] += value
    series = [Series(name, (), columns["", name]) for name in COUNTS]
    for channel in sorted({channel for channel, _ in columns}):
        where = (("channel", channel),) if channel else ()
        sent = columns[channel, "sent"]
        series += [
            Series(name, where, np.minimum(columns[channel, name], sent), sent) for name in RATES
        ]
    return series, days


def _groups(session: Session, tenant: Resolved, last: date) -> tuple[list[Finding], int]:
    attributes, place = _attributes(session, last)
    until = bounds(last, tenant.time_zone)[1]

    def happened(kinds: Sequence[str]) -> NDArray[np.bool_]:
        found = np.zeros(len(place), dtype=bool)
        for one in session.scalars(
            select(Event.debtor_id)
            .where(Event.kind.in_(kinds), Event.at >= until - LATELY, Event.at < until)
            .distinct()
        ):
            if one in place:
                found[place[one]] = True
        return found

    outcomes = {name: happened(kinds) for name, kinds in HAPPENED.items()}
    contacted = happened(SENT)
    among = dict.fromkeys(AMONG_CONTACTED, contacted)
    return segments(attributes, outcomes, among), len(place)


def _attributes(
    session: Session, last: date
) -> tuple[dict[str, NDArray[np.str_]], Mapping[uuid.UUID, int]]:
    """What people with a debt are known by (n,), and their places."""
    debts: dict[uuid.UUID, list[Any]] = defaultdict(list)
    for row in session.execute(
        select(
            Debt.debtor_id,
            (Debt.principal_cents + Debt.paid_here_cents).label("cents"),
            Debt.product,
            Debt.acquisition_channel,
            Debt.due_on,
        ).where(Debt.state.not_in(GONE))
    ):
        debts[row.debtor_id].append(row)
    reach: dict[uuid.UUID, set[str]] = defaultdict(set)
    for debtor_id, kind in session.execute(
        select(ContactPoint.debtor_id, ContactPoint.kind).where(
            ContactPoint.state == ContactState.ACTIVE
        )
    ):
        reach[debtor_id].add(kind)
    known: dict[str, list[str]] = defaultdict(list)
    place: dict[uuid.UUID, int] = {}
    for debtor_id, state in session.execute(select(Debtor.id, Debtor.uf).order_by(Debtor.id)):
        if debtor_id in debts:
            place[debtor_id] = len(place)
            known["state"].append(state or UNKNOWN)
            for name, value in _of_debts(debts[debtor_id], last).items():
                known[name].append(value)
            known["reach"].append(_reach(reach[debtor_id]))
    return {name: np.array(values, dtype=str) for name, values in known.items()}, place


def _of_debts(debts: Sequence[Any], last: date) -> dict[str, str]:
    largest = max(debts, key=lambda debt: debt.cents)
    return {
        "product": largest.product,
        "acquired": largest.acquisition_channel or UNKNOWN,
        "lateness": _band(max((last - debt.due_on).days for debt in debts), LATENESS),
        "balance": _band(sum(debt.cents for debt in debts), BALANCES),
        "debts": str(len(debts)) if len(debts) < 3 else MORE,
    }


def values_of(name: str) -> tuple[str, ...]:
    """All bands of an attribute."""
    return (*map(str, BANDS[name]), MORE)


def _band(value: int, ends: Sequence[int]) -> str:
    """The upper end of the band, as text."""
    return next((str(end) for end in ends if value <= end), MORE)


def _reach(kinds: set[str]) -> str:
    if kinds == {ContactKind.EMAIL, ContactKind.PHONE}:
        return "both"
    return next(iter(kinds), "none")
