"""Stored files on their way to a browser."""

from flask import Response, make_response
from werkzeug.http import dump_options_header

from tenants.models import StoredFile


def download(stored: StoredFile, content: bytes, *, inline: bool = True) -> Response:
    """A file under its own name; never cached, never sniffed."""
    how = "inline" if inline else "attachment"
    return make_response(
        content,
        {
            "Content-Type": stored.content_type,
            "Content-Disposition": dump_options_header(how, {"filename": stored.name}),
        },
    )
