"""Put a page into the creditor's dress: its brand, its skin, its formats."""

import hashlib
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from flask import Response, current_app, g, make_response, request, url_for
from flask.globals import request_ctx
from markupsafe import Markup, escape

from app.config import settings
from app.portal import language, moulds, shell, visitor
from app.portal.cookies import form_token
from app.portal.worn import brand
from tenants.kept import Kept

HTML = "text/html; charset=utf-8"
STATIC = Path(__file__).with_name("static")


def render(template: str, *, status: int = 200, **context: Any) -> Response:
    """A page in the tenant's skin; `context` is what the page is about."""
    html = page(f"portal/{template}.html", **context)
    return current_app.response_class(html, status, content_type=HTML)


def page(
    template: str,
    *,
    signed_in: bool | None = None,
    twin_banner: bool | None = None,
    mode: str | None = None,
    is_moulded: bool = False,
    **context: Any,
) -> str:
    """A page as HTML: its own blocks inside the shell of its dress.

    `signed_in` None asks the visitor's cookie, `twin_banner` None the settings; `mode` forces
    light or dark. `is_moulded` fills a mould of the page instead of running its template.
    """
    inside = visitor.is_signed_in() if signed_in is None else signed_in
    simulated = settings().payments_are_simulated if twin_banner is None else twin_banner
    common = {**surroundings(inside), "mode": mode, "twin_banner": simulated}
    token = form_token() if inside else ""
    if is_moulded:
        blocks = moulds.parts(template, common, context, token)
    else:
        blocks = shell.parts(template, {**common, **context})
    if not blocks["after"].strip():
        blocks["after"] = ""
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
    html = _same.get(key)
    if html is None:
        html = render(template).get_data()
        _same.keep(key, html)
    return make_response(html)


_same: Kept[tuple[object, ...], bytes] = Kept(4_096)


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
        "csrf_token": form_token,
    }


def _shell(common: Mapping[str, Any], *, has_after: bool) -> shell.Shell:
    """The shell for this request; whatever differs between two of them is in the key."""
    worn, inside = common["brand"], common["person_signed_in"]
    shown = request_ctx.request.endpoint if inside else None
    if shown not in NAV:
        shown = None
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
    asked, spoken = request_ctx.request, language.current()
    here = asked.full_path.rstrip("?") if asked.method == "GET" else None
    if asked.endpoint == "portal.link":
        here = None  # its address is a secret: it goes into no other address
    is_common = not (asked.query_string or asked.view_args)
    address = _speak_here if is_common else _speak
    return {f"speak_{code}": address(code, here) for code in language.NAMES if code != spoken}


def _speak(locale: str, here: str | None) -> Markup:
    return escape(url_for("portal.speak", locale=locale, to=here))


_speak_here = lru_cache(maxsize=256)(_speak)
"""For the pages that are at the same address for everybody."""


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
