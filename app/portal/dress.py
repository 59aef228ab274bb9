"""Put a page into the creditor's dress: its brand, its skin, its formats."""

import hashlib
import threading
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from cachetools import LRUCache
from flask import Response, g, make_response, request, url_for
from flask_wtf.csrf import generate_csrf
from jinja2 import Environment
from markupsafe import escape

from app.config import settings
from app.portal import language, shell, visitor
from tenants.scope import within
from themes import brands, formats
from themes.brands import Brand

STATIC = Path(__file__).with_name("static")


def brand() -> Brand:
    """The published brand of this request's tenant. Raises LookupError before the first one."""
    if "brand" not in g:
        g.brand = brands.kept(g.tenant.id) or _published()
    found: Brand = g.brand
    return found


def _published() -> Brand:
    with within(g.tenant) as session:
        return brands.published(session)


def render(template: str, *, status: int = 200, **context: Any) -> Response:
    """A page in the tenant's skin; `context` is what the page is about."""
    return make_response(page(f"portal/{template}.html", **context), status)


def page(
    template: str,
    *,
    signed_in: bool | None = None,
    twin_banner: bool | None = None,
    mode: str | None = None,
    **context: Any,
) -> str:
    """A page as HTML: its own blocks inside the shell of its dress.

    `signed_in` None asks the visitor's cookie, `twin_banner` None the settings; `mode` forces
    light or dark.
    """
    inside = visitor.is_signed_in() if signed_in is None else signed_in
    simulated = settings().payments_are_simulated if twin_banner is None else twin_banner
    common = {**surroundings(inside), "mode": mode, "twin_banner": simulated}
    blocks = shell.parts(template, {**common, **context})
    if not blocks["after"].strip():
        blocks["after"] = ""
    token = generate_csrf() if inside else ""
    return _shell(common, has_after=bool(blocks["after"])).fill(
        {**blocks, **_elsewhere(), "csrf_token": token}
    )


def render_same(template: str) -> Response:
    """A page that is the same for everybody who is not identified: made once per dress.

    Such a page holds no form, no token and nobody's name; its key names all that it depends on.
    """
    if visitor.is_signed_in() or request.query_string:
        return render(template)
    worn = brand()
    key = (template, g.tenant.host, worn.version_id, worn.stylesheet_hash, language.current())
    with _lock:
        html = _same.get(key)
    if html is None:
        html = render(template).get_data()
        with _lock:
            _same[key] = html
    return make_response(html)


_same: LRUCache[tuple[object, ...], bytes] = LRUCache(maxsize=4_096)
_lock = threading.Lock()


def surroundings(signed_in: bool) -> dict[str, Any]:
    """What a page's own blocks and its shell both ask for, besides the page's subject."""
    worn = brand()
    return {
        "components": f"{worn.skin}/components.html",
        "brand": worn,
        "tenant": g.tenant,
        "locale": language.current(),
        "asset_url": _asset_url,
        "static_url": static_url,
        "person_signed_in": signed_in,
        "csrf_token": generate_csrf,
    }


def _shell(common: Mapping[str, Any], *, has_after: bool) -> shell.Shell:
    """The shell for this request; whatever differs between two of them is in the key."""
    worn, inside = common["brand"], common["person_signed_in"]
    shown = request.endpoint if inside and request.endpoint in NAV else None
    key = (
        *(g.tenant.host, worn.version_id, worn.stylesheet_hash, common["locale"], common["mode"]),
        *(inside, shown, common["twin_banner"], has_after),
    )
    return shell.of(
        key,
        lambda: {
            **common,
            "layout": f"{worn.skin}/layout.html",
            "language_tag": language.TAGS[common["locale"]],
            "language_links": _languages(common["locale"]),
            "stylesheet_url": url_for("portal.stylesheet", digest=worn.stylesheet_hash),
            "csrf_token": lambda: shell.place("csrf_token"),
            "nav": _nav(shown) if inside else [],
            "has_after": has_after,
        },
    )


def _languages(chosen: str) -> list[tuple[str, str, str, bool]]:
    return [
        (shell.place(f"speak_{code}"), name, language.TAGS[code], code == chosen)
        for code, name in language.NAMES.items()
    ]


def _elsewhere() -> dict[str, str]:
    """Where each language is chosen, and the way back here from there."""
    here = request.full_path.rstrip("?") if request.method == "GET" else None
    if request.endpoint == "portal.link":
        here = None  # its address is a secret: it goes into no other address
    return {
        f"speak_{code}": escape(url_for("portal.speak", locale=code, to=here))
        for code in language.NAMES
        if code != language.current()
    }


NAV = {
    "portal.offer": language.N_("My offer"),
    "portal.debts": language.N_("My accounts"),
    "portal.agreements": language.N_("My agreements"),
    "portal.preferences": language.N_("Preferences"),
}


def _nav(shown: str | None) -> list[tuple[str, str, bool]]:
    return [(url_for(to), language.gettext(label), to == shown) for to, label in NAV.items()]


def _asset_url(role: str) -> str | None:
    asset = brand().assets.get(role)
    return asset.url if asset else None


@cache
def static_url(filename: str) -> str:
    """The address of a module of ours; it changes with its content."""
    version = hashlib.sha256((STATIC / filename).read_bytes()).hexdigest()[:12]
    return url_for("portal.static", filename=filename, v=version)


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


FILTERS: dict[str, Callable[..., Any]] = {
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
    "kept": cache,
}


def _address(endpoint: str, **values: Any) -> str:
    """`url_for` for templates: an address of the portal that has no values is made once."""
    if values or not endpoint.startswith("portal."):
        return url_for(endpoint, **values)
    return _fixed_address(endpoint)


@cache
def _fixed_address(endpoint: str) -> str:
    return url_for(endpoint)


def prepare(environment: Environment) -> None:
    """Give templates the formats of the reader's locale, and addresses."""
    environment.filters.update(FILTERS)
    environment.globals["url_for"] = _address
