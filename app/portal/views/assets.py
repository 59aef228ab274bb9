"""The brand's public files, named by their content and kept by browsers for good."""

import gzip
import re
import uuid
from functools import lru_cache
from pathlib import Path

from flask import Response, abort, g, make_response, request, send_from_directory
from sqlalchemy import select

import themes
from app.portal.blueprint import portal
from tenants.scope import within
from themes.models import BrandAsset, BrandVersion

NAME = re.compile(r"[0-9a-f]{8,64}")
"""What content is named by: the start of a SHA-256, or all of it."""
FONTS = Path(themes.__file__).with_name("fonts") / "web"


@portal.get("/static/brand/<digest>.css")
def stylesheet(digest: str) -> Response:
    """One stylesheet per brand version."""
    _refuse_odd(digest)
    try:
        content = _stylesheet(g.tenant.id, digest)
    except LookupError:
        abort(404)
    g.immutable = True
    headers = {"Content-Type": "text/css; charset=utf-8", "Vary": "Accept-Encoding"}
    if request.accept_encodings.quality("gzip") > 0:
        return make_response(content, {**headers, "Content-Encoding": "gzip"})
    return make_response(gzip.decompress(content), headers)


@lru_cache(maxsize=512)
def _stylesheet(tenant_id: uuid.UUID, digest: str) -> bytes:
    """Compressed once: it is public, holds nothing secret and never changes."""
    with within(tenant_id) as session:
        content = session.scalars(
            select(BrandVersion.stylesheet).where(BrandVersion.stylesheet_hash == digest).limit(1)
        ).first()
    if content is None:
        raise LookupError("no such stylesheet")
    return gzip.compress(content.encode(), 9)


@portal.get("/static/asset/<sha256>.<extension>")
def asset(sha256: str, extension: str) -> Response:
    """A logo or an icon."""
    _refuse_odd(sha256)
    with within(g.tenant) as session:
        row = session.execute(
            select(BrandAsset.content, BrandAsset.content_type)
            .where(BrandAsset.sha256 == sha256)
            .limit(1)
        ).first()
    if row is None or extension not in row.content_type:
        abort(404)
    g.immutable = True
    return make_response(row.content, {"Content-Type": row.content_type})


def _refuse_odd(name: str) -> None:
    if not NAME.fullmatch(name):
        abort(404)


@portal.get("/static/fonts/<filename>")
def font(filename: str) -> Response:
    """A self-hosted font of a skin."""
    g.immutable = True
    response = send_from_directory(FONTS, filename, mimetype="font/woff2")
    response.headers["Access-Control-Allow-Origin"] = "*"  # mails ask for it from nowhere
    return response
