"""What a night needs of everybody beyond their debts: offers, addresses, what is allowed."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from app.compliance.columns import decide_columns, from_facts
from app.compliance.facts import ContactFacts
from app.compliance.hours import next_slot
from app.compliance.numbers import day_bounds, microseconds
from app.compliance.places import places_of
from app.compliance.policy import STRENGTH, Effect, Policy
from app.compliance.queries import identifiers
from app.compliance.windows import Window
from app.debts.terms import Terms
from app.journeys.queries import Known, known
from app.journeys.rules import first
from app.nights import book as books
from app.nights.book import Book, moment_before
from app.outreach.models import MessageClass
from app.outreach.rules import KIND_OF_ADDRESS
from tenants.resolve import Resolved

Place = tuple[str, str | None, str | None, Window | None]
"""Time zone, state, area code of the phone, hours that suit the person."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What every chunk of a night is read with."""

    tenant: Resolved
    channels: tuple[str, ...]
    at: datetime
    day: date
    policy: Policy
    paused: Mapping[str, str]
    besides: frozenset[str] = frozenset()
    """Causes of messages that wait and may be taken back: as if they had not been written."""


@dataclass(frozen=True, slots=True)
class Part:
    """Some people, in the order of their ids."""

    book: Book
    usable: NDArray[np.bool_]
    """(n, C): has an address, and nothing stands against a message about an offer today."""
    offered: NDArray[np.bool_]
    """Who has an offer that holds (n,)."""
    place: list[Place]
    agreed: NDArray[np.bool_]


def gather(session: Session, reading: Reading, debtor_ids: Sequence[uuid.UUID]) -> Part:
    """Read what a plan needs of a chunk of people."""
    ids = identifiers(debtor_ids)
    book = books.read(session, ids)
    found = {one.debtor_id: one for one in known(session, ids, reading.at, first())}
    people = [found[debtor_id] for debtor_id in book.ids]
    for cause in reading.besides:
        for person in people:
            person.written.pop(cause, None)
    return Part(
        book=book,
        usable=_usable(people, reading),
        offered=np.array([person.offer is not None for person in people], dtype=np.bool_),
        place=[_place(person) for person in people],
        agreed=np.array([person.has_open_agreement for person in people], dtype=np.bool_),
    )


def joined(parts: Sequence[Part]) -> Part:
    """Chunks as one."""
    return Part(
        book=books.joined([part.book for part in parts]),
        usable=np.concatenate([part.usable for part in parts]),
        offered=np.concatenate([part.offered for part in parts]),
        place=[place for part in parts for place in part.place],
        agreed=np.concatenate([part.agreed for part in parts]),
    )


def point_for(person: Known, channel: str) -> Any:
    """The address of a channel that is tried first; None without one."""
    kind = KIND_OF_ADDRESS.get(channel)  # type: ignore[call-overload]  # its keys are texts
    usable = (p for p in person.points if p.kind == kind and p.is_mobile is not False)
    return next(usable, None)


def contact_of(channel: str, point: Any, paused: Mapping[str, str]) -> ContactFacts:
    """A contact about an offer, as the policy wants it."""
    return ContactFacts(
        channel=channel,
        message_class=MessageClass.OUTBOUND,
        area_code=point.area_code,
        whose=point.whose,
        sender_paused=paused.get(channel, ""),
        line=point.id,
    )


def may_hear(person: Known, at: datetime) -> bool:
    """Whether an offer may be written about: nothing is agreed, and nothing was written today."""
    if person.has_open_agreement:
        return False
    return at.astimezone(ZoneInfo(person.time_zone)).date() not in person.written.values()


def _usable(people: Sequence[Known], reading: Reading) -> NDArray[np.bool_]:
    usable = np.zeros((len(people), len(reading.channels)), dtype=np.bool_)
    spots, facts, contacts = [], [], []
    for row, person in enumerate(people):
        if not may_hear(person, reading.at):
            continue
        for place, channel in enumerate(reading.channels):
            point = point_for(person, channel)
            if point is not None:
                spots.append((row, place))
                facts.append(person.facts)
                contacts.append(contact_of(channel, point, reading.paused))
    if not spots:
        return usable
    columns = from_facts(facts, contacts, reading.policy)
    verdicts = decide_columns(columns, reading.at, reading.policy)
    ends = [microseconds(day_bounds(reading.at, place[0])[1]) for place in columns.places]
    waits = verdicts.effect == STRENGTH[Effect.DELAY]
    today = waits & (verdicts.until < np.array(ends, dtype=np.int64)[columns.place])
    allowed = (verdicts.effect < STRENGTH[Effect.DELAY]) | today
    rows = np.array(spots, dtype=np.int64)[allowed]
    usable[rows[:, 0], rows[:, 1]] = True
    return usable


def _place(person: Known) -> Place:
    area = next((p.area_code for p in person.points if p.area_code), None)
    return person.time_zone, person.facts.uf, area, person.facts.convenient


def legal_hours(
    places: Sequence[Place], hours: Sequence[int], day: date, at: datetime, policy: Policy
) -> Mapping[str, Mapping[int, tuple[int, int]]]:
    """The hours of a day that are still to come and legal in every place each may be, by region."""
    found = {}
    for place in dict.fromkeys(places):
        everywhere = places_of(*place, jurisdiction=policy.jurisdiction)
        zone = ZoneInfo(place[0])
        legal = []
        for hour in hours:
            moment = datetime.combine(day, time(hour), zone)
            if moment >= at and next_slot(everywhere, moment, policy) == moment:
                legal.append(hour)
        week = {day.weekday(): (legal[0], legal[-1] + 1)} if legal else {}
        found[region_of(place)] = week
    return found


def region_of(place: Place) -> str:
    """A place's name as the engine's region: legal hours hang on it and nothing else."""
    return "|".join("" if part is None else str(part) for part in place)


def frame(reading: Reading, terms: Terms, people: Part) -> pl.DataFrame:
    """The portfolio as it stands today, with what the contact policy allows."""
    found, _ = books.portfolio(
        people.book, terms, reading.day, as_it_was=False, until=moment_before(reading.at)
    )
    sets = {
        tuple(row): [reading.channels[at] for at in np.flatnonzero(row)]
        for row in np.unique(people.usable, axis=0)
    }
    return found.with_columns(
        pl.Series("region", [region_of(place) for place in people.place]),
        pl.Series("reachable", [sets[tuple(row)] for row in people.usable], pl.List(pl.String)),
        pl.Series("in_agreement", people.agreed),
    )


def only_with_offers(frame: pl.DataFrame, possible: NDArray[np.bool_]) -> pl.DataFrame:
    """Nobody is reached about an offer that there is not and that the rules do not make."""
    nowhere = pl.lit(pl.Series([[]], dtype=pl.List(pl.String)))
    reachable = pl.when(pl.Series(possible)).then("reachable").otherwise(nowhere)
    return frame.with_columns(reachable.alias("reachable"))
