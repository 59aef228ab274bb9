"""Names, e-mail addresses, states and plain texts as columns."""

import unicodedata
from collections.abc import Mapping

import polars as pl
from email_validator import EmailNotValidError, validate_email

from app.debts.portfolio.columns import Column
from app.debts.regions import STATES, STATES_BY_NAME

_EMAIL = (
    r"^[a-z0-9_+\-]+(?:\.[a-z0-9_+\-]+)*@(?:[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}$"
)
MOST_TIMES = 100_000
_ROUNDED = r"^\d[.,]\d+[eE]\+\d+$"
_CONTROL = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"


def plain(text: str) -> str:
    """Lower case, without accents and punctuation: for comparing headers and choices."""
    bare = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(c if c.isalnum() else " " for c in bare if not unicodedata.combining(c))
    return " ".join(kept.split())


def texts(cells: pl.Series, *, longest: int) -> Column:
    """Text with single spaces; too long and control characters are problems."""
    tidy = cells.str.replace_all(r"[\s\u00a0]+", " ").str.strip_chars()
    long = (tidy.str.len_chars() > longest).fill_null(False)
    control = tidy.str.contains(_CONTROL).fill_null(False)
    values: list[str | None] = [text or None for text in tidy.to_list()]
    column = Column(values)
    for position in (long | control).arg_true().to_list():
        values[position] = None
        column.problems[position] = "too_long" if long[position] else "control"
    return column


def contracts(cells: pl.Series) -> Column:
    """Contract numbers, of up to 100 characters.

    A spreadsheet shows a long number as 1,23E+11 and saves it so: its digits are lost, and two
    contracts may look alike.
    """
    column = texts(cells, longest=100)
    rounded = pl.Series(column.values, dtype=pl.String).str.contains(_ROUNDED).fill_null(False)
    for position in rounded.arg_true().to_list():
        column.values[position] = None
        column.problems[position] = "rounded"
    return column


def names(cells: pl.Series) -> Column:
    """Names of people and companies: at least two letters, no more than 200 characters."""
    column = texts(cells, longest=200)
    letters = pl.Series(column.values, dtype=pl.String).str.count_matches(r"\p{L}")
    for position in ((letters < 2).fill_null(False)).arg_true().to_list():
        column.values[position] = None
        column.problems[position] = "name"
    return column


def emails(cells: pl.Series) -> Column:
    """Lower-case addresses; what the common shape does not cover is left to email-validator."""
    lower = cells.str.strip_chars().str.to_lowercase()
    common = (lower.str.contains(_EMAIL) & (lower.str.len_chars() <= 254)).fill_null(False)
    values: list[str | None] = pl.select(pl.when(common).then(lower)).to_series().to_list()
    column = Column(values)
    for position in (~common & (lower.str.len_chars() > 0)).arg_true().to_list():
        values[position] = _odd_email(lower[position])
        if values[position] is None:
            column.problems[position] = "email"
    return column


def _odd_email(text: str) -> str | None:
    if len(text) > 254:
        return None
    try:
        return validate_email(text, check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        return None


def states(cells: pl.Series) -> Column:
    """Two-letter codes of Brazilian states, from codes or full names."""
    return _looked_up(cells, lambda text: _state(text), "uf")


def choices(cells: pl.Series, words: Mapping[str, str]) -> Column:
    """Values of a small vocabulary: `words` maps plain spellings to values."""
    return _looked_up(cells, lambda text: words.get(plain(text)), "choice")


def hours(cells: pl.Series) -> Column:
    """Hours of the day, from 9, 09:00, 9h or 9h30 (the whole hour counts)."""
    number = cells.str.extract(r"^([0-9]{1,2})(?:\s*[h:][0-9]{0,2}.*|\.0+)?$", 1)
    return _looked_up(number.fill_null(cells), lambda text: _hour(text), "hour")


def days_of_month(cells: pl.Series) -> Column:
    """Days of the month, from 5, 05, 5.0 or "dia 5"; a shorter month ends before the 31st."""
    number = cells.str.extract(r"(?i)^(?:dia|day)?\s*([0-9]{1,2})(?:[.,]0+)?$", 1)
    return _looked_up(number.fill_null(cells), lambda text: _day_of_month(text), "day_of_month")


def counts(cells: pl.Series) -> Column:
    """How often something happened: 12, 12.0 or 12,0, at most MOST_TIMES."""
    number = cells.str.extract(r"^([0-9]{1,6})(?:[.,]0+)?$", 1)
    return _looked_up(number.fill_null(cells), lambda text: _count(text), "count")


def _count(text: str) -> int | None:
    is_number = text.isascii() and text.isdigit()
    return int(text) if is_number and int(text) <= MOST_TIMES else None


def _hour(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and int(text) < 24 else None


def _day_of_month(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and 1 <= int(text) <= 31 else None


def _state(text: str) -> str | None:
    code = text.strip().upper()
    return code if code in STATES else STATES_BY_NAME.get(plain(text))


def _looked_up(cells: pl.Series, look_up: object, problem: str) -> Column:
    """Each distinct text is looked up once: such columns hold few."""
    assert callable(look_up)
    known = {text: look_up(text) for text in cells.unique().to_list() if text}
    column = Column([known.get(text) for text in cells.to_list()])
    if None in known.values():
        for position, text in enumerate(cells.to_list()):
            if text and known[text] is None:
                column.problems[position] = problem
    return column
