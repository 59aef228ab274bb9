"""One checked batch against what is here: what is equal is not touched, the rest is upserted.

Two steps: the contracts of the batch are looked up with their row hash; only new and changed rows
are compared further, sealed and written.
"""

from dataclasses import dataclass, field
from typing import Any

from app.debts.models import DebtState
from app.debts.portfolio import statements
from app.debts.portfolio.columns.phones import area_code
from app.debts.portfolio.contacts import Contacts
from app.debts.portfolio.context import Context, Tally, record_changes
from app.debts.portfolio.contracts import Row, write_debts
from app.debts.portfolio.fields import PHONES
from app.debts.portfolio.people import People, Said, document_kind
from app.debts.portfolio.reading import VALUES, Checked, Problem
from tenants import bulk
from tenants.keys import Vault

HASH_KIND = "row"


@dataclass(slots=True)
class Applied:
    """The outcome of a batch."""

    tally: Tally
    problems: list[Problem] = field(default_factory=list)


def apply(batch: Checked, context: Context, contacts: Contacts) -> Applied:
    """Write a batch. The caller's transaction holds the import's lock."""
    applied = Applied(Tally())
    contacts.show(batch.columns)
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
    owners = [person for person, _ in heard]
    contacts.write(columns, [row.position for row in rows], owners)
    write_debts(columns, rows, owners, context, applied.tally)
    return applied


def _news(batch: Checked, context: Context, tally: Tally) -> list[Row]:
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
            rows.append(Row(position, hashes[position], None))
        elif here[2] == hashes[position] and here[1] != DebtState.RECALLED:
            tally.unchanged += 1
        else:
            changed[position] = here[0]
    if changed:
        ids = bulk.identifiers([debt_id.bytes for debt_id in changed.values()])
        debts = {row[0]: row for row in context.writer.select(statements.KNOWN_DEBTS, ids)}
        rows += [Row(at, hashes[at], debts[debt_id]) for at, debt_id in changed.items()]
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
        payday=columns["payday"][at],
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
