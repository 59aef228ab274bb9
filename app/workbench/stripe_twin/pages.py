"""What a visitor of the demo sees of the twin."""

from flask import Blueprint

blueprint = Blueprint("pages", __name__)
