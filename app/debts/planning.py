"""People and their overdue debts as columns: what planning works on, free of personal data."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.debts.models import ContactPoint, ContactState, Debt, Debtor, DebtState


@dataclass(frozen=True, slots=True)
class PlanningColumns:
    """People with overdue open debts, as columns: nothing in it is personal data in clear.

    `first_debt` has one entry more than there are people: the debts of person i are those from
    first_debt[i] up to first_debt[i + 1].
    """

    debtor_ids: list[uuid.UUID]
    uf: list[str | None]
    time_zone: list[str]
    adult_on: list[date | None]
    locale: list[str]
    preferred_channel: list[str | None]
    preferred_hour: list[int | None]
    area_codes: list[tuple[str, ...]]
    first_debt: NDArray[np.int64]
    debt_ids: list[uuid.UUID]
    principal: NDArray[np.int64]
    due_on: NDArray[np.datetime64]
    products: NDArray[np.object_]
    contracted_on: list[date | None]
    instrument: list[str]
    interruption_on: list[date | None]
    acquisition_channel: list[str | None]

    def __len__(self) -> int:
        return len(self.debtor_ids)


def planning_chunks(
    session: Session,
    *,
    today: date,
    size: int = 5_000,
    debtor_ids: Sequence[uuid.UUID] | None = None,
) -> Iterator[PlanningColumns]:
    """People with open debts overdue on `today`, `size` at a time, in the order of their ids.

    With `debtor_ids`, only those of them.
    """
    last = uuid.UUID(int=0)
    while True:
        chosen = _page(debtor_ids, last, size)
        people_rows = session.execute(chosen).all()
        if not people_rows:
            return
        last = people_rows[-1].id
        columns = _planning(session, people_rows, today)
        if len(columns):
            yield columns


def _page(debtor_ids: Sequence[uuid.UUID] | None, last: uuid.UUID, size: int) -> Any:
    query = (
        select(Debtor.id, Debtor.uf, Debtor.time_zone, Debtor.adult_on, Debtor.locale,
               Debtor.preferred_channel, Debtor.preferred_hour)
        .where(Debtor.id > last)
        .order_by(Debtor.id)
        .limit(size)
    )  # fmt: skip
    return query if debtor_ids is None else query.where(Debtor.id.in_(debtor_ids))


def _planning(session: Session, people_rows: Sequence[Any], today: date) -> PlanningColumns:
    first, last = people_rows[0].id, people_rows[-1].id
    rows = session.execute(
        select(Debt.debtor_id, Debt.id, Debt.principal_cents, Debt.due_on, Debt.product,
               Debt.contracted_on, Debt.instrument, Debt.interruption_on, Debt.acquisition_channel)
        .where(Debt.debtor_id.between(first, last), Debt.state == DebtState.OPEN,
               Debt.due_on < today)
        .order_by(Debt.debtor_id, Debt.due_on, Debt.id)
    ).all()  # fmt: skip
    owned: dict[uuid.UUID, list[Any]] = {}
    for row in rows:
        owned.setdefault(row[0], []).append(row)
    owing = [row for row in people_rows if row.id in owned]
    debts = [debt for row in owing for debt in owned[row.id]]
    codes = _area_codes(session, first, last)
    counts = [len(owned[row.id]) for row in owing]
    return PlanningColumns(
        debtor_ids=[row.id for row in owing],
        uf=[row.uf for row in owing],
        time_zone=[row.time_zone for row in owing],
        adult_on=[row.adult_on for row in owing],
        locale=[row.locale for row in owing],
        preferred_channel=[row.preferred_channel for row in owing],
        preferred_hour=[row.preferred_hour for row in owing],
        area_codes=[codes.get(row.id, ()) for row in owing],
        first_debt=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        debt_ids=[debt.id for debt in debts],
        principal=np.array([debt.principal_cents for debt in debts], dtype=np.int64),
        due_on=np.array([debt.due_on for debt in debts], dtype="datetime64[D]"),
        products=np.array([debt.product for debt in debts], dtype=object),
        contracted_on=[debt.contracted_on for debt in debts],
        instrument=[debt.instrument for debt in debts],
        interruption_on=[debt.interruption_on for debt in debts],
        acquisition_channel=[debt.acquisition_channel for debt in debts],
    )


def _area_codes(
    session: Session, first: uuid.UUID, last: uuid.UUID
) -> dict[uuid.UUID, tuple[str, ...]]:
    rows = session.execute(
        select(ContactPoint.debtor_id, ContactPoint.area_code)
        .where(
            ContactPoint.debtor_id.between(first, last),
            ContactPoint.area_code.is_not(None),
            ContactPoint.state == ContactState.ACTIVE,
        )
        .order_by(ContactPoint.debtor_id, ContactPoint.position)
    )
    found: dict[uuid.UUID, tuple[str, ...]] = {}
    for debtor_id, code in rows:
        known = found.get(debtor_id, ())
        if code is not None and code not in known:
            found[debtor_id] = (*known, code)
    return found
