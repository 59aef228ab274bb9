"""Contracts that a full file no longer holds: recalled, so that contact stops."""

import uuid
from dataclasses import dataclass, field

from app.debts.models import DebtState
from app.debts.portfolio import statements
from app.debts.portfolio.context import Context, record_changes
from app.debts.portfolio.differences import Difference, Differences
from app.debts.portfolio.scanning import Scan
from tenants import bulk
from tenants.bulk import Writer

SAFE_SHARE = 0.10
"""Of the open debts: a file that would recall more waits for a person."""
PRESENT, ABSENT = "present", "absent"


@dataclass(slots=True)
class Recall:
    """What a full file leaves out."""

    live: int = 0
    """Open debts here."""
    missing: list[bytes] = field(default_factory=list)
    """Ids of open debts that the file does not show."""
    agreed: list[bytes] = field(default_factory=list)
    """Ids of agreed debts that it does not show: a difference, not a recall."""

    @property
    def is_safe(self) -> bool:
        return len(self.missing) <= SAFE_SHARE * self.live


def plan(writer: Writer, scanned: Scan) -> Recall:
    """Compare the file's contracts with what is open here, a page of debts at a time."""
    recall, last = Recall(), uuid.UUID(int=0)
    while page := writer.select(statements.LIVE_DEBTS, last.bytes):
        last = page[-1][0]
        present = scanned.present.holds(scanned.hasher([contract for _, contract, _ in page]))
        for (debt_id, _, state), is_present in zip(page, present, strict=True):
            if state == DebtState.OPEN:
                recall.live += 1
            if not is_present:
                (recall.missing if state == DebtState.OPEN else recall.agreed).append(debt_id.bytes)
    return recall


def carry_out(recall: Recall, context: Context) -> int:
    """Recall what is missing; how many differences that leaves."""
    rows = [[debt_id, b"recalled", b"open"] for debt_id in recall.missing]
    stamps = [bulk.moment(context.moment), context.import_id.bytes]
    for part in bulk.parts(rows, 20_000):
        context.writer.update(statements.RECALLED_DEBTS, stamps, part)
        was = {"state": "open", "state_before_recall": None}
        record_changes(context, "debts", [(bytes(row[0]), was) for row in part])
    differences = Differences(context.writer, context.import_id)
    for debt_id in recall.agreed:
        agreed = uuid.UUID(bytes=debt_id)
        differences.add(Difference(agreed, "contract", ABSENT, PRESENT, DebtState.AGREED))
    return differences.write()
