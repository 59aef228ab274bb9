"""Amounts of money as columns: one number format per column, decided by its evidence."""

from dataclasses import dataclass
from enum import StrEnum

import polars as pl

from app.debts.portfolio.columns import Column, is_mixed

LARGEST_CENTS = 10**12
"""Ten billion in the major unit: a principal beyond it is a misread column."""


class Decimal(StrEnum):
    """Which character separates the cents."""

    COMMA = "comma"
    DOT = "dot"


@dataclass(slots=True)
class AmountEvidence:
    """How many cells can only be read with a comma, only with a dot, or with either."""

    comma: int = 0
    dot: int = 0
    either: int = 0
    example: str | None = None

    def add(self, cells: pl.Series) -> None:
        """Count a batch in."""
        text = _bare(cells)
        comma = text.str.contains(_ONLY_COMMA)
        dot = text.str.contains(_ONLY_DOT)
        either = text.str.contains(_EITHER) & ~comma & ~dot
        self.comma += int(comma.sum() or 0)
        self.dot += int(dot.sum() or 0)
        found = int(either.sum() or 0)
        self.either += found
        if found and self.example is None:
            self.example = str(cells.filter(either)[0])

    def decide(self, default: Decimal) -> "AmountStyle":
        """The column's format; `default` only where the file gives no evidence at all."""
        if self.comma == self.dot == 0:
            return AmountStyle(default, undecided=self.either > 0, mixed=False)
        decimal = Decimal.COMMA if self.comma >= self.dot else Decimal.DOT
        return AmountStyle(decimal, undecided=False, mixed=is_mixed(self.comma, self.dot))


@dataclass(frozen=True, slots=True)
class AmountStyle:
    """The decision for one column."""

    decimal: Decimal
    undecided: bool = False
    """Cells like 1.234 exist, nothing in the column says which reading is right."""
    mixed: bool = False
    """Both formats occur: cells of the other one, and those that fit both, are refused."""


_ONLY_COMMA = (
    r"^-?(?:(?:[1-9][0-9]{0,2}(?:\.[0-9]{3})+|[0-9]+),[0-9]{1,2}"
    r"|[1-9][0-9]{0,2}(?:\.[0-9]{3}){2,})-?$"
)
_ONLY_DOT = (
    r"^-?(?:(?:[1-9][0-9]{0,2}(?:,[0-9]{3})+|[0-9]+)\.[0-9]{1,2}"
    r"|[1-9][0-9]{0,2}(?:,[0-9]{3}){2,})-?$"
)
_EITHER = r"^-?[1-9][0-9]{0,2}[.,][0-9]{3}-?$"
_WHOLE = {
    Decimal.COMMA: r"^((?:[0-9]+|[1-9][0-9]{0,2}(?:\.[0-9]{3})+))(?:,([0-9]*))?$",
    Decimal.DOT: r"^((?:[0-9]+|[1-9][0-9]{0,2}(?:,[0-9]{3})+))(?:\.([0-9]*))?$",
}


def amounts(cells: pl.Series, style: AmountStyle) -> Column:
    """Cents. Negative and zero amounts, three decimals and other formats are problems."""
    bare = _bare(cells)
    negative = bare.str.contains(r"^-|-$").fill_null(False)
    positive = bare.str.strip_chars("-")
    pattern = _WHOLE[style.decimal]
    whole = positive.str.extract(pattern, 1).str.replace_all(r"[.,]", "")
    decimals = positive.str.extract(pattern, 2).fill_null("")
    fits = (decimals.str.len_chars() <= 2) & (whole.str.len_chars() <= 13)
    number = (whole.cast(pl.Int64, strict=False)) * 100 + decimals.str.pad_end(2, "0").str.slice(
        0, 2
    ).cast(pl.Int64, strict=False)
    unclear = bare.str.contains(_EITHER).fill_null(False) if style.mixed else None
    good = (
        number.is_not_null()
        & fits.fill_null(False)
        & ~negative
        & (number > 0).fill_null(False)
        & (number <= LARGEST_CENTS).fill_null(False)
    )
    if unclear is not None:
        good = good & ~unclear
    frame = pl.DataFrame({"number": number, "good": good})
    values = frame.select(pl.when("good").then("number")).to_series().to_list()
    column = Column(values)
    for position in (~good & (cells.str.len_chars() > 0)).arg_true().to_list():
        column.problems[position] = _why(
            number[position],
            negative=bool(negative[position]),
            decimals=decimals[position],
            is_whole=whole[position] is not None,
            unclear=unclear is not None and bool(unclear[position]),
        )
    return column


def _why(
    number: int | None, *, negative: bool, decimals: str, is_whole: bool, unclear: bool
) -> str:
    if unclear:
        return "amount_unclear"
    if not is_whole:
        return "amount"
    if len(decimals) > 2:
        return "amount_decimals"
    if negative or number == 0:
        return "amount_not_positive"
    return "amount_too_large"


def _bare(cells: pl.Series) -> pl.Series:
    """Without currency signs and spaces; (1,00) is accounting's -1,00."""
    text = cells.str.replace_all(r"(?i)[\s\u00a0\u202f']|R\$|US\$|\$|BRL", "")
    return text.str.replace(r"^\((.*)\)$", "-$1")
