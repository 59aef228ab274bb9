"""The engine's own decisions with their exact chances, and what came of each.

What a person does counts for the last message before it: an answer within three days, money, an
agreement, a complaint or an opt-out within two weeks. So everything counts once.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.insights import columns
from app.insights.cohort import Window
from app.insights.drawn import allowed_of, worded_of
from app.insights.rolling import CAME, CLICKED, CREDITED, HAPPENED, KEPT, MONEY
from app.journeys.models import Night
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


MADE = """
FROM decisions d
JOIN messages m ON m.tenant_id = d.tenant_id AND m.id = d.subject_id
WHERE d.tenant_id = %(tenant)s AND d.night_id = ANY(%(nights)s) AND d.kind = ANY(%(kinds)s)
AND d.channel IS NOT NULL AND m.sent_at IS NOT NULL"""


def read(session: Session, tenant: Resolved, window: Window) -> Choices:
    """The decisions of a window's nights whose messages left."""
    specs = {
        night.id: night.spec
        for night in session.execute(
            select(Night.id, Night.spec).where(Night.day >= window.since, Night.day <= window.until)
        )
    }
    kept = list(specs.values())
    channels, wordings = _names(kept, "channels"), _names(kept, "wordings")
    made = columns.read(
        session,
        {
            "person": ("d.debtor_id", "uuid"),
            "night": ("array_position(%(nights)s::uuid[], d.night_id) - 1", "int2"),
            "channel": ("array_position(%(channels)s::text[], d.channel) - 1", "int2"),
            "hour": ("d.hour", "int2"),
            # Words that are in no spec any more count as the first ones.
            "wording": ("coalesce(array_position(%(wordings)s::text[], d.wording), 1) - 1", "int2"),
            "propensity": ("d.propensity", "float8"),
            "eligible": ("d.eligible", "int8"),
            "at": ("m.sent_at", "timestamptz"),
        },
        MADE,
        nights=list(specs),
        kinds=list(CONTACTS),
        channels=list(channels),
        wordings=list(wordings),
    )
    made = {**made, "person": columns.numbers(made["person"])}
    order = np.lexsort((made["at"], made["person"]))
    made = {name: column[order] for name, column in made.items()}
    found = _choices(made, kept, channels, wordings)
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


def _names(specs: Sequence[Any], key: str) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(name for spec in specs for name in spec[key]))


def _choices(
    made: Mapping[str, NDArray[Any]],
    specs: Sequence[Any],
    channels: tuple[str, ...],
    wordings: tuple[str, ...],
) -> Choices:
    hours = tuple(sorted(_names(specs, "hours")))
    names = [dict(zip(of, range(len(of)), strict=True)) for of in (channels, hours)]
    count, person = len(made["person"]), made["person"]
    bits, channel = made["eligible"].view(np.uint64), made["channel"].astype(np.int64)
    allowed = np.zeros((count, len(channels), len(hours)), dtype=bool)
    free, cost = np.ones(count, dtype=bool), np.zeros(count)
    for place, spec in enumerate(specs):
        mine = np.flatnonzero(made["night"] == place)
        allowed[mine] = allowed_of(bits[mine], spec, names[0], names[1])
        limited = [names[0][c] for c in _limited(spec) if c in names[0]]
        free[mine] = (spec["explore"] > 0) & ~allowed[mine][:, limited].any(axis=(1, 2))
        cost[mine] = np.array([spec["cost_cents"].get(c, 0.0) for c in channels])[channel[mine]]
    wording = made["wording"].astype(np.int64)
    return Choices(
        person=person,
        at=made["at"],
        channels=channels,
        hours=hours,
        wordings=wordings,
        channel=channel,
        hour=np.searchsorted(hours, made["hour"]).astype(np.int64),
        wording=wording,
        propensity=made["propensity"],
        allowed=allowed,
        worded=worded_of(person, wording, len(wordings)),
        free=free,
        cost=cost,
        results={name: np.zeros(count) for name in sorted(set(OUTCOMES.values()))},
    )


def _limited(spec: Mapping[str, Any]) -> Iterator[str]:
    """Channels of which not everything eligible could be drawn."""
    yield from (channel for channel, places in spec["capacity"].items() if places is not None)
    if spec.get("budget_cents") is not None:
        yield from (channel for channel, cents in spec["cost_cents"].items() if cents > 0)


def _add_results(session: Session, choices: Choices, begins: datetime, ends: datetime) -> None:
    if not len(choices):
        return
    kinds = list(OUTCOMES)
    came = columns.read(
        session,
        {
            "person": ("e.debtor_id", "uuid"),
            "kind": ("array_position(%(kinds)s::text[], e.kind) - 1", "int2"),
            "at": ("e.at", "timestamptz"),
            "cents": (KEPT, "int8"),
        },
        HAPPENED,
        kinds=kinds,
        begins=begins,
        ends=ends,
    )
    if not len(came["at"]):
        return
    last = last_before(choices.person, choices.at, columns.numbers(came["person"]), came["at"])
    names = [OUTCOMES[kind] for kind in kinds]
    longest = [ANSWERED if name == "answered" else CREDITED for name in names]
    within = np.array([one.total_seconds() * 1000 for one in longest])[came["kind"]]
    counts = (last >= 0) & (came["at"] - choices.at[last] <= within)
    for name, column in choices.results.items():
        here = counts & np.isin(came["kind"], [at for at, one in enumerate(names) if one == name])
        if name == "cash":
            np.add.at(column, last[here], came["cents"][here])
        else:
            column[last[here]] = 1.0


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
