"""One round of offer making: read a chunk of people, decide on columns, write in few statements."""

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.compliance.queries import among, identifiers
from app.debts.portfolio import bulk
from app.offers import rules
from app.offers.better import merged
from app.offers.models import Offer, OfferState
from app.offers.portfolio import Portfolio, owed_by
from app.offers.promises import Held, Promise, promises
from app.offers.schema import Rules
from app.offers.terms import DebtTerms, Made
from tenants.clock import now
from tenants.database import new_ids
from tenants.resolve import Resolved

OFFERS = bulk.Insert(
    "offers",
    ("rules_version", "state", "created_at"),
    ("id", "debtor_id", "basis", "debts", "total_cents", "options", "limits", "reasons",
     "valid_until"),
    ("tenant_id", "debtor_id"),
    condition="state = 'open'",
)  # fmt: skip
EVENTS = bulk.Insert("events", ("kind", "at"), ("id", "debtor_id", "subject_id", "data"))


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes offers for chunks of people under one version of the rules, on one day."""

    session: Session
    tenant: Resolved
    version: int
    rules: Rules
    today: date

    def make(self, debtor_ids: Sequence[uuid.UUID]) -> int:
        """Make the offers of a chunk of people; how many are new."""
        debtor_ids = identifiers(debtor_ids)
        owed = owed_by(self.session, debtor_ids, self.today)
        contents = owed.contents()
        held = self._held(debtor_ids)
        gone = [held[debtor].id for debtor in held if not contents.get(debtor)]
        self._close(gone, OfferState.WITHDRAWN)
        wanted = {d for d, debts in contents.items() if debts and self._needs(debts, held.get(d))}
        if not wanted:
            return 0
        part = owed.only(wanted)
        promised = promises(self.session, held, contents, part.debtor_ids, self.today)
        made = self._decide(part, contents, held, promised)
        replaced = [held[debtor].id for debtor in made if debtor in held]
        self._close(replaced, OfferState.REPLACED)
        return self._write(made, contents, promised)

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
    ) -> dict[uuid.UUID, Made]:
        """The offers to write, by person: what holds already and is no worse stays out of it."""
        jurisdiction = self.tenant.jurisdiction
        columns = rules.make_offers_columns(
            self.rules, part.columns, self.today, part.ufs, jurisdiction
        )
        decided = {}
        for debtor, uf, made in zip(part.debtor_ids, part.ufs, columns, strict=True):
            old = promised.get(debtor)
            if old is not None:
                when = rules.Calendar(self.today, uf, jurisdiction)
                better = merged(old.limits, made, contents[debtor], when)
                if old.is_held and better is not None and better.limits == old.limits:
                    self._keep(held[debtor].id, contents[debtor])
                    continue
                made = better
            if made is not None:
                decided[debtor] = made
        return decided

    def _held(self, debtor_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Held]:
        rows = self.session.execute(
            select(
                Offer.debtor_id, Offer.id, Offer.rules_version, Offer.valid_until, Offer.basis
            ).where(among(Offer.debtor_id, debtor_ids), Offer.state == OfferState.OPEN)
        )
        return {row[0]: Held(row[1], row[2], row[3], row[4]) for row in rows}

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

    def _write(
        self,
        made: Mapping[uuid.UUID, Made],
        contents: Mapping[uuid.UUID, dict[str, int]],
        promised: Mapping[uuid.UUID, Promise],
    ) -> int:
        """Multi-row inserts of offers and events; a person keeps one open offer even in a race."""
        if not made:
            return 0
        at = bulk.moment(now())
        offers = self._rows(made, contents, promised)
        events = [
            (event_id, row[1], row[0], _told(one, self.version))
            for event_id, row, one in zip(new_ids(len(made)), offers, made.values(), strict=True)
        ]
        driver: Any = self.session.connection().connection.driver_connection
        writer = bulk.Writer(driver, self.tenant.id)
        shared = (bulk.int4(self.version), bulk.text(OfferState.OPEN), at)
        written = writer.insert(OFFERS, shared, offers)
        if written < len(offers):
            made_here = self._written([uuid.UUID(bytes=row[0]) for row in offers])
            events = [event for event in events if event[2] in made_here]
        writer.insert(EVENTS, (bulk.text("offer.made"), at), events)
        return written

    def _rows(
        self,
        made: Mapping[uuid.UUID, Made],
        contents: Mapping[uuid.UUID, dict[str, int]],
        promised: Mapping[uuid.UUID, Promise],
    ) -> list[tuple[bulk.Packed, ...]]:
        """The varying values of OFFERS, in their order."""
        valid_until = self.today + timedelta(days=self.rules.validity_days)
        usual = bulk.day(valid_until)
        rows: list[tuple[bulk.Packed, ...]] = []
        for offer_id, (debtor, one) in zip(new_ids(len(made)), made.items(), strict=True):
            until = usual
            if debtor in promised:
                until = bulk.day(max(valid_until, promised[debtor].valid_until))
            rows.append(
                (
                    offer_id,
                    debtor.bytes,
                    self._basis(contents[debtor]),
                    bulk.jsonb([_debt(debt) for debt in one.limits.debts]),
                    bulk.int8(one.limits.owed_cents),
                    bulk.jsonb(one.options),
                    bulk.jsonb(one.limits),
                    bulk.jsonb(one.reasons),
                    until,
                )
            )
        return rows

    def _written(self, offer_ids: Sequence[uuid.UUID]) -> set[bytes]:
        """Those of the offers that are there: somebody else was faster with the others."""
        found = self.session.scalars(select(Offer.id).where(among(Offer.id, offer_ids)))
        return {offer_id.bytes for offer_id in found}


def _told(made: Made, version: int) -> bytes:
    return bulk.jsonb({"owed_cents": made.limits.owed_cents, "rules_version": version})


def _debt(debt: DebtTerms) -> dict[str, Any]:
    return {
        "id": debt.debt_id,
        "principal": debt.principal_cents,
        "fine": debt.fine_cents,
        "interest": debt.interest_cents,
        "index": debt.index_cents,
        "band": debt.band,
    }


def basis_of(debts: Mapping[str, int], caps: Sequence[int | None]) -> bytes:
    """What an offer rests on, as a hash: debt ids with their principals, limits of charges."""
    told = ";".join(f"{debt_id}:{cents}" for debt_id, cents in sorted(debts.items()))
    told += f";{caps}"
    return hashlib.sha256(told.encode()).digest()
