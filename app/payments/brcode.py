"""Pix codes: the BR Code, an EMV merchant-presented QR text (BCB, Manual do BR Code 2.0)."""

import re
from dataclasses import dataclass

from themes.formats import ascii as plain

POLYNOMIAL = 0x1021
DYNAMIC = "12"
NAME_LIMIT = 25
CITY_LIMIT = 15


class Malformed(ValueError):
    """A text that is not a BR Code, or whose checksum is wrong."""


@dataclass(frozen=True, slots=True)
class BrCode:
    """What a Pix code says. `url` is None for a static code, which carries a key instead."""

    is_dynamic: bool
    url: str | None
    amount_cents: int | None
    merchant_name: str
    merchant_city: str


def checksum(text: str) -> str:
    """CRC-16/CCITT-FALSE over the bytes of `text`, four upper-case hexadecimal digits."""
    value = 0xFFFF
    for byte in text.encode():
        value ^= byte << 8
        for _ in range(8):
            value = (value << 1) ^ POLYNOMIAL if value & 0x8000 else value << 1
            value &= 0xFFFF
    return f"{value:04X}"


def compose(*, url: str, amount_cents: int, merchant_name: str, merchant_city: str) -> str:
    """A dynamic BR Code; `url` without its scheme. Names are transliterated and cut to size."""
    account = _field("00", "br.gov.bcb.pix") + _field("25", url)
    body = "".join(
        (
            _field("00", "01"),
            _field("01", DYNAMIC),
            _field("26", account),
            _field("52", "0000"),
            _field("53", "986"),
            _field("54", f"{amount_cents // 100}.{amount_cents % 100:02d}"),
            _field("58", "BR"),
            _field("59", printed_name(merchant_name)),
            _field("60", plain(merchant_city).upper()[:CITY_LIMIT].strip()),
            _field("62", _field("05", "***")),
            "6304",
        )
    )
    return body + checksum(body)


def parse(text: str) -> BrCode:
    """Read a code. Raises Malformed, also for a wrong checksum."""
    fields = _read(text)
    if text[-8:-4] != "6304" or checksum(text[:-4]) != text[-4:].upper():
        raise Malformed("the checksum of the code is wrong")
    account = _read(fields.get("26", ""))
    if account.get("00", "").lower() != "br.gov.bcb.pix":
        raise Malformed("not a Pix code")
    url = account.get("25")
    return BrCode(
        is_dynamic=fields.get("01") == DYNAMIC and url is not None,
        url=url,
        amount_cents=_amount(fields.get("54")),
        merchant_name=fields.get("59", ""),
        merchant_city=fields.get("60", ""),
    )


def printed_name(name: str) -> str:
    """A name as a code carries it: ASCII, upper case, at most 25 characters."""
    return plain(name).upper()[:NAME_LIMIT].strip()


def _field(tag: str, value: str) -> str:
    if not 0 < len(value) < 100:
        raise Malformed(f"field {tag} holds 1 to 99 characters")
    return f"{tag}{len(value):02d}{value}"


def _read(text: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    position = 0
    while position < len(text):
        tag, length = text[position : position + 2], text[position + 2 : position + 4]
        if not re.fullmatch(r"[0-9]{4}", tag + length):
            raise Malformed("a field has no tag and length")
        value = text[position + 4 : position + 4 + int(length)]
        if len(value) != int(length) or tag in fields:
            raise Malformed(f"field {tag} is cut short or repeated")
        fields[tag] = value
        position += 4 + int(length)
    return fields


def _amount(text: str | None) -> int | None:
    if text is None:
        return None
    match = re.fullmatch(r"([0-9]{1,10})(?:\.([0-9]{2}))?", text)
    if match is None:
        raise Malformed("the amount of the code is not an amount")
    return int(match[1]) * 100 + int(match[2] or 0)
