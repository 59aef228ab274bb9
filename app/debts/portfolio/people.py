"""The people of a batch: known or new, one per document, changed by what the file says of them."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.debts.models import DocumentKind
from app.debts.portfolio import statements
from app.debts.portfolio.columns.documents import CPF_LENGTH
from app.debts.regions import time_zone
from tenants import bulk
from tenants.bulk import Packed, Writer
from tenants.database import new_ids
from tenants.keys import Vault

ADULT_AGE = 18
MERGED = ("birth_date", "uf", "locale", "preferred_channel", "preferred_hour", "payday")
"""What a later file may say anew; what it leaves empty stays."""


@dataclass(slots=True)
class Person:
    """A debtor while a batch is applied."""

    id: bytes
    index: bytes
    document: str
    name: str
    birth_date: date | None
    uf: str | None
    time_zone: str
    locale: str
    preferred_channel: str | None
    preferred_hour: int | None
    payday: int | None
    is_new: bool
    is_ours: bool
    """Made or changed by this very import: the first of its rows stands."""
    before: dict[str, Any] | None = None
    """What it was, once changed: see `PortfolioChange`."""

    def sealed(self, vault: Vault) -> bytes:
        """The sealed JSON of `Debtor.sealed`."""
        born = self.birth_date.isoformat() if self.birth_date else None
        return vault.seal(
            json.dumps({"name": self.name, "document": self.document, "birth_date": born}),
            "debtor",
        )

    def packed(self, vault: Vault) -> list[Packed]:
        """The values of `statements.DEBTOR_COLUMNS`."""
        return [
            self.sealed(vault),
            bulk.text(self.uf),
            bulk.text(self.time_zone),
            bulk.day(adult_on(self.birth_date)),
            bulk.text(self.locale),
            bulk.text(self.preferred_channel),
            bulk.int4(self.preferred_hour),
            bulk.int4(self.payday),
        ]


def adult_on(birth_date: date | None) -> date | None:
    """The day someone turns 18; who was born on 29 February does so on 1 March."""
    if birth_date is None:
        return None
    try:
        return birth_date.replace(year=birth_date.year + ADULT_AGE)
    except ValueError:
        return date(birth_date.year + ADULT_AGE, 3, 1)


@dataclass(frozen=True, slots=True)
class Said:
    """What one row of the file says of a person."""

    index: bytes
    document: str
    name: str
    birth_date: date | None
    uf: str | None
    area_code: str | None
    locale: str | None
    preferred_channel: str | None
    preferred_hour: int | None
    payday: int | None


class People:
    """Finds, makes and changes people; one instance per batch."""

    def __init__(self, writer: Writer, vault: Vault, default_zone: str, import_id: bytes) -> None:
        self._writer = writer
        self._vault = vault
        self._zone = default_zone
        self._import_id = import_id
        self._by_index: dict[bytes, Person] = {}

    def load(self, indexes: Iterable[bytes]) -> None:
        """Fetch those of the documents that are known here."""
        wanted = list(dict.fromkeys(indexes))
        if not wanted:
            return
        for row in self._writer.select(statements.KNOWN_DEBTORS, bulk.binaries(wanted)):
            person = self._opened(row)
            self._by_index[person.index] = person

    def hear(self, said: list[Said]) -> list[tuple[Person, bool]]:
        """For each row its person, and whether its name differs from an earlier row's."""
        new = {row.index for row in said} - self._by_index.keys()
        spare = iter(new_ids(len(new)))
        answers = []
        for row in said:
            person = self._by_index.get(row.index)
            if person is None:
                person = self._by_index[row.index] = self._made(row, next(spare))
                answers.append((person, False))
            else:
                answers.append((person, self._heard_again(person, row)))
        return answers

    def new(self) -> list[Person]:
        """Those who were not here before."""
        return [person for person in self._by_index.values() if person.is_new]

    def changed(self) -> list[Person]:
        """Those who were, and of whom the file says something else."""
        return [p for p in self._by_index.values() if p.before is not None and not p.is_new]

    def _heard_again(self, person: Person, said: Said) -> bool:
        """Merge a row into a known person; True when its name contradicts this file's first."""
        contradicts = person.is_ours and said.name != person.name
        changes: dict[str, Any] = {}
        if said.name != person.name and not person.is_ours:
            changes["name"] = said.name
        for name in MERGED:
            value, here = getattr(said, name), getattr(person, name)
            if value is not None and value != here and (here is None or not person.is_ours):
                changes[name] = value
        if changes:
            if person.before is None:
                person.before = self._snapshot(person)
            for name, value in changes.items():
                setattr(person, name, value)
            if "uf" in changes:
                person.time_zone = time_zone(person.uf, None) or person.time_zone
        person.is_ours = True
        return contradicts

    def _made(self, said: Said, person_id: bytes) -> Person:
        return Person(
            id=person_id,
            index=said.index,
            document=said.document,
            name=said.name,
            birth_date=said.birth_date,
            uf=said.uf,
            time_zone=time_zone(said.uf, said.area_code) or self._zone,
            locale=said.locale or "pt_BR",
            preferred_channel=said.preferred_channel,
            preferred_hour=said.preferred_hour,
            payday=said.payday,
            is_new=True,
            is_ours=True,
        )

    def _opened(self, row: tuple[Any, ...]) -> Person:
        index, person_id, sealed, uf, zone, _, locale, channel, hour, payday, changed_in = row
        plain = json.loads(self._vault.unseal(bytes(sealed), "debtor"))
        born = plain["birth_date"]
        return Person(
            id=person_id.bytes,
            index=bytes(index),
            document=plain["document"],
            name=plain["name"],
            birth_date=date.fromisoformat(born) if born else None,
            uf=uf,
            time_zone=zone,
            locale=locale,
            preferred_channel=channel,
            preferred_hour=hour,
            payday=payday,
            is_new=False,
            is_ours=changed_in is not None and changed_in.bytes == self._import_id,
        )

    def _snapshot(self, person: Person) -> dict[str, Any]:
        grown = adult_on(person.birth_date)
        return {
            "sealed": person.sealed(self._vault).hex(),
            "uf": person.uf,
            "time_zone": person.time_zone,
            "adult_on": grown.isoformat() if grown else None,
            "locale": person.locale,
            "preferred_channel": person.preferred_channel,
            "preferred_hour": person.preferred_hour,
            "payday": person.payday,
        }


def document_kind(document: str) -> DocumentKind:
    """CPF or CNPJ, by length."""
    return DocumentKind.CPF if len(document) == CPF_LENGTH else DocumentKind.CNPJ
