"""Do-not-call lists of a creditor, loaded as a whole (BR-05, BR-06, TR-05).

Numbers and documents are not kept: only the creditor's own keyed indexes of them, which tell of a
number that is asked for whether it is there (`listings`).
"""

import uuid
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.compliance.actions import audit
from app.compliance.do_not_call_file import BadRow, Part, read
from app.compliance.models import DoNotCallEntry, DoNotCallList
from app.compliance.policy import Policy
from app.debts.portfolio.problems import FileRefused
from tenants import bulk
from tenants.clock import now
from tenants.database import new_id, new_ids
from tenants.keys import Vault, vault
from tenants.scope import current_tenant_id
from themes.lacking import Lacking, Refused

MOST_BAD_ROWS = 1_000
"""Listed; all are counted."""
LEAST_SHARE = 0.9
"""Of the entries in force: with fewer, a file needs a word that it is whole."""
SHRANK = "%(entries)s entries; the list in force has %(before)s. If the file is whole: --shorter."
_ENTRIES: Final = bulk.Insert(
    "do_not_call_entries",
    ("do_not_call_list_id",),
    ("id", "entry_index", "since"),
    ("tenant_id", "do_not_call_list_id", "entry_index"),
)


class UnknownRegistry(Lacking):
    """No rule in force for this creditor asks that list."""


class ListShrank(Refused, ValueError):
    """The file is much shorter than the list that is in force: it may have been cut off."""


@dataclass(slots=True)
class Loaded:
    """What became of a file."""

    rows: int = 0
    entries: int = 0
    """Numbers and documents kept; one that comes twice is kept once."""
    refused: int = 0
    """Rows without a number or document that could be read."""
    bad: list[BadRow] = field(default_factory=list)


def registries(policy: Policy) -> list[str]:
    """The lists that rules in force ask."""
    return sorted({r for rule in policy.asking("registry") for r in rule.parameters["registries"]})


def load(
    session: Session,
    *,
    registry: str,
    content: Path | bytes,
    source: str,
    as_of: date,
    policy: Policy,
    actor: str,
    may_shrink: bool = False,
) -> Loaded:
    """Replace a list as a whole by a file: until the caller commits, the old one is in force.

    `as_of` is the day the list was published. Raises UnknownRegistry; FileRefused for a file that
    is no list or names nobody; ListShrank for one with under nine tenths of what was there, unless
    it `may_shrink`. After an error the caller rolls back.
    """
    if registry not in registries(policy):
        raise UnknownRegistry("No rule asks the list %(name)s.", name=registry)
    list_id, before = _emptied(session, registry, source, as_of)
    loaded, writer, keys = Loaded(), bulk.Writer.of(session), vault(session)
    for part in read(content, now().date()):
        rows = _packed(part, keys)
        loaded.entries += writer.insert(_ENTRIES, [list_id.bytes], rows)
        loaded.rows += part.rows
        loaded.refused += sum(row.column != "since" for row in part.bad)
        loaded.bad += part.bad[: MOST_BAD_ROWS - len(loaded.bad)]
    if not loaded.entries:
        raise FileRefused("file_no_rows")
    if loaded.entries < LEAST_SHARE * before and not may_shrink:
        raise ListShrank(SHRANK, entries=loaded.entries, before=before)
    session.execute(update(DoNotCallList).where(*_is_of(registry)).values(entries=loaded.entries))
    audit(session, actor=actor, action="do_not_call.loaded", subject_id=list_id, registry=registry,
          entries=loaded.entries, refused=loaded.refused)  # fmt: skip
    return loaded


def _emptied(session: Session, registry: str, source: str, as_of: date) -> tuple[uuid.UUID, int]:
    """The list without its entries, made where there is none; and how many it had.

    Whoever loads the same list at this moment is waited for: the row is theirs until they commit.
    """
    list_id, before = session.execute(
        insert(DoNotCallList)
        .values(
            tenant_id=current_tenant_id(), id=new_id(), name=registry, source=source, as_of=as_of,
            entries=0, loaded_at=now(),
        )
        .on_conflict_do_update(
            index_elements=["tenant_id", "name"],
            set_={"source": source, "as_of": as_of, "loaded_at": now()},
        )
        .returning(DoNotCallList.id, DoNotCallList.entries)
    ).one()  # fmt: skip
    session.execute(
        delete(DoNotCallEntry).where(
            DoNotCallEntry.tenant_id == current_tenant_id(),
            DoNotCallEntry.do_not_call_list_id == list_id,
        )
    )
    return list_id, before


def _is_of(registry: str) -> tuple[ColumnElement[bool], ...]:
    return DoNotCallList.tenant_id == current_tenant_id(), DoNotCallList.name == registry


def _packed(part: Part, keys: Vault) -> list[tuple[Any, ...]]:
    named = [(keys.index(number, "phone"), since) for number, since in part.phones]
    named += [(keys.index(document, "document"), since) for document, since in part.documents]
    ids = new_ids(len(named))
    return [
        (entry_id, index, bulk.day(since))
        for entry_id, (index, since) in zip(ids, named, strict=True)
    ]


def forget(session: Session, *, registry: str, actor: str) -> int:
    """Drop a list; how many entries it had. Raises LookupError where there is none."""
    entries = session.scalar(
        delete(DoNotCallList).where(*_is_of(registry)).returning(DoNotCallList.entries)
    )
    if entries is None:
        raise Lacking("There is no list %(name)s.", name=registry)
    audit(session, actor=actor, action="do_not_call.forgotten", registry=registry, entries=entries)
    return int(entries)


def lists(session: Session) -> list[DoNotCallList]:
    """The lists that are loaded."""
    return list(session.scalars(select(DoNotCallList).order_by(DoNotCallList.name)))
