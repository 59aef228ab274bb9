"""What a single value of a creditor's file must be; each failure is a msgid with its values."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from email_validator import EmailNotValidError, validate_email
from marshmallow import ValidationError
from phonenumbers import NumberParseException, is_valid_number, parse
from validate_docbr import CNPJ

Problem = tuple[str, Mapping[str, object]]
"""A msgid of the catalogue "files" and its values; translated where it is shown."""
ONE_OF = "Choose one of: %(choices)s."
LENGTH, EXACT = "Between %(least)s and %(most)s characters.", "Exactly %(most)s characters."
COUNT, EXACT_COUNT = "From %(least)s to %(most)s entries.", "Exactly %(most)s entries."
COLOUR = re.compile(r"#([0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE)


def _say(message: str, **values: object) -> ValidationError:
    problem: Problem = (message, values)
    return ValidationError([problem])


def written(number: float) -> str:
    """A number as a file may write it: 36_500, 0.5."""
    return f"{int(number):_}" if number == int(number) else str(number)


def one_of(choices: tuple[str, ...]) -> Callable[[str], None]:
    """One of a few words."""

    def check(value: str) -> None:
        if value not in choices:
            raise _say(ONE_OF, choices=", ".join(choices))

    return check


def length(least: int, most: int) -> Callable[[str], None]:
    """So many characters."""

    def check(value: str) -> None:
        if not least <= len(value) <= most:
            raise _say(EXACT if least == most else LENGTH, least=least, most=most)

    return check


def count(least: int, most: int) -> Callable[[list[Any]], None]:
    """So many entries of a list."""

    def check(value: list[Any]) -> None:
        if not least <= len(value) <= most:
            raise _say(EXACT_COUNT if least == most else COUNT, least=least, most=most)

    return check


def plain(value: str) -> None:
    """One line, nothing invisible: it ends up in mail headers."""
    if any(ord(character) < 32 or ord(character) == 127 for character in value):
        raise _say("Line breaks and control characters do not belong here.")


def colour(value: str) -> None:
    """ "#rgb" or "#rrggbb"."""
    if not COLOUR.fullmatch(value):
        raise _say('A colour is written as "#rrggbb".')


def cnpj_number(value: str) -> None:
    """Check digits right, letters allowed (IN RFB 2.229/2024)."""
    if not CNPJ().validate(value):
        raise _say("This CNPJ is not valid: check its digits.")


def email_address(value: str) -> None:
    """An address by its form; nothing is looked up."""
    try:
        validate_email(value, check_deliverability=False)
    except EmailNotValidError as error:
        raise _say("This is not an e-mail address.") from error


def phone_number(value: str) -> None:
    """E.164, or a Brazilian 0800/0300."""
    if re.fullmatch(r"0[38]00[ -]?\d{3}[ -]?\d{4}", value):
        return
    try:
        valid = value.startswith("+") and is_valid_number(parse(value))
    except NumberParseException:
        valid = False
    if not valid:
        raise _say("A phone is written as +551130000000, or as 0800 000 0000.")


def https_site(value: str) -> None:
    """A plain https address, without query or user."""
    if not re.fullmatch(r"https://[a-z0-9.-]+\.[a-z]{2,}(/[\w./-]*)?", value):
        raise _say("A site is an address that begins with https://.")
