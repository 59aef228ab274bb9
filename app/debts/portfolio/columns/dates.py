"""Dates as columns: day first or month first is decided once per column, by its evidence."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import polars as pl

from app.debts.portfolio.columns import Column, is_mixed

FIRST_SERIAL, LAST_SERIAL = 10_000, 80_000
"""Excel's day numbers between 1927 and 2119: five digits that can be nothing else."""


class Order(StrEnum):
    """What the first of two small numbers is."""

    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"


@dataclass(slots=True)
class DateEvidence:
    """How many cells can only be day-first, only month-first, or either."""

    day_first: int = 0
    month_first: int = 0
    either: int = 0
    example: str | None = None

    def add(self, cells: pl.Series) -> None:
        """Count a batch in."""
        first = cells.str.extract(_SPLIT, 1).cast(pl.Int32, strict=False)
        second = cells.str.extract(_SPLIT, 2).cast(pl.Int32, strict=False)
        day_first = (first > 12) & (second <= 12)
        month_first = (first <= 12) & (second > 12)
        either = (first <= 12) & (second <= 12) & (first != second)
        self.day_first += int(day_first.sum() or 0)
        self.month_first += int(month_first.sum() or 0)
        found = int(either.sum() or 0)
        self.either += found
        if found and self.example is None:
            self.example = str(cells.filter(either.fill_null(False))[0])

    def decide(self, default: Order) -> "DateStyle":
        """The column's order; `default` only where the file gives no evidence at all."""
        if self.day_first == self.month_first == 0:
            return DateStyle(default, undecided=self.either > 0, mixed=False)
        order = Order.DAY_FIRST if self.day_first >= self.month_first else Order.MONTH_FIRST
        return DateStyle(order, undecided=False, mixed=is_mixed(self.day_first, self.month_first))


@dataclass(frozen=True, slots=True)
class DateStyle:
    """The decision for one column."""

    order: Order
    undecided: bool = False
    mixed: bool = False


_SPLIT = r"^([0-9]{1,2})[/.\-]([0-9]{1,2})[/.\-](?:[0-9]{4}|[0-9]{2})(?:[T ].*)?$"
_SMALL = r"^([0-9]{1,2})[/.\-]([0-9]{1,2})[/.\-]([0-9]{4}|[0-9]{2})(?:[T ].*)?$"
_ISO = r"^([0-9]{4})[/.\-]([0-9]{1,2})[/.\-]([0-9]{1,2})(?:[T ].*)?$"
_BASIC = r"^((?:19|20)[0-9]{2})(0[1-9]|1[0-2])([0-9]{2})$"
_COMPACT = r"^([0-9]{2})([0-9]{2})((?:19|20)[0-9]{2})$"


def dates(
    cells: pl.Series, style: DateStyle, *, earliest: date, latest: date, out_of_range: str
) -> Column:
    """Dates between `earliest` and `latest`; beyond them the problem `out_of_range`.

    ISO dates and Excel day numbers read the same in every column. A two-digit year is the latest
    one that is not after `latest`.
    """
    day, month = (1, 2) if style.order is Order.DAY_FIRST else (2, 1)
    text = pl.col("text")
    year = _four_digits(text.str.extract(_SMALL, 3), latest.year)
    candidates = [
        _date(*(text.str.extract(_ISO, part) for part in (1, 2, 3))),
        _date(year, text.str.extract(_SMALL, month), text.str.extract(_SMALL, day)),
        _date(*(text.str.extract(_BASIC, part) for part in (1, 2, 3))),
        _date(*(text.str.extract(_COMPACT, part) for part in (3, month, day))),
        _serial(text),
    ]
    frame = pl.DataFrame({"text": cells}).with_columns(parsed=pl.coalesce(candidates))
    parsed = frame["parsed"]
    inside = parsed.is_between(earliest, latest).fill_null(False)
    if style.mixed:
        inside = inside & ~_either(cells)
    values = frame.select(pl.when(inside).then("parsed")).to_series().to_list()
    column = Column(values)
    for position in (~inside & (cells.str.len_chars() > 0)).arg_true().to_list():
        if parsed[position] is None:
            column.problems[position] = "date"
        elif earliest <= parsed[position] <= latest:
            column.problems[position] = "date_unclear"
        else:
            column.problems[position] = out_of_range
    return column


def _either(cells: pl.Series) -> pl.Series:
    first = cells.str.extract(_SPLIT, 1).cast(pl.Int32, strict=False)
    second = cells.str.extract(_SPLIT, 2).cast(pl.Int32, strict=False)
    return ((first <= 12) & (second <= 12) & (first != second)).fill_null(False)


def _date(year: pl.Expr, month: pl.Expr, day: pl.Expr) -> pl.Expr:
    iso = year + pl.lit("-") + month.str.zfill(2) + pl.lit("-") + day.str.zfill(2)
    return iso.str.to_date("%Y-%m-%d", strict=False)


def _four_digits(year: pl.Expr, latest: int) -> pl.Expr:
    number = year.cast(pl.Int32, strict=False)
    this_century = number + 2000
    full = pl.when(this_century > latest).then(number + 1900).otherwise(this_century)
    return pl.when(year.str.len_chars() == 2).then(full.cast(pl.String)).otherwise(year)


def _serial(text: pl.Expr) -> pl.Expr:
    number = text.str.extract(r"^([0-9]{5})(?:\.[0-9]+)?$", 1).cast(pl.Int32, strict=False)
    kept = pl.when(number.is_between(FIRST_SERIAL, LAST_SERIAL)).then(number)
    return pl.lit(date(1899, 12, 30)) + pl.duration(days=kept)
