"""Offers into their table: few statements for many people."""

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.compliance.queries import among
from app.offers.concession import Rung
from app.offers.models import Offer, OfferState
from app.offers.terms import DebtTerms, Made
from tenants import bulk
from tenants.clock import now
from tenants.database import new_ids
from tenants.resolve import Resolved

OFFERS = bulk.Insert(
    "offers",
    ("rules_version", "state", "created_at"),
    ("id", "debtor_id", "basis", "debts", "total_cents", "options", "limits", "reasons",
     "valid_until", "step", "arm", "propensity", "final"),
    ("tenant_id", "debtor_id"),
    condition="state = 'open'",
)  # fmt: skip
EVENTS = bulk.Insert("events", ("kind", "at"), ("id", "debtor_id", "subject_id", "data"))


class Fresh(NamedTuple):
    """An offer that was decided on."""

    debtor_id: uuid.UUID
    made: Made
    rung: Rung
    basis: bytes
    valid_until: date


def write(
    session: Session, tenant: Resolved, version: int, fresh: Sequence[Fresh]
) -> dict[uuid.UUID, uuid.UUID]:
    """Multi-row inserts of offers and events; a person keeps one open offer even in a race.

    Returns the offers that were written, by person.
    """
    if not fresh:
        return {}
    at = bulk.moment(now())
    ids = new_ids(len(fresh))
    rows = [_row(id, one) for id, one in zip(ids, fresh, strict=True)]
    events = [
        (event_id, row[1], row[0], _told(one, version))
        for event_id, row, one in zip(new_ids(len(fresh)), rows, fresh, strict=True)
    ]
    driver: Any = session.connection().connection.driver_connection
    writer = bulk.Writer(driver, tenant.id)
    written = writer.insert(OFFERS, (bulk.int4(version), bulk.text(OfferState.OPEN), at), rows)
    made = {one.debtor_id: uuid.UUID(bytes=id) for id, one in zip(ids, fresh, strict=True)}
    if written < len(rows):
        made_here = _written(session, list(made.values()))
        events = [event for event in events if event[2] in made_here]
        made = {debtor: one for debtor, one in made.items() if one.bytes in made_here}
    writer.insert(EVENTS, (bulk.text("offer.made"), at), events)
    return made


def _row(offer_id: bytes, one: Fresh) -> tuple[bulk.Packed, ...]:
    """The varying values of OFFERS, in their order."""
    limits, rung = one.made.limits, one.rung
    return (
        offer_id,
        one.debtor_id.bytes,
        one.basis,
        bulk.jsonb([_debt(debt) for debt in limits.debts]),
        bulk.int8(limits.owed_cents),
        bulk.jsonb(one.made.options),
        bulk.jsonb(limits),
        bulk.jsonb(one.made.reasons),
        bulk.day(one.valid_until),
        bulk.int2(rung.step),
        bulk.text(rung.arm),
        bulk.float8(rung.propensity),
        bulk.flag(rung.final),
    )


def _written(session: Session, offer_ids: Sequence[uuid.UUID]) -> set[bytes]:
    """Those of the offers that are there: somebody else was faster with the others."""
    found = session.scalars(select(Offer.id).where(among(Offer.id, offer_ids)))
    return {offer_id.bytes for offer_id in found}


def _told(one: Fresh, version: int) -> bytes:
    told: dict[str, Any] = {"owed_cents": one.made.limits.owed_cents, "rules_version": version}
    if one.rung.is_labelled:
        told |= {"step": one.rung.step, "arm": one.rung.arm}
    return bulk.jsonb(told)


def _debt(debt: DebtTerms) -> dict[str, Any]:
    return {
        "id": debt.debt_id,
        "principal": debt.principal_cents,
        "fine": debt.fine_cents,
        "interest": debt.interest_cents,
        "index": debt.index_cents,
        "band": debt.band,
    }
