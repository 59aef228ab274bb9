"""What people owe today, as the rules want it: their open debts with charges, in columns."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.compliance import dates
from app.compliance.facts import DebtFacts as Claim
from app.compliance.queries import among, policy_in_force
from app.compliance.stops import NOTHING, Stop, stops_of
from app.debts import queries as debts
from app.debts import rules as charging
from app.debts.models import Debt, Debtor, DebtState
from app.offers.columns import DebtColumns
from app.offers.terms import DebtFacts


@dataclass(frozen=True, slots=True)
class Portfolio:
    """People in the order of `debtor_ids`, and the open debts of those who have one."""

    debtor_ids: list[uuid.UUID]
    ufs: list[str | None]
    columns: DebtColumns
    """`person` counts in `debtor_ids`."""

    def only(self, wanted: Collection[uuid.UUID]) -> "Portfolio":
        """The same for some of the people, numbered anew."""
        kept = [row for row, debtor in enumerate(self.debtor_ids) if debtor in wanted]
        numbers = np.full(len(self.debtor_ids), -1, dtype=np.int64)
        numbers[kept] = np.arange(len(kept))
        person = numbers[self.columns.person]
        rows = np.flatnonzero(person >= 0)
        listed = rows.tolist()
        columns = self.columns
        return Portfolio(
            [self.debtor_ids[row] for row in kept],
            [self.ufs[row] for row in kept],
            DebtColumns(
                person=person[rows],
                ids=[columns.ids[row] for row in listed],
                products=[columns.products[row] for row in listed],
                days_past_due=columns.days_past_due[rows],
                principal=columns.principal[rows],
                fine=columns.fine[rows],
                interest=columns.interest[rows],
                index=columns.index[rows],
            ),
        )

    def facts(self) -> list[DebtFacts]:
        """Every debt as the rules for one person want it."""
        of = self.columns
        rows = zip(
            of.ids,
            of.products,
            of.days_past_due.tolist(),
            of.principal.tolist(),
            of.fine.tolist(),
            of.interest.tolist(),
            of.index.tolist(),
            strict=True,
        )
        return [DebtFacts(*row) for row in rows]

    def contents(self) -> dict[uuid.UUID, dict[str, int]]:
        """Per person: debt id → principal, in cents."""
        found: dict[uuid.UUID, dict[str, int]] = {debtor: {} for debtor in self.debtor_ids}
        rows = zip(
            self.columns.person.tolist(),
            self.columns.ids,
            self.columns.principal.tolist(),
            strict=True,
        )
        for person, debt_id, principal in rows:
            found[self.debtor_ids[person]][debt_id] = principal
        return found


def owed_by(session: Session, debtor_ids: Sequence[uuid.UUID], today: date) -> Portfolio:
    """The overdue debts of these people with today's charges, by person and then by debt id.

    A debt that falls due today or later is not in arrears: nothing is offered or asked for it.
    Neither is anything for what is prescribed (BR-01) or held, or of people under 18 (BR-10 to
    BR-12).
    """
    people = session.execute(
        select(Debtor.id, Debtor.uf, Debtor.adult_on)
        .where(among(Debtor.id, debtor_ids))
        .order_by(Debtor.id)
    ).all()
    number = {one.id: row for row, one in enumerate(people)}
    children = {one.id for one in people if one.adult_on is not None and one.adult_on > today}
    found = session.execute(
        select(
            Debt.debtor_id,
            Debt.id,
            Debt.product,
            Debt.principal_cents,
            Debt.due_on,
            Debt.instrument,
            Debt.interruption_on,
        )
        .where(
            among(Debt.debtor_id, debtor_ids),
            Debt.state == DebtState.OPEN,
            Debt.due_on < today,
            Debt.principal_cents > 0,
        )
        .order_by(Debt.debtor_id, Debt.id)
    ).all()
    adults = [row for row in found if row.debtor_id not in children]
    rows = _askable(session, adults, stops_of(session, debtor_ids), today)
    principal = np.array([row.principal_cents for row in rows], dtype=np.int64)
    products = [row.product.casefold() for row in rows]
    charges = charging.charge_columns(
        debts.terms_in_force(session),
        principal=principal,
        due_on=np.array([row.due_on for row in rows], dtype="datetime64[D]"),
        products=np.array(products, dtype=object),
        as_of=today,
    )
    columns = DebtColumns(
        person=np.array([number[row.debtor_id] for row in rows], dtype=np.int64),
        ids=[str(row.id) for row in rows],
        products=products,
        days_past_due=charges.days_past_due,
        principal=principal,
        fine=charges.fine,
        interest=charges.interest,
        index=charges.index,
    )
    return Portfolio([row.id for row in people], [row.uf for row in people], columns)


def _askable(
    session: Session, found: Sequence[Any], stops: Mapping[uuid.UUID, Stop], today: date
) -> list[Any]:
    """Without what is held, and without what is prescribed."""
    claims = [Claim(row.due_on, row.instrument, row.interruption_on) for row in found]
    past = dates.prescribed(claims, today, policy_in_force(session)) if claims else ()
    return [
        row
        for row, is_past in zip(found, past, strict=True)
        if not is_past and not stops.get(row.debtor_id, NOTHING).covers(row.id)
    ]
