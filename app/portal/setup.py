"""Hang the portal on an app: views, dress, language, headers and calm errors."""

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from flask import Flask, g, request
from flask_wtf.csrf import CSRFProtect
from jinja2 import ChoiceLoader, FileSystemLoader

import themes
from app.config import settings
from app.portal import cookies, errors, filters, headers, language, moulds, tongues, visitor
from app.portal.blueprint import portal
from app.portal.views import UNGUARDED

SKINS = Path(themes.__file__).with_name("skins")

csrf = CSRFProtect()


def register(app: Flask) -> None:
    """Everything the portal needs of `app`; only its own routes are touched."""
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False  # webhooks prove themselves otherwise
    app.config["WTF_CSRF_TIME_LIMIT"] = None  # it lives as long as the session it is bound to
    app.config["WTF_CSRF_SSL_STRICT"] = False  # our Referrer-Policy leaves no Referer to check
    csrf.init_app(app)
    cookies.prepare(app)
    assert app.jinja_loader is not None
    app.jinja_loader = ChoiceLoader([app.jinja_loader, FileSystemLoader(SKINS)])
    language.prepare(app.jinja_env)
    filters.prepare(app.jinja_env)
    tongues.prepare(app)
    moulds.prepare(app)
    app.response_class = headers.Answer
    app.after_request(headers.protect_portal)
    errors.prepare(app)
    app.register_blueprint(portal)
    if not settings().is_production and find_spec("app.portal.samples"):
        app.extensions["portal.samples"] = import_module("app.portal.samples")


@portal.before_request
def _check() -> None:
    """A session of another creditor is refused before its token is even looked at."""
    if request.endpoint in UNGUARDED:
        return
    visitor.refuse_foreign(g.tenant)
    csrf.protect()
