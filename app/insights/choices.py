"""The engine's own decisions with their exact chances, and what came of each.

What a person does counts for the last message before it: an answer within three days, money, an
agreement, a complaint or an opt-out within two weeks. So everything counts once.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.history.models import Event
from app.insights.cohort import Window
from app.insights.drawn import allowed_of, worded_of
from app.insights.rolling import CAME, CLICKED, CREDITED, MONEY, kept_cents
from app.journeys.arms import number_of
from app.journeys.models import Decision, Night
from app.outreach.models import Message
from tenants.clock import bounds
from tenants.resolve import Resolved

Column = NDArray[np.float64]
ANSWERED = timedelta(days=3)
CONTACTS = ("contact", "replan")
"""The kinds of decisions that are about messages."""
OUTCOMES = {
    **dict.fromkeys((*CLICKED, *CAME), "answered"),
    **dict.fromkeys(MONEY, "cash"),
    "agreement.accepted": "agreed",
    "message.complained": "complained",
    "opt_out.made": "opted_out",
}


@dataclass(frozen=True, slots=True)
class Choices:
    """Decisions (n,) whose message left, by person and time."""

    person: NDArray[np.int64]
    at: NDArray[np.int64]
    """When the message left, in milliseconds."""
    channels: tuple[str, ...]
    hours: tuple[int, ...]
    wordings: tuple[str, ...]
    channel: NDArray[np.int64]
    hour: NDArray[np.int64]
    wording: NDArray[np.int64]
    """Positions in the names above."""
    propensity: Column
    allowed: NDArray[np.bool_]
    """(n, C, H): what was eligible."""
    worded: NDArray[np.bool_]
    """(n, W): not the words the person had last."""
    free: NDArray[np.bool_]
    """Everything eligible could be drawn: no eligible channel had a limited number of places."""
    cost: Column
    results: dict[str, Column]
    """By name of OUTCOMES: 0 or 1, and cents for cash (below zero where more went back)."""

    def __len__(self) -> int:
        return len(self.person)

    def rows(self, keep: NDArray[np.bool_]) -> "Choices":
        """Some of them."""
        columns = {
            name: getattr(self, name)[keep]
            for name in (
                "person", "at", "channel", "hour", "wording", "propensity", "allowed", "worded",
                "free", "cost",
            )
        }  # fmt: skip
        results = {name: column[keep] for name, column in self.results.items()}
        return Choices(
            channels=self.channels,
            hours=self.hours,
            wordings=self.wordings,
            results=results,
            **columns,
        )

    def may(self, dimension: str) -> NDArray[np.bool_]:
        """What could be drawn of a dimension, whatever the others (n, places)."""
        if dimension == "wording":
            return self.worded
        return np.asarray(self.allowed.any(axis=2 if dimension == "channel" else 1), dtype=np.bool_)

    def older_than(self, age: timedelta, until: datetime) -> "Choices":
        """Those whose time to have come of something is over at a moment."""
        return self.rows(self.at <= _milliseconds(until - age))


def read(session: Session, tenant: Resolved, window: Window) -> Choices:
    """The decisions of a window's nights whose messages left."""
    rows = session.execute(
        select(
            Decision.debtor_id,
            Decision.night_id,
            Decision.channel,
            Decision.hour,
            Decision.wording,
            Decision.propensity,
            Decision.eligible,
            Message.sent_at,
        )
        .join(
            Message,
            (Message.tenant_id == Decision.tenant_id) & (Message.id == Decision.subject_id),
        )
        .join(Night, (Night.tenant_id == Decision.tenant_id) & (Night.id == Decision.night_id))
        .where(
            Night.day >= window.since,
            Night.day <= window.until,
            Decision.kind.in_(CONTACTS),
            Decision.channel.is_not(None),
            Message.sent_at.is_not(None),
        )
    ).all()
    specs = {
        night.id: night.spec
        for night in session.execute(
            select(Night.id, Night.spec).where(Night.day >= window.since, Night.day <= window.until)
        )
    }
    person = _numbers([row.debtor_id for row in rows])
    at = np.array([row.sent_at.timestamp() for row in rows], dtype=np.float64)
    order = np.lexsort((at, person))
    when = (at[order] * 1000).astype(np.int64)
    found = _columns([rows[place] for place in order.tolist()], person[order], when, specs)
    _add_results(session, found, *bounds_of(tenant, window))
    return found


def bounds_of(tenant: Resolved, window: Window) -> tuple[datetime, datetime]:
    """The moments at which a window begins and ends."""
    return (
        bounds(window.since, tenant.time_zone)[0],
        bounds(window.until, tenant.time_zone)[1],
    )


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _numbers(debtor_ids: Sequence[uuid.UUID]) -> NDArray[np.int64]:
    """The engine's number of each (n,); somebody's is reckoned once."""
    known = {one: number_of(one) for one in set(debtor_ids)}
    return np.array([known[one] for one in debtor_ids], dtype=np.int64)


def _names(specs: Sequence[Any], key: str) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(name for spec in specs for name in spec[key]))


def _columns(
    rows: Sequence[Any], person: NDArray[np.int64], at: NDArray[np.int64], specs: dict[Any, Any]
) -> Choices:
    channels = _names(list(specs.values()), "channels")
    hours = tuple(sorted(_names(list(specs.values()), "hours")))
    wordings = _names(list(specs.values()), "wordings")
    names = [dict(zip(of, range(len(of)), strict=True)) for of in (channels, hours, wordings)]
    places = {night_id: place for place, night_id in enumerate(specs)}
    night = np.array([places[row.night_id] for row in rows], dtype=np.int64)
    bits = np.array([row.eligible for row in rows], dtype=np.int64).view(np.uint64)
    allowed = np.zeros((len(rows), len(channels), len(hours)), dtype=bool)
    free, cost = np.ones(len(rows), dtype=bool), np.zeros(len(rows))
    channel = np.array([names[0][row.channel] for row in rows], dtype=np.int64)
    for place, spec in enumerate(specs.values()):
        mine = np.flatnonzero(night == place)
        allowed[mine] = allowed_of(bits[mine], spec, names[0], names[1])
        limited = [
            names[0][c] for c, n in spec["capacity"].items() if n is not None and c in names[0]
        ]
        free[mine] = (spec["explore"] > 0) & ~allowed[mine][:, limited].any(axis=(1, 2))
        cost[mine] = np.array([spec["cost_cents"].get(c, 0.0) for c in channels])[channel[mine]]
    wording = np.array([names[2].get(row.wording, 0) for row in rows], dtype=np.int64)
    return Choices(
        person=person,
        at=at,
        channels=channels,
        hours=hours,
        wordings=wordings,
        channel=channel,
        hour=np.array([names[1][row.hour] for row in rows], dtype=np.int64),
        wording=wording,
        propensity=np.array([row.propensity for row in rows], dtype=np.float64),
        allowed=allowed,
        worded=worded_of(person, wording, len(wordings)),
        free=free,
        cost=cost,
        results={name: np.zeros(len(rows)) for name in sorted(set(OUTCOMES.values()))},
    )


def _add_results(session: Session, choices: Choices, begins: datetime, ends: datetime) -> None:
    rows = session.execute(
        select(Event.debtor_id, Event.kind, Event.at, Event.data).where(
            Event.kind.in_(OUTCOMES), Event.at >= begins, Event.at < ends
        )
    ).all()
    if not rows or not len(choices):
        return
    who = _numbers([row.debtor_id for row in rows])
    when = np.array([_milliseconds(row.at) for row in rows], dtype=np.int64)
    last = last_before(choices.person, choices.at, who, when)
    for at, row, moment in zip(last.tolist(), rows, when.tolist(), strict=True):
        if at < 0:
            continue
        name = OUTCOMES[row.kind]
        within = ANSWERED if name == "answered" else CREDITED
        if moment - int(choices.at[at]) > within.total_seconds() * 1000:
            continue
        column = choices.results[name]
        if name == "cash":
            column[at] += kept_cents(row.kind, row.data)
        else:
            column[at] = 1.0


def last_before(
    person: NDArray[np.int64],
    at: NDArray[np.int64],
    who: NDArray[np.int64],
    when: NDArray[np.int64],
) -> NDArray[np.int64]:
    """For each happening (m,) the position of the same person's last decision at or before it, −1
    without one. Decisions are in the order of person and time."""
    people = np.unique(person)
    rank = np.searchsorted(people, who)
    known = (rank < len(people)) & (people[np.minimum(rank, len(people) - 1)] == who)
    start = min(int(at.min()), int(when.min()))
    span = max(int(at.max()), int(when.max())) - start + 1
    keys = np.searchsorted(people, person) * span + (at - start)
    place = np.searchsorted(keys, rank * span + (when - start), side="right") - 1
    own = known & (place >= 0)
    own[own] = person[place[own]] == who[own]
    return np.where(own, place, -1)
