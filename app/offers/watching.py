"""Whether steps pay, from what was offered and agreed: the figures of the anti-gaming monitor."""

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.history.models import Event
from app.offers.concession import OPENING, STEPPING
from app.offers.gaming import RIPE, Watch, watch
from app.offers.models import Offer
from tenants.resolve import Resolved


@dataclass(frozen=True, slots=True)
class Visitors:
    """First visitors (v,) of the ladder's arms, as the monitor takes them."""

    stepped: NDArray[np.bool_]
    """Whether steps were theirs to have."""
    ripe: NDArray[np.bool_]
    at_first: NDArray[np.bool_]
    recovered: NDArray[np.float64]
    """Share of the balance agreed to be paid."""


def watched(session: Session, tenant: Resolved, today: date) -> Watch:
    """First visitors who may get steps against those in the no-step arm, until `today`."""
    seen = visitors(session, tenant, today)
    return watch(seen.stepped, seen.ripe, seen.at_first, seen.recovered)


def visitors(session: Session, tenant: Resolved, today: date) -> Visitors:
    """Who came first under the ladder, until `today`.

    A visitor's first visit is the day (in the creditor's time zone) on which they first saw an
    offer with an arm; what they agreed to later counts as recovered, less its discount. What was
    agreed to before, or by somebody in no arm, counts nowhere.
    """
    zone = ZoneInfo(tenant.time_zone)
    first: dict[uuid.UUID, tuple[date, str]] = {}
    for debtor, seen_at, arm in _seen(session):
        first.setdefault(debtor, (seen_at.astimezone(zone).date(), arm))
    agreed: dict[uuid.UUID, tuple[date, float]] = {}
    for debtor, at, told in _agreed(session):
        share = told["total_cents"] / max(told["total_cents"] + told.get("saved_cents", 0), 1)
        agreed.setdefault(debtor, (at.astimezone(zone).date(), share))
    rows = [(day, arm, *agreed.get(debtor, (None, 0.0))) for debtor, (day, arm) in first.items()]
    return Visitors(
        stepped=np.array([arm in STEPPING for _, arm, _, _ in rows], dtype=bool),
        ripe=np.array([(today - day).days >= RIPE for day, _, _, _ in rows], dtype=bool),
        at_first=np.array([closed == day for day, _, closed, _ in rows], dtype=bool),
        recovered=np.array([share for _, _, _, share in rows], dtype=np.float64),
    )


def _seen(session: Session) -> Any:
    return session.execute(
        select(Offer.debtor_id, Offer.first_seen_at, Offer.arm)
        .where(Offer.arm.in_(OPENING), Offer.first_seen_at.is_not(None))
        .order_by(Offer.first_seen_at, Offer.id)
    )


def _agreed(session: Session) -> Any:
    seen = select(Offer.debtor_id).where(Offer.arm.in_(OPENING))
    return session.execute(
        select(Event.debtor_id, Event.at, Event.data)
        .where(Event.kind == "agreement.accepted", Event.debtor_id.in_(seen))
        .order_by(Event.at, Event.id)
    )
