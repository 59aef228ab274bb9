"""Phone numbers as columns, in E.164: Brazil's own shapes at once, the odd ones by phonenumbers."""

import re

import phonenumbers
import polars as pl

from app.debts.portfolio.columns import Column
from app.debts.regions import AREA_CODES

_SHAPE = r"^(?:\+?55|0055|0)?([1-9][0-9])(9[0-9]{8}|[2-5][0-9]{7})$"
_PLACEHOLDER = re.compile(r"(\d)\1{7}$")
"""99999-9999 and 0000-0000 are what a clerk types when there is no number."""
_SEVERAL = re.compile(r"[/;,|]|\bou\b|\bor\b", re.IGNORECASE)


def phones(cells: pl.Series, area_codes: pl.Series | None = None) -> Column:
    """E.164 numbers. `area_codes` is a separate column (DDD), put before numbers that lack one."""
    digits = cells.str.replace_all(r"[^0-9+]", "")
    if area_codes is not None:
        code = area_codes.str.replace_all(r"[^0-9]", "").str.strip_chars_start("0")
        short = (digits.str.len_chars() <= 9) & (digits.str.len_chars() > 0)
        digits = pl.select(pl.when(short).then(code + digits).otherwise(digits)).to_series()
    area, local = digits.str.extract(_SHAPE, 1), digits.str.extract(_SHAPE, 2)
    known = area.is_in(list(AREA_CODES)).fill_null(False)
    values: list[str | None] = (
        pl.select(pl.when(known).then(pl.lit("+55") + area + local)).to_series().to_list()
    )
    column = Column(values)
    for position in (cells.str.len_chars() > 0).arg_true().to_list():
        number = values[position]
        if number is None:
            number = values[position] = odd(cells[position])
        if number is None or _PLACEHOLDER.search(number):
            values[position] = None
            column.problems[position] = "phone"
    return column


def odd(cell: str) -> str | None:
    """The first valid number in a cell that is not of a common shape."""
    for part in _SEVERAL.split(cell[:200]):
        try:
            number = phonenumbers.parse(part, "BR")
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return None


def area_code(number: str) -> str | None:
    """The DDD of a Brazilian E.164 number."""
    return number[3:5] if number.startswith("+55") else None


def is_mobile(number: str) -> bool | None:
    """Whether a Brazilian E.164 number is a mobile one; None for other countries."""
    return len(number) == 14 and number[5] == "9" if number.startswith("+55") else None
