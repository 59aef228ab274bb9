"""What every answer of the portal tells the browser to refuse."""

from flask import Response, g, request

from app.config import settings

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


def protect_portal(response: Response) -> Response:
    """`protect` for whatever answers on a creditor's host."""
    return protect(response) if "tenant" in g else response


def protect(response: Response) -> Response:
    """Headers of every answer; what is not public is stored nowhere, not even for "back"."""
    for name, value in FIXED.items():
        response.headers[name] = value
    if settings().is_production:
        response.headers["Strict-Transport-Security"] = f"{A_YEAR}; includeSubDomains"
    if g.get("immutable") or (request.endpoint == "portal.static" and "v" in request.args):
        response.headers["Cache-Control"] = f"public, {A_YEAR}, immutable"
    elif g.get("public"):
        response.headers["Cache-Control"] = "private, no-cache"
        response.headers["Vary"] = "Cookie, Accept-Language"
    elif request.endpoint != "portal.static":
        response.headers["Cache-Control"] = "no-store"
    if request.endpoint == "portal.link":
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
