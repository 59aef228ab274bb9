"""What a person was offered and may count on until its last day, even if it was withdrawn since."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from sqlalchemy import BindParameter, bindparam, or_, select
from sqlalchemy.orm import Session

from app.compliance.queries import among
from app.offers.better import remembered
from app.offers.concession import NOWHERE, Rung
from app.offers.models import PAST_STATES, Offer, OfferState
from app.offers.terms import Limits

_PAST: BindParameter[Sequence[str]] = bindparam(
    "past", PAST_STATES, expanding=True, literal_execute=True
)
"""Written out, so that every plan of the statement may use the index of past offers."""


@dataclass(frozen=True, slots=True)
class Held:
    """The open offer somebody has."""

    id: uuid.UUID
    rules_version: int
    valid_until: date
    basis: bytes
    seen_at: datetime | None = None
    rung: Rung = NOWHERE


@dataclass(frozen=True, slots=True)
class Promise:
    """The terms that nothing new may be worse than."""

    limits: Limits
    valid_until: date
    is_held: bool
    """They are those of the open offer, and of no other."""


def promises(
    session: Session,
    held: Mapping[uuid.UUID, Held],
    open_debts: Mapping[uuid.UUID, Mapping[str, int]],
    debtor_ids: Sequence[uuid.UUID],
    today: date,
) -> dict[uuid.UUID, Promise]:
    """What still counts on `today`, by person; `open_debts`: person → debt id → principal.

    That is the open offer, and for a debt that is not in it the last offer that held it: a debt
    that was on hold and comes back is offered no worse than before. What was promised before an
    acceptance ended with it.
    """
    holding = {d: held[d] for d in debtor_ids if d in held and held[d].valid_until >= today}
    limits = limits_of(session, [one.id for one in holding.values()])
    found = {
        debtor: Promise(limits[one.id], one.valid_until, is_held=True)
        for debtor, one in holding.items()
    }
    missing = [one for one in debtor_ids if not _covers(found.get(one), open_debts[one])]
    for debtor, earlier in _earlier(session, missing, today):
        old = found.get(debtor)
        whole = remembered(
            old.limits if old else None, [one for one, _ in earlier], open_debts[debtor]
        )
        if whole is not None and (old is None or whole != old.limits):
            until = [day for _, day in earlier] + ([old.valid_until] if old else [])
            found[debtor] = Promise(whole, max(until), is_held=False)
    return found


def _covers(promise: Promise | None, open_debts: Mapping[str, int]) -> bool:
    return promise is not None and open_debts.keys() <= {d.debt_id for d in promise.limits.debts}


def _earlier(
    session: Session, debtor_ids: Sequence[uuid.UUID], today: date
) -> Iterator[tuple[uuid.UUID, list[tuple[Limits, date]]]]:
    """Offers since the last acceptance that would still hold, per person, the newest first."""
    if not debtor_ids:
        return
    rows = session.execute(
        select(Offer.debtor_id, Offer.limits, Offer.valid_until, Offer.state)
        .where(
            among(Offer.debtor_id, debtor_ids),
            Offer.state.in_(_PAST),
            or_(Offer.valid_until >= today, Offer.state == OfferState.ACCEPTED),
        )
        .order_by(Offer.debtor_id, Offer.id.desc())
    )
    for debtor, offers in groupby(rows, key=lambda row: row.debtor_id):
        kept = []
        for row in offers:
            if row.state == OfferState.ACCEPTED:
                break
            kept.append((Limits.from_data(row.limits), row.valid_until))
        if kept:
            yield debtor, kept


def limits_of(session: Session, offer_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Limits]:
    """The limits of offers, by offer."""
    if not offer_ids:
        return {}
    rows = session.execute(select(Offer.id, Offer.limits).where(among(Offer.id, offer_ids)))
    return {offer_id: Limits.from_data(limits) for offer_id, limits in rows}
