"""The front door, and the choice of language."""

from urllib.parse import urlsplit

from flask import Response, abort, g, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.config import settings
from app.portal import language
from app.portal.blueprint import portal
from app.portal.dress import render_same

A_YEAR_SECONDS = 365 * 24 * 3600


@portal.get("/")
def home() -> Response:
    """Who this is, why it is safe, and the way in."""
    g.public = True
    return render_same("home")


@portal.get("/idioma/<locale>")
def speak(locale: str) -> AnyResponse:
    """Keep the language that was chosen and go back to where it was chosen."""
    if locale not in language.TAGS:
        abort(404)
    response = redirect(_back_to(request.args.get("to", "")))
    response.set_cookie(
        language.COOKIE,
        locale,
        max_age=A_YEAR_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=settings().is_production,
    )
    return response


def _back_to(path: str) -> str:
    """A path of this portal, never another site."""
    try:
        elsewhere = urlsplit(path).netloc
    except ValueError:  # "http://[": no address at all
        elsewhere = path
    safe = path.startswith("/") and not path.startswith(("//", "/\\"))
    return path if safe and not elsewhere else url_for("portal.home")


@portal.get("/saude")
def health() -> tuple[str, int]:
    """For whoever watches: this creditor's portal answers."""
    return "ok", 200
