"""A portfolio file, opened: what it is, its header row, and its rows in batches.

A source can be walked more than once (first for evidence, then for the rows themselves); only one
batch is in memory at a time.
"""

import hashlib
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from app.debts.portfolio import csv_file, xlsx_file
from app.debts.portfolio.mapping import Mapping, Understood, likely_header, understand
from app.debts.portfolio.problems import FileRefused

BATCH_ROWS = 10_000
HEADER_SEARCH = 15
"""A title and a date may stand above the header row."""
DIGEST_BYTES = 1024 * 1024
ZIP_SIGNATURE = b"PK\x03\x04"


@dataclass(slots=True)
class Batch:
    """Rows of the file, as text, with the line each begins on (the row number of a sheet)."""

    lines: list[int]
    rows: list[list[str]]


class Reader(Protocol):
    """A kind of file."""

    kind: str
    encoding: str | None
    delimiter: str | None

    def rows(self) -> Iterator[tuple[int, list[str]]]: ...


@dataclass(slots=True)
class Source:
    """An opened file."""

    reader: Reader
    headers: list[str]
    header_line: int
    understood: Understood
    sha256: bytes
    size: int

    def batches(self, size: int = BATCH_ROWS) -> Iterator[Batch]:
        """The rows below the header; blank ones are left out."""
        return batches(self.reader, self.header_line, size)


def open_source(content: Path | bytes, mapping: Mapping) -> Source:
    """Open a file by what it holds, whatever its name. Raises FileRefused."""
    size = content.stat().st_size if isinstance(content, Path) else len(content)
    reader = open_reader(content, mapping)
    with open_bytes(content) as file:
        digest = hashlib.sha256()
        while chunk := file.read(DIGEST_BYTES):
            digest.update(chunk)
    first = first_rows(reader)
    line, headers = first[likely_header([row for _, row in first])]
    headers = [header.strip() for header in headers]
    return Source(reader, headers, line, understand(headers, mapping), digest.digest(), size)


def open_reader(content: Path | bytes, mapping: Mapping) -> Reader:
    """The reader of a file's kind, by what the file holds. Raises FileRefused."""
    with open_bytes(content) as file:
        start = file.read(len(ZIP_SIGNATURE))
    if not start:
        raise FileRefused("file_empty")
    if start == ZIP_SIGNATURE:
        return xlsx_file.XlsxReader(content, mapping.sheet)
    return csv_file.CsvReader(content, mapping.encoding, mapping.delimiter)


def batches(reader: Reader, after: int, size: int = BATCH_ROWS) -> Iterator[Batch]:
    """The rows below line `after`, up to `size` at a time; blank ones are left out."""
    lines: list[int] = []
    rows: list[list[str]] = []
    for line, row in reader.rows():
        if line <= after or not any(row):
            continue
        lines.append(line)
        rows.append(row)
        if len(rows) == size:
            yield Batch(lines, rows)
            lines, rows = [], []
    if rows:
        yield Batch(lines, rows)


def open_bytes(content: Path | bytes) -> BinaryIO:
    """A binary stream over a path or over bytes."""
    return content.open("rb") if isinstance(content, Path) else io.BytesIO(content)


def first_rows(reader: Reader) -> Sequence[tuple[int, list[str]]]:
    """Where a header is looked for. Raises FileRefused for a file without any row."""
    found = []
    for line, row in reader.rows():
        if any(cell.strip() for cell in row):
            found.append((line, row))
        if len(found) == HEADER_SEARCH:
            break
    if not found:
        raise FileRefused("file_empty")
    return found
