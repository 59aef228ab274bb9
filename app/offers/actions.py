"""Make personal offers and keep them. The caller owns the transaction."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.compliance.policy import Policy
from app.compliance.queries import policy_in_force
from app.debts import queries as debts
from app.debts.models import DebtState
from app.offers import means, queries, rules
from app.offers.explain import answerable
from app.offers.making import Maker
from app.offers.models import Offer, OfferRules, OfferState
from app.offers.portfolio import owed_by
from app.offers.schema import Rules
from app.offers.shape import band_reason
from app.offers.terms import Reason, because
from tenants.clock import now
from tenants.resolve import Resolved
from themes.lacking import Lacking

CHUNK = 2_000
"""People per round: few statements, little memory."""


def put_rules(session: Session, data: Mapping[str, Any]) -> OfferRules:
    """Bring rules into force as a new version; the version in force stays when nothing changed.

    Raises FileInvalid, naming each wrong field.
    """
    typed(session, data)
    latest = queries.rules_in_force(session)
    if latest is not None and latest.rules == dict(data):
        return latest
    version = OfferRules(version=latest.version + 1 if latest else 1, rules=dict(data))
    session.add(version)
    session.flush()
    return version


def make_offers(
    session: Session, tenant: Resolved, debtor_ids: Sequence[uuid.UUID], today: date
) -> int:
    """Make the personal offer of everybody who needs one; how many were made.

    An offer that still holds stays as it is, unless the person's debts or the rules changed: then a
    new one takes its place that is nowhere worse. Without open debts it is withdrawn. `today` is
    the tenant's date. Raises Lacking when the creditor has no rules.
    """
    version = queries.rules_in_force(session)
    if version is None:
        raise Lacking(queries.NO_RULES)
    maker = Maker(session, tenant, version.version, typed(session, version.rules), today)
    return sum(
        len(maker.make(debtor_ids[start : start + CHUNK]))
        for start in range(0, len(debtor_ids), CHUNK)
    )


def typed(session: Session, data: Mapping[str, Any]) -> Rules:
    """Rules as values, held to the creditor's kind, its card products and the policy in force.

    Raises FileInvalid.
    """
    terms = debts.terms_in_force(session)
    parsed = rules.parse(data, creditor_type=terms.creditor_type)
    cards = {product for product, own in terms.products.items() if own.is_card}
    if terms.common.interest_per_month is None:
        # Interest that was never agreed follows the legal rate, which has no monthly cap.
        parsed = replace(parsed, mora_monthly=None)
    return _within(
        replace(parsed, card_products=parsed.card_products | cards), policy_in_force(session)
    )


def _within(parsed: Rules, policy: Policy) -> Rules:
    """With no charge above the policy's limits, which a creditor may have tightened."""
    mora = parsed.mora_monthly
    if mora is not None:
        mora = min(mora, policy.parameter("BR-17", "interest_per_month_ppm"))
    return replace(
        parsed,
        fine_most=min(parsed.fine_most, policy.parameter("BR-17", "fine_ppm")),
        mora_monthly=mora,
        card_cap=min(parsed.card_cap, policy.parameter("BR-18", "charges_over_original_ppm")),
    )


def ensure_offer(
    session: Session, tenant: Resolved, debtor_id: uuid.UUID, today: date
) -> queries.StoredOffer | None:
    """The person's current offer, made now where the last one expired; None without one to make."""
    found = queries.current_offer(session, debtor_id, today)
    if found is None and make_offers(session, tenant, [debtor_id], today):
        found = queries.current_offer(session, debtor_id, today)
    return found


def refit(
    session: Session, offer: queries.StoredOffer, when: rules.Calendar, month: means.Month
) -> None:
    """Suggest in somebody's open offer what fits in the month they want kept.

    It stays the same offer: what it promises does not change, only which of its plans are shown.
    """
    least = means.minimum_cents(policy_in_force(session))
    # How much less the suggested plan costs than before was told of another one.
    kept = tuple(reason for reason in offer.typed_reasons if reason.code != "more_discount")
    made = rules.of_limits(means.held_to(offer.typed_limits, month, least), when, kept)
    session.execute(
        update(Offer)
        .where(Offer.id == offer.id, Offer.state == OfferState.OPEN)
        .values(
            limits=asdict(made.limits),
            options=[option.to_data() for option in made.options],
            reasons=[reason.to_data() for reason in made.reasons],
        )
        .execution_options(synchronize_session=False)
    )


def why_nothing(
    session: Session, tenant: Resolved, debtor_id: uuid.UUID, today: date
) -> list[Reason]:
    """Why a person has no offer: each open debt's reason, and that a person can review it (BR-31).

    Empty when the rules would make one, or nothing is owed.
    """
    version = queries.rules_in_force(session)
    owed = owed_by(session, [debtor_id], today)
    facts = owed.facts()
    if not facts:
        return [because("not_due")] if _nothing_is_overdue(session, debtor_id, today) else []
    if version is None:
        return answerable([because("no_rules")])
    parsed = typed(session, version.rules)
    uf = owed.ufs[0]
    if rules.make_offer(parsed, facts, rules.Calendar(today, uf, tenant.jurisdiction)) is not None:
        return []
    bands = [rules.band_of(parsed, debt) for debt in facts]
    if any(bands):
        return answerable([because("by_hand")])
    return answerable([band_reason(debt, None) for debt in facts])


def _nothing_is_overdue(session: Session, debtor_id: uuid.UUID, today: date) -> bool:
    open_debts = debts.debts_of(session, debtor_id, [DebtState.OPEN])
    return bool(open_debts) and all(debt.due_on >= today for debt in open_debts)


def see(session: Session, offer_id: uuid.UUID) -> None:
    """Remember when the person first saw an offer."""
    session.execute(
        update(Offer)
        .where(Offer.id == offer_id, Offer.first_seen_at.is_(None))
        .values(first_seen_at=now())
        .execution_options(synchronize_session=False)
    )
