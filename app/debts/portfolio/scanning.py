"""A first walk through a file: its size, its formats, its contracts."""

from collections.abc import Callable
from dataclasses import dataclass, field

import polars as pl

from app.debts.portfolio.columns.amounts import AmountEvidence, AmountStyle, Decimal
from app.debts.portfolio.columns.dates import DateEvidence, DateStyle, Order
from app.debts.portfolio.columns.texts import texts
from app.debts.portfolio.mapping import Mapping
from app.debts.portfolio.seen import Hasher, Seen
from app.debts.portfolio.source import Batch, Source

DATE_FIELDS = ("due_on", "birth_date", "contracted_on", "interruption_on")


@dataclass(slots=True)
class Scan:
    """What a first walk through the file tells: its size, its formats, its contracts."""

    rows: int
    amount: AmountEvidence
    dates: dict[str, DateEvidence]
    amount_style: AmountStyle
    date_styles: dict[str, DateStyle]
    hasher: Hasher = field(default_factory=Hasher)
    present: Seen = field(default_factory=Seen)
    """Contracts that the file shows, on good rows or bad ones."""


def scan(source: Source, mapping: Mapping, progress: Callable[[int], None] | None = None) -> Scan:
    """Walk the whole file once. A mapping's own formats are believed without evidence."""
    hasher, present, rows = Hasher(), Seen(), 0
    amount, by_field = AmountEvidence(), {name: DateEvidence() for name in DATE_FIELDS}
    for batch in source.batches():
        cells = cells_of(batch, source, _wanted(source))
        amount.add(cells["principal"])
        for name in DATE_FIELDS:
            if name in cells:
                by_field[name].add(cells[name])
        contracts = texts(cells["contract"], longest=100).values
        present.add(hasher([text for text in contracts if text]))
        rows += len(batch.lines)
        if progress:
            progress(rows)
    is_english = source.understood.locale == "en"
    amount_style = (
        AmountStyle(mapping.decimal)
        if mapping.decimal
        else amount.decide(Decimal.DOT if is_english else Decimal.COMMA)
    )
    default = Order.MONTH_FIRST if is_english else Order.DAY_FIRST
    styles = {
        name: DateStyle(mapping.dates) if mapping.dates else _decide(by_field, name, default)
        for name in DATE_FIELDS
    }
    return Scan(rows, amount, by_field, amount_style, styles, hasher, present)


def _decide(evidence: dict[str, DateEvidence], name: str, default: Order) -> DateStyle:
    """A column without evidence follows its neighbours in the same file before the language."""
    day_first = sum(other.day_first for other in evidence.values())
    month_first = sum(other.month_first for other in evidence.values())
    own = evidence[name].decide(default)
    if own.undecided and bool(day_first) != bool(month_first):
        return DateStyle(Order.DAY_FIRST if day_first else Order.MONTH_FIRST)
    return own


def _wanted(source: Source) -> tuple[str, ...]:
    return tuple(
        name for name in ("principal", "contract", *DATE_FIELDS)
        if name in source.understood.positions
    )  # fmt: skip


def cells_of(batch: Batch, source: Source, wanted: tuple[str, ...]) -> dict[str, pl.Series]:
    """Stripped text columns; short rows are filled up with empty cells."""
    width = len(source.headers)
    rows = batch.rows
    if any(len(row) < width for row in rows):
        rows = [row + [""] * (width - len(row)) for row in rows]
    return {
        name: pl.Series([row[position] for row in rows], dtype=pl.String).str.strip_chars()
        for name, position in source.understood.positions.items()
        if name in wanted
    }
