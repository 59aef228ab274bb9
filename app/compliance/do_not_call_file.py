"""A do-not-call list as a file (CSV or XLSX): phones or documents, and since when each is on it.

Read by the readers of the portfolio: any encoding, delimiter and way of writing a number. A file
without a header is a list of phones.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import polars as pl

from app.debts.portfolio.columns import Column
from app.debts.portfolio.columns.dates import DateEvidence, DateStyle, Order, dates
from app.debts.portfolio.columns.documents import documents
from app.debts.portfolio.columns.phones import phones
from app.debts.portfolio.columns.texts import plain
from app.debts.portfolio.fields import FIELDS
from app.debts.portfolio.mapping import Mapping
from app.debts.portfolio.problems import FileRefused
from app.debts.portfolio.source import Batch, Reader, batches, first_rows, open_reader

EARLIEST = date(2000, 1, 1)
HEADERS = {
    "phone": {
        *FIELDS["phone_1"].pt, *FIELDS["phone_1"].en, "numero", "numero de telefone", "linha",
    },
    "area_code": {*FIELDS["area_code_1"].pt, *FIELDS["area_code_1"].en},
    "document": {*FIELDS["document"].pt, *FIELDS["document"].en},
    "since": {
        "data", "data de inclusao", "data inclusao", "data de cadastro", "data cadastro",
        "data do cadastro", "cadastrado em", "incluido em", "desde", "since", "listed since",
        "listed on", "registered on", "registration date", "date", "date added",
    },
}  # fmt: skip
"""Column → headers that mean it, plain (see `texts.plain`)."""


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that was left out, or (a date) taken without its cell; `code` is of `problems`."""

    line: int
    column: str
    code: str


@dataclass(slots=True)
class Part:
    """Rows of a batch that name a phone or a document."""

    rows: int
    phones: list[tuple[str, date | None]] = field(default_factory=list)
    """E.164, and since when it is on the list."""
    documents: list[tuple[str, date | None]] = field(default_factory=list)
    bad: list[BadRow] = field(default_factory=list)


def read(content: Path | bytes, today: date) -> Iterator[Part]:
    """The list, batch by batch. Raises FileRefused for a file without phones and documents."""
    reader = open_reader(content, Mapping())
    columns, after = _columns(reader)
    style = _date_style(reader, columns, after)
    for batch in batches(reader, after):
        yield _part(batch, columns, style, today)


def _columns(reader: Reader) -> tuple[dict[str, int], int]:
    """Where each column is, and the line of the header (0 without one)."""
    first = first_rows(reader)
    for line, cells in first:
        found = {
            name: at
            for name, headers in HEADERS.items()
            for at, cell in reversed(list(enumerate(cells)))
            if plain(cell) in headers
        }
        if found.keys() & {"phone", "document"}:
            return found, line
    # Some CPFs look like phones: a list without a header is one of phones where most of it does.
    unread = phones(pl.Series([cells[0].strip() for _, cells in first])).values.count(None)
    if unread * 2 < len(first):
        return {"phone": 0}, 0
    raise FileRefused("columns_missing", columns="telefone, CPF")


def _date_style(reader: Reader, columns: dict[str, int], after: int) -> DateStyle:
    evidence = DateEvidence()
    if "since" in columns:
        for batch in batches(reader, after):
            evidence.add(_cells(batch, columns["since"]))
    return evidence.decide(Order.DAY_FIRST)


def _cells(batch: Batch, at: int) -> pl.Series:
    cells = [row[at] if at < len(row) else "" for row in batch.rows]
    return pl.Series(cells, dtype=pl.String).str.strip_chars()


def _part(batch: Batch, columns: dict[str, int], style: DateStyle, today: date) -> Part:
    cells = {name: _cells(batch, at) for name, at in columns.items()}
    nothing = Column([None] * len(batch.rows))
    read = dict.fromkeys(HEADERS, nothing)
    if "phone" in cells:
        read["phone"] = phones(cells["phone"], cells.get("area_code"))
    if "document" in cells:
        read["document"] = documents(cells["document"])
    if "since" in cells:
        read["since"] = dates(
            cells["since"], style, earliest=EARLIEST, latest=today, out_of_range="date_range"
        )
    part = Part(len(batch.rows))
    for at, line in enumerate(batch.lines):
        since = read["since"].values[at]
        if (number := read["phone"].values[at]) is not None:
            part.phones.append((number, since))
        if (document := read["document"].values[at]) is not None:
            part.documents.append((document, since))
        if number is None and document is None:
            part.bad.append(_why(line, at, read))
        elif at in read["since"].problems:
            part.bad.append(BadRow(line, "since", read["since"].problems[at]))
    return part


def _why(line: int, at: int, read: dict[str, Column]) -> BadRow:
    for name in ("phone", "document"):
        if at in read[name].problems:
            return BadRow(line, name, read[name].problems[at])
    return BadRow(line, "phone", "empty")
