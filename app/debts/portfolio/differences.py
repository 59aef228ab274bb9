"""What a file says against an agreement or a payment made here: listed once, never applied."""

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.debts.portfolio import bulk, statements
from app.debts.portfolio.bulk import Writer
from app.debts.portfolio.identifiers import new_ids


@dataclass(frozen=True, slots=True)
class Difference:
    """One column of one debt. `reason` is agreed, settled or paid."""

    debt_id: uuid.UUID
    column: str
    in_file: Any
    here: Any
    reason: str


class Differences:
    """Collects the differences of a batch; one that is already open is not listed again."""

    def __init__(self, writer: Writer, import_id: uuid.UUID) -> None:
        self._writer = writer
        self._import_id = import_id
        self._found: list[Difference] = []

    def add(self, difference: Difference) -> None:
        """Take one more."""
        self._found.append(difference)

    def write(self) -> int:
        """Insert those that are not open yet; how many."""
        if not self._found:
            return 0
        ids = [found.debt_id.bytes for found in self._found]
        here = self._writer.select(statements.OPEN_DIFFERENCES, bulk.identifiers(ids))
        listed = set(here)
        new = [
            (found.debt_id.bytes, found.column, as_text(found.column, found.in_file),
             as_text(found.column, found.here), found.reason)
            for found in self._found
            if (found.debt_id, found.column, as_text(found.column, found.in_file)) not in listed
        ]  # fmt: skip
        self._writer.insert(
            statements.NEW_DIFFERENCES,
            [self._import_id.bytes],
            [
                [row_id, debt_id, *map(bulk.text, texts)]
                for row_id, (debt_id, *texts) in zip(new_ids(len(new)), new, strict=True)
            ],
        )
        return len(new)


def as_text(column: str, value: Any) -> str:
    """Cents and dates as they are; of a person only the id, because the column is in clear."""
    if column == "document":
        return str(uuid.UUID(bytes=value))
    return value.isoformat() if isinstance(value, date) else str(value)
