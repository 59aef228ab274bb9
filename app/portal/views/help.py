"""People to talk to."""

from flask import Response, g

from app.portal.blueprint import portal
from app.portal.dress import render_same


@portal.get("/ajuda")
def help() -> Response:
    """Human contact details, and what people ask most."""
    g.public = True
    return render_same("help")
