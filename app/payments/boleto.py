"""Boleto numbers: the bar code of 44 digits and the line of 47 that a person types (FEBRABAN)."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

FIRST_DAY = date(1997, 10, 7)
FACTOR_SPAN = 9000
"""The due-date factor runs from 1000 to 9999 and began again at 1000 on 22 February 2025."""


class Malformed(ValueError):
    """A line that is not a boleto's, or whose check digits are wrong."""


@dataclass(frozen=True, slots=True)
class Boleto:
    """What a line says; `due_on` is the one nearest to `around` that the factor allows."""

    bank: str
    amount_cents: int
    due_on: date | None
    barcode: str


def compose(*, bank: str, due_on: date, amount_cents: int, free_field: str) -> str:
    """The line of 47 digits. `free_field` is the bank's own 25 digits."""
    if not (re.fullmatch(r"[0-9]{3}", bank) and re.fullmatch(r"[0-9]{25}", free_field)):
        raise Malformed("a bank has 3 digits, its free field 25")
    if not 0 <= amount_cents < 10**10:
        raise Malformed("the amount does not fit a boleto")
    tail = f"{factor(due_on):04d}{amount_cents:010d}{free_field}"
    return line(bank + "9" + _modulo_11(bank + "9" + tail) + tail)


def line(barcode: str) -> str:
    """The typed line of a bar code of 44 digits."""
    head, check, tail, free = barcode[:4], barcode[4], barcode[5:19], barcode[19:]
    fields = (head + free[:5], free[5:15], free[15:])
    return "".join(field + _modulo_10(field) for field in fields) + check + tail


def parse(text: str, *, around: date) -> Boleto:
    """Read a line with or without its dots and spaces. Raises Malformed on any wrong digit."""
    digits = re.sub(r"[ .]", "", text)
    if not re.fullmatch(r"[0-9]{47}", digits):
        raise Malformed("a boleto line has 47 digits")
    fields = (digits[:9], digits[10:20], digits[21:31])
    checks = (digits[9], digits[20], digits[31])
    if any(_modulo_10(field) != check for field, check in zip(fields, checks, strict=True)):
        raise Malformed("a check digit of the line is wrong")
    free = fields[0][4:] + fields[1] + fields[2]
    tail = digits[33:]
    if _modulo_11(fields[0][:4] + tail + free) != digits[32]:
        raise Malformed("the check digit of the bar code is wrong")
    return Boleto(
        bank=digits[:3],
        amount_cents=int(tail[4:]),
        due_on=_due_on(int(tail[:4]), around),
        barcode=fields[0][:4] + digits[32] + tail + free,
    )


def printed(digits: str) -> str:
    """The line as people read it: AAAAA.AAAAA BBBBB.BBBBBB CCCCC.CCCCCC D EEEEEEEEEEEEEE."""
    a, b, c, rest = digits[:10], digits[10:21], digits[21:32], digits[32:]
    return f"{a[:5]}.{a[5:]} {b[:5]}.{b[5:]} {c[:5]}.{c[5:]} {rest[0]} {rest[1:]}"


def factor(due_on: date) -> int:
    """The four-digit due-date factor."""
    days = (due_on - FIRST_DAY).days
    return days if days < 1000 else (days - 1000) % FACTOR_SPAN + 1000


def _due_on(number: int, around: date) -> date | None:
    if number == 0:
        return None
    first = FIRST_DAY + timedelta(days=number)
    spans = max(0, round((around - first).days / FACTOR_SPAN))
    return first + timedelta(days=spans * FACTOR_SPAN)


def _modulo_10(digits: str) -> str:
    total = 0
    for position, digit in enumerate(reversed(digits)):
        product = int(digit) * (2 if position % 2 == 0 else 1)
        total += product // 10 + product % 10
    return str(-total % 10)


def _modulo_11(digits: str) -> str:
    weighted = (int(digit) * (2 + place % 8) for place, digit in enumerate(reversed(digits)))
    check = 11 - sum(weighted) % 11
    return "1" if check in (10, 11) else str(check)
