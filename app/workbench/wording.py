"""The workbench's own pages, in the language of whoever looks."""

from functools import cache
from typing import Any

from flask import render_template, request
from markupsafe import Markup

from themes import formats
from themes.translations import LOCALES, catalogue

DOMAIN = "workbench"
TIME_ZONE = "America/Sao_Paulo"


def current() -> str:
    """The reader's locale: what the browser asks for, else Portuguese."""
    tags = [locale.replace("_", "-") for locale in LOCALES]
    return (request.accept_languages.best_match(tags) or tags[0]).replace("-", "_")


def page(template: str, **context: Any) -> str:
    """A page of the workbench. The pieces it shows bring their own words."""
    locale = current()
    return render_template(
        template,
        language=locale.replace("_", "-"),
        moment=lambda at: formats.moment(at, TIME_ZONE, locale),
        number=lambda count: formats.number(count, locale),
        **_words(locale),
        **context,
    )


def N_(message: str) -> str:
    """Mark a message that is looked up elsewhere."""
    return message


@cache
def _words(locale: str) -> dict[str, Any]:
    texts = catalogue(locale, DOMAIN)

    def gettext(message: str, **values: object) -> Markup:
        said = Markup(texts.gettext(message))
        return said % values if values else said

    def ngettext(one: str, many: str, count: int, **values: object) -> Markup:
        shown = {"num": formats.number(count, locale), **values}
        return Markup(texts.ngettext(one, many, count)) % shown

    return {"_": gettext, "ngettext": ngettext}
