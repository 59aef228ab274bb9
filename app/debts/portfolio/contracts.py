"""The contracts of a batch: new ones inserted, changed ones updated, contradictions listed."""

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.debts.models import DebtState, Instrument
from app.debts.portfolio import statements
from app.debts.portfolio.context import Context, Tally, record_changes
from app.debts.portfolio.differences import Difference, Differences
from app.debts.portfolio.people import Person
from tenants import bulk
from tenants.bulk import Packed
from tenants.database import new_ids


@dataclass(slots=True)
class Row:
    """A new or changed row of a batch."""

    position: int
    hash: bytes
    known: tuple[Any, ...] | None
    """Of statements.KNOWN_DEBTS, where the contract is here already."""


def _packed_debt(columns: dict[str, list[Any]], at: int) -> list[Packed]:
    """product … purchases, in the order both statements share."""
    return [
        bulk.text(columns["product"][at]),
        bulk.text(columns["origin"][at]),
        bulk.int8(columns["principal"][at]),
        bulk.day(columns["due_on"][at]),
        bulk.day(columns["contracted_on"][at]),
        bulk.text(columns["instrument"][at] or Instrument.DOCUMENTED),
        bulk.text(columns["acquisition_channel"][at]),
        bulk.day(columns["interruption_on"][at]),
        bulk.int4(columns["store_visits"][at]),
        bulk.int4(columns["purchases"][at]),
    ]


def write_debts(
    columns: dict[str, list[Any]],
    rows: list[Row],
    people: list[Person],
    context: Context,
    tally: Tally,
) -> None:
    """Write the contracts of `rows`, whose owners are `people`, one each."""
    new = [(row, person) for row, person in zip(rows, people, strict=True) if row.known is None]
    inserted = [
        [debt_id, person.id, columns["contract"][row.position].encode(),
         *_packed_debt(columns, row.position), row.hash]
        for debt_id, (row, person) in zip(new_ids(len(new)), new, strict=True)
    ]  # fmt: skip
    shared = [*context.stamps(), context.currency.encode(), b"open", bulk.int8(0)]
    tally.created += context.writer.insert(statements.NEW_DEBTS, shared, inserted)
    updates: list[list[Packed]] = []
    befores: list[tuple[bytes, dict[str, Any] | None]] = []
    differences = Differences(context.writer, context.import_id)
    for row, person in zip(rows, people, strict=True):
        if row.known is not None:
            _change(columns, row, person, updates, befores, differences, tally)
    if updates:
        stamps = [bulk.moment(context.moment), context.import_id.bytes]
        context.writer.update(statements.CHANGED_DEBTS, stamps, updates)
        record_changes(context, "debts", befores)
    tally.differences += differences.write()


def _change(
    columns: dict[str, list[Any]],
    row: Row,
    person: Person,
    updates: list[list[Packed]],
    befores: list[tuple[bytes, dict[str, Any] | None]],
    differences: Differences,
    tally: Tally,
) -> None:
    """A known contract: take what the file says, unless an agreement or a payment stands here."""
    assert row.known is not None
    debt_id, debtor_id, _, _, principal, due_on, *_, state, before_recall, _, paid = row.known
    at = row.position
    said = {
        "document": (person.id, debtor_id.bytes),
        "principal": (columns["principal"][at], principal),
        "due_on": (columns["due_on"][at], due_on),
    }
    differing = {name: pair for name, pair in said.items() if pair[0] != pair[1]}
    if state in (DebtState.AGREED, DebtState.SETTLED, DebtState.DISMISSED):
        tally.unchanged += 1
        for name, (in_file, here) in differing.items():
            differences.add(Difference(debt_id, name, in_file, here, state))
        return
    packed = _packed_debt(columns, at)
    if paid and "principal" in differing:
        differences.add(Difference(debt_id, "principal", *differing["principal"], "paid"))
        packed[2] = bulk.int8(principal)
    tally.updated += 1
    new_state = state
    if state == DebtState.RECALLED:
        tally.returned += 1
        new_state = before_recall or DebtState.OPEN
    updates.append([debt_id.bytes, person.id, *packed, bulk.text(new_state), None, row.hash])
    befores.append((debt_id.bytes, debt_as_data(row.known)))


def debt_as_data(known: tuple[Any, ...]) -> dict[str, Any]:
    """A row of statements.KNOWN_DEBTS as the JSON of a change."""
    names = [name for name, _ in statements.DEBT_COLUMNS]
    return {name: _plain(value) for name, value in zip(names, known[1:-1], strict=True)}


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (bytes, memoryview)):
        return bytes(value).hex()
    return str(value) if isinstance(value, uuid.UUID) else value
