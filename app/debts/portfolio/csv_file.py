"""CSV of any common delimiter and encoding, in bounded memory."""

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from charset_normalizer import from_bytes

from app.debts.portfolio.mapping import DELIMITERS
from app.debts.portfolio.problems import FileRefused

SAMPLE_BYTES = 256 * 1024
LONGEST_CELL = 2_000_000
"""Characters. A longer cell is a quotation mark that was never closed."""
ENCODINGS = ("cp1252", "cp850", "mac_roman")
"""What Brazilian systems export besides Unicode, the commonest first."""
LETTERS = frozenset("áàâãéêíóôõúüçÁÀÂÃÉÊÍÓÔÕÚÜÇºª°ñÑ")
"""What the bytes beyond ASCII of a Brazilian file are, read rightly."""
BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

csv.field_size_limit(LONGEST_CELL)


class CsvReader:
    """Rows of a CSV with the line each one begins on, from 1."""

    kind = "csv"

    def __init__(
        self, content: Path | bytes, encoding: str | None = None, delimiter: str | None = None
    ) -> None:
        self._content = content
        self.encoding: str | None = encoding or detect_encoding(content)
        sample = self._sample()
        _refuse_binary(sample)
        self.delimiter: str | None = delimiter or detect_delimiter(sample)

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Every record, from the first line on. Raises FileRefused for an open quotation mark."""
        with self._text() as text:
            assert self.delimiter is not None
            reader = csv.reader(text, delimiter=self.delimiter)
            line = 1
            try:
                for row in reader:
                    yield line, row
                    line = reader.line_num + 1
            except csv.Error as error:
                raise FileRefused("file_quote") from error

    def _text(self) -> io.TextIOWrapper:
        # Undecodable bytes become U+FFFD: they spoil a name, not a file.
        return io.TextIOWrapper(
            _open(self._content), encoding=self.encoding, errors="replace", newline=""
        )

    def _sample(self) -> str:
        with self._text() as text:
            return text.read(SAMPLE_BYTES)


def _open(content: Path | bytes) -> BinaryIO:
    return content.open("rb") if isinstance(content, Path) else io.BytesIO(content)


def detect_encoding(content: Path | bytes) -> str:
    """A byte-order mark, else UTF-8 when the whole file is UTF-8, else the encoding under which the
    first part that is not UTF-8 reads as Portuguese, else what charset-normalizer thinks."""
    with _open(content) as file:
        start = file.read(SAMPLE_BYTES)
        for mark, encoding in BOMS:
            if start.startswith(mark):
                return encoding
        wide = _wide(start)
        if wide:
            return wide
        file.seek(0)
        sample = _first_not_utf8(file)
    if sample is None:
        return "utf-8"
    beyond = bytes(byte for byte in sample if byte > 127)
    sense = {
        encoding: sum(letter in LETTERS for letter in beyond.decode(encoding, errors="replace"))
        for encoding in ENCODINGS
    }
    likeliest = max(ENCODINGS, key=lambda encoding: sense[encoding])
    if sense[likeliest] * 2 >= len(beyond):
        return likeliest
    best = from_bytes(sample).best()
    return best.encoding if best else likeliest


def _wide(sample: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of Latin text is zero."""
    zeros = sample.count(0)
    if zeros * 4 < len(sample):
        return None
    return "utf-16-le" if sample[1::2].count(0) > zeros // 2 else "utf-16-be"


def _first_not_utf8(file: BinaryIO) -> bytes | None:
    """The first part of the file that is not UTF-8; None when all of it is."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    while chunk := file.read(SAMPLE_BYTES):
        try:
            decoder.decode(chunk)
        except UnicodeDecodeError:
            return chunk
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return chunk or b"\xff"
    return None


def _refuse_binary(sample: str) -> None:
    controls = sum(character < " " and character not in "\t\r\n\x1a" for character in sample)
    if controls * 50 > len(sample) or sample.count("\ufffd") * 20 > len(sample):
        raise FileRefused("file_not_text")


def detect_delimiter(sample: str) -> str:
    """The delimiter under which most of the first records have the same, largest width."""
    scores = {delimiter: _consistency(sample, delimiter) for delimiter in DELIMITERS}
    return max(scores, key=lambda delimiter: scores[delimiter])


def _consistency(sample: str, delimiter: str) -> tuple[float, int]:
    widths = []
    try:
        for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter):
            if any(row):
                widths.append(len(row))
            if len(widths) == 100:
                break
    except csv.Error:
        return (0.0, 0)
    if not widths:
        return (0.0, 0)
    width, records = Counter(widths).most_common(1)[0]
    return (records / len(widths) if width > 1 else 0.0, width)
