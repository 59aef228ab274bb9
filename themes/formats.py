"""How values are written for people: money, dates, percentages, names, documents, per locale.

Every text that shows a number goes through here, so that pages, mails, SMS and PDFs agree to the
character. Spaces inside an amount are non-breaking, so that a sum never splits over two lines.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_currency, format_decimal, get_currency_precision
from phonenumbers import (
    NumberParseException,
    PhoneNumberFormat,
    format_number,
    parse,
)

NBSP = "\N{NO-BREAK SPACE}"

DAY_PATTERNS = {"pt_BR": "dd/MM/y", "en": "MMM d, y"}
LONG_DAY_PATTERNS = {"pt_BR": "d 'de' MMMM 'de' y", "en": "MMMM d, y"}
WEEKDAY_PATTERNS = {"pt_BR": "EEEE, d 'de' MMMM", "en": "EEEE, MMMM d"}
MOMENT_PATTERNS = {"pt_BR": "dd/MM/y 'às' HH:mm", "en": f"MMM d, y 'at' h:mm{NBSP}a"}

PARTICLES = frozenset(
    (
        "da",
        "das",
        "de",
        "del",
        "della",
        "der",
        "di",
        "do",
        "dos",
        "du",
        "e",
        "la",
        "van",
        "von",
        "y",
    )
)
"""Parts of a name that stay in lower case inside it."""

_NUMERALS = re.compile(r"^(?=[IVX])(X{0,2})(IX|IV|V?I{0,3})$")

_ASCII = str.maketrans(
    {
        "–": "-", "—": "-", "‑": "-", "−": "-", "‘": "'", "’": "'", "“": '"', "”": '"',
        "…": "...", "•": "-", "·": "-", "º": "o", "ª": "a", "°": "o", "€": "EUR", "£": "GBP",
        "×": "x", "½": "1/2", "ß": "ss", "Æ": "AE", "æ": "ae", "Ø": "O", "ø": "o", "Œ": "OE",
        "œ": "oe", "Ł": "L", "ł": "l", "Đ": "D", "đ": "d",
    }
)  # fmt: skip


A_THOUSAND, A_MILLION = 100_000, 100_000_000
"""In cents."""


def _in_portuguese(cents: int) -> str:
    if cents < A_THOUSAND:
        return f"R${NBSP}{cents // 100},{cents % 100:02d}"
    if cents < A_MILLION:
        return f"R${NBSP}{cents // A_THOUSAND}.{cents // 100 % 1000:03d},{cents % 100:02d}"
    return f"R${NBSP}{cents // 100:,}".replace(",", ".") + f",{cents % 100:02d}"


_REAIS: dict[str, Callable[[int], str]] = {
    "pt_BR": _in_portuguese,
    "en": lambda cents: f"R${cents // 100:,}.{cents % 100:02d}",
}
"""What CLDR says of reais, written out: pages show dozens of amounts, and this is far faster."""


@cache
def _locale(locale: str) -> Locale:
    return Locale.parse(locale)


def money(cents: int, currency: str = "BRL", locale: str = "pt_BR") -> str:
    """Minor units as a price: 123456 → "R$ 1.234,56" (pt_BR), "R$1,234.56" (en)."""
    if currency == "BRL" and cents >= 0 and locale in _REAIS:
        return _REAIS[locale](cents)
    precision = get_currency_precision(currency)
    return format_currency(Decimal(cents).scaleb(-precision), currency, locale=_locale(locale))


def day(value: date, locale: str = "pt_BR") -> str:
    """A date, short: "05/01/2026"; in English with the month in letters, "Jan 5, 2026"."""
    return format_date(value, DAY_PATTERNS[locale], _locale(locale))


def long_day(value: date, locale: str = "pt_BR") -> str:
    """A date in words: "5 de janeiro de 2026", "January 5, 2026"."""
    return format_date(value, LONG_DAY_PATTERNS[locale], _locale(locale))


def weekday(value: date, locale: str = "pt_BR") -> str:
    """A near date as people say it: "segunda-feira, 5 de janeiro", "Monday, January 5"."""
    return format_date(value, WEEKDAY_PATTERNS[locale], _locale(locale))


def moment(value: datetime, time_zone: str, locale: str = "pt_BR") -> str:
    """A moment where `time_zone` (an IANA name) is: "05/01/2026 às 14:30".

    Raises ValueError for a datetime without a time zone.
    """
    if value.tzinfo is None:
        raise ValueError("a moment has a time zone")
    local = value.astimezone(ZoneInfo(time_zone))
    return format_datetime(local, MOMENT_PATTERNS[locale], locale=_locale(locale))


def number(value: int | Decimal, locale: str = "pt_BR") -> str:
    """A count with its thousands apart: 12345 → "12.345"."""
    return format_decimal(value, locale=_locale(locale))


def decimal(value: Decimal | float, locale: str = "pt_BR", digits: int = 2) -> str:
    """A measure with all its digits, half up: 0.7 with digits=3 → "0,700"."""
    rounded = Decimal(str(value)).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    return format_decimal(rounded, format="#,##0." + "0" * digits, locale=_locale(locale))


def percent(fraction: Decimal | float, locale: str = "pt_BR", digits: int = 0) -> str:
    """A fraction as a percentage, half up: 0.125 → "13%", with digits=1 "12,5%"."""
    hundredths = Decimal(str(fraction)) * 100
    rounded = hundredths.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return format_decimal(rounded, format=pattern, locale=_locale(locale)) + "%"


def first_name(name: str, locale: str = "pt_BR") -> str:
    """The first name in right case: "MARIA DAS DORES" → "Maria". Empty stays empty."""
    words = full_name(name, locale).split()
    return words[0] if words else ""


def full_name(name: str, locale: str = "pt_BR") -> str:
    """A name in right case: "ANA D'ÁVILA DOS SANTOS" → "Ana D'Ávila dos Santos".

    A name that already mixes cases is kept as its bearer wrote it; spaces are tidied. `locale` is
    part of the signature because other languages have other particles.
    """
    words = name.split()
    if not (name.isupper() or name.islower()):
        return " ".join(words)
    return " ".join(_word(word, is_first=index == 0) for index, word in enumerate(words))


def _word(word: str, *, is_first: bool) -> str:
    lower = word.lower()
    if lower in PARTICLES and not is_first:
        return lower
    if not is_first and _NUMERALS.match(word.upper()):
        return word.upper()
    return re.sub(r"[^\W\d_]+", lambda part: part.group().capitalize(), lower)


def document_masked(digits: str) -> str:
    """A CPF or CNPJ that identifies nobody alone: "***.456.789-**"."""
    if len(digits) == 11:
        return f"***.{digits[3:6]}.{digits[6:9]}-**"
    return f"**.{digits[2:5]}.{digits[5:8]}/****-**"


def cpf(digits: str) -> str:
    """Eleven digits as "123.456.789-09"; anything else is returned as it came."""
    if len(digits) != 11:
        return digits
    return f"{digits[:3]}.{digits[3:6]}.{digits[6:9]}-{digits[9:]}"


def cnpj(text: str) -> str:
    """Fourteen characters (letters allowed) as "12.345.678/0001-95"; else as it came."""
    if len(text) != 14:
        return text
    return f"{text[:2]}.{text[2:5]}.{text[5:8]}/{text[8:12]}-{text[12:]}"


NUMBER = r"[A-Z0-9*](?<![\w@/.*-].)[A-Z0-9*./]*(?:-[0-9*]+)+(?![\w-])"
"""A number written with hyphens, which no line should end inside of: an agreement's, a receipt's, a
CEP, a CNPJ. Kept together by style: another hyphen would be copied and typed as something else."""


def postal_code(text: str) -> str:
    """A CEP: eight digits as "01310-100"; else as it came."""
    return f"{text[:5]}-{text[5:]}" if len(text) == 8 and text.isdigit() else text


def phone(text: str) -> str:
    """An E.164 number as its country writes it; short codes and 0800 as they came."""
    if not text.startswith("+"):
        return text
    try:
        return format_number(parse(text), PhoneNumberFormat.NATIONAL)
    except NumberParseException:
        return text


def ascii(text: str) -> str:
    """Transliterated to plain ASCII, for SMS: "Olá – R$ 10" → "Ola - R$ 10".

    Characters without a counterpart are dropped.
    """
    if text.isascii():
        return text
    folded = unicodedata.normalize("NFKD", text.translate(_ASCII).replace(NBSP, " "))
    return folded.encode("ascii", "ignore").decode("ascii")
