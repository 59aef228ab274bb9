"""What templates say values with: formats of the reader's locale, and addresses."""

import re
from collections.abc import Callable, Mapping
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
SYMBOL = '<span class="symbol">R$</span>&nbsp;'


def _figure(text: str) -> Markup:
    """An amount set large: its symbol apart, so that a skin can set it smaller."""
    if not text.startswith("R$"):
        return escape(text)
    return Markup("".join((SYMBOL, escape(text[2:].strip()))))  # noqa: S704 - our own, and escaped


def _fit(text: str) -> str:
    """A class for an amount too long for its place at full size: set smaller, never cut."""
    return " is-long" if len(text) > LONGEST_AMOUNT else ""


_long_days = lru_cache(maxsize=1_024)(formats.long_day)


@lru_cache(maxsize=256)
def told(locale: str, currency: str, time_zone: str) -> Mapping[str, Callable[..., Any]]:
    """The formats of values, by name: for readers of `locale`, of amounts and hours as given."""

    def money(cents: int) -> str:
        return formats.money(cents, currency, locale)

    return {
        "money": money,
        "figure": lambda cents: _figure(money(cents)),
        "fit": lambda cents: _fit(money(cents)),
        "day": lambda value: formats.day(value, locale),
        "long_day": lambda value: _long_days(value, locale),
        "moment": lambda value: formats.moment(value, time_zone, locale),
        "percent": lambda fraction, digits=0: formats.percent(fraction, locale, digits),
        "document_masked": formats.document_masked,
        "cnpj": formats.cnpj,
        "phone": formats.phone,
        "first_name": formats.first_name,
        "full_name": formats.full_name,
    }


TOLD = tuple(told("en", "BRL", "UTC"))
"""The names of these formats."""


def manner() -> tuple[str, str, str]:
    """How this request tells values: what `told` is asked with."""
    tenant = g.tenant
    return language.current(), tenant.currency, tenant.time_zone


def _telling(name: str) -> Callable[..., Any]:
    return lambda *values, **named: told(*manner())[name](*values, **named)


def _in_language(texts: Mapping[str, str]) -> str:
    """What a creditor wrote per locale, in the reader's or else its own."""
    return texts.get(language.current()) or texts.get(brand().locale) or ""


def _unbroken(text: str) -> Markup:
    """A text in which no line ends inside a number with hyphens."""
    kept = '<span class="nowrap">\\g<0></span>'
    return Markup(re.sub(formats.NUMBER, kept, str(escape(text))))  # noqa: S704 - it is escaped


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
    environment.filters.update({name: _telling(name) for name in TOLD})
    environment.filters.update(in_language=_in_language, unbroken=_unbroken, kept=cache)
    environment.globals["url_for"] = _address
