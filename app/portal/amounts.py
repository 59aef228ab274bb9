"""Amounts of money as people type them."""

import re


def typed_amount(cents: int, point: str = ",") -> str:
    """Cents as they are typed into a field: 12345 → "123,45"."""
    return f"{cents // 100}{point}{cents % 100:02d}"


AMOUNT = re.compile(
    r"(?:[^\d\-−–]*[^\w\-−–.,])?([.,]?\d(?:[\d.,]*\d)?)[.,]?"
    r"(?:\s?[€$£])?(?:[\s/](?!\s*(?:mil|thousand|k\b))[^\d%]*)?",
    re.IGNORECASE,
)
"""One number, with a currency beside it and a word after it; no sign, no second number, and no word
that makes another number of it."""


def parse_cents(text: str) -> int | None:
    """An amount as it is typed, in cents: "1.234,56", "1234.56", "R$ 50". None if it is none."""
    found = AMOUNT.fullmatch(re.sub(r"(?<=\d)\s+(?=\d)", "", text.strip()))
    if found is None:
        return None
    plain = found[1]
    last = max(plain.rfind(","), plain.rfind("."))
    decimals = plain[last + 1 :] if last >= 0 else ""
    if last < 0 or len(decimals) == 3 or len(decimals) > 3:
        whole, decimals = re.sub(r"[.,]", "", plain), ""
    else:
        whole = re.sub(r"[.,]", "", plain[:last])
    if len(whole) > 12:
        return None
    return int(whole or "0") * 100 + int((decimals + "00")[:2])
