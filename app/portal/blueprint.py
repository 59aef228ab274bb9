"""The blueprint every view of the portal hangs on."""

from flask import Blueprint

portal = Blueprint(
    "portal",
    __name__,
    template_folder="templates",
    static_folder="static",
    static_url_path="/static/portal",
)
