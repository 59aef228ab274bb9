"""Which header is which field: guessed from the header row, or told by a file of the creditor.

A mapping file is TOML::

    [columns]               # field = "header in the file"
    contract = "Nº Contrato"
    [defaults]              # one value for a field the file lacks
    product = "Crediário"
    [formats]
    decimal = "comma"       # or "dot"
    dates = "day_first"     # or "month_first"
    [file]
    delimiter = ";"
    encoding = "cp1252"
    sheet = "Carteira"
"""

import codecs
import re
from collections.abc import Mapping as MappingType
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from app.debts.portfolio.columns.amounts import Decimal
from app.debts.portfolio.columns.dates import Order
from app.debts.portfolio.columns.texts import plain
from app.debts.portfolio.fields import DEFAULTABLE, FIELDS, REQUIRED
from app.debts.portfolio.problems import FileRefused
from themes import tomlfile

_ASIDE = re.compile(
    r"[(\[]?\b(R\$|(em )?reais|BRL|[dmay]{1,4}([/.-][dmay]{1,4}){2})(?!\w)[)\]]?", re.I
)
"""What headers add to a name: the unit of an amount, the format of a date."""
DELIMITERS = (";", ",", "\t", "|", "^", "~")


@dataclass(frozen=True, slots=True)
class Mapping:
    """What a mapping file says; empty says nothing."""

    columns: dict[str, str] = field(default_factory=dict)
    defaults: dict[str, str] = field(default_factory=dict)
    decimal: Decimal | None = None
    dates: Order | None = None
    delimiter: str | None = None
    encoding: str | None = None
    sheet: str | None = None

    def as_data(self) -> dict[str, Any]:
        """For storing beside the import."""
        return {
            "columns": self.columns,
            "defaults": self.defaults,
            "formats": {"decimal": self.decimal, "dates": self.dates},
            "file": {
                "delimiter": self.delimiter,
                "encoding": self.encoding,
                "sheet": self.sheet,
            },
        }


def from_toml(source: bytes) -> Mapping:
    """Read a mapping file. Raises FileInvalid for what is no TOML, and FileRefused, naming the key
    that is wrong."""
    return from_data(tomlfile.parse(source))


def from_data(data: MappingType[str, Any]) -> Mapping:
    """The same from parsed data (a form, a stored import). Raises FileRefused."""
    sections = {
        "columns": set(FIELDS),
        "defaults": set(DEFAULTABLE),
        "formats": {"decimal", "dates"},
        "file": {"delimiter", "encoding", "sheet"},
    }
    for section, body in data.items():
        if section not in sections or not isinstance(body, dict):
            raise FileRefused("mapping_key", columns=section)
        for key, value in body.items():
            if key not in sections[section]:
                raise FileRefused("mapping_key", columns=f"{section}.{key}")
            if value is not None and not (isinstance(value, str) and value):
                raise FileRefused("mapping_value", columns=f"{section}.{key}")
    formats, file = data.get("formats", {}), data.get("file", {})
    return Mapping(
        columns=dict(data.get("columns", {})),
        defaults=dict(data.get("defaults", {})),
        decimal=_one_of(Decimal, formats.get("decimal"), "formats.decimal"),
        dates=_one_of(Order, formats.get("dates"), "formats.dates"),
        delimiter=_delimiter(file.get("delimiter")),
        encoding=_encoding(file.get("encoding")),
        sheet=file.get("sheet"),
    )


def _one_of(kind: Any, value: str | None, key: str) -> Any:
    try:
        return None if value is None else kind(value)
    except ValueError as error:
        raise FileRefused("mapping_value", columns=key) from error


def _delimiter(value: str | None) -> str | None:
    if value is not None and (len(value) != 1 or value.isalnum() or value in '"\r\n '):
        raise FileRefused("mapping_value", columns="file.delimiter")
    return value


def _encoding(value: str | None) -> str | None:
    try:
        return None if value is None else codecs.lookup(value).name
    except LookupError as error:
        raise FileRefused("mapping_value", columns="file.encoding") from error


@dataclass(frozen=True, slots=True)
class Understood:
    """A header row, understood."""

    positions: dict[str, int]
    """Field → index of its column."""
    ignored: tuple[str, ...]
    """Headers that mean nothing to us."""
    contested: dict[str, tuple[str, ...]]
    """Field → the headers that could all be it; the first is taken."""
    locale: str
    """The file's language, by its headers."""


def language(headers: Sequence[str]) -> str:
    """ "pt_BR" unless more headers are English ones."""
    plains = [plain(header) for header in headers]
    pt = sum(any(header in field.pt for field in FIELDS.values()) for header in plains)
    en = sum(any(header in field.en for field in FIELDS.values()) for header in plains)
    return "en" if en > pt else "pt_BR"


def guess(header: str) -> str | None:
    """The field that a header names, by the vocabulary of `fields`."""
    for text in (plain(header), plain(_ASIDE.sub(" ", header))):
        for name, known in FIELDS.items():
            if text == plain(name) or text in known.pt or text in known.en:
                return name
    return None


def _usual(name: str, locale: str) -> str:
    """A field and the header that usually means it, in the file's language."""
    known = FIELDS[name]
    return f"{name} (“{(known.en if locale == 'en' else known.pt)[0]}”)"


def understand(headers: Sequence[str], mapping: Mapping) -> Understood:
    """Fields to columns. Raises FileRefused for a header that is named and absent, and for
    required fields that are neither found nor given a default."""
    positions = _told(headers, mapping)
    contested: dict[str, tuple[str, ...]] = {}
    for index, header in enumerate(headers):
        name = guess(header)
        if name is None or index in positions.values() or name in mapping.columns:
            continue
        if name in positions:
            earlier = contested.get(name, (headers[positions[name]],))
            contested[name] = (*earlier, header)
        else:
            positions[name] = index
    missing = [n for n in REQUIRED if n not in positions and n not in mapping.defaults]
    if missing:
        spoken = language(headers)
        raise FileRefused("columns_missing", columns=", ".join(_usual(n, spoken) for n in missing))
    taken = set(positions.values())
    ignored = tuple(h for i, h in enumerate(headers) if i not in taken and h.strip())
    return Understood(positions, ignored, contested, language(headers))


def _told(headers: Sequence[str], mapping: Mapping) -> dict[str, int]:
    by_text = {header.strip(): index for index, header in reversed(list(enumerate(headers)))}
    by_plain = {plain(header): index for index, header in reversed(list(enumerate(headers)))}
    found, absent = {}, []
    for name, header in mapping.columns.items():
        index = by_text.get(header.strip(), by_plain.get(plain(header)))
        if index is None:
            absent.append(header)
        else:
            found[name] = index
    if absent:
        raise FileRefused("mapping_column", columns=", ".join(absent))
    return found


def likely_header(rows: Sequence[Sequence[str]]) -> int:
    """Which of the first rows is the header: the one with most known names; 0 when none has."""
    scores = [sum(guess(cell) is not None for cell in row) for row in rows]
    return scores.index(max(scores)) if scores and max(scores) > 0 else 0
