"""What a portfolio file is understood as, what an import came to, what differs: line by line."""

import json
from collections.abc import Iterator
from typing import Any

from app.debts.models import DebtState
from app.debts.portfolio import previewing, recalling
from app.debts.portfolio.ledger import Outcome
from app.debts.portfolio.models import ImportState, PortfolioDifference, PortfolioImport
from app.debts.portfolio.problems import SENTENCES, sentence
from themes import formats
from themes.tomlfile import say

WIDTH = 20
SHOWN_ROWS = 5
STATES = {
    ImportState.RUNNING: "running",
    ImportState.WAITING: "waits for a confirmation",
    ImportState.CONFIRMED: "confirmed",
    ImportState.APPLIED: "applied",
    ImportState.UNDONE: "undone",
    ImportState.FAILED: "failed",
}
FAILURES = {
    "died": "its process ended before it did",
    "superseded": "a newer whole file was applied",
}
REASONS = {
    DebtState.AGREED: "agreed here",
    DebtState.SETTLED: "settled here",
    DebtState.DISMISSED: "left for good here",
    "paid": "paid in part here",
}
THERE = {recalling.PRESENT: "there", recalling.ABSENT: "not there"}
MIXED, UNDECIDED = "the column mixes formats", "nothing in the file tells: a mapping can"
ROWS = "Rows: %(rows)s, good: %(good)s, refused: %(refused)s."
READ_AS = "%(header)s: read as “%(chosen)s” (%(counts)s)"
DID = (
    "Rows: %(rows)s. Created: %(created)s; updated: %(updated)s; unchanged: %(unchanged)s; refused:"
    " %(refused)s; cells left out: %(left_out)s. Recalled: %(recalled)s; returned: %(returned)s;"
    " differences: %(differences)s; addresses retired: %(retired)s."
)
TRIED = "This was a try: nothing was kept."
LACKS = (
    "The file lacks %(recalled)s of %(live)s open contracts: nothing was changed, because that is"
    " more than a tenth."
)
PARTIAL = "If it was never meant to be the whole portfolio: import it with --partial."
GO_ON = "To go on: flask portfolio confirm %(slug)s %(import)s"
TAKE_BACK = "To take it back: flask portfolio undo %(slug)s %(import)s"
IMPORTED = (
    "created: %(created)s, updated: %(updated)s, unchanged: %(unchanged)s, refused: %(refused)s,"
    " recalled: %(recalled)s"
)
DIFFERENCE = "debt %(debt)s, %(column)s: the file says %(in_file)s, here it is %(here)s (%(why)s)"


def preview(seen: previewing.Preview, currency: str, locale: str) -> Iterator[str]:
    """How a file would be understood. Fields are named as a mapping names them."""
    yield "  ".join(
        filter(None, (seen.kind, seen.encoding, json.dumps(seen.delimiter), seen.locale))
    )
    for name, header in seen.columns.items():
        rivals = ", ".join(seen.contested.get(name, ())[1:])
        also = say(locale, ("could be too: %(names)s", {"names": rivals}))
        yield f"  {name:{WIDTH}} {header}" + (f"   ({also})" if rivals else "")
    if seen.ignored:
        yield "  " + say(locale, ("not looked at: %(names)s", {"names": ", ".join(seen.ignored)}))
    for chosen in seen.formats:
        yield "  " + _format(chosen, locale)
    yield say(locale, (ROWS, {"rows": seen.rows, "good": seen.good, "refused": seen.refused}))
    for code, count in seen.problems.items():
        yield f"  {count:>8} {sentence(code, locale)}"
    for row in seen.first[:SHOWN_ROWS]:
        shown = row | {"principal": formats.money(row["principal"], currency, locale)}
        yield "  " + "  ".join(f"{name}={value}" for name, value in shown.items())


def _format(chosen: previewing.Format, locale: str) -> str:
    counts = ", ".join(f"{name} {count}" for name, count in chosen.evidence.items())
    said = say(
        locale, (READ_AS, {"header": chosen.header, "chosen": chosen.chosen, "counts": counts})
    )
    doubt = UNDECIDED if chosen.undecided else MIXED if chosen.mixed else ""
    return f"{said}: {say(locale, (doubt, {}))}" if doubt else said


def outcome(slug: str, found: Outcome, locale: str, *, dry_run: bool) -> Iterator[str]:
    """What an import did, or in a dry run would do, and the command that comes after it."""
    values: dict[str, Any] = {"slug": slug, "import": found.import_id}
    if found.state == ImportState.WAITING:
        yield say(locale, (LACKS, {"recalled": found.recalled, "live": found.live}))
        yield say(locale, (PARTIAL, {}))
        if found.import_id:
            yield say(locale, (GO_ON, values))
        return
    tally = found.tally
    counts = {
        "rows": found.rows, "created": tally.created, "updated": tally.updated,
        "unchanged": tally.unchanged, "refused": found.refused, "left_out": found.left_out,
        "recalled": found.recalled, "returned": tally.returned, "differences": tally.differences,
        "retired": found.retired,
    }  # fmt: skip
    yield say(locale, (DID, {name: formats.number(n, locale) for name, n in counts.items()}))
    if dry_run:
        yield say(locale, (TRIED, {}))
    if found.import_id:
        yield say(locale, (TAKE_BACK, values))


def imported(row: PortfolioImport, time_zone: str, locale: str) -> str:
    """An import of the list."""
    counts = {
        "created": row.rows_created, "updated": row.rows_updated, "unchanged": row.rows_unchanged,
        "refused": row.rows_refused, "recalled": row.debts_recalled,
    }  # fmt: skip
    at = formats.moment(row.started_at, time_zone, locale)
    state = say(locale, (STATES[ImportState(row.state)], {}))
    cells = [row.id, at, state, row.file_name, say(locale, (IMPORTED, counts))]
    if row.failure in SENTENCES:
        cells.append(sentence(row.failure, locale))
    elif row.failure:
        cells.append(say(locale, (FAILURES.get(row.failure, row.failure), {})))
    return "  ".join(map(str, cells))


def difference(row: PortfolioDifference, currency: str, locale: str) -> str:
    """What a file says against what stands here."""

    def shown(value: str) -> str:
        if row.column == "principal":
            return formats.money(int(value), currency, locale)
        return say(locale, (THERE.get(value, value), {}))

    why = say(locale, (REASONS.get(row.reason, row.reason), {}))
    values = {
        "debt": row.debt_id, "column": row.column, "in_file": shown(row.in_file),
        "here": shown(row.here), "why": why,
    }  # fmt: skip
    return f"{row.id}  {say(locale, (DIFFERENCE, values))}"
