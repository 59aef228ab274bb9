"""XLSX, guarded: what a sheet unpacks to is measured before it is loaded."""

import io
import math
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from app.debts.portfolio.problems import FileRefused

LARGEST_UNPACKED = 400 * 1024 * 1024
LARGEST_PART = 300 * 1024 * 1024
MOST_CELLS = 6_000_000
"""A sheet is loaded as a dense grid of 32-byte cells: under 200 MB."""
CHUNK = 1024 * 1024
_CELL = re.compile(rb'<(?:\w+:)?c(?:\s[^>]*?)?\s(?:r="([A-Z]{1,3})[0-9]{1,7}")|<(?:\w+:)?c[\s/>]')
_ROW = re.compile(rb'<(?:\w+:)?row(?:\s[^>]*?)?\sr="([0-9]{1,7})"|<(?:\w+:)?row[\s/>]')
WIDEST = 16_384


class XlsxReader:
    """Rows of one sheet with their row number, as text that reads the same in every column."""

    kind = "xlsx"
    encoding: str | None = None
    delimiter: str | None = None

    def __init__(self, content: Path | bytes, sheet: str | None = None) -> None:
        self._content = content
        _measure(content)
        try:
            book = self._open()
            names = book.sheet_names
            self._sheet = sheet if sheet is not None else (names[0] if names else "")
            if self._sheet not in names:
                raise FileRefused("mapping_column", columns=self._sheet)
            self._loaded = book.get_sheet_by_name(self._sheet)
        except CalamineError as error:
            raise FileRefused("file_damaged") from error

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Every row from the first that holds anything; one row of Python values at a time."""
        first = (self._loaded.start or (0, 0))[0]
        for number, row in enumerate(self._loaded.iter_rows(), first + 1):
            yield number, [as_text(cell) for cell in row]

    def _open(self) -> CalamineWorkbook:
        if isinstance(self._content, Path):
            return CalamineWorkbook.from_path(self._content)
        return CalamineWorkbook.from_filelike(io.BytesIO(self._content))


def as_text(cell: Any) -> str:
    """A typed cell as unambiguous text: ISO dates, a dot before exactly two decimals or more
    than three."""
    if cell is None or isinstance(cell, str):
        return cell or ""
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, (int, float)):
        return _number(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, (time, timedelta)):
        return str(cell)
    return str(cell)


def _number(value: float) -> str:
    if isinstance(value, int) or (math.isfinite(value) and value == int(value)):
        return str(int(value))
    # 1234.5600000000001 is what a spreadsheet keeps of 1234.56
    two = f"{value:.2f}"
    if math.isfinite(value) and abs(float(two) - value) < 1e-6:
        return two
    return f"{value:.6f}"


def _measure(content: Path | bytes) -> None:
    """Raise FileRefused for what would not fit: sizes are counted while unpacking, because the
    headers of an archive may lie."""
    try:
        with zipfile.ZipFile(content if isinstance(content, Path) else io.BytesIO(content)) as book:
            parts = book.infolist()
            if not any(part.filename.startswith("xl/") for part in parts):
                raise FileRefused("file_not_text")
            if sum(part.file_size for part in parts) > LARGEST_UNPACKED:
                raise FileRefused("file_too_large")
            for part in parts:
                is_sheet = part.filename.startswith("xl/worksheets/")
                _measure_part(book, part, is_sheet=is_sheet)
    except (
        zipfile.BadZipFile,
        EOFError,
        NotImplementedError,  # zipfile's word for a compression it does not know
        RuntimeError,  # and for an encrypted member
        OSError,
        zlib.error,
    ) as error:
        raise FileRefused("file_damaged") from error


def _measure_part(book: zipfile.ZipFile, part: zipfile.ZipInfo, *, is_sheet: bool) -> None:
    unpacked, extent, tail = 0, _Extent(), b""
    with book.open(part) as stream:
        while chunk := stream.read(CHUNK):
            unpacked += len(chunk)
            if unpacked > LARGEST_PART:
                raise FileRefused("file_too_large")
            if is_sheet:
                text = tail + chunk
                cut = text.rfind(b"<")
                text, tail = (text[:cut], text[cut:]) if cut > 0 else (text, b"")
                extent.add(text)
    if extent.rows * extent.columns > MOST_CELLS:
        raise FileRefused("file_too_large")


@dataclass(slots=True)
class _Extent:
    """The corner of a sheet: cells and rows name their place, or follow each other."""

    rows: int = 0
    columns: int = 0
    unplaced: int = 0

    def add(self, text: bytes) -> None:
        for match in _ROW.finditer(text):
            self.rows = max(self.rows + 1, int(match[1] or 0))
        for match in _CELL.finditer(text):
            if match[1]:
                self.columns = max(self.columns, _column(match[1]))
            else:
                self.unplaced += 1
        self.columns = max(self.columns, min(self.unplaced, WIDEST))


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
