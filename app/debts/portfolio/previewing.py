"""What a file would be understood as, before anything is done with it."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.debts.portfolio.errors import header_of, masked
from app.debts.portfolio.fields import FIELDS
from app.debts.portfolio.mapping import Mapping
from app.debts.portfolio.reading import Checked, Checker
from app.debts.portfolio.scanning import DATE_FIELDS, Scan, scan
from app.debts.portfolio.source import Source, open_source

FIRST_ROWS = 20


@dataclass(frozen=True, slots=True)
class Format:
    """The number or date format decided for one column, and what it rests on."""

    field: str
    header: str
    chosen: str
    undecided: bool
    """Nothing in the file tells: its language's habit was taken; a mapping can decide."""
    mixed: bool
    evidence: dict[str, int]
    example: str | None


@dataclass(frozen=True, slots=True)
class Preview:
    """A file, as understood."""

    kind: str
    encoding: str | None
    delimiter: str | None
    locale: str
    header_line: int
    columns: dict[str, str]
    """Field → header."""
    ignored: tuple[str, ...]
    contested: dict[str, tuple[str, ...]]
    formats: list[Format]
    rows: int
    good: int
    refused: int
    problems: dict[str, int]
    """Code → how many cells."""
    first: list[dict[str, Any]]
    """The first good rows as values; personal ones masked."""


def preview(content: Any, mapping: Mapping, today: date) -> Preview:
    """Read and check the whole file (a Path or bytes) without a database. Raises FileRefused."""
    source = open_source(content, mapping)
    scanned = scan(source, mapping)
    good, problems = 0, Counter[str]()
    first: list[dict[str, Any]] = []
    for checked in Checker(source, mapping, scanned, today).batches():
        good += len(checked)
        problems.update(problem.code for problem in checked.problems)
        if len(first) < FIRST_ROWS:
            first += _rows(checked)[: FIRST_ROWS - len(first)]
    understood = source.understood
    return Preview(
        kind=source.reader.kind,
        encoding=source.reader.encoding,
        delimiter=source.reader.delimiter,
        locale=understood.locale,
        header_line=source.header_line,
        columns={name: source.headers[at] for name, at in understood.positions.items()},
        ignored=understood.ignored,
        contested=understood.contested,
        formats=_formats(source, scanned),
        rows=scanned.rows,
        good=good,
        refused=scanned.rows - good,
        problems=dict(problems.most_common()),
        first=first,
    )


def _rows(checked: Checked) -> list[dict[str, Any]]:
    shown = []
    for at in range(min(len(checked), FIRST_ROWS)):
        row: dict[str, Any] = {"line": checked.lines[at]}
        for name, values in checked.columns.items():
            value = values[at]
            if value is not None:
                row[name] = masked(name, str(value)) if FIELDS[name].is_personal else value
        shown.append(row)
    return shown


def _formats(source: Source, scanned: Scan) -> list[Format]:
    amount, style = scanned.amount, scanned.amount_style
    found = [
        Format(
            "principal",
            header_of(source, "principal"),
            style.decimal,
            style.undecided,
            style.mixed,
            {"comma": amount.comma, "dot": amount.dot, "either": amount.either},
            amount.example,
        )
    ]
    for name in DATE_FIELDS:
        if name not in source.understood.positions:
            continue
        seen, chosen = scanned.dates[name], scanned.date_styles[name]
        counts = {
            "day_first": seen.day_first,
            "month_first": seen.month_first,
            "either": seen.either,
        }
        example = None if FIELDS[name].is_personal else seen.example
        found.append(
            Format(name, header_of(source, name), chosen.order, chosen.undecided, chosen.mixed,
                   counts, example)
        )  # fmt: skip
    return found
