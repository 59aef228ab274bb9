"""A creditor's days rolled up: each finished day once, from its events, by the creditor's own job.

Written again, a day is the same: it is replaced as a whole, in one transaction.
"""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import and_, delete, func, insert, select
from sqlalchemy.orm import Session

from app.compliance.queries import among
from app.debts.models import Debtor
from app.history.models import Event
from app.insights.groups import Rules, rules_of
from app.insights.models import NO_HOUR, DailyFigure
from app.journeys.arms import ARM_NAMES
from app.offers.models import Offer
from app.outreach.models import Message, MessageClass
from tenants.clock import today
from tenants.resolve import Resolved
from tenants.scope import within

CREDITED = timedelta(days=14)
"""How long after a message what a person does counts in its cell."""
LATE = timedelta(days=2)
"""The last days are rolled up again: what was being written at midnight, or by a clock that was
behind, is in them then."""
AGAIN = timedelta(days=60)
"""How far back a click is looked for that makes another one no first."""
SENT = ("message.sent", "message.uncertain")
CLICKED = ("message.clicked", "link.opened")
CAME = ("identity.proved", "debts.seen", "offer.seen")
"""Every visit has at least one of these."""
OF_MESSAGE = {
    **dict.fromkeys(SENT, "sent"),
    **dict.fromkeys(CLICKED, "answered"),
    "message.delivered": "delivered",
    "message.bounced": "bounced",
    "message.complained": "complaints",
}
OF_PERSON = {
    **dict.fromkeys(CAME, "visits"),
    "agreement.accepted": "agreements",
    "agreement.broken": "broken",
    "payment.received": "payments",
    "opt_out.made": "opt_outs",
}
ONCE_A_DAY = frozenset({"visits", "opt_outs"})
COLUMNS = (
    "people", "sent", "delivered", "bounced", "answered", "visits", "agreements", "broken",
    "payments", "complaints", "opt_outs", "cash_cents", "agreed_cents", "conceded_cents",
    "cost_thousandths",
)  # fmt: skip
ROWS = 500


class Place(NamedTuple):
    """Where a message was."""

    channel: str = ""
    wording: str = ""
    hour: int = NO_HOUR


Cell = tuple[str, Place, int]
"""Arm, place, step."""
Figures = dict[Cell, dict[str, int]]


def bring_up(tenant: Resolved, *, since: date | None = None) -> int:
    """Roll up every finished day that is not yet, the last ones and those from `since` on again;
    how many days were written."""
    written, last = 0, today(tenant.time_zone) - timedelta(days=1)
    with within(tenant) as session:
        start = _next(session, tenant, since)
    while start is not None and start <= last:
        with within(tenant) as session:
            write(session, tenant, start)
        start, written = start + timedelta(days=1), written + 1
    return written


def _next(session: Session, tenant: Resolved, since: date | None) -> date | None:
    """The first day to roll up; None while nothing happened."""
    missing = _missing(session, tenant)
    return min(since, missing) if since and missing else missing


def _missing(session: Session, tenant: Resolved) -> date | None:
    latest: date | None = session.scalar(select(func.max(DailyFigure.day)))
    if latest is not None:
        return latest + timedelta(days=1) - LATE
    kinds = (*OF_MESSAGE, *OF_PERSON)
    first = session.scalar(select(func.min(Event.at)).where(Event.kind.in_(kinds)))
    if first is None:
        return None
    day: date = first.astimezone(ZoneInfo(tenant.time_zone)).date()
    return day


def write(session: Session, tenant: Resolved, day: date) -> None:
    """Roll a day up, in the caller's transaction; what was rolled up of it before is replaced."""
    figures = _Day(session, tenant, day, rules_of(session, day)).figures()
    session.execute(delete(DailyFigure).where(DailyFigure.day == day))
    rows = [
        {
            "tenant_id": tenant.id,
            "day": day,
            "arm": arm,
            **place._asdict(),
            "step": step,
            **dict.fromkeys(COLUMNS, 0),
            **counts,
        }
        for (arm, place, step), counts in sorted(figures.items())
    ]
    for at in range(0, len(rows), ROWS):
        session.execute(insert(DailyFigure), rows[at : at + ROWS])


def bounds(day: date, time_zone: str) -> tuple[datetime, datetime]:
    """The moments at which a day begins and ends, where the creditor is."""
    zone = ZoneInfo(time_zone)
    begins = datetime.combine(day, time(), zone).astimezone(UTC)
    return begins, datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class _Day:
    session: Session
    tenant: Resolved
    day: date
    rules: Rules

    def figures(self) -> Figures:
        since, until = bounds(self.day, self.tenant.time_zone)
        rows = self._events(since, until)
        ids = list({row.debtor_id for row in rows})
        arm = dict(zip(ids, (ARM_NAMES[one] for one in self.rules.of(ids)), strict=True))
        before, steps = self._messages(ids, since, until), self._steps(ids, until)
        clicked, seen = self._clicked(rows, since), set[tuple[str, uuid.UUID]]()
        found: Figures = defaultdict(lambda: defaultdict(int))
        for row in rows:
            name = OF_MESSAGE.get(row.kind) or OF_PERSON[row.kind]
            if not _counts(row, name, clicked, seen):
                continue
            if row.kind in OF_MESSAGE:
                place = self._place(row.channel, row.variant, row.sent_at or row.at)
            else:
                place = _last(before.get(row.debtor_id, ()), row.at)
            step = _last_step(steps.get(row.debtor_id, ()), row.at)
            counts = found[arm[row.debtor_id], place, step]
            counts[name] += 1
            for column, value in self._money(row, place).items():
                counts[column] += value
        for name, people in self._people(until).items():
            if people:
                found[name, Place(), 0]["people"] = people
        return found

    def _events(self, since: datetime, until: datetime) -> Sequence[Any]:
        rows = self.session.execute(
            select(
                Event.debtor_id,
                Event.kind,
                Event.at,
                Event.subject_id,
                Event.data,
                Message.channel,
                Message.variant,
                Message.message_class,
                Message.sent_at,
            )
            .outerjoin(
                Message, and_(Message.tenant_id == Event.tenant_id, Message.id == Event.subject_id)
            )
            .where(Event.kind.in_((*OF_MESSAGE, *OF_PERSON)), Event.at >= since, Event.at < until)
            .order_by(Event.at, Event.id)
        ).all()
        outbound = MessageClass.OUTBOUND
        return [r for r in rows if r.kind in OF_PERSON or r.message_class == outbound]

    def _messages(
        self, ids: Sequence[uuid.UUID], since: datetime, until: datetime
    ) -> Mapping[uuid.UUID, Sequence[tuple[datetime, Place]]]:
        """What each person was sent lately, in its order."""
        rows = self.session.execute(
            select(Message.debtor_id, Message.sent_at, Message.channel, Message.variant)
            .where(
                among(Message.debtor_id, ids),
                Message.message_class == MessageClass.OUTBOUND,
                Message.sent_at >= since - CREDITED,
                Message.sent_at < until,
            )
            .order_by(Message.sent_at, Message.id)
        )
        found: dict[uuid.UUID, list[tuple[datetime, Place]]] = defaultdict(list)
        for row in rows:
            place = self._place(row.channel, row.variant, row.sent_at)
            found[row.debtor_id].append((row.sent_at, place))
        return found

    def _place(self, channel: str, variant: str, sent_at: datetime) -> Place:
        hour = sent_at.astimezone(ZoneInfo(self.tenant.time_zone)).hour
        # A longer key mixes wordings slot by slot: it is none of those that are compared.
        return Place(channel, variant if len(variant) == 1 else "", hour)

    def _steps(
        self, ids: Sequence[uuid.UUID], until: datetime
    ) -> Mapping[uuid.UUID, Sequence[tuple[datetime, int]]]:
        rows = self.session.execute(
            select(Offer.debtor_id, Offer.created_at, Offer.step)
            .where(among(Offer.debtor_id, ids), Offer.step > 0, Offer.created_at < until)
            .order_by(Offer.created_at, Offer.id)
        )
        found: dict[uuid.UUID, list[tuple[datetime, int]]] = defaultdict(list)
        for row in rows:
            found[row.debtor_id].append((row.created_at, row.step))
        return found

    def _clicked(self, rows: Sequence[Any], since: datetime) -> set[uuid.UUID]:
        """Messages of this day's clicks that were clicked before it."""
        people = {row.debtor_id for row in rows if row.kind in CLICKED}
        found = self.session.scalars(
            select(Event.subject_id).where(
                among(Event.debtor_id, people),
                Event.kind.in_(CLICKED),
                Event.at >= since - AGAIN,
                Event.at < since,
            )
        )
        return {one for one in found if one is not None}

    def _money(self, row: Any, place: Place) -> dict[str, int]:
        if row.kind in SENT:
            cost = self.rules.cost_cents.get(place.channel, 0.0)
            return {"cost_thousandths": round(cost * 1000)}
        if row.kind == "payment.received":
            return {"cash_cents": row.data["applied_cents"]}
        if row.kind == "agreement.accepted":
            told = row.data
            return {
                "agreed_cents": told["total_cents"],
                "conceded_cents": told.get("saved_cents", 0),
            }
        return {}

    def _people(self, until: datetime) -> Mapping[str, int]:
        ids = self.session.scalars(select(Debtor.id).where(Debtor.created_at < until)).all()
        arms = self.rules.of(ids)
        return {name: int((arms == at).sum()) for at, name in enumerate(ARM_NAMES)}


def _counts(row: Any, name: str, clicked: set[uuid.UUID], seen: set[tuple[str, uuid.UUID]]) -> bool:
    """Whether an event is one more: visits and opt-outs once a day, a message's clicks once."""
    if name == "answered":
        if row.subject_id in clicked:
            return False
        key = (name, row.subject_id)
    elif name in ONCE_A_DAY:
        key = (name, row.debtor_id)
    else:
        return True
    if key in seen:
        return False
    seen.add(key)
    return True


def _last(messages: Sequence[tuple[datetime, Place]], at: datetime) -> Place:
    earlier = [place for sent, place in messages if at - CREDITED <= sent <= at]
    return earlier[-1] if earlier else Place()


def _last_step(steps: Sequence[tuple[datetime, int]], at: datetime) -> int:
    return max((step for made, step in steps if made <= at), default=0)
