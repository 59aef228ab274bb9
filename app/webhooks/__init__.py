"""Providers' events, on the platform's host: verified, stored, then applied once by a job."""

import importlib
import pkgutil

from flask import Blueprint

blueprint = Blueprint("webhooks", __name__, url_prefix="/webhooks")

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")
