"""Reading offers. The portal's hot path: one plain statement, no ORM object."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from typing import Any, NamedTuple

from sqlalchemy import Date, Uuid, bindparam, func, literal_column, select
from sqlalchemy.orm import Session

from app.compliance.models import Hold
from app.compliance.stops import stop
from app.offers.models import Offer, OfferRules, OfferState
from app.offers.terms import Limits, Option, OptionKind, Reason
from tenants.scope import read

COLUMNS = (
    Offer.id,
    Offer.debtor_id,
    Offer.rules_version,
    Offer.debts,
    Offer.total_cents,
    Offer.options,
    Offer.limits,
    Offer.reasons,
    Offer.valid_until,
    Offer.state,
    Offer.first_seen_at,
)
NO_RULES = "No offer rules were set."
"""Msgid of the catalogue "files"."""
ITEMS = ("principal", "fine", "interest", "index")
"""What a debt is made of."""


class _Stored(NamedTuple):
    id: uuid.UUID
    debtor_id: uuid.UUID
    rules_version: int
    debts: list[dict[str, Any]]
    total_cents: int
    options: list[dict[str, Any]]
    limits: Mapping[str, Any]
    reasons: list[dict[str, Any]]
    valid_until: date
    state: str
    first_seen_at: datetime | None
    in_review: int = 0
    """Debts of the person that are left out while somebody looks into them."""


class StoredOffer(_Stored):
    """An offer as it was made. `options`, `limits` and `reasons` are data; the rest types them."""

    @cached_property
    def typed_limits(self) -> Limits:
        """What the simulator and a counter-offer move within."""
        return Limits.from_data(self.limits)

    @cached_property
    def typed_options(self) -> dict[OptionKind, Option]:
        """The options by kind, in the order in which they are shown."""
        options = [Option.from_data(data) for data in self.options]
        return {option.kind: option for option in options}

    @cached_property
    def typed_reasons(self) -> list[Reason]:
        """Why the offer is as it is."""
        return [Reason.from_data(data) for data in self.reasons]

    @property
    def owed_by_item(self) -> dict[str, int]:
        """What its debts come to without any discount, in cents, item by item."""
        debts = self.limits["debts"]
        return {item: sum([debt[f"{item}_cents"] for debt in debts]) for item in ITEMS}

    @property
    def first_payment_days(self) -> int:
        """Days from acceptance to the first money."""
        days: int = self.limits["plan"]["first_payment_days"]
        return days

    def holds(self, today: date) -> bool:
        """Whether it may still be accepted; `today` is the debtor's."""
        return self.state == OfferState.OPEN and self.valid_until >= today


TENANT, _DEBTOR = bindparam("tenant_id", type_=Uuid), bindparam("debtor_id", type_=Uuid)
_HOLDS = (
    select(func.jsonb_agg(func.jsonb_build_array(Hold.kind, Hold.debt_id)))
    .where(Hold.tenant_id == TENANT, Hold.debtor_id == _DEBTOR, Hold.resolved_at.is_(None))
    .scalar_subquery()
)
OF_PERSON = (*COLUMNS, _HOLDS)
"""What `as_it_stands` reads; binds "tenant_id" and "debtor_id"."""
IS_OPEN = Offer.state == literal_column(f"'{OfferState.OPEN}'")
"""Written out: only so does a prepared statement keep its plan over the index of open offers."""
CURRENT_OFFER = select(*OF_PERSON).where(
    Offer.tenant_id == TENANT,
    Offer.debtor_id == _DEBTOR,
    IS_OPEN,
    Offer.valid_until >= bindparam("today", type_=Date),
)
"""Made once: the portal asks it on every page about the offer."""


def current_offer(session: Session, debtor_id: uuid.UUID, today: date) -> StoredOffer | None:
    """The person's open offer that is still valid on `today` (the debtor's date), or None.

    An offer over a debt that is held by now (BR-10 to BR-12) is none any more.
    """
    row = read(session, CURRENT_OFFER, debtor_id=debtor_id, today=today).one_or_none()
    return None if row is None else as_it_stands(row)


def as_it_stands(row: Sequence[Any]) -> StoredOffer | None:
    """An offer from a row of OF_PERSON; None where a debt in it is held by now."""
    stopped = stop(row[-1] or ())
    values: list[Any] = [*row[:-1], len(stopped.debts)]
    found = StoredOffer(*values)
    return None if any(stopped.covers(debt["id"]) for debt in found.debts) else found


def offer(session: Session, offer_id: uuid.UUID) -> StoredOffer | None:
    """One offer, in whatever state."""
    row = session.execute(select(*COLUMNS).where(Offer.id == offer_id)).one_or_none()
    return StoredOffer(*row) if row else None


def rules_in_force(session: Session) -> OfferRules | None:
    """The creditor's highest version of rules, or None before there is one."""
    return session.scalar(select(OfferRules).order_by(OfferRules.version.desc()).limit(1))
