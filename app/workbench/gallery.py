"""The gallery: every piece of the registry in the dress of the invented creditors, as it is now.

`/gallery` lists them; `/gallery/<kind>/<name>/<state>?brand=&locale=` is one piece by itself,
rendered by the code that serves it to people. It is as light or dark as the screen asks for, unless
`mode=` forces it.
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
    request,
    send_from_directory,
)

import themes
from app.workbench import artwork, mailroom, registry, wardrobe, wording
from app.workbench.blueprint import workbench
from app.workbench.registry import Kind, Piece
from app.workbench.wardrobe import Worn
from app.workbench.wording import N_
from themes.stylesheet import inline_source
from themes.translations import LOCALES

KINDS = {
    Kind.PAGE: N_("Pages"),
    Kind.EMAIL: N_("E-mails"),
    Kind.SMS: N_("SMS"),
    Kind.AD: N_("Ads"),
}
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
A_YEAR = 31_536_000
FOREVER = {"Cache-Control": f"public, max-age={A_YEAR}, immutable"}
"""For what is named by its content."""
MAIL = "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; font-src 'self'"
"""A mail carries its styles with it."""
DARK_SCREEN = "(prefers-color-scheme:dark)"
FORCED = {"light": "not all", "dark": "all"}
"""What stands in a mail for the question about the screen once the answer is given."""
FILES_OF_A_PORTAL = re.compile(r'(["(])https?://[^"/]+/static/')
"""A mail names its images and fonts in full; the gallery has them at hand."""


@workbench.get("/gallery")
def gallery() -> Response:
    """All pieces of one brand, side by side."""
    wardrobe.forget()
    groups: dict[Kind, dict[str, list[Piece]]] = {}
    for piece in registry.pieces():
        groups.setdefault(piece.kind, {}).setdefault(piece.name, []).append(piece)
    brand, mode, locale = _choice()
    html = wording.page(
        "gallery/index.html",
        groups=groups,
        brand=brand,
        mode=mode or registry.MODES[0],
        locale=locale,
        width=390 if request.args.get("width") != "1280" else 1280,
        brands=wardrobe.SLUGS,
        modes=registry.MODES,
        locales=LOCALES,
        widths=registry.WIDTHS,
        view=registry.View,
        kinds=KINDS,
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


def _page(shown: Piece, worn: Worn, mode: str | None, locale: str) -> Response:
    return _portal_page(registry.page_template(shown.name), shown.state, worn, mode, locale)


def _portal_page(template: str, state: str, worn: Worn, mode: str | None, locale: str) -> Response:
    g.tenant, g.brand, g.locale = worn.tenant, worn.brand, locale
    html = registry.samples().page(template, state, locale=locale, mode=mode)
    del g.tenant  # the answer is the platform's: a portal's headers would forbid the frame
    source = inline_source(html) if "<style>" in html else "'self'"
    strict = STRICT.replace("style-src 'self'", f"style-src {source}")
    return _answer(html.replace('"/static/', '"/gallery/static/'), strict)


def _email(shown: Piece, worn: Worn, mode: str | None, locale: str) -> Response:
    html = mailroom.email(worn, shown.name, locale, is_short=shown.state == registry.SHORT).html
    if mode:
        html = html.replace(DARK_SCREEN, FORCED[mode])
    return _answer(FILES_OF_A_PORTAL.sub(r"\1/gallery/static/", html), MAIL)


def _sms(shown: Piece, worn: Worn, mode: str | None, locale: str) -> Response:
    text = mailroom.sms(worn, shown.name, locale)
    html = wording.page("gallery/sms.html", text=text, brand=worn.brand, mode=mode, locale=locale)
    return _answer(html, STRICT)


def _ad(shown: Piece, worn: Worn, mode: str | None, locale: str) -> Response:
    if shown.name == registry.LANDING:
        return _portal_page("portal/home.html", "stranger", worn, mode, locale)
    ad = artwork.ad(worn, shown.name, locale)
    context = {"brand": worn.brand, "mode": mode, "locale": locale}
    html = wording.page("gallery/ad.html", ad=ad, **context)
    return _answer(html, STRICT)


SHOWN: dict[Kind, Callable[[Piece, Worn, str | None, str], Response]] = {
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
    return make_response(css, {"Content-Type": "text/css; charset=utf-8", **FOREVER})


@workbench.get("/gallery/static/asset/<sha256>.<extension>")
def gallery_asset(sha256: str, extension: str) -> Response:
    """A creditor's logo or icon."""
    made = wardrobe.image(sha256)
    if made is None:
        abort(404)
    return make_response(made.content, {"Content-Type": made.content_type, **FOREVER})


@workbench.get("/gallery/static/fonts/<filename>")
def gallery_font(filename: str) -> Response:
    """A font of a skin."""
    return send_from_directory(FONTS, filename, mimetype="font/woff2", max_age=A_YEAR)


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


def _choice() -> tuple[str, str | None, str]:
    """(brand, mode, locale); the mode is None where the screen decides."""
    brand = request.args.get("brand", wardrobe.SLUGS[0])
    mode = request.args.get("mode")
    locale = request.args.get("locale", LOCALES[0])
    if brand not in wardrobe.SLUGS or locale not in LOCALES or mode not in (None, *registry.MODES):
        abort(404)
    return brand, mode, locale


def _answer(html: str, policy: str) -> Response:
    headers = {"Content-Security-Policy": policy, "Cache-Control": "no-store"}
    return make_response(html, headers)
