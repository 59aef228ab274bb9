"""The debtors' portal, on the creditor's own domain and in its dress."""

from app.portal.setup import register

__all__ = ["register"]
