"""Concede: the nightly ladder for people who left without closing, and a person's own authority.

The night (app.journeys) asks the pure ladder (app.offers.ladder) what each person would see today
and hands the answers in here; nothing is conceded to anybody it does not name. What may be a step
is checked again against what the person really saw (app.offers.climbing).
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

import numpy as np
from sqlalchemy.orm import Session

from app.compliance.actions import audit
from app.offers import ladder, queries
from app.offers.actions import CHUNK, typed
from app.offers.concession import Concession, Lift, utmost_longest
from app.offers.making import Maker
from app.offers.price import fraction
from app.offers.queries import NO_RULES, StoredOffer
from app.offers.standing import Column
from tenants.resolve import Resolved
from themes.lacking import Lacking

NO_STEPS = "no_step"
EXPLORED = "explore"
LONGEST_REASON = 200


class Unaccounted(ValueError):
    """Whoever concedes something by hand says who they are and why; `missing` is which of these."""

    def __init__(self, missing: str) -> None:
        super().__init__(f"{missing}: 1 to {LONGEST_REASON} characters")
        self.missing = missing


class BeyondAuthority(ValueError):
    """The creditor's rules do not let its people concede so much; `most` is what they may."""

    def __init__(self, most: Lift) -> None:
        super().__init__(
            f"at most {fraction(most.opening_ppm)} of the discount, {most.longest} instalments"
        )
        self.most = most


def as_conceded(offers: ladder.Offers) -> ladder.Offers:
    """The ladder's columns (n,) as they are handed to the house, which concedes one of more
    discount and more instalments at a step and finds itself where its rules have no more room
    (`concession.has_room`)."""
    full = offers.why & int(ladder.Why.NO_ROOM) > 0
    said = int(ladder.Why.NO_ROOM | ladder.Why.FINAL)
    return replace(
        offers,
        final=offers.final & ~full,
        why=np.where(full, offers.why & ~said, offers.why),
    )


def concessions_of(
    debtor_ids: Sequence[uuid.UUID],
    arms: Sequence[str],
    balance: Column,
    offers: ladder.Offers,
) -> dict[uuid.UUID, Concession]:
    """The ladder's columns (n,) by person; `arms` are names of app.journeys.arms.

    Somebody in the no-step arm, or whose offer was drawn at random, is stored as such.
    """
    share = offers.discount_cents / balance.clip(1)
    rows = zip(
        debtor_ids,
        arms,
        share.tolist(),
        offers.instalments.tolist(),
        offers.step.tolist(),
        offers.propensity.tolist(),
        offers.explored.tolist(),
        offers.final.tolist(),
        offers.why.tolist(),
        strict=True,
    )
    found = {}
    for debtor, arm, discount, count, step, propensity, explored, final, why in rows:
        if why & ladder.Why.NO_STEP_ARM:
            arm = NO_STEPS
        elif explored and arm == "engine":
            arm = EXPLORED
        kept = bool(why & ladder.Why.OPENING_KEPT)
        found[debtor] = Concession(discount, count, step, arm, propensity, final, kept)
    return found


def concede(
    session: Session,
    tenant: Resolved,
    wanted: Mapping[uuid.UUID, Concession],
    today: date,
    *,
    others: Sequence[uuid.UUID] = (),
) -> dict[uuid.UUID, uuid.UUID]:
    """Make offers as `make_offers` does, a step better for who came and left on an earlier day;
    `others` get theirs as the creditor's rules say.

    Twice on a day concedes nothing twice: a step needs a visit to the offer before it. `today` is
    the tenant's date. Returns the new offers, by person. Raises Lacking without offer rules.
    """
    maker = replace(_maker(session, tenant, today), concessions=wanted)
    ids = [*wanted, *others]
    made: dict[uuid.UUID, uuid.UUID] = {}
    for start in range(0, len(ids), CHUNK):
        made |= maker.make(ids[start : start + CHUNK])
    return made


def lift(
    session: Session,
    tenant: Resolved,
    debtor_id: uuid.UUID,
    today: date,
    *,
    wanted: Lift,
    actor: str,
    reason: str,
) -> StoredOffer | None:
    """A person of the creditor's improves somebody's open offer; audited with who and why.

    Returns the offer that took its place; None where none is open or it is as good already.
    Raises BeyondAuthority, Unaccounted without an actor and a reason (1–200 characters each),
    Lacking without rules.
    """
    actor, told = " ".join(actor.split()), " ".join(reason.split())
    for name, text in (("actor", actor), ("reason", told)):
        if not 0 < len(text) <= LONGEST_REASON:
            raise Unaccounted(name)
    maker = _maker(session, tenant, today)
    held = queries.current_offer(session, debtor_id, today)
    if held is None:
        return None
    most = Lift(maker.rules.agent_authority, utmost_longest(maker.rules, held.typed_limits))
    if wanted.opening_ppm > most.opening_ppm or wanted.longest > most.longest:
        raise BeyondAuthority(most)
    if not replace(maker, lifts={debtor_id: wanted}).make([debtor_id]):
        return None
    found = queries.current_offer(session, debtor_id, today)
    assert found is not None
    audit(
        session,
        actor=actor,
        action="offer.lifted",
        subject_id=found.id,
        debtor_id=str(debtor_id),
        opening_ppm=wanted.opening_ppm,
        longest=wanted.longest,
        reason=told,
    )
    return found


def _maker(session: Session, tenant: Resolved, today: date) -> Maker:
    version = queries.rules_in_force(session)
    if version is None:
        raise Lacking(NO_RULES)
    return Maker(session, tenant, version.version, typed(session, version.rules), today)
