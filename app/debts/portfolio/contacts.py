"""The addresses of a file: new ones are added, one that returns is used again, and one that the
creditor's newer full file no longer carries is retired.

A creditor whose file says another e-mail for somebody means: no longer the old one. So an address
that came by an earlier file is retired when a full file brings others of its kind for that person
and shows it on none of the person's rows. What a person added here stays, so does everything where
the file says nothing of that kind, and what was learned of an address (a bounce, a wrong person)
outlives every file.
"""

import uuid
from typing import Any, NamedTuple

import polars as pl

from app.debts.models import ContactKind, ContactState, Whose
from app.debts.portfolio import statements
from app.debts.portfolio.columns.phones import area_code, is_mobile
from app.debts.portfolio.context import Context, record_changes
from app.debts.portfolio.fields import EMAILS, PHONES, WHOSE_OF
from app.debts.portfolio.people import Person
from app.debts.portfolio.seen import Hasher, Seen
from tenants import bulk
from tenants.bulk import Packed
from tenants.database import new_ids

COLUMNS = (
    *((name, ContactKind.EMAIL, order) for order, name in enumerate(EMAILS)),
    *((name, ContactKind.PHONE, order) for order, (name, _) in enumerate(PHONES)),
)
PART = 2_000

Key = tuple[bytes, str, bytes]
"""Person, kind, blind index of the address."""


class Told(NamedTuple):
    """What a file says of an address; without a word it is the person's own."""

    address: str
    order: int
    whose: str | None


class Standing(NamedTuple):
    """What a file may change on an address."""

    state: str
    order: int
    whose: str


class Contacts:
    """The addresses of one import, batch by batch, and what of the older ones it leaves out."""

    def __init__(self, context: Context, *, is_full: bool) -> None:
        self._context = context
        self._is_full = is_full
        self._hasher, self._shown = Hasher(), Seen()
        self._left_out: dict[bytes, str] = {}
        """Addresses that a batch did not show for their person: id → document."""
        self._moved: set[bytes] = set()

    def show(self, columns: dict[str, list[Any]]) -> None:
        """Remember every address of a batch, those on unchanged rows too."""
        if not self._is_full:
            return
        documents = pl.Series(columns["document"], dtype=pl.String)
        for name, _, _ in COLUMNS:
            addresses = pl.Series(columns[name], dtype=pl.String)
            if addresses.null_count() < len(addresses):
                self._shown.add(self._hasher((documents + _APART + addresses).drop_nulls()))

    def write(self, columns: dict[str, list[Any]], at: list[int], people: list[Person]) -> None:
        """The addresses of new and changed rows: their positions in the batch, their people."""
        wanted = self._wanted(columns, at, people)
        here = self._here([person for person in people if not person.is_new])
        self._add({key: told for key, told in wanted.items() if key not in here})
        self._move(
            {
                row[0].bytes: (row, wanted[key])
                for key, row in here.items()
                if key in wanted and _is_the_creditors(row)
            }
        )
        if self._is_full:
            self._leave_out(wanted, here, {person.id: person.document for person in people})

    def retire(self) -> int:
        """At the end of the file: retire what it no longer carries; how many addresses."""
        retired = 0
        ids = list(self._left_out)
        for part in bulk.parts(ids, PART):
            rows = self._context.writer.select(statements.RETIRABLE, bulk.identifiers(part))
            shown = self._shown.holds(
                self._hasher(
                    [
                        self._left_out[row[0].bytes] + _APART
                        + self._context.vault.text(bytes(row[1]), "contact")
                        for row in rows
                    ]
                )
            )  # fmt: skip
            gone = [row for row, still in zip(rows, shown, strict=True) if not still]
            self._change(
                [(row[0], Standing(ContactState.ACTIVE, row[2], row[3]),
                  Standing(ContactState.REPLACED, row[2], row[3])) for row in gone]
            )  # fmt: skip
            retired += len(gone)
        return retired

    def _wanted(
        self, columns: dict[str, list[Any]], at: list[int], people: list[Person]
    ) -> dict[Key, Told]:
        """Each address as the file has it first; whoever else reads it is believed from any row."""
        index = self._context.vault.index
        wanted: dict[Key, Told] = {}
        known: dict[tuple[str, str], bytes] = {}
        for name, kind, order in COLUMNS:
            column, whose_column = columns[name], columns[WHOSE_OF[name]]
            for position, person in zip(at, people, strict=True):
                address = column[position]
                if address is None:
                    continue
                hashed = known.get((kind, address))
                if hashed is None:
                    hashed = known[kind, address] = index(address, kind)
                key, whose = (person.id, kind, hashed), whose_column[position]
                told = wanted.setdefault(key, Told(address, order, whose))
                if told.whose in (None, Whose.OWN) and whose not in (None, told.whose):
                    wanted[key] = told._replace(whose=whose)
        return wanted

    def _here(self, people: list[Person]) -> dict[Key, tuple[Any, ...]]:
        """The addresses of people who were here before, as rows of statements.KNOWN_CONTACTS."""
        ids = list({person.id for person in people})
        if not ids:
            return {}
        rows = self._context.writer.select(statements.KNOWN_CONTACTS, bulk.identifiers(ids))
        return {(row[1].bytes, row[2], bytes(row[3])): row for row in rows}

    def _add(self, new: dict[Key, Told]) -> None:
        seal = self._context.vault.seal
        rows: list[list[Packed]] = []
        for contact_id, ((person_id, kind, hashed), (address, order, whose)) in zip(
            new_ids(len(new)), new.items(), strict=True
        ):
            is_phone = kind == ContactKind.PHONE
            rows.append(
                [
                    contact_id,
                    person_id,
                    kind.encode(),
                    seal(address, "contact"),
                    hashed,
                    bulk.text(area_code(address)) if is_phone else None,
                    bulk.flag(is_mobile(address)) if is_phone else None,
                    bulk.int4(order),
                    bulk.text(whose or Whose.OWN),
                ]
            )
        context = self._context
        shared = [bulk.moment(context.moment), context.import_id.bytes, b"active"]
        context.writer.insert(statements.NEW_CONTACTS, shared, rows)

    def _move(self, known: dict[bytes, tuple[tuple[Any, ...], Told]]) -> None:
        """Addresses that the file shows again: back in use, in the order it has by now."""
        changes = []
        for contact_id, (row, told) in known.items():
            was = Standing(row[5], row[4], row[7])
            state = ContactState.ACTIVE if was.state == ContactState.REPLACED else was.state
            now = Standing(state, told.order, told.whose or was.whose)
            if now != was and contact_id not in self._moved:
                self._moved.add(contact_id)
                changes.append((row[0], was, now))
        self._change(changes)

    def _leave_out(
        self,
        wanted: dict[Key, Told],
        here: dict[Key, tuple[Any, ...]],
        documents: dict[bytes, str],
    ) -> None:
        told = {(person_id, kind) for person_id, kind, _ in wanted}
        for key, row in here.items():
            person_id, kind, _ = key
            is_live = row[5] == ContactState.ACTIVE and _is_the_creditors(row)
            if is_live and key not in wanted and (person_id, kind) in told:
                self._left_out[row[0].bytes] = documents[person_id]

    def _change(self, changes: list[tuple[uuid.UUID, Standing, Standing]]) -> None:
        """(id, before, now) each; kept for an undo."""
        if not changes:
            return
        self._context.writer.update(
            statements.CHANGED_CONTACTS,
            [],
            [[row_id.bytes, bulk.text(now.state), bulk.int4(now.order), bulk.text(now.whose)]
             for row_id, _, now in changes],
        )  # fmt: skip
        record_changes(
            self._context,
            "contact_points",
            [(row_id.bytes, {"state": was.state, "position": was.order, "whose": was.whose})
             for row_id, was, _ in changes],
        )  # fmt: skip


_APART = "\x1f"


def _is_the_creditors(row: tuple[Any, ...]) -> bool:
    """Whether a file brought it, not the person."""
    return row[6] is not None
