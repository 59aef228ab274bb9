"""What the machines around the app ask: is it well, may a domain have a certificate."""

from flask import Blueprint, Response, request

from app.config import settings
from tenants import resolve

platform = Blueprint("platform", __name__)


@platform.get("/healthz")
def health() -> Response:
    """200 while this process answers."""
    return Response("ok\n", mimetype="text/plain")


@platform.get("/tls/ask")
def may_have_certificate() -> Response:
    """Caddy's `ask`: 200 for the platform's own host, where providers send their events, and for a
    verified domain of a tenant that is not closed; else 404."""
    host = resolve.normalise(request.args.get("domain", ""))
    if host == settings().platform_host:
        return Response(status=200)
    known = host.isascii() and host.isprintable() and resolve.by_host(host) is not None
    return Response(status=200 if known else 404)
