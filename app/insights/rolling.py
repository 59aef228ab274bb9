"""A creditor's day in cells of the comparison: what happened in each, and the money of it."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.compliance.queries import among
from app.debts.models import Debtor
from app.history.models import Event
from app.insights.groups import Rules
from app.insights.models import NO_HOUR
from app.journeys.arms import ARM_NAMES
from app.offers.models import Offer
from app.outreach.happenings import happened
from app.outreach.models import Message, MessageClass
from tenants.clock import bounds
from tenants.resolve import Resolved

CREDITED = timedelta(days=14)
"""How long after a message what a person does counts in its cell."""
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
RETURNED = "payment.returned"
"""Money of a payment that went back, or (below zero) came back after all."""
MONEY = ("payment.received", RETURNED)


KEPT = """CASE e.kind WHEN 'payment.returned' THEN -(e.data->>'returned_cents')::bigint
WHEN 'payment.received' THEN (e.data->>'applied_cents')::bigint ELSE 0 END"""
"""`kept_cents` of an event e, as the database reckons it; 0 of one that is none of MONEY."""

HAPPENED = """
FROM events e WHERE e.tenant_id = %(tenant)s AND e.kind = ANY(%(kinds)s)
AND e.at >= %(begins)s AND e.at < %(ends)s"""
"""Events of some kinds and a time, for `columns.read`."""


class Place(NamedTuple):
    """Where a message was."""

    channel: str = ""
    wording: str = ""
    hour: int = NO_HOUR


Cell = tuple[str, Place, int]
"""Arm, place, step."""
Figures = dict[Cell, dict[str, int]]
Zones = Mapping[uuid.UUID, ZoneInfo]
"""Where each person is."""


def kept_cents(kind: str, data: Mapping[str, Any]) -> int:
    """What an event of MONEY adds to what is kept."""
    return int(-data["returned_cents"] if kind == RETURNED else data["applied_cents"])


@dataclass(frozen=True, slots=True)
class Day:
    """One of a creditor's, to be rolled up."""

    session: Session
    tenant: Resolved
    day: date
    rules: Rules

    def figures(self) -> Figures:
        """What happened in each cell."""
        since, until = bounds(self.day, self.tenant.time_zone)
        rows = self._events(since, until)
        ids = list({row.debtor_id for row in rows})
        arm = dict(zip(ids, (ARM_NAMES[one] for one in self.rules.of(ids)), strict=True))
        zones = self._zones(ids)
        before, steps = self._messages(zones, since, until), self._steps(ids, until)
        clicked, seen = self._clicked(rows, since), set[tuple[str, uuid.UUID]]()
        found: Figures = defaultdict(lambda: defaultdict(int))
        for row in rows:
            name = OF_MESSAGE.get(row.kind) or OF_PERSON.get(row.kind)
            if name and not _counts(row, name, clicked, seen):
                continue
            if row.kind in OF_MESSAGE:
                place = _place(row, row.sent_at or row.at, zones)
            else:
                place = _last(before.get(row.debtor_id, ()), row.at)
            step = _last_step(steps.get(row.debtor_id, ()), row.at)
            counts = found[arm[row.debtor_id], place, step]
            if name:
                counts[name] += 1
            for column, value in self._money(row, place).items():
                counts[column] += value
        for name, people in self._people(until).items():
            if people:
                found[name, Place(), 0]["people"] = people
        return found

    def _events(self, since: datetime, until: datetime) -> Sequence[Any]:
        kinds = (*OF_MESSAGE, *OF_PERSON, RETURNED)
        rows = self.session.execute(happened(kinds, since, until)).all()
        outbound = MessageClass.OUTBOUND
        return [r for r in rows if r.kind not in OF_MESSAGE or r.message_class == outbound]

    def _zones(self, ids: Sequence[uuid.UUID]) -> Zones:
        rows = select(Debtor.id, Debtor.time_zone).where(among(Debtor.id, ids))
        return {person: ZoneInfo(zone) for person, zone in self.session.execute(rows)}

    def _messages(
        self, zones: Zones, since: datetime, until: datetime
    ) -> Mapping[uuid.UUID, Sequence[tuple[datetime, Place]]]:
        """What each person was sent lately, in its order."""
        rows = self.session.execute(
            select(Message.debtor_id, Message.sent_at, Message.channel, Message.variant)
            .where(
                among(Message.debtor_id, list(zones)),
                Message.message_class == MessageClass.OUTBOUND,
                Message.sent_at >= since - CREDITED,
                Message.sent_at < until,
            )
            .order_by(Message.sent_at, Message.id)
        )
        found: dict[uuid.UUID, list[tuple[datetime, Place]]] = defaultdict(list)
        for row in rows:
            found[row.debtor_id].append((row.sent_at, _place(row, row.sent_at, zones)))
        return found

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
        if row.kind in MONEY:
            return {"cash_cents": kept_cents(row.kind, row.data)}
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


def _place(message: Any, sent_at: datetime, zones: Zones) -> Place:
    """By the person's own clock, as a night chooses the hour."""
    hour = sent_at.astimezone(zones[message.debtor_id]).hour
    # A longer key mixes wordings slot by slot: it is none of those that are compared.
    wording = message.variant.lower() if len(message.variant) == 1 else ""
    return Place(message.channel, wording, hour)


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
