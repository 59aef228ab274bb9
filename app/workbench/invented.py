"""People who do not exist: names drawn from common ones, documents made with their check digits,
addresses in a domain of examples."""

import random
import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from app.debts.regions import AREA_CODES, STATES

TODAY = date(2026, 11, 20)
"""The demo's files are as of this day, whenever they are made."""
_INVENTED = tomllib.loads(Path(__file__).with_name("invented.toml").read_text("utf-8"))
FIRST_NAMES: list[str] = _INVENTED["first_names"]
MIDDLE_NAMES: list[str] = ["", "", "", "", *_INVENTED["middle_names"]]
SURNAMES: list[str] = _INVENTED["surnames"]
DOMAINS: list[str] = _INVENTED["domains"]
WEIGHTS = {"SP": 30, "RJ": 14, "MG": 12, "BA": 7, "PR": 6, "RS": 6, "PE": 5, "CE": 5, "PA": 3,
           "SC": 4, "GO": 3, "MA": 2, "AM": 2, "ES": 2, "PB": 1, "RN": 1, "MT": 1, "AL": 1,
           "PI": 1, "DF": 2, "MS": 1, "SE": 1, "RO": 1, "TO": 1, "AC": 1, "AP": 1,
           "RR": 1}  # fmt: skip
"""Of a hundred people or so, how many live in a state."""
assert set(WEIGHTS) == set(STATES), "every state has people"


@dataclass(frozen=True)
class Person:
    """Somebody invented: a CPF and a phone with its area code as digits, an address or none."""

    name: str
    document: str
    born: date
    uf: str
    phone: str
    email: str


def person(draw: random.Random, seen: set[str]) -> Person:
    """Somebody new, 18 to 80 years old; `seen` holds the documents given out."""
    first, middle = draw.choice(FIRST_NAMES), draw.choice(MIDDLE_NAMES)
    last = draw.sample(SURNAMES, draw.choice((1, 2, 2)))
    name = " ".join(part for part in (first, middle, *last) if part)
    document = cpf(draw)
    while document in seen:
        document = cpf(draw)
    seen.add(document)
    uf = draw.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
    area = draw.choice([code for code, state in AREA_CODES.items() if state == uf])
    mailbox = f"{_ascii(first)}.{_ascii(last[-1].split()[-1])}{draw.randrange(10, 99_999)}"
    return Person(
        name=name if draw.random() < 0.7 else name.upper(),
        document=document,
        born=TODAY - timedelta(days=draw.randrange(19 * 366, 80 * 365)),
        uf=uf,
        phone=f"{area}9{draw.randrange(6, 10)}{draw.randrange(10**7):07}",
        email=f"{mailbox}@{draw.choice(DOMAINS)}" if draw.random() < 0.92 else "",
    )


def cpf(draw: random.Random) -> str:
    """Eleven digits with right check digits."""
    digits = [draw.randrange(10) for _ in range(9)]
    for length in (10, 11):
        total = sum(d * weight for d, weight in zip(digits, range(length, 1, -1), strict=True))
        digits.append(total * 10 % 11 % 10)
    return "".join(map(str, digits))


def _ascii(text: str) -> str:
    plain = text.lower().translate(str.maketrans("áàâãéêíóôõúüç", "aaaaeeiooouuc"))
    return "".join(character for character in plain if character.isascii())
