"""Facts → the strings a text shows, each formatted once per message and only if it is mentioned."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Protocol

from themes import formats
from themes.voice.fragments import Field, plural_category
from themes.voice.library import locale_forms
from themes.voice.placeholders import PLACEHOLDERS, Kind

LONGEST_TEXT = 120
LONGEST_NAME = 40

_NOT_PRINTABLE = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\u200b-\u200f\u202a-\u202e\ufeff]+")
_NAME = re.compile(r"[^\W\d_]+(?:[ '’.-]{1,2}[^\W\d_]+)*\.?")


class Lexicon(Protocol):
    """The brand's own words."""

    @property
    def preferred(self) -> Mapping[str, str]: ...
    @property
    def forbidden(self) -> tuple[str, ...]: ...
    @property
    def article(self) -> str: ...
    def product(self, name: str, locale: str) -> str: ...


class Contact(Protocol):
    @property
    def phone(self) -> str | None: ...


class Voiced(Protocol):
    """What the voice asks of a brand; `themes.brands.Brand` is one."""

    @property
    def name(self) -> str: ...
    @property
    def short_name(self) -> str: ...
    @property
    def tone(self) -> str: ...
    @property
    def product_line(self) -> str: ...
    @property
    def lexicon(self) -> Lexicon: ...
    @property
    def fragments(self) -> Mapping[str, str]: ...
    @property
    def contact(self) -> Contact: ...


@dataclass(frozen=True)
class Speaker:
    """A brand's voice alone, for trials: the smallest thing that speaks."""

    name: str
    short_name: str
    tone: str
    product_line: str
    lexicon: Lexicon
    fragments: Mapping[str, str]
    contact: Contact

    @classmethod
    def of(cls, brand: Voiced, *, tone: str | None = None, **fragments: str) -> "Speaker":
        """A brand's voice with these own texts and no others, perhaps in another tone."""
        return cls(
            brand.name,
            brand.short_name,
            tone or brand.tone,
            brand.product_line,
            brand.lexicon,
            fragments,
            brand.contact,
        )


class MissingFact(LookupError):
    """A text mentions what the caller did not give."""


class Values(dict[str | Field, str]):
    """The strings of one message by placeholder (or plural field), made when first asked for."""

    def __init__(
        self, facts: Mapping[str, Any], *, locale: str, channel: str, product: str
    ) -> None:
        super().__init__()
        self._facts = facts
        self._locale = locale
        self._channel = channel
        self._product = product

    def __missing__(self, key: str | Field) -> str:
        text = self._plural(key) if isinstance(key, Field) else self._value(key)
        self[key] = text
        return text

    def _value(self, name: str) -> str:
        if derived := _DERIVED.get(name):
            return derived(self._facts, self._locale, self._channel)
        if name in ("first_name", "full_name"):
            return person_name(self._facts, name, self._locale)
        value = self._fact(name)
        match PLACEHOLDERS[name].kind:
            case Kind.MONEY:
                return _money(int(value), self._facts.get("currency") or "BRL", self._locale)
            case Kind.DATE:
                return _date(value, self._locale, self._channel == "sms")
            case Kind.COUNT:
                return formats.number(int(value), self._locale)
            case Kind.PERCENT:
                return f"{formats.number(int(value), self._locale)}%"
        return clean(str(value), LONGEST_TEXT if name != "link" else 2000)

    def _fact(self, name: str) -> Any:
        placeholder = PLACEHOLDERS[name]
        value = self._facts.get(placeholder.fact)
        if value is None:
            value = placeholder.default
        if value is None and name == "product":
            value = self._product
        if value is None:
            raise MissingFact(placeholder.fact)
        return value

    def _plural(self, field: Field) -> str:
        count = int(self._fact(field.name))
        if field.name == "instalments_count":
            count = max(count, 1)  # paid in one go is one payment
        forms = dict(field.forms)
        form = forms.get(plural_category(self._locale, count)) or forms["other"]
        return form.replace("#", formats.number(count, self._locale))


def clean(text: str, longest: int) -> str:
    """One line, printable, of bounded length: a value never breaks a header or a layout."""
    text = " ".join(_NOT_PRINTABLE.sub(" ", text).split())
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def person_name(facts: Mapping[str, Any], which: str, locale: str) -> str:
    """A first or full name in right case; "" where there is none or it does not look like a name.

    What does not look like a name (a link, a number, an account) is not repeated to anybody.
    """
    given = facts.get(which) or facts.get("full_name") or facts.get("first_name") or ""
    return _name(str(given), which, locale)


@lru_cache(maxsize=4096)
def _name(given: str, which: str, locale: str) -> str:
    given = clean(given, 200)
    if not _NAME.fullmatch(given):
        return ""
    if which == "first_name":
        name = formats.first_name(given, locale)
        return name if len(name) <= LONGEST_NAME else ""
    name = formats.full_name(given, locale)
    # A full name that is too long for a line keeps its ends: that is how people sign.
    words = name.split()
    return name if len(name) <= LONGEST_NAME else f"{words[0]} {words[-1]}"[:80]


@lru_cache(maxsize=4096)
def _money(cents: int, currency: str, locale: str) -> str:
    return formats.money(cents, currency, locale)


@lru_cache(maxsize=4096)
def _date(value: date | str, locale: str, is_short: bool) -> str:
    day = date.fromisoformat(value) if isinstance(value, str) else value
    return formats.day(day, locale) if is_short else formats.long_day(day, locale)


def _instalment(facts: Mapping[str, Any], locale: str, _channel: str) -> str:
    """ "entrada", "parcela única" or "parcela 2 de 4"; number 0 is the down payment."""
    number, count = facts.get("instalment_number"), facts.get("instalments_count")
    if number is None or count is None:
        raise MissingFact("instalment_number" if number is None else "instalments_count")
    forms: Mapping[str, str] = locale_forms(locale)["instalment"]
    if int(count) == 0 or (int(count) == 1 and int(number) == 1):
        return forms["only"]
    if int(number) == 0:
        return forms["down_payment"]
    return forms["numbered"].format(number=int(number), count=int(count))


def _channel_name(facts: Mapping[str, Any], locale: str, channel: str) -> str:
    names: Mapping[str, str] = locale_forms(locale)["channel"]
    return names.get(str(facts.get("channel") or channel), names[channel])


_DERIVED: Mapping[str, Callable[[Mapping[str, Any], str, str], str]] = {
    "instalment": _instalment,
    "channel": _channel_name,
}


def brand_values(brand: Voiced, locale: str, channel: str) -> dict[str, str]:
    """What the brand alone answers: its name, with and without article, and its phone.

    In an SMS the short name signs.
    """
    forms = locale_forms(locale)["article"]
    article = brand.lexicon.article or _guess(brand.name, forms)
    name = clean(brand.short_name if channel == "sms" else brand.name, LONGEST_TEXT)
    values = {
        f"{case}_creditor": (forms[case].get(article) or forms[case]["none"]).replace(
            "{name}", name
        )
        for case in ("the", "of", "at", "to")
    }
    phone = formats.phone(brand.contact.phone or "")
    return {**values, "creditor": name, "phone": phone}


def _guess(name: str, forms: Mapping[str, Any]) -> str:
    """The article a Brazilian would use, from the words of a company's name; "" when unknown."""
    for word in name.lower().split():
        for article in ("o", "a"):
            if word in forms.get(article, ()):
                return article
    return ""
