"""Views, split by subject."""

from app.portal.views import (
    agreement,
    assets,
    debts,
    fits,
    help,
    home,
    identify,
    leave,
    offer,
    payment,
    preferences,
    privacy,
    receipts,
    unsubscribe,
    verify,
)

UNGUARDED = frozenset(
    {
        "portal.static",
        "portal.stylesheet",
        "portal.asset",
        "portal.font",
        "portal.health",
        "portal.unsubscribe",
    }
)
"""Endpoints that read no session: public files, and the mail provider's one-click POST."""

__all__ = [
    "UNGUARDED",
    "agreement",
    "assets",
    "debts",
    "fits",
    "help",
    "home",
    "identify",
    "leave",
    "offer",
    "payment",
    "preferences",
    "privacy",
    "receipts",
    "unsubscribe",
    "verify",
]
