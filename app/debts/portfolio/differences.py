"""What a file says against an agreement or a payment made here: listed once, never applied."""

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.debts.portfolio import statements
from tenants import bulk
from tenants.bulk import Writer
from tenants.database import new_ids


@dataclass(frozen=True, slots=True)
class Difference:
    """One column of one debt. `reason` is agreed, settled or paid."""

    debt_id: uuid.UUID
    column: str
    in_file: Any
    here: Any
    reason: str


class Differences:
    """Collects the differences of a batch.

    One that is open is not listed again, nor one that was settled while both sides say the same.
    """

    def __init__(self, writer: Writer, import_id: uuid.UUID) -> None:
        self._writer = writer
        self._import_id = import_id
        self._found: list[Difference] = []

    def add(self, difference: Difference) -> None:
        """Take one more."""
        self._found.append(difference)

    def write(self) -> int:
        """Insert those that are new; how many."""
        if not self._found:
            return 0
        new = self._unlisted()
        self._writer.insert(
            statements.NEW_DIFFERENCES,
            [self._import_id.bytes],
            [
                [row_id, debt_id, *map(bulk.text, texts)]
                for row_id, (debt_id, *texts) in zip(new_ids(len(new)), new, strict=True)
            ],
        )
        return len(new)

    def _unlisted(self) -> list[tuple[Any, ...]]:
        """Debt id, column, both sides and reason of those that are not listed yet."""
        ids = [found.debt_id.bytes for found in self._found]
        open_here: set[tuple[Any, ...]] = set()
        settled: set[tuple[Any, ...]] = set()
        rows = self._writer.select(statements.LISTED_DIFFERENCES, bulk.identifiers(ids))
        for debt_id, column, in_file, here, is_open in rows:
            if is_open:
                open_here.add((debt_id.bytes, column, in_file))
            else:
                settled.add((debt_id.bytes, column, in_file, here))
        said = [
            (found.debt_id.bytes, found.column, as_text(found.column, found.in_file),
             as_text(found.column, found.here), found.reason)
            for found in self._found
        ]  # fmt: skip
        return [row for row in said if row[:3] not in open_here and row[:4] not in settled]


def as_text(column: str, value: Any) -> str:
    """Cents and dates as they are; of a person only the id, because the column is in clear."""
    if column == "document":
        return str(uuid.UUID(bytes=value))
    return value.isoformat() if isinstance(value, date) else str(value)
