"""How a person may be recognised: what is typed, how often, and the six digits of a code."""

import re
import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from validate_docbr import CNPJ, CPF

CODE_DIGITS = 6
CODE_MINUTES = 10
CODE_TRIES = 5

_SEPARATED_DATE = re.compile(r"^(\d{1,2})\D+(\d{1,2})\D+(\d{2}|\d{4})$")
_ISO_DATE = re.compile(r"^(\d{4})\D(\d{1,2})\D(\d{1,2})$")
_TOGETHER = re.compile(r"^(\d{2})(\d{2})(\d{4}|\d{2})$")


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` attempts by one subject of `kind` in a window."""

    kind: str
    most: int
    window: timedelta

    def window_start(self, at: datetime) -> datetime:
        """The start of the fixed window that `at` lies in (counted from the epoch)."""
        elapsed = at.astimezone(UTC).timestamp() // self.window.total_seconds()
        return datetime.fromtimestamp(elapsed * self.window.total_seconds(), UTC)


PERSON = Limit("person", 5, timedelta(minutes=15))
PERSON_DAY = Limit("person_day", 20, timedelta(days=1))
DEVICE = Limit("device", 10, timedelta(minutes=15))
ADDRESS = Limit("address", 100, timedelta(minutes=15))
"""Generous: a mobile operator puts many people behind one address."""


def parse_document(text: str) -> str | None:
    """A CPF (digits) or CNPJ (digits, or the alphanumeric form) as it is indexed, or None."""
    plain = re.sub(r"[\s./-]", "", text).upper()
    if len(plain) == 11 and plain.isdigit() and CPF().validate(plain):
        return plain
    if len(plain) == 14 and CNPJ().validate(plain):
        return plain
    return None


def parse_birth_date(text: str, today: date) -> date | None:
    """A birth date as people type it, day first: 7/3/1985, 07031985, 07.03.85, 1985-03-07.

    A year of two digits is the latest one that has passed. None for what is no date, lies in the
    future or more than 130 years back.
    """
    text = text.strip()
    if found := _ISO_DATE.match(text):
        year, month, day = found.groups()
    elif found := _SEPARATED_DATE.match(text) or _TOGETHER.match(text):
        day, month, year = found.groups()
    else:
        return None
    return _past_date(int(day), int(month), year, today)


def _past_date(day: int, month: int, year: str, today: date) -> date | None:
    number = int(year)
    if len(year) == 2:
        number += today.year // 100 * 100
        if number > today.year:
            number -= 100
    try:
        born = date(number, month, day)
    except ValueError:
        return None
    return born if today.year - 130 <= born.year and born <= today else None


def parse_code(text: str) -> str | None:
    """The six digits, however they were spaced; None for anything else."""
    digits = re.sub(r"[\s.-]", "", text)
    return digits if re.fullmatch(r"[0-9]{6}", digits) else None


def new_code() -> str:
    """Six random digits."""
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
