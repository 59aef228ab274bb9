"""The workbench's pages, on the platform's host, outside production only."""

import importlib
import importlib.util

from flask import Blueprint

workbench = Blueprint("workbench", __name__, template_folder="templates")

for _page in ("index", "gallery", "outbox"):
    if importlib.util.find_spec(f"app.workbench.{_page}"):
        importlib.import_module(f"app.workbench.{_page}")
