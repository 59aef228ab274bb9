"""Where people stand on the ladder, and who may be conceded a step, read from the database."""

import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.orm import Session

from app.compliance.queries import among
from app.history.models import Event
from app.offers.concession import (
    LOOKED_AT,
    MOST_STEPS,
    STEPPING,
    Concession,
    Rung,
    Wish,
    lengthened,
    opened,
    wish_of,
)
from app.offers.models import PAST_STATES, Offer
from app.offers.promises import Held, limits_of
from app.offers.terms import Limits
from tenants.resolve import Resolved

_PAST: BindParameter[Sequence[str]] = bindparam(
    "past", PAST_STATES, expanding=True, literal_execute=True
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody stands: what the last offer with a label was, and its limits."""

    rung: Rung
    limits: Limits

    def kept_in(self, limits: Limits) -> Limits:
        """Limits made anew, with what had been conceded before: a step is never taken back."""
        if not self.rung.step or not self.limits.debts:
            return limits
        opening = min(debt.opening_ppm for debt in self.limits.debts)
        return lengthened(opened(limits, opening), self.limits.plan.longest)


def places(
    session: Session,
    held: Mapping[uuid.UUID, Held],
    due: Mapping[uuid.UUID, object],
    debtor_ids: Sequence[uuid.UUID],
) -> dict[uuid.UUID, Place]:
    """The places of those of these people who have one."""
    marked = {
        debtor: held[debtor]
        for debtor in debtor_ids
        if debtor in held and (debtor in due or held[debtor].rung.is_labelled)
    }
    limits = limits_of(session, [one.id for one in marked.values()])
    found = {debtor: Place(one.rung, limits[one.id]) for debtor, one in marked.items()}
    without = [debtor for debtor in debtor_ids if debtor not in held]
    return {**dict(_past_places(session, without)), **found}


def _past_places(
    session: Session, debtor_ids: Sequence[uuid.UUID]
) -> Iterator[tuple[uuid.UUID, Place]]:
    """Of people without an open offer: their last one that had a label."""
    if not debtor_ids:
        return
    rows = session.execute(
        select(Offer.debtor_id, Offer.limits, Offer.step, Offer.arm, Offer.propensity, Offer.final)
        .where(among(Offer.debtor_id, debtor_ids), Offer.state.in_(_PAST), Offer.arm.is_not(None))
        .order_by(Offer.debtor_id, Offer.id.desc())
    )
    for debtor, offers in groupby(rows, key=lambda row: row.debtor_id):
        last = next(offers)
        rung = Rung(last.step, last.arm, last.propensity, last.final)
        yield debtor, Place(rung, Limits.from_data(last.limits))


def due(
    session: Session,
    tenant: Resolved,
    held: Mapping[uuid.UUID, Held],
    wanted: Mapping[uuid.UUID, Concession],
    today: date,
) -> dict[uuid.UUID, Wish | None]:
    """Who takes a step today, with what they looked for.

    Only somebody who saw the open offer on an earlier day and left without closing, whose last
    offer was not said to be final, and who has steps left. `today` is the tenant's date.
    """
    zone = ZoneInfo(tenant.time_zone)
    ready = {
        debtor: held[debtor].id
        for debtor, concession in wanted.items()
        if debtor in held and may_step(held[debtor], concession, today, zone)
    }
    looked: dict[uuid.UUID, list[tuple[str, Mapping[str, Any]]]] = defaultdict(list)
    for row in _visits(session, ready) if ready else ():
        looked[row.debtor_id].append((row.kind, row.data))
    return {debtor: wish_of(looked[debtor]) for debtor in ready}


def may_step(held: Held, wanted: Concession, today: date, zone: ZoneInfo) -> bool:
    """Whether an open offer may be followed by this one on `today`, a date in `zone`."""
    return (
        wanted.arm in STEPPING
        and wanted.step == held.rung.step + 1
        and wanted.step <= MOST_STEPS
        and not held.rung.final
        and held.seen_at is not None
        and held.seen_at.astimezone(zone).date() < today
    )


def _visits(session: Session, ready: Mapping[uuid.UUID, uuid.UUID]) -> Sequence[Any]:
    return session.execute(
        select(Event.debtor_id, Event.kind, Event.data).where(
            among(Event.debtor_id, list(ready)),
            Event.kind.in_(LOOKED_AT),
            among(Event.subject_id, list(ready.values())),
        )
    ).all()
