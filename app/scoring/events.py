"""A day's events as columns of positions: contacts with what came of them, visits, money, stops."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from app.scoring import columns
from app.scoring.people import MOST_CENTS, People

COLUMNS = {
    "person": pl.Int64,
    "kind": pl.String,
    "channel": pl.String,
    "hour": pl.Int8,
    "wording": pl.String,
    "amount_cents": pl.Int64,
    "discount": pl.Float64,
    "instalments": pl.Int16,
    "committed": pl.Boolean,
    "intensity": pl.Int8,
}
REQUIRED = ("person", "kind")
OF_CONTACT = ("sent", "delivered", "bounced", "read", "right_party", "engaged")
KINDS = (
    *OF_CONTACT,
    *("visit", "payment", "broken", "opt_out", "complaint"),
    *("promise", "held", "released", "settled"),
    *("opened", "budget", "returned", "reopened"),
)
"""`opened`: an option of the offer was looked at closely, in `instalments` (1: all at once).
`budget`: what fits in a month by the person's own word or simulation, in `amount_cents`.
`returned`: money of a payment that went back, or (below zero) came back after all.
`reopened`: an agreement that was fulfilled is not any more, for its money went back."""

Rows = NDArray[np.int64]
RANGES = {
    "hour": (0, 23),
    "amount_cents": (-MOST_CENTS, MOST_CENTS),
    "discount": (0, 1),
    "instalments": (0, 1_000),
    "intensity": (0, 1),
}
"""What a figure of an event may be; empty is unknown."""


def checked(events: pl.DataFrame) -> pl.DataFrame:
    """Somebody else's events with every column of its type. Raises ValueError naming one that is
    missing, or holds what cannot be."""
    columns.check_filled(events, REQUIRED, "events")
    frame = columns.typed(events, COLUMNS, "events")
    columns.check_ranges(frame, RANGES, "events")
    return frame


@dataclass(frozen=True, slots=True)
class Contacts:
    """Contacts of a day (m,), one row per person × channel × hour × wording that was sent."""

    rows: Rows
    channel: NDArray[np.int8]
    hour: NDArray[np.int8]
    """Position in the spec's hours; −1 unknown."""
    wording: NDArray[np.int8]
    intensity: NDArray[np.int8]
    """1 the whole message, 0 a short one; −1 unknown."""
    delivered: NDArray[np.bool_]
    bounced: NDArray[np.bool_]
    reached: NDArray[np.bool_]
    """Read, answered by the right party, or engaged."""
    engaged: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Visits:
    """Visits to the portal (v,), one per person; with the offer that was seen."""

    rows: Rows
    hour: NDArray[np.int8]
    """Clock hour; −1 unknown. At night too."""
    discount: NDArray[np.float64]
    """nan where no offer was seen."""
    instalments: NDArray[np.int16]
    committed: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Day:
    """Everything of one day by position; `ignored` counts unknown people and kinds, and contacts
    and opt-outs of unknown channels."""

    contacts: Contacts
    visits: Visits
    paid: tuple[Rows, NDArray[np.float64]]
    """Money of the day: position, one row per person, and cents."""
    returned: tuple[Rows, NDArray[np.float64]]
    """Money that is not kept after all: position, cents."""
    stops: tuple[Rows, NDArray[np.int8]]
    """Opt-outs: position, channel (−1: all)."""
    simple: Mapping[str, Rows]
    """complaint, broken, promise, held, released, settled, reopened."""
    opened: tuple[Rows, NDArray[np.int64]]
    """Options looked at: position, instalments."""
    budgets: tuple[Rows, NDArray[np.float64]]
    """What fits in a month: position, cents."""
    ignored: int


def day_of(
    events: pl.DataFrame,
    people: People,
    channels: Mapping[str, int],
    hours: Mapping[int, int],
    wordings: Mapping[str, int],
) -> Day:
    """The day's events by position. Raises ValueError naming a column that is missing or wrong.

    Unknown people and kinds are counted, not guessed at. Identical rows count as often as they
    are given, save visits: one a person and day.
    """
    columns.check_filled(events, REQUIRED, "events")
    frame = columns.typed(events, COLUMNS, "events")
    places = people.find(frame["person"].to_numpy())
    kinds = columns.codes(frame["kind"], {kind: at for at, kind in enumerate(KINDS)})
    known = (places >= 0) & (kinds >= 0)
    log = _Log(
        row=places[known],
        kind=kinds[known],
        channel=columns.codes(frame["channel"], channels)[known],
        named=(frame["channel"].fill_null("").str.strip_chars() != "").to_numpy()[known],
        hour=columns.codes(frame["hour"], hours)[known],
        wording=columns.codes(frame["wording"], wordings)[known],
        intensity=frame["intensity"].fill_null(-1).to_numpy()[known],
    )
    frame = frame.filter(pl.Series(known))
    cents = frame["amount_cents"].fill_null(0).to_numpy().astype(np.float64)
    count = frame["instalments"].fill_null(0).to_numpy().astype(np.int64)
    money = np.flatnonzero(log.of("payment") & (cents > 0))
    returned = np.flatnonzero(log.of("returned"))
    opened = np.flatnonzero(log.of("opened") & (count > 0))
    budgets = np.flatnonzero(log.of("budget") & (cents > 0))
    stops = np.flatnonzero(log.of("opt_out") & (~log.named | (log.channel >= 0)))
    simple = ("complaint", "broken", "promise", "held", "released", "settled", "reopened")
    return Day(
        contacts=_contacts(log, len(channels)),
        visits=_visits(log, frame),
        paid=_sums(log.row[money], cents[money]),
        returned=(log.row[returned], cents[returned]),
        stops=(log.row[stops], log.channel[stops]),
        simple={kind: log.row[log.of(kind)] for kind in simple},
        opened=(log.row[opened], count[opened]),
        budgets=(log.row[budgets], cents[budgets]),
        ignored=int((~known).sum() + log.astray().sum()),
    )


@dataclass(frozen=True, slots=True)
class _Log:
    """Events by position (e,)."""

    row: Rows
    kind: NDArray[np.int8]
    channel: NDArray[np.int8]
    named: NDArray[np.bool_]
    """Whether a channel was given, known or not."""
    hour: NDArray[np.int8]
    wording: NDArray[np.int8]
    intensity: NDArray[np.int8]

    def of(self, kind: str) -> NDArray[np.bool_]:
        """Which events are of a kind."""
        return np.asarray(self.kind == KINDS.index(kind))

    def astray(self) -> NDArray[np.bool_]:
        """Which contacts and opt-outs name a channel that nobody knows."""
        about = (self.kind < len(OF_CONTACT)) | self.of("opt_out")
        return np.asarray(about & self.named & (self.channel < 0))


def _sums(rows: Rows, cents: NDArray[np.float64]) -> tuple[Rows, NDArray[np.float64]]:
    """One row per position, with what all of its rows come to."""
    distinct, place = np.unique(rows, return_inverse=True)
    heap = np.zeros(len(distinct))
    np.add.at(heap, place, cents)
    return distinct, heap


def _contacts(log: _Log, channels: int) -> Contacts:
    """One row per person and channel; what came of it comes from rows of the same channel."""
    visits = log.of("visit")
    mine = np.flatnonzero(((log.kind < len(OF_CONTACT)) | visits) & (log.channel >= 0))
    key = log.row[mine] * channels + log.channel[mine]
    distinct, first, place = np.unique(key, return_index=True, return_inverse=True)
    has = {}
    for kind in (*OF_CONTACT, "visit"):
        has[kind] = np.zeros(len(distinct), dtype=bool)
        has[kind][place[log.of(kind)[mine]]] = True
    contacted = np.flatnonzero(np.logical_or.reduce([has[kind] for kind in OF_CONTACT]))
    contacted = contacted[np.argsort(first[contacted], kind="stable")]
    said = ("hour", "wording", "intensity")
    hour, wording, intensity = (_latest(log, mine, place, name, len(distinct)) for name in said)
    engaged = has["engaged"] | has["visit"]
    if not log.of("engaged").any():
        # Nobody tells what brought a visitor: then it was the contact of the same day.
        engaged |= np.isin(distinct // channels, log.row[visits])
    reached = has["read"] | has["right_party"] | engaged
    return Contacts(
        rows=distinct[contacted] // channels,
        channel=(distinct[contacted] % channels).astype(np.int8),
        hour=hour[contacted],
        wording=wording[contacted],
        intensity=intensity[contacted],
        delivered=(has["delivered"] | reached)[contacted],
        bounced=has["bounced"][contacted],
        reached=reached[contacted],
        engaged=engaged[contacted],
    )


def _latest(log: _Log, mine: Rows, place: Rows, name: str, count: int) -> NDArray[np.int8]:
    """The hour, wording or intensity of each contact: as sent, else as any of its rows says."""
    values = getattr(log, name)[mine]
    found = np.full(count, -1, dtype=np.int8)
    np.maximum.at(found, place, values)
    sent = log.of("sent")[mine] & (values >= 0)
    found[place[sent]] = values[sent]
    return found


def _visits(log: _Log, frame: pl.DataFrame) -> Visits:
    """One row per person: the best offer seen; agreed if any visit was."""
    mine = np.flatnonzero(log.of("visit"))
    rows, place = np.unique(log.row[mine], return_inverse=True)
    seen = frame[mine]
    hour = np.full(len(rows), -1, dtype=np.int8)
    discount = np.full(len(rows), -np.inf)
    instalments = np.zeros(len(rows), dtype=np.int16)
    committed = np.zeros(len(rows), dtype=bool)
    np.maximum.at(hour, place, seen["hour"].fill_null(-1).to_numpy())
    np.maximum.at(discount, place, seen["discount"].fill_null(-np.inf).fill_nan(-np.inf).to_numpy())
    np.maximum.at(instalments, place, seen["instalments"].fill_null(0).to_numpy())
    np.logical_or.at(committed, place, seen["committed"].fill_null(False).to_numpy())
    return Visits(rows, hour, np.where(discount < 0, np.nan, discount), instalments, committed)
