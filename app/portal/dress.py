"""Put a page into the creditor's dress: its brand, its skin, its formats."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from cachetools import LRUCache
from flask import Response, g, make_response, render_template, request, url_for
from flask_wtf.csrf import generate_csrf
from jinja2 import Environment

from app.config import settings
from app.portal import language, visitor
from tenants.scope import within
from themes import brands, formats
from themes.brands import Brand

STATIC = Path(__file__).with_name("static")


def brand() -> Brand:
    """The published brand of this request's tenant. Raises LookupError before the first one."""
    if "brand" not in g:
        with within(g.tenant) as session:
            g.brand = brands.published(session)
    found: Brand = g.brand
    return found


def render(template: str, *, status: int = 200, **context: Any) -> Response:
    """A page in the tenant's skin; `context` is what the page is about."""
    html = render_template(f"portal/{template}.html", **surroundings(), **context)
    return make_response(html, status)


def render_same(template: str) -> Response:
    """A page that is the same for everybody who is not identified: made once per dress.

    Such a page holds no form, no token and nobody's name; its key names all that it depends on.
    """
    if visitor.is_signed_in() or request.query_string:
        return render(template)
    worn = brand()
    key = (template, g.tenant.host, worn.version_id, worn.stylesheet_hash, language.current())
    html = _same.get(key)
    if html is None:
        html = _same[key] = render(template).get_data()
    return make_response(html)


_same: LRUCache[tuple[object, ...], bytes] = LRUCache(maxsize=4_096)


def surroundings(*, signed_in: bool | None = None) -> dict[str, Any]:
    """What every page of a skin needs besides its own subject; None asks the visitor's cookie."""
    worn = brand()
    inside = visitor.is_signed_in() if signed_in is None else signed_in
    return {
        "layout": f"{worn.skin}/layout.html",
        "components": f"{worn.skin}/components.html",
        "brand": worn,
        "tenant": g.tenant,
        "locale": language.current(),
        "language_tag": language.TAGS[language.current()],
        "language_links": _languages(),
        "stylesheet_url": url_for("portal.stylesheet", digest=worn.stylesheet_hash),
        "asset_url": _asset_url,
        "static_url": static_url,
        "person_signed_in": inside,
        "csrf_token": generate_csrf,
        "twin_banner": settings().payments_are_simulated,
        "nav": _nav() if inside else [],
    }


def _languages() -> list[tuple[str, str, str, bool]]:
    here = request.full_path.rstrip("?") if request.method == "GET" else None
    if request.endpoint == "portal.link":
        here = None  # its address is a secret: it goes into no other address
    return [
        (url_for("portal.speak", locale=code, to=here), name, language.TAGS[code], code == chosen)
        for chosen in (language.current(),)
        for code, name in language.NAMES.items()
    ]


def _nav() -> list[tuple[str, str, bool]]:
    pages = {
        "portal.offer": language.gettext("My offer"),
        "portal.debts": language.gettext("My accounts"),
        "portal.agreements": language.gettext("My agreements"),
        "portal.preferences": language.gettext("Preferences"),
    }
    return [(url_for(page), label, page == request.endpoint) for page, label in pages.items()]


def _asset_url(role: str) -> str | None:
    asset = brand().assets.get(role)
    return asset.url if asset else None


@cache
def _version(filename: str) -> str:
    return hashlib.sha256((STATIC / filename).read_bytes()).hexdigest()[:12]


def static_url(filename: str) -> str:
    """The address of a module of ours; it changes with its content."""
    return url_for("portal.static", filename=filename, v=_version(filename))


def _money(cents: int) -> str:
    return formats.money(cents, g.tenant.currency, language.current())


def _day(value: date) -> str:
    return formats.day(value, language.current())


def _long_day(value: date) -> str:
    return formats.long_day(value, language.current())


def _moment(value: datetime) -> str:
    return formats.moment(value, g.tenant.time_zone, language.current())


def _percent(fraction: float, digits: int = 0) -> str:
    return formats.percent(fraction, language.current(), digits)


def _in_language(texts: Mapping[str, str]) -> str:
    """What a creditor wrote per locale, in the reader's or else its own."""
    return texts.get(language.current()) or texts.get(brand().locale) or ""


FILTERS: dict[str, Callable[..., str]] = {
    "money": _money,
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
}


def prepare(environment: Environment) -> None:
    """Give templates the formats of the reader's locale."""
    environment.filters.update(FILTERS)
