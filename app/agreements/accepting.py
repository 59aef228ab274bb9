"""An offer is accepted: schedule, terms, evidence, document, in one transaction."""

import uuid
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.agreements.binding import Acceptance, Evidence, open_agreement
from app.agreements.errors import AlreadyAgreed, OfferExpired, OutsideLimits
from app.agreements.models import Agreement
from app.agreements.rules import dated
from app.compliance import dates
from app.compliance.facts import DebtFacts
from app.compliance.queries import policy_in_force
from app.compliance.stops import NOTHING, stops_of
from app.debts.models import Debt, Debtor
from app.offers import rules as offers
from app.offers.models import Offer, OfferState
from app.offers.queries import StoredOffer
from app.offers.terms import Option
from tenants.resolve import Resolved

UNIQUE_VIOLATION = "23505"


def accept(
    session: Session,
    tenant: Resolved,
    *,
    offer: StoredOffer,
    option: Option,
    debtor_id: uuid.UUID,
    evidence: Evidence,
    acceptance_key: str,
    locale: str,
    due_day: int | None = None,
) -> Agreement:
    """Turn an option of an offer into an agreement. The same `acceptance_key` gives the same one.

    `option` is one of the offer's, of its simulator, or an accepted counter-offer; it is checked
    again. `due_day` changes its due day. Raises OfferExpired, OutsideLimits, AlreadyAgreed,
    LookupError when the offer is not this person's or no brand is published.
    """
    existing = _accepted_before(session, offer.id, acceptance_key)
    if existing is not None:
        return existing
    debtor, state = _locked(session, offer.id, debtor_id)
    existing = _accepted_before(session, offer.id, acceptance_key)
    if existing is not None:
        return existing
    today = evidence.at.astimezone(ZoneInfo(debtor.time_zone)).date()
    _refuse_closed(session, offer, state, today)
    _refuse_held(session, offer, debtor, today)
    _refuse_prescribed(session, offer, today)
    when = offers.Calendar(today, debtor.uf, tenant.jurisdiction)
    chosen = _chosen(offer, option, due_day, when)
    acceptance = Acceptance(session, tenant, offer, chosen, when, evidence, locale)
    try:
        with session.begin_nested():
            agreement = acceptance.bind(acceptance_key)
    except IntegrityError as clash:
        if getattr(clash.orig, "sqlstate", None) == UNIQUE_VIOLATION:
            raise AlreadyAgreed(open_agreement(session, offer)) from clash
        raise
    acceptance.tell(agreement)
    return agreement


def _accepted_before(session: Session, offer_id: uuid.UUID, key: str) -> Agreement | None:
    return session.scalar(
        select(Agreement).where(Agreement.offer_id == offer_id, Agreement.acceptance_key == key)
    )


def _locked(session: Session, offer_id: uuid.UUID, debtor_id: uuid.UUID) -> tuple[Debtor, str]:
    """The person, and the state of the offer, whose row is locked: acceptances take turns."""
    state = session.scalar(
        select(Offer.state)
        .where(Offer.id == offer_id, Offer.debtor_id == debtor_id)
        .with_for_update()
    )
    debtor = session.scalar(select(Debtor).where(Debtor.id == debtor_id))
    if state is None or debtor is None:
        raise LookupError("no such offer of this person")
    return debtor, state


def _refuse_closed(session: Session, offer: StoredOffer, state: str, today: date) -> None:
    """Raises AlreadyAgreed or OfferExpired for an offer that can no longer be accepted."""
    if state == OfferState.ACCEPTED:
        raise AlreadyAgreed(open_agreement(session, offer))
    if state != OfferState.OPEN or offer.valid_until < today:
        raise OfferExpired("the offer no longer holds")


def _refuse_held(session: Session, offer: StoredOffer, debtor: Debtor, today: date) -> None:
    """BR-10 to BR-12: nothing that is held is agreed, nothing with somebody under 18."""
    stopped = stops_of(session, [debtor.id]).get(debtor.id, NOTHING)
    is_child = debtor.adult_on is not None and debtor.adult_on > today
    if is_child or any(stopped.covers(debt["id"]) for debt in offer.debts):
        raise OfferExpired("a person looks into this first")


def _refuse_prescribed(session: Session, offer: StoredOffer, today: date) -> None:
    """BR-01: what ran out of time since the offer was made is not asked for."""
    ids = [uuid.UUID(debt["id"]) for debt in offer.debts]
    rows = session.execute(
        select(Debt.due_on, Debt.instrument, Debt.interruption_on).where(Debt.id.in_(ids))
    )
    claims = [DebtFacts(*row) for row in rows]
    if claims and dates.prescribed(claims, today, policy_in_force(session)).any():
        raise OfferExpired("a debt of this offer is prescribed")


def _chosen(
    offer: StoredOffer, option: Option, due_day: int | None, when: offers.Calendar
) -> Option:
    """The option as it is on the day of acceptance. Raises OutsideLimits."""
    limits = offer.typed_limits
    if option.instalments == 1:
        option = replace(option, due_day=None)
    elif due_day is not None:
        option = replace(option, due_day=due_day)
    day_is_fine = option.instalments == 1 or option.due_day in limits.plan.due_days
    if not day_is_fine or not offers.within_limits(limits, option):
        raise OutsideLimits("the option is outside the offer's limits")
    return dated(limits, option, when)
