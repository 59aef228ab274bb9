"""What every batch of an import shares, and what it counts."""

import json
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.debts.portfolio import statements
from tenants import bulk
from tenants.bulk import Packed, Writer
from tenants.database import new_ids
from tenants.keys import Vault


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
