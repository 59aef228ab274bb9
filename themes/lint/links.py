"""Links and identifiers inside a text (L09, L10)."""

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from validate_docbr import CPF

from themes.lint.rules import Hit, rules

_TOP_LEVEL = (
    "com|net|org|br|io|app|me|ly|gl|gd|cc|link|site|online|xyz|info|biz|top|shop|store|click|page|"
    "dev|ai|us|uk|pt|co|tk|ml|ga|cf|gq|ru|cn|id|fr|eu|sh|it|at|in|to|pro|club|live|vip|website|space"
)
_LINK = re.compile(
    rf"(?<![\w@.-])(?:https?://|www\.)[^\s<>\"'{{}}]+"
    rf"|(?<![\w@.-])(?:[a-z0-9-]+\.)+(?:{_TOP_LEVEL})\b(?![\w.]*@)(?:/[^\s<>\"'{{}}]*)?",
    re.IGNORECASE,
)
_DIGIT_RUN = re.compile(r"(?<![\w-])\d(?:[\d .\-/]{8,24})\d(?![\w-])")
_MASKED_CPF = re.compile(r"(?<!\d)\d{3}\.\d{3}\.\d{3}-\d{2}(?!\d)")
_cpf = CPF()


@lru_cache(maxsize=1024)
def host_of(link: str) -> str:
    """The host of a link, lower case, without port and user: "" where there is none."""
    rest = re.sub(r"^[a-z]+://", "", link.strip(), flags=re.IGNORECASE)
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    return authority.rpartition("@")[2].partition(":")[0].lower().rstrip(".")


def blanked(text: str) -> str:
    """The text with the characters of its links out of the way of word rules, same length."""
    return _LINK.sub(lambda found: "\x00" * len(found.group()), text)


@cache
def _shorteners() -> frozenset[str]:
    return frozenset(rules()["L10"].data["shorteners"])


def foreign(text: str, hosts: tuple[str, ...]) -> Iterator[Hit]:
    """Links that are not to one of the tenant's hosts; a shortener never is."""
    for match in _LINK.finditer(text):
        shown = match.group().rstrip(".,;:!?)")
        host = host_of(shown)
        # user@host in a link shows one name and opens another.
        is_own = host in hosts and "@" not in shown.partition("?")[0]
        if not is_own or host.removeprefix("www.") in _shorteners():
            yield Hit(match.start(), match.start() + len(shown))


def identifiers(text: str) -> Iterator[Hit]:
    """Whole CPFs and card numbers, however they are spaced."""
    for match in _MASKED_CPF.finditer(text):
        yield Hit(*match.span())
    for match in _DIGIT_RUN.finditer(text):
        digits = re.sub(r"\D", "", match.group())
        if _MASKED_CPF.fullmatch(match.group()):
            continue
        if (len(digits) == 11 and _cpf.validate(digits)) or _is_card(digits):
            yield Hit(*match.span())


def _is_card(digits: str) -> bool:
    """Thirteen to nineteen digits with a right Luhn check digit (ISO/IEC 7812)."""
    if not 13 <= len(digits) <= 19 or len(set(digits)) == 1:
        return False
    total = 0
    for place, char in enumerate(reversed(digits)):
        value = int(char) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
