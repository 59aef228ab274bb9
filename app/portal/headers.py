"""What every answer of the portal tells the browser to refuse."""

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

from flask import Response, request
from flask.globals import app_ctx

from app.config import settings
from themes.stylesheet import inline_source

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
FIXED = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
A_YEAR = "max-age=31536000"
KEEPS: dict[str, dict[str, str]] = {
    "forever": {"Cache-Control": f"public, {A_YEAR}, immutable"},
    "for_one": {"Cache-Control": "private, no-cache"},
    "never": {"Cache-Control": "no-store"},
    "by_itself": {},
}
"""What an answer says about being kept. A file of ours without its version decides by itself."""


class Answer(Response):
    """A response that is sent with lines which are the same for all of its kind."""

    lines: tuple[tuple[str, str], ...] = ()

    def get_wsgi_response(
        self, environ: "WSGIEnvironment"
    ) -> tuple[Iterable[bytes], str, list[tuple[str, str]]]:
        """As Werkzeug's. The lines are joined here: nothing is left to be checked in them."""
        content, status, headers = super().get_wsgi_response(environ)
        return content, status, [*headers, *self.lines]


def protect_portal(response: Response) -> Response:
    """`protect` for whatever answers on a creditor's host."""
    return protect(response) if "tenant" in app_ctx.g else response


def protect(response: Response) -> Response:
    """Headers of every answer; what is not public is stored nowhere, not even for "back".

    An answer that has them already keeps them: it may have been allowed more since.
    """
    assert isinstance(response, Answer)
    if response.lines:
        return response
    endpoint = request.endpoint
    kept = _kept(endpoint)
    response.lines, names = _lines(settings().is_production, kept, endpoint == "portal.link")
    headers = response.headers
    for name in [name for name, _ in headers if name.lower() in names]:
        headers.pop(name, None)  # ours stands alone
    if kept == "for_one":
        headers["Vary"] = "Cookie, Accept-Language"
    return response


def allow_its_style(response: Response, html: str) -> Response:
    """Let the style inside a page count that has no stylesheet: this very text and no other."""
    assert isinstance(response, Answer)
    allowed = POLICY.replace("style-src 'self'", f"style-src {inline_source(html)}")
    response.lines = tuple(
        (name, allowed if name == "Content-Security-Policy" else line)
        for name, line in response.lines
    )
    return response


def _kept(endpoint: str | None) -> str:
    now = app_ctx.g
    is_file = endpoint == "portal.static"
    if now.get("immutable") or (is_file and "v" in request.args):
        return "forever"
    if now.get("public"):
        return "for_one"
    return "by_itself" if is_file else "never"


@cache
def _lines(
    is_production: bool, kept: str, is_secret: bool
) -> tuple[tuple[tuple[str, str], ...], frozenset[str]]:
    """The headers, made once per kind of answer, and their names in lower case."""
    lines = {
        **FIXED,
        **({"Strict-Transport-Security": f"{A_YEAR}; includeSubDomains"} if is_production else {}),
        **KEEPS[kept],
        **({"X-Robots-Tag": "noindex, nofollow"} if is_secret else {}),
    }
    return tuple(lines.items()), frozenset(name.lower() for name in lines)
