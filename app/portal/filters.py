"""What templates say values with: formats of the reader's locale, and addresses."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any

from flask import g, url_for
from jinja2 import Environment
from markupsafe import Markup, escape

from app.portal import language
from app.portal.worn import brand
from themes import formats

LONGEST_AMOUNT = 12
"""Characters of an amount that fit at full size."""


def _money(cents: int) -> str:
    return formats.money(cents, g.tenant.currency, language.current())


def _figure(cents: int) -> Markup:
    """An amount set large: its symbol apart, so that a skin can set it smaller."""
    text = _money(cents)
    if not text.startswith("R$"):
        return escape(text)
    return Markup('<span class="symbol">R$</span>&nbsp;%s') % text[2:].strip()


def _fit(cents: int) -> str:
    """A class for an amount too long for its place at full size: set smaller, never cut."""
    return " is-long" if len(_money(cents)) > LONGEST_AMOUNT else ""


def _day(value: date) -> str:
    return formats.day(value, language.current())


def _long_day(value: date) -> str:
    return _long_days(value, language.current())


_long_days = lru_cache(maxsize=1_024)(formats.long_day)


def _moment(value: datetime) -> str:
    return formats.moment(value, g.tenant.time_zone, language.current())


def _percent(fraction: float, digits: int = 0) -> str:
    return formats.percent(fraction, language.current(), digits)


def _in_language(texts: Mapping[str, str]) -> str:
    """What a creditor wrote per locale, in the reader's or else its own."""
    return texts.get(language.current()) or texts.get(brand().locale) or ""


FILTERS: dict[str, Callable[..., Any]] = {
    "money": _money,
    "figure": _figure,
    "fit": _fit,
    "day": _day,
    "long_day": _long_day,
    "moment": _moment,
    "percent": _percent,
    "document_masked": formats.document_masked,
    "cnpj": formats.cnpj,
    "phone": formats.phone,
    "first_name": formats.first_name,
    "full_name": formats.full_name,
    "in_language": _in_language,
    "kept": cache,
}


COMMON = {"option"}
"""Values of an address that say nothing about anybody: there are only a few of them."""


def _address(endpoint: str, **values: Any) -> str:
    """`url_for` for templates: an address of the portal that is the same for all is made once."""
    if values.keys() <= COMMON and endpoint.startswith("portal."):
        return _common_address(endpoint, **values)
    return url_for(endpoint, **values)


@cache
def _common_address(endpoint: str, **values: Any) -> str:
    return url_for(endpoint, **values)


def prepare(environment: Environment) -> None:
    """Give templates the formats of the reader's locale, and addresses."""
    environment.filters.update(FILTERS)
    environment.globals["url_for"] = _address
