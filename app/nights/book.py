"""Everybody and their debts as arrays, and the engine's portfolio of any day from them."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.compliance.queries import Identifiers, among
from app.debts import queries as debts
from app.debts.models import Debt, Debtor, DebtState
from app.debts.rules import charge_columns
from app.debts.terms import Terms
from app.journeys.arms import number_of
from app.outreach.rules import ACQUIRED_THROUGH

Column = NDArray[np.int64]
GONE = (DebtState.RECALLED, DebtState.DISMISSED)


@dataclass(frozen=True, slots=True)
class Book:
    """`n` people by id and their `m` debts; a debt's `person` is a position among the people."""

    ids: list[uuid.UUID]
    number: Column
    born: NDArray[np.datetime64]
    """When each became known (n,), UTC."""
    preferred_channel: list[str | None]
    preferred_hour: list[int | None]
    payday: list[int | None]
    person: Column
    principal: Column
    paid_here: Column
    product: list[str]
    channel: list[str | None]
    """Through which the credit was acquired, as one of ours."""
    due_on: NDArray[np.datetime64]
    granted_on: NDArray[np.datetime64]
    """When the credit was; NaT unknown."""
    made: NDArray[np.datetime64]
    is_open: NDArray[np.bool_]
    store_visits: NDArray[np.float64]
    """As the creditor counts them; nan unknown."""
    purchases: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.ids)


def read(session: Session, ids: Identifiers) -> Book:
    """The book of some people."""
    people = session.execute(
        select(
            Debtor.id,
            Debtor.created_at,
            Debtor.preferred_channel,
            Debtor.preferred_hour,
            Debtor.payday,
        )
        .where(among(Debtor.id, ids))
        .order_by(Debtor.id)
    ).all()
    place = {row.id: at for at, row in enumerate(people)}
    owed = session.execute(
        select(
            Debt.debtor_id,
            Debt.principal_cents,
            Debt.paid_here_cents,
            Debt.product,
            Debt.acquisition_channel,
            Debt.due_on,
            Debt.contracted_on,
            Debt.created_at,
            Debt.state,
            Debt.store_visits,
            Debt.purchases,
        )
        .where(among(Debt.debtor_id, ids), Debt.state.not_in(GONE))
        .order_by(Debt.debtor_id, Debt.id)
    ).all()
    return Book(
        ids=[row.id for row in people],
        number=np.array([number_of(row.id) for row in people], dtype=np.int64),
        born=_moments([row.created_at for row in people]),
        preferred_channel=[row.preferred_channel for row in people],
        preferred_hour=[row.preferred_hour for row in people],
        payday=[row.payday for row in people],
        person=np.array([place[row.debtor_id] for row in owed], dtype=np.int64),
        principal=np.array([row.principal_cents for row in owed], dtype=np.int64),
        paid_here=np.array([row.paid_here_cents for row in owed], dtype=np.int64),
        product=[row.product.casefold() for row in owed],
        channel=[ACQUIRED_THROUGH.get((row.acquisition_channel or "").lower()) for row in owed],
        due_on=np.array([row.due_on for row in owed], dtype="datetime64[D]"),
        granted_on=np.array([row.contracted_on for row in owed], dtype="datetime64[D]"),
        made=_moments([row.created_at for row in owed]),
        is_open=np.array([row.state == DebtState.OPEN for row in owed], dtype=np.bool_),
        store_visits=np.array([row.store_visits for row in owed], dtype=np.float64),
        purchases=np.array([row.purchases for row in owed], dtype=np.float64),
    )


def _moments(values: Sequence[Any]) -> NDArray[np.datetime64]:
    return np.array([value.timestamp() * 1e6 for value in values]).astype("datetime64[us]")


def joined(parts: Sequence[Book]) -> Book:
    """Books of different people as one."""
    starts = np.cumsum([0, *(len(part) for part in parts)])
    columns: dict[str, Any] = {}
    for name in Book.__slots__:
        values = [getattr(part, name) for part in parts]
        if name == "person":
            values = [value + start for value, start in zip(values, starts, strict=False)]
        if parts and isinstance(values[0], list):
            columns[name] = [one for value in values for one in value]
        else:
            columns[name] = np.concatenate(values)
    return Book(**columns)


def products(book: Book, until: np.datetime64) -> list[str]:
    """The products of everything known by `until` (UTC), the first that came first: what came
    later stands behind, and no one's traits change their places."""
    kept = np.flatnonzero(book.made <= until)
    named = pl.DataFrame(
        {"product": [book.product[at] for at in kept.tolist()], "made": book.made[kept]},
        schema={"product": pl.String, "made": pl.Datetime("us")},
    )
    first = named.group_by("product").agg(pl.col("made").min()).sort("made", "product")
    return first["product"].to_list()


def terms_of(session: Session) -> Terms:
    """What charges are reckoned with."""
    return debts.terms_in_force(session)


def portfolio(
    book: Book, terms: Terms, day: date, *, as_it_was: bool, until: np.datetime64
) -> tuple[pl.DataFrame, Column]:
    """The engine's portfolio of a day and the positions in the book of its people.

    `as_it_was`: the debts as they came in, with charges up to the day, whatever became of them
    since, of those known by `until` (UTC): this is what is learned from, and it is the same
    whenever it is asked. Otherwise what is open and overdue today.
    """
    here = np.flatnonzero(book.born <= until) if as_it_was else np.arange(len(book))
    place = np.full(len(book), -1, dtype=np.int64)
    place[here] = np.arange(len(here))
    principal = book.principal + (book.paid_here if as_it_was else 0)
    late = book.due_on < np.datetime64(day)
    kept = (book.made <= until) if as_it_was else book.is_open & late
    rows = np.flatnonzero(kept & (principal > 0) & (place[book.person] >= 0))
    return _frame(book, terms, day, here, place[book.person[rows]], rows, principal[rows]), here


def _frame(
    book: Book, terms: Terms, day: date, here: Column, person: Column, rows: Column, amount: Column
) -> pl.DataFrame:
    count = len(here)
    products = np.array([book.product[row] for row in rows.tolist()], dtype=object)
    charges = charge_columns(
        terms, principal=amount, due_on=book.due_on[rows], products=products, as_of=day
    )
    whole = amount + charges.fine + charges.interest + charges.index
    days = np.zeros(count, dtype=np.int64)
    np.maximum.at(days, person, charges.days_past_due)
    order = np.lexsort((rows, -amount, person))
    person_of, first = np.unique(person[order], return_index=True)
    largest = rows[order][first]
    product, acquired = ["none"] * count, [None] * count
    for at, row in zip(person_of.tolist(), largest.tolist(), strict=True):
        product[at], acquired[at] = book.product[row], book.channel[row]
    number = np.bincount(person, minlength=count)
    return pl.DataFrame(
        {
            "person": book.number[here],
            "balance_cents": _sums(person, whole, count),
            "principal_cents": _sums(person, amount, count),
            "days_past_due": days.astype(np.int32),
            "product": product,
            "region": ["*"] * count,
            "acquired_through": pl.Series(acquired, dtype=pl.String),
            "preferred_channel": pl.Series(
                [book.preferred_channel[at] for at in here.tolist()], dtype=pl.String
            ),
            "preferred_hour": pl.Series(
                [book.preferred_hour[at] for at in here.tolist()], dtype=pl.Int8
            ),
            # Whether these are looked at, the spec says: only what the record of processing names.
            "payday": pl.Series([book.payday[at] for at in here.tolist()], dtype=pl.Int8),
            "other_debts": np.maximum(number - 1, 0).astype(np.int32),
            "credit_days": _since_latest(person, book.granted_on[rows], day, count),
            "extra_store_visits": _largest(person, book.store_visits[rows], count),
            "extra_purchases": _largest(person, book.purchases[rows], count),
        }
    )


def _largest(person: Column, values: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """The largest number any contract of a person came with; nan where none did."""
    found = np.full(count, np.nan)
    np.fmax.at(found, person, values)
    return found


def _since_latest(
    person: Column, granted_on: NDArray[np.datetime64], day: date, count: int
) -> pl.Series:
    """Days since the latest credit of each person; null where no contract says when."""
    known = ~np.isnat(granted_on)
    unknown = np.iinfo(np.int32).max
    least = np.full(count, unknown, dtype=np.int64)
    ago = (np.datetime64(day) - granted_on[known]).astype(np.int64)
    np.minimum.at(least, person[known], np.maximum(ago, 0))
    days = pl.Series(least, dtype=pl.Int32)
    return days.set(days == unknown, None)


def _sums(person: Column, cents: Column, count: int) -> Column:
    """Exact below 2^53 cents."""
    return np.bincount(person, weights=cents, minlength=count).astype(np.int64)


def moment_before(at: datetime) -> np.datetime64:
    """A moment as the columns have it: UTC, without a zone."""
    return np.datetime64(at.replace(tzinfo=None), "us")
