"""Batches of text to checked rows: the good ones as values, and what is wrong with the rest."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import polars as pl

from app.debts.portfolio import fields
from app.debts.portfolio.columns import Column
from app.debts.portfolio.columns.amounts import amounts
from app.debts.portfolio.columns.dates import dates
from app.debts.portfolio.columns.documents import documents
from app.debts.portfolio.columns.phones import phones
from app.debts.portfolio.columns.texts import (
    choices,
    contracts,
    counts,
    days_of_month,
    emails,
    hours,
    names,
    plain,
    states,
    texts,
)
from app.debts.portfolio.mapping import Mapping
from app.debts.portfolio.scanning import DATE_FIELDS, Scan, cells_of
from app.debts.portfolio.seen import Seen
from app.debts.portfolio.source import Batch, Source

LONGEST_CELL = 1_000
"""Characters of any cell; what is longer is not a value."""
OLDEST_DEBT, OLDEST_PERSON = date(1980, 1, 1), date(1900, 1, 1)
AHEAD = timedelta(days=366)
"""A due date may lie ahead (the debt is taken and waits), but not by more than a year."""
VALUES = (
    "contract", "document", "name", "principal", "due_on", "product", "origin", "birth_date",
    "uf", "email_1", "email_2", "phone_1", "phone_2", "phone_3", "contracted_on", "instrument",
    "acquisition_channel", "interruption_on", "preferred_channel", "preferred_hour", "locale",
    *fields.WHOSE_OF.values(), "store_visits", "purchases", "payday",
)  # fmt: skip
"""What a checked row holds, in the order of its hash."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with one cell."""

    line: int
    field: str | None
    cell: str
    code: str
    refused: bool
    """The row was refused; otherwise it was taken without this cell."""


@dataclass(slots=True)
class Checked:
    """The good rows of a batch as columns of values, and the problems of all its rows."""

    lines: list[int]
    columns: dict[str, list[Any]]
    problems: list[Problem]
    rows: int
    """Rows read, good or not."""

    def __len__(self) -> int:
        return len(self.lines)

    @property
    def refused(self) -> int:
        return self.rows - len(self.lines)


class Checker:
    """Checks the batches of one source, with the decisions of its scan."""

    def __init__(self, source: Source, mapping: Mapping, scanned: Scan, today: date) -> None:
        self._source = source
        self._mapping = mapping
        self._scan = scanned
        self._today = today
        self._taken = Seen()
        self._by_header = {
            whose: fields.WHOSE_BY_HEADER.get(plain(source.headers[at]))
            for address, whose in fields.WHOSE_OF.items()
            if (at := source.understood.positions.get(address)) is not None
        }

    def batches(self) -> Iterator[Checked]:
        """Every batch of the file, checked."""
        for batch in self._source.batches():
            yield self.check(batch)

    def check(self, batch: Batch) -> Checked:
        """One batch: columns first, then row by row only where something is wrong."""
        cells = cells_of(batch, self._source, tuple(self._source.understood.positions))
        problems: dict[int, list[tuple[str | None, str]]] = {}
        self._wrong_width(batch, problems)
        for name, series in cells.items():
            long = (series.str.len_chars() > LONGEST_CELL).arg_true().to_list()
            for position in long:
                problems.setdefault(position, []).append((name, "too_long"))
            if long:
                series[long] = ""
        columns = {name: self._column(name, cells) for name in VALUES}
        for name, column in columns.items():
            for position, code in column.problems.items():
                problems.setdefault(position, []).append((name, code))
        self._empty(columns, problems)
        good = self._good(columns, problems, len(batch.lines))
        reported = [
            self._problem(batch, cells, position, name, code)
            for position in sorted(problems)
            for name, code in problems[position]
        ]
        return Checked(
            lines=[batch.lines[i] for i in good],
            columns={name: [column.values[i] for i in good] for name, column in columns.items()},
            problems=reported,
            rows=len(batch.lines),
        )

    def _wrong_width(self, batch: Batch, problems: dict[int, list[tuple[str | None, str]]]) -> None:
        width = len(self._source.headers)
        for position, row in enumerate(batch.rows):
            if len(row) < width or (len(row) > width and any(row[width:])):
                problems[position] = [(None, "cells")]

    def _column(self, name: str, cells: dict[str, pl.Series]) -> Column:
        size = len(cells["contract"])
        default = self._mapping.defaults.get(name) or self._by_header.get(name)
        if name in cells:
            parsed = self._parse(name, cells[name], cells)
        elif default is not None:
            value = self._parse(name, pl.Series([default]), {}).values[0]
            return Column([value] * size)
        else:
            return Column([None] * size)
        if default is not None:
            parsed.values = [default if value is None else value for value in parsed.values]
        return parsed

    def _parse(self, name: str, series: pl.Series, cells: dict[str, pl.Series]) -> Column:
        if name in DATE_FIELDS:
            return self._dates(name, series)
        area_codes = {phone: cells.get(code) for phone, code in fields.PHONES}
        if name in area_codes:
            return phones(series, area_codes[name])
        if name in _PARSERS:
            return _PARSERS[name](series)
        if name == "principal":
            return amounts(series, self._scan.amount_style)
        return texts(series, longest=200)

    def _dates(self, name: str, series: pl.Series) -> Column:
        is_birth = name == "birth_date"
        return dates(
            series,
            self._scan.date_styles[name],
            earliest=OLDEST_PERSON if is_birth else OLDEST_DEBT,
            latest=self._today + AHEAD if name == "due_on" else self._today,
            out_of_range="birth_date" if is_birth else "date_range",
        )

    def _empty(
        self, columns: dict[str, Column], problems: dict[int, list[tuple[str | None, str]]]
    ) -> None:
        for name in fields.REQUIRED:
            column = columns[name]
            if None not in column.values:
                continue
            for position, value in enumerate(column.values):
                told = any(field in (name, None) for field, _ in problems.get(position, ()))
                if value is None and not told:
                    problems.setdefault(position, []).append((name, "empty"))

    def _good(
        self,
        columns: dict[str, Column],
        problems: dict[int, list[tuple[str | None, str]]],
        size: int,
    ) -> list[int]:
        """Positions of the rows to take; a contract counts the first time it is good."""
        good = [i for i in range(size) if i not in problems or not _refuses(problems[i])]
        contracts = [columns["contract"].values[i] for i in good]
        repeated = self._taken.add(self._scan.hasher(contracts))
        if not repeated.any():
            return good
        for position, again in zip(good, repeated, strict=True):
            if again:
                problems.setdefault(position, []).append(("contract", "contract_repeated"))
        return [position for position, again in zip(good, repeated, strict=True) if not again]

    def _problem(
        self, batch: Batch, cells: dict[str, pl.Series], position: int, name: str | None, code: str
    ) -> Problem:
        cell = ""
        if name in self._source.understood.positions:
            row = batch.rows[position]
            place = self._source.understood.positions[name]
            cell = row[place] if place < len(row) else ""
        return Problem(
            line=batch.lines[position],
            field=name,
            cell=cell[:LONGEST_CELL],
            code=code,
            refused=_refuses([(name, code)]),
        )


_PARSERS: dict[str, Callable[[pl.Series], Column]] = {
    "contract": contracts,
    "document": documents,
    "name": names,
    "uf": states,
    "email_1": emails,
    "email_2": emails,
    "preferred_hour": hours,
    "payday": days_of_month,
    "store_visits": counts,
    "purchases": counts,
    "instrument": lambda cells: choices(cells, fields.INSTRUMENTS),
    "preferred_channel": lambda cells: choices(cells, fields.CHANNELS),
    "acquisition_channel": lambda cells: choices(cells, fields.ACQUISITIONS),
    "locale": lambda cells: choices(cells, fields.LOCALES),
    **{name: lambda cells: choices(cells, fields.WHOSE) for name in fields.WHOSE_OF.values()},
}


def _refuses(problems: list[tuple[str | None, str]]) -> bool:
    """Only what the debt cannot be without refuses the row; any other cell is left out."""
    return any(name is None or name in fields.REQUIRED for name, _ in problems)
