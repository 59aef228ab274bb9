"""One checked batch against what is here: what is equal is not touched, the rest is upserted.

Two steps: the contracts of the batch are looked up with their row hash; only new and changed rows
are compared further, sealed and written.
"""

import json
import uuid
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from app.debts.models import ContactKind, DebtState, Instrument
from app.debts.portfolio import bulk, statements
from app.debts.portfolio.bulk import Packed, Writer
from app.debts.portfolio.columns.phones import area_code, is_mobile
from app.debts.portfolio.differences import Difference, Differences
from app.debts.portfolio.fields import EMAILS, PHONES
from app.debts.portfolio.identifiers import new_ids
from app.debts.portfolio.people import People, Person, Said, document_kind
from app.debts.portfolio.reading import VALUES, Checked, Problem
from tenants.keys import Vault

HASH_KIND = "row"


@dataclass(slots=True)
class Tally:
    """What became of rows."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    returned: int = 0
    differences: int = 0

    def add(self, other: "Tally") -> None:
        """Sum."""
        self.created += other.created
        self.updated += other.updated
        self.unchanged += other.unchanged
        self.returned += other.returned
        self.differences += other.differences


@dataclass(frozen=True, slots=True)
class Context:
    """What every batch of an import shares."""

    writer: Writer
    vault: Vault
    import_id: uuid.UUID
    moment: datetime
    time_zone: str
    currency: str

    def stamps(self) -> list[Packed]:
        """created_at, updated_at, created_by_import_id, changed_in_import_id."""
        at = bulk.moment(self.moment)
        return [at, at, self.import_id.bytes, self.import_id.bytes]


@dataclass(slots=True)
class Applied:
    """The outcome of a batch."""

    tally: Tally
    problems: list[Problem] = field(default_factory=list)


@dataclass(slots=True)
class _Row:
    """A new or changed row of the batch."""

    position: int
    hash: bytes
    known: tuple[Any, ...] | None
    """Of statements.KNOWN_DEBTS, where the contract is here already."""


def apply(batch: Checked, context: Context) -> Applied:
    """Write a batch. The caller's transaction holds the import's lock."""
    applied = Applied(Tally())
    rows = _news(batch, context, applied.tally)
    if not rows:
        return applied
    columns = batch.columns
    indexes = _document_indexes([columns["document"][row.position] for row in rows], context.vault)
    people = People(context.writer, context.vault, context.time_zone, context.import_id.bytes)
    people.load(indexes.values())
    heard = people.hear([_said(columns, row.position, indexes) for row in rows])
    for row, (_, differs) in zip(rows, heard, strict=True):
        if differs:
            line, name = batch.lines[row.position], columns["name"][row.position]
            applied.problems.append(Problem(line, "name", name, "name_differs", refused=False))
    _write_people(people, context)
    _write_contacts(columns, rows, [person for person, _ in heard], context)
    _write_debts(columns, rows, [person for person, _ in heard], context, applied.tally)
    return applied


def _news(batch: Checked, context: Context, tally: Tally) -> list[_Row]:
    """Rows that are new, changed, or back after a recall."""
    contracts = batch.columns["contract"]
    index = context.vault.index
    hashes = [
        index("\x1f".join(["" if cell is None else str(cell) for cell in row]), HASH_KIND)
        for row in zip(*(batch.columns[name] for name in VALUES), strict=True)
    ]
    found = context.writer.select(statements.KNOWN_CONTRACTS, bulk.texts(contracts))
    known = {
        contract: (debt_id, state, bytes(stored)) for contract, debt_id, state, stored in found
    }
    rows, changed = [], {}
    for position, contract in enumerate(contracts):
        here = known.get(contract)
        if here is None:
            rows.append(_Row(position, hashes[position], None))
        elif here[2] == hashes[position] and here[1] != DebtState.RECALLED:
            tally.unchanged += 1
        else:
            changed[position] = here[0]
    if changed:
        ids = bulk.identifiers([debt_id.bytes for debt_id in changed.values()])
        debts = {row[0]: row for row in context.writer.select(statements.KNOWN_DEBTS, ids)}
        rows += [_Row(at, hashes[at], debts[debt_id]) for at, debt_id in changed.items()]
        rows.sort(key=lambda row: row.position)
    return rows


def _document_indexes(documents: list[str], vault: Vault) -> dict[str, bytes]:
    return {document: vault.index(document, "document") for document in set(documents)}


def _said(columns: dict[str, list[Any]], at: int, indexes: dict[str, bytes]) -> Said:
    document = columns["document"][at]
    codes = (area_code(columns[phone][at]) for phone, _ in PHONES if columns[phone][at])
    return Said(
        index=indexes[document],
        document=document,
        name=columns["name"][at],
        birth_date=columns["birth_date"][at],
        uf=columns["uf"][at],
        area_code=next(codes, None),
        locale=columns["locale"][at],
        preferred_channel=columns["preferred_channel"][at],
        preferred_hour=columns["preferred_hour"][at],
    )


def _write_people(people: People, context: Context) -> None:
    new, changed, vault = people.new(), people.changed(), context.vault
    context.writer.insert(
        statements.NEW_DEBTORS,
        [*context.stamps(), bulk.int4(0)],
        [
            [
                person.id,
                bulk.text(document_kind(person.document)),
                person.index,
                *person.packed(vault),
            ]
            for person in new
        ],
    )
    if not changed:
        return
    context.writer.update(
        statements.CHANGED_DEBTORS,
        context.stamps()[1:2] + context.stamps()[3:],
        [[person.id, *person.packed(vault)] for person in changed],
    )
    record_changes(context, "debtors", [(person.id, person.before) for person in changed])


def record_changes(
    context: Context, table: str, rows: list[tuple[bytes, dict[str, Any] | None]]
) -> None:
    """Keep what rows were, sealed, so that the import can be undone."""
    seal, packed = context.vault.seal, bulk.text(table)
    context.writer.insert(
        statements.NEW_CHANGES,
        [context.import_id.bytes],
        [
            [change_id, packed, row_id, seal(json.dumps(before), "change")]
            for change_id, (row_id, before) in zip(new_ids(len(rows)), rows, strict=True)
        ],
    )


def _write_contacts(
    columns: dict[str, list[Any]], rows: list[_Row], people: list[Person], context: Context
) -> None:
    """Addresses are added, never taken away: what is known of one (a bounce, a wrong person)
    outlives the file."""
    wanted: dict[tuple[bytes, str, str], int] = {}
    for names, kind in ((EMAILS, ContactKind.EMAIL), ([p for p, _ in PHONES], ContactKind.PHONE)):
        for order, name in enumerate(names):
            column = columns[name]
            for row, person in zip(rows, people, strict=True):
                address = column[row.position]
                if address is not None:
                    wanted.setdefault((person.id, kind, address), order)
    seal, index = context.vault.seal, context.vault.index
    at = bulk.moment(context.moment)
    context.writer.insert(
        statements.NEW_CONTACTS,
        [at, context.import_id.bytes, b"active"],
        [
            [
                contact_id, person_id, kind.encode(), seal(address, "contact"),
                index(address, kind),
                bulk.text(area_code(address)) if kind == ContactKind.PHONE else None,
                bulk.flag(is_mobile(address)) if kind == ContactKind.PHONE else None,
                bulk.int4(order),
            ]
            for contact_id, ((person_id, kind, address), order) in zip(
                new_ids(len(wanted)), wanted.items(), strict=True
            )
        ],
    )  # fmt: skip


def _packed_debt(columns: dict[str, list[Any]], at: int) -> list[Packed]:
    """product … interruption_on, in the order both statements share."""
    return [
        bulk.text(columns["product"][at]),
        bulk.text(columns["origin"][at]),
        bulk.int8(columns["principal"][at]),
        bulk.day(columns["due_on"][at]),
        bulk.day(columns["contracted_on"][at]),
        bulk.text(columns["instrument"][at] or Instrument.DOCUMENTED),
        bulk.text(columns["acquisition_channel"][at]),
        bulk.day(columns["interruption_on"][at]),
    ]


def _write_debts(
    columns: dict[str, list[Any]],
    rows: list[_Row],
    people: list[Person],
    context: Context,
    tally: Tally,
) -> None:
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
    row: _Row,
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
    if state in (DebtState.AGREED, DebtState.SETTLED):
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
