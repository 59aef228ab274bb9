"""One round of offer making: read a chunk of people, decide on columns, write in few statements.

What the ladder concedes to a person comes in by `concessions`; without an engine there is none.
"""

import hashlib
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.compliance.queries import among, identifiers, policy_in_force
from app.offers import climbing, means, rules
from app.offers.better import merged
from app.offers.climbing import Place
from app.offers.columns_openings import Openings
from app.offers.concession import (
    NOWHERE,
    Concession,
    Lift,
    Rung,
    Wish,
    began,
    raised,
    stepped,
)
from app.offers.due_dates import Calendar
from app.offers.models import Offer, OfferState
from app.offers.portfolio import Portfolio, owed_by
from app.offers.promises import Held, Promise, promises
from app.offers.schema import Rules
from app.offers.terms import Made
from app.offers.writing import Fresh, write
from app.outreach.lapsing import OFFER
from app.outreach.withdrawing import OFFER_GONE, waiting, withdraw
from tenants.resolve import Resolved

Fit = Callable[[uuid.UUID, Made | None, Calendar], Made | None]


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes offers for chunks of people under one version of the rules, on one day."""

    session: Session
    tenant: Resolved
    version: int
    rules: Rules
    today: date
    concessions: Mapping[uuid.UUID, Concession] = field(default_factory=dict)
    lifts: Mapping[uuid.UUID, Lift] = field(default_factory=dict)
    """What people of the creditor's concede by hand."""

    def make(self, debtor_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
        """Make the offers of a chunk of people; the new ones, by person."""
        debtor_ids = identifiers(debtor_ids)
        owed = owed_by(self.session, debtor_ids, self.today)
        contents = owed.contents()
        held = self._held(debtor_ids)
        gone = [held[debtor].id for debtor in held if not contents.get(debtor)]
        self._close(gone, OfferState.WITHDRAWN)
        if gone:
            without = [debtor for debtor in held if not contents.get(debtor)]
            withdraw(
                self.session, dict.fromkeys(waiting(self.session, without, [OFFER]), OFFER_GONE)
            )
        due = climbing.due(self.session, self.tenant, held, self.concessions, self.today)
        wanted = {
            d
            for d, debts in contents.items()
            if debts and (d in due or d in self.lifts or self._needs(debts, held.get(d)))
        }
        if not wanted:
            return {}
        part = owed.only(wanted)
        promised = promises(self.session, held, contents, part.debtor_ids, self.today)
        stand = climbing.places(self.session, held, {**due, **self.lifts}, part.debtor_ids)
        made = self._decide(part, contents, held, promised, stand, due)
        replaced = [held[debtor].id for debtor in made if debtor in held]
        self._close(replaced, OfferState.REPLACED)
        return write(self.session, self.tenant, self.version, self._fresh(made, contents, promised))

    def _needs(self, debts: Mapping[str, int], held: Held | None) -> bool:
        """Whether an offer has to be made: none holds, or debts or rules are others by now."""
        if held is None or held.valid_until < self.today:
            return True
        return held.rules_version != self.version or held.basis != self._basis(debts)

    def _basis(self, debts: Mapping[str, int]) -> bytes:
        """With the limits of charges: a policy that was tightened makes every offer anew."""
        caps = (self.rules.fine_most, self.rules.mora_monthly, self.rules.card_cap)
        return basis_of(debts, caps)

    def _decide(
        self,
        part: Portfolio,
        contents: Mapping[uuid.UUID, dict[str, int]],
        held: Mapping[uuid.UUID, Held],
        promised: Mapping[uuid.UUID, Promise],
        stand: Mapping[uuid.UUID, Place],
        due: Mapping[uuid.UUID, Wish | None],
    ) -> dict[uuid.UUID, tuple[Made, Rung]]:
        """The offers to write, by person: what holds already and is no worse stays out of it."""
        jurisdiction = self.tenant.jurisdiction
        new = [debtor not in promised and debtor not in stand for debtor in part.debtor_ids]
        columns = rules.make_offers_columns(
            self.rules,
            part.columns,
            self.today,
            part.ufs,
            jurisdiction,
            self._openings(part.debtor_ids, new),
        )
        decided, fit = {}, self._means(part.debtor_ids)
        for debtor, uf, made in zip(part.debtor_ids, part.ufs, columns, strict=True):
            old, place = promised.get(debtor), stand.get(debtor)
            when = Calendar(self.today, uf, jurisdiction)
            made = fit(debtor, made, when)
            made, rung = self._begun(debtor, made, place, when, is_new=old is None)
            if old is not None:
                made = merged(old.limits, made, contents[debtor], when)
            if made is not None and place is not None and (debtor in due or debtor in self.lifts):
                made, rung = self._conceded(debtor, made, place, when, due.get(debtor))
            if old is not None and old.is_held and made is not None and made.limits == old.limits:
                self._keep(held[debtor].id, contents[debtor])
            elif made is not None:
                decided[debtor] = made, rung
        return decided

    def _means(self, debtor_ids: Sequence[uuid.UUID]) -> Fit:
        """How offers are held to the months that these people let us keep."""
        months = means.kept(self.session, debtor_ids)
        least = means.minimum_cents(policy_in_force(self.session)) if months else None

        def fit(debtor: uuid.UUID, made: Made | None, when: Calendar) -> Made | None:
            if made is None or debtor not in months:
                return made
            limits = means.held_to(made.limits, months[debtor], least)
            return rules.of_limits(limits, when, made.reasons)

        return fit

    def _openings(self, debtor_ids: Sequence[uuid.UUID], new: Sequence[bool]) -> Openings | None:
        """Where the engine begins its own people's first offers; None where it does nowhere."""
        if not self.concessions:
            return None
        discount = np.full(len(new), np.nan)
        instalments = np.ones(len(new), dtype=np.int64)
        for row, (debtor, is_new) in enumerate(zip(debtor_ids, new, strict=True)):
            wanted = self.concessions.get(debtor)
            if is_new and wanted is not None and wanted.opens:
                discount[row], instalments[row] = wanted.discount, wanted.instalments
        return Openings(discount, instalments)

    def _begun(
        self,
        debtor: uuid.UUID,
        made: Made | None,
        place: Place | None,
        when: Calendar,
        *,
        is_new: bool,
    ) -> tuple[Made | None, Rung]:
        """The offer with what was conceded before, or with the engine's own beginning."""
        if place is not None:
            if made is not None and (kept := place.kept_in(made.limits)) != made.limits:
                made = rules.of_limits(kept, when, made.reasons)
            return made, place.rung
        wanted = self.concessions.get(debtor)
        if wanted is None or wanted.step:
            return made, NOWHERE
        if made is None or not is_new:
            return made, replace(wanted.rung, final=False)
        return began(made, wanted, self.rules)

    def _conceded(
        self,
        debtor: uuid.UUID,
        made: Made,
        place: Place,
        when: Calendar,
        wish: Wish | None,
    ) -> tuple[Made, Rung]:
        """The offer a step better, or as far as a person of the creditor's lifted it."""
        lift = self.lifts.get(debtor)
        if lift is not None:
            return raised(made, lift, place.limits, when), place.rung
        found = stepped(made, self.concessions[debtor], place.limits, self.rules, wish, when)
        return found or (made, place.rung)

    def _held(self, debtor_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Held]:
        rows = self.session.execute(
            select(
                Offer.debtor_id,
                Offer.id,
                Offer.rules_version,
                Offer.valid_until,
                Offer.basis,
                Offer.first_seen_at,
                Offer.step,
                Offer.arm,
                Offer.propensity,
                Offer.final,
            ).where(among(Offer.debtor_id, debtor_ids), Offer.state == OfferState.OPEN)
        )
        return {row[0]: _held(*row[1:]) for row in rows}

    def _close(self, offer_ids: Sequence[uuid.UUID], state: OfferState) -> None:
        if offer_ids:
            self.session.execute(
                update(Offer)
                .where(Offer.id.in_(offer_ids), Offer.state == OfferState.OPEN)
                .values(state=state)
                .execution_options(synchronize_session=False)
            )

    def _keep(self, offer_id: uuid.UUID, debts: Mapping[str, int]) -> None:
        """The offer stays; remember what it was compared with."""
        self.session.execute(
            update(Offer)
            .where(Offer.id == offer_id)
            .values(rules_version=self.version, basis=self._basis(debts))
            .execution_options(synchronize_session=False)
        )

    def _fresh(
        self,
        decided: Mapping[uuid.UUID, tuple[Made, Rung]],
        contents: Mapping[uuid.UUID, dict[str, int]],
        promised: Mapping[uuid.UUID, Promise],
    ) -> list[Fresh]:
        usual = self.today + timedelta(days=self.rules.validity_days)
        return [
            Fresh(
                debtor,
                made,
                rung,
                self._basis(contents[debtor]),
                max(usual, promised[debtor].valid_until) if debtor in promised else usual,
            )
            for debtor, (made, rung) in decided.items()
        ]


def _held(
    id: uuid.UUID,
    version: int,
    valid_until: date,
    basis: bytes,
    seen_at: datetime | None,
    *rung: Any,
) -> Held:
    return Held(id, version, valid_until, basis, seen_at, Rung(*rung))


def basis_of(debts: Mapping[str, int], caps: Sequence[int | None]) -> bytes:
    """What an offer rests on, as a hash: debt ids with their principals, limits of charges."""
    told = ";".join(f"{debt_id}:{cents}" for debt_id, cents in sorted(debts.items()))
    told += f";{caps}"
    return hashlib.sha256(told.encode()).digest()
