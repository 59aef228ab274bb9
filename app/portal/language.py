"""Which language a page speaks, and its words: gettext over the catalogue "portal"."""

from functools import cache, lru_cache
from typing import Any

from flask import g, has_request_context
from flask.globals import request_ctx
from jinja2 import Environment
from markupsafe import Markup, escape
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from app.portal.worn import brand
from themes.translations import LOCALES, catalogue

COOKIE = "language"
DOMAIN = "portal"
TAGS = {"pt_BR": "pt-BR", "en": "en"}
NAMES = {"pt_BR": "Português", "en": "English"}


def current() -> str:
    """The locale of this request: chosen by hand, else the browser's, else the brand's."""
    try:
        return g.locale  # type: ignore[no-any-return]  # every word asks: no detour
    except (AttributeError, RuntimeError):
        if not has_request_context():
            return LOCALES[0]
        g.locale = chosen = _choose()
        return chosen


def _choose() -> str:
    asked = request_ctx.request  # itself: asked through its proxy, each of these costs a detour
    if COOKIE in asked.cookies and (chosen := asked.cookies[COOKIE]) in LOCALES:
        return chosen
    return _wished(asked.headers.get("Accept-Language", "")) or brand().locale


@lru_cache(maxsize=1_024)
def _wished(header: str) -> str | None:
    """What a browser asks for, if we speak it. There are few such headers, and many requests."""
    wishes = parse_accept_header(header, LanguageAccept)
    match = wishes.best_match([TAGS[locale] for locale in LOCALES])
    return next((locale for locale in LOCALES if match == TAGS[locale]), None)


def gettext(message: str, **values: object) -> str:
    """`message` in the current locale, with %(name)s filled in."""
    words = text(current(), message)
    return words % values if values else words


@lru_cache(maxsize=4_096)
def text(locale: str, message: str) -> str:
    """`message` in a locale that was asked before."""
    return catalogue(locale, DOMAIN).gettext(message)


def ngettext(one: str, many: str, count: int, **values: object) -> str:
    """The plural form that fits `count`, which fills %(num)s."""
    return str(_form(current(), one, many, count) % {"num": count, **values})


def counted(locale: str, one: str, many: str, count: int) -> str:
    """The same, in a locale that was asked before."""
    return _form(locale, one, many, count) % {"num": count}


@lru_cache(maxsize=4_096)
def _form(locale: str, one: str, many: str, count: int) -> str:
    return catalogue(locale, DOMAIN).ngettext(one, many, count)


def _markup(message: str, **values: object) -> Markup:
    words = _words(current(), message)
    return words % values if values else words


@cache
def _words(locale: str, message: str) -> Markup:
    return Markup(catalogue(locale, DOMAIN).gettext(message))  # noqa: S704 - our own words


def _plural(one: str, many: str, count: int, **values: object) -> Markup:
    words = _form(current(), one, many, count)
    if not values and type(count) is int:
        return Markup(words % {"num": count})  # noqa: S704 - our own words, and a number
    return Markup(words) % {"num": count, **values}  # noqa: S704 - our own words


def N_(message: str) -> str:
    """Mark a message that is looked up elsewhere."""
    return message


class Later:
    """Words that are put into the reader's language when they are shown, not when defined."""

    def __init__(self, message: str, **values: object) -> None:
        self._message = message
        self._values = values

    def __str__(self) -> str:
        return gettext(self._message, **self._values)

    def __html__(self) -> str:
        return str(escape(str(self)))

    def __mod__(self, _values: Any) -> "Later":
        return self


def later(message: str, **values: object) -> Any:
    """Mark a message for a form; typed Any because wtforms asks for str and takes what shows."""
    return Later(message, **values)


def prepare(environment: Environment) -> None:
    """Give templates `_` and `ngettext`."""
    environment.globals.update(_=_markup, gettext=_markup, ngettext=_plural)
