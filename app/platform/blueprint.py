"""What the machines around the app ask: is it well, may a domain have a certificate."""

from flask import Blueprint, Response, request

from tenants import resolve

platform = Blueprint("platform", __name__)


@platform.get("/healthz")
def health() -> Response:
    """200 while this process answers."""
    return Response("ok\n", mimetype="text/plain")


@platform.get("/tls/ask")
def may_have_certificate() -> Response:
    """Caddy's `ask`: 200 for a verified domain of a tenant that is not closed, else 404."""
    known = resolve.by_host(request.args.get("domain", "")) is not None
    return Response(status=200 if known else 404)
