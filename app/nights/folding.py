"""History folded into what the engine knows: only the days since the last folding are read."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.debts.terms import Terms
from app.engine.learning import learn
from app.engine.state import State, begin
from app.journeys.spec import Spec
from app.nights import happened, packing
from app.nights.book import Book, moment_before, portfolio, products
from app.scoring.models import LearnedState, PersonState
from app.scoring.people import people_of
from app.scoring.traits import Scale
from tenants import bulk
from tenants.clock import bounds
from tenants.database import new_ids
from tenants.kept import Kept
from tenants.resolve import Resolved

Rows = NDArray[np.int64]
INSERT = bulk.Insert(
    "person_states",
    ("layout", "folded_on"),
    ("id", "debtor_id", "number", "record"),
    ("tenant_id", "debtor_id"),
)
UPDATE = bulk.Update(
    "person_states", (("layout", "bigint"), ("folded_on", "date")), (("record", "bytea"),)
)


@dataclass(slots=True)
class Known:
    """A state, whose it is, and what of it is not stored yet."""

    state: State
    places: Rows
    """Positions in the book of the state's people."""
    folded_on: date | None
    """Up to the end of this day; None: nothing yet."""
    stored: dict[uuid.UUID, uuid.UUID] = field(default_factory=dict)
    """Person → row that there is already."""
    touched: set[int] = field(default_factory=set)
    """Numbers of people to whom something happened since it was stored."""


@dataclass(frozen=True, slots=True)
class Folding:
    """Everything that folding rests on, read once."""

    tenant: Resolved
    book: Book
    terms: Terms
    rules: Mapping[str, Any]
    spec: Spec

    def fold(self, session: Session, until: date) -> Known:
        """What is known at the end of day `until`, learned from every day up to it and stored, in
        the caller's transaction."""
        known = self.load(session, until)
        start = self._start(session, known)
        if start is None or start > until:
            return known
        known = self._through(session, known, start, until)
        self._store(session, known)
        return known

    def again(self, session: Session, until: date) -> Known:
        """The same from the events alone, and nothing is stored: every day since the first."""
        known = Known(*self._begun(until), None)
        start = happened.first_day(session, self.tenant.time_zone)
        if start is None or start > until:
            return known
        return self._through(session, known, start, until)

    def _through(self, session: Session, known: Known, start: date, until: date) -> Known:
        for day in _days(start, until):
            known = self._learned(session, known, day)
        known.folded_on = until
        return known

    def load(self, session: Session, until: date) -> Known:
        """What was stored last; a state in which nothing happened where nothing was."""
        state, places = self._begun(until)
        layout = packing.layout_of(state)
        row = learned_until(session, layout, until)
        if row is None or self._is_ahead(session, row.day):
            rows = session.execute(select(PersonState.debtor_id, PersonState.id))
            return Known(state, places, None, {one[0]: one[1] for one in rows})
        state, places = self._begun(row.day)
        known = Known(state, places, row.day)
        packing.put_learned(state, row.learned)
        self._load_people(session, known, layout, row.day)
        state.history.balance[:] = state.people.balance
        return known

    def _is_ahead(self, session: Session, day: date) -> bool:
        """Whether somebody's record ends after the day: the clock went back, and what happened
        since cannot be taken out of it again."""
        last = session.scalar(select(func.max(PersonState.folded_on)))
        return last is not None and last > day

    def _load_people(self, session: Session, known: Known, layout: int, until: date) -> None:
        rows = session.execute(
            select(
                PersonState.debtor_id,
                PersonState.id,
                PersonState.number,
                PersonState.record,
                PersonState.folded_on,
            ).where(PersonState.layout == layout)
        ).all()
        known.stored = {row.debtor_id: row.id for row in rows}
        recall(known.state, rows, until)

    def _start(self, session: Session, known: Known) -> date | None:
        if known.folded_on is not None:
            return known.folded_on + timedelta(days=1)
        return happened.first_day(session, self.tenant.time_zone)

    def _begun(self, day: date) -> tuple[State, Rows]:
        """A state of the people known at the end of a day, nothing learned or happened yet."""
        until = moment_before(self._bounds(day)[1])
        frame, places = portfolio(self.book, self.terms, day, as_it_was=True, until=until)
        state = begin(frame, self.rules, self.spec, products(self.book, until))
        # Who owes, is settled or on hold is asked of the tables when a day is planned; here it
        # follows from the events alone.
        state.history.settled[:] = False
        return state, places

    def scale(self, day: date, at: datetime) -> Scale:
        """What people are measured against on a day: everybody known at a moment, with their debts
        as they came in."""
        until = moment_before(at)
        frame, _ = portfolio(self.book, self.terms, day, as_it_was=True, until=until)
        spec = self.spec
        people = people_of(frame, spec.channels, spec.features_allowed, spec.withheld)
        return Scale.of(people, products(self.book, until))

    def _learned(self, session: Session, known: Known, day: date) -> Known:
        state, places = self._begun(day)
        if known.folded_on is not None:
            packing.carry(known.state, state, np.searchsorted(places, known.places))
        state.history.balance[:] = state.people.balance
        events = happened.frame(session, self.tenant.time_zone, *self._bounds(day))
        learn(state, day, events)
        # What is owed is never folded: it is asked of the tables, for each day.
        state.history.balance[:] = state.people.balance
        touched = known.touched | set(events["person"].to_list())
        return Known(state, places, day, known.stored, touched)

    def _bounds(self, day: date) -> tuple[datetime, datetime]:
        return bounds(day, self.tenant.time_zone)

    def _store(self, session: Session, known: Known) -> None:
        assert known.folded_on is not None
        state, layout = known.state, packing.layout_of(known.state)
        session.add(
            LearnedState(day=known.folded_on, layout=layout, learned=packing.learned(state))
        )
        session.flush()
        rows = state.people.find(np.array(sorted(known.touched), dtype=np.int64))
        rows = rows[rows >= 0]
        packed = packing.records(state, rows)
        new, old = [], []
        for at, record in zip(rows.tolist(), packed, strict=True):
            debtor = self.book.ids[known.places[at]]
            if debtor in known.stored:
                old.append((known.stored[debtor].bytes, record.tobytes()))
            else:
                number = bulk.int8(int(state.people.ids[at]))
                new.append((debtor.bytes, number, record.tobytes()))
        driver: Any = session.connection().connection.driver_connection
        writer = bulk.Writer(driver, self.tenant.id)
        shared = (bulk.int8(layout), bulk.day(known.folded_on))
        writer.update(UPDATE, shared, old)
        ids = new_ids(len(new))
        writer.insert(INSERT, shared, [(one, *row) for one, row in zip(ids, new, strict=True)])

    def so_far(self, session: Session, day: date) -> pl.DataFrame:
        """The events of a day that is not over: they count today and are learned tomorrow."""
        return happened.frame(session, self.tenant.time_zone, *self._bounds(day))


def recall(state: State, rows: Sequence[Any], until: date) -> None:
    """Set what is known of people at the end of a day from rows with `number`, `record` and
    `folded_on`."""
    if not rows:
        return
    at = state.people.find(np.array([row.number for row in rows], dtype=np.int64))
    packed = np.frombuffer(b"".join([row.record for row in rows]), np.uint8)
    packing.put_records(state, at, packed.reshape(len(rows), -1))
    marks = np.full(len(state.people), until.toordinal(), dtype=np.int64)
    marks[at] = [row.folded_on.toordinal() for row in rows]
    packing.age(state, marks, until.toordinal())


def learned_until(session: Session, layout: int, until: date) -> LearnedState | None:
    """What was learned last, of days up to `until`: where the clock was put back and a day was
    learned again, the later learning counts."""
    found: LearnedState | None = session.scalar(_latest(LearnedState, layout, until))
    return found


_kept: Kept[uuid.UUID, bytes] = Kept(16)
"""What was learned, of the last rows that were asked for: a row never changes."""


def learned_bytes(session: Session, layout: int, until: date) -> bytes | None:
    """The same for somebody planned anew: as long as no later night learned more, it is not read
    again."""
    row_id = session.scalar(_latest(LearnedState.id, layout, until))
    if row_id is None:
        return None
    learned = _kept.get(row_id)
    if learned is None:
        learned = session.scalars(
            select(LearnedState.learned).where(LearnedState.id == row_id)
        ).one()
        _kept.keep(row_id, learned)
    return learned


def _latest(what: Any, layout: int, until: date) -> Select[Any]:
    return (
        select(what)
        .where(LearnedState.layout == layout, LearnedState.day <= until)
        .order_by(LearnedState.id.desc())
        .limit(1)
    )


def _days(start: date, until: date) -> Iterator[date]:
    while start <= until:
        yield start
        start += timedelta(days=1)
