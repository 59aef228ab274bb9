"""The gallery: every piece of the registry in the dress of the invented creditors, as it is now.

`/gallery` lists them; `/gallery/<kind>/<name>/<state>?brand=&mode=&locale=` is one piece by itself,
rendered by the code that serves it to people.
"""

import re
from collections.abc import Callable
from pathlib import Path

from flask import (
    Response,
    abort,
    current_app,
    g,
    make_response,
    render_template,
    request,
    send_from_directory,
)

import themes
from app.workbench import artwork, mailroom, registry, wardrobe
from app.workbench.blueprint import workbench
from app.workbench.registry import Kind, Piece
from app.workbench.wardrobe import Worn
from themes.translations import LOCALES

FONTS = Path(themes.__file__).with_name("fonts") / "web"
STATIC = Path(__file__).with_name("static")
STRICT = "; ".join(
    (
        "default-src 'none'",
        "connect-src 'self'",
        "font-src 'self'",
        "form-action 'self'",
        "frame-src 'self'",
        "img-src 'self' data:",
        "script-src 'self'",
        "style-src 'self'",
    )
)
MAIL = "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; font-src 'self'"
"""A mail carries its styles with it."""
IMAGES_OF_A_PORTAL = re.compile(r'"https?://[^"/]+/static/')
"""A mail names them in full; the gallery has them at hand."""


@workbench.get("/gallery")
def gallery() -> Response:
    """All pieces of one brand, side by side."""
    wardrobe.forget()
    groups: dict[Kind, dict[str, list[Piece]]] = {}
    for piece in registry.pieces():
        groups.setdefault(piece.kind, {}).setdefault(piece.name, []).append(piece)
    brand, mode, locale = _choice()
    html = render_template(
        "gallery/index.html",
        groups=groups,
        brand=brand,
        mode=mode,
        locale=locale,
        width=390 if request.args.get("width") != "1280" else 1280,
        brands=wardrobe.SLUGS,
        modes=registry.MODES,
        locales=LOCALES,
        widths=registry.WIDTHS,
        view=registry.View,
    )
    return _answer(html, STRICT)


@workbench.get("/gallery/<kind>/<path:name>/<state>")
def piece(kind: str, name: str, state: str) -> Response:
    """One piece by itself."""
    shown = Piece(Kind(kind), name, state) if kind in Kind.__members__.values() else None
    if shown not in registry.pieces():
        abort(404)
    brand, mode, locale = _choice()
    worn = wardrobe.worn(brand)
    return SHOWN[shown.kind](shown, worn, mode, locale)


def _page(shown: Piece, worn: Worn, mode: str, locale: str) -> Response:
    g.tenant, g.brand, g.locale = worn.tenant, worn.brand, locale
    template = registry.page_template(shown.name)
    html = registry.samples().page(template, shown.state, locale=locale, mode=mode)
    del g.tenant  # the answer is the platform's: a portal's headers would forbid the frame
    return _answer(html.replace('"/static/', '"/gallery/static/'), STRICT)


def _email(shown: Piece, worn: Worn, mode: str, locale: str) -> Response:
    html = IMAGES_OF_A_PORTAL.sub(
        '"/gallery/static/', mailroom.email(worn, shown.name, locale).html
    )
    return _answer(html.replace("<html ", f'<html data-mode="{mode}" ', 1), MAIL)


def _sms(shown: Piece, worn: Worn, mode: str, locale: str) -> Response:
    text = mailroom.sms(worn, shown.name, locale)
    html = render_template(
        "gallery/sms.html", text=text, brand=worn.brand, mode=mode, locale=locale
    )
    return _answer(html, STRICT)


def _ad(shown: Piece, worn: Worn, mode: str, locale: str) -> Response:
    ad = artwork.ad(worn, shown.name, locale)
    context = {"brand": worn.brand, "mode": mode, "locale": locale}
    html = render_template("gallery/ad.html", ad=ad, **context)
    return _answer(html, STRICT)


SHOWN: dict[Kind, Callable[[Piece, Worn, str, str], Response]] = {
    Kind.PAGE: _page,
    Kind.EMAIL: _email,
    Kind.SMS: _sms,
    Kind.AD: _ad,
}


@workbench.get("/gallery/static/brand/<digest>.css")
def gallery_stylesheet(digest: str) -> Response:
    """A creditor's stylesheet, its fonts found beside it."""
    css = wardrobe.stylesheet(digest)
    if css is None:
        abort(404)
    css = css.replace("url(/static/", "url(/gallery/static/")
    return make_response(css, {"Content-Type": "text/css; charset=utf-8"})


@workbench.get("/gallery/static/asset/<sha256>.<extension>")
def gallery_asset(sha256: str, extension: str) -> Response:
    """A creditor's logo or icon."""
    made = wardrobe.image(sha256)
    if made is None:
        abort(404)
    return make_response(made.content, {"Content-Type": made.content_type})


@workbench.get("/gallery/static/fonts/<filename>")
def gallery_font(filename: str) -> Response:
    """A font of a skin."""
    return send_from_directory(FONTS, filename, mimetype="font/woff2")


@workbench.get("/gallery/static/portal/<path:filename>")
def gallery_script(filename: str) -> Response:
    """A module of the portal."""
    folder = current_app.blueprints["portal"].static_folder
    if folder is None:
        abort(404)
    return send_from_directory(folder, filename)


@workbench.get("/gallery/static/<filename>")
def gallery_static(filename: str) -> Response:
    """The gallery's own stylesheet."""
    return send_from_directory(STATIC, filename)


def _choice() -> tuple[str, str, str]:
    brand = request.args.get("brand", wardrobe.SLUGS[0])
    mode = request.args.get("mode", registry.MODES[0])
    locale = request.args.get("locale", LOCALES[0])
    if brand not in wardrobe.SLUGS or mode not in registry.MODES or locale not in LOCALES:
        abort(404)
    return brand, mode, locale


def _answer(html: str, policy: str) -> Response:
    headers = {"Content-Security-Policy": policy, "Cache-Control": "no-store"}
    return make_response(html, headers)
