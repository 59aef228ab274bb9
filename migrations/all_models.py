"""Imports every model, so that the metadata is complete."""

from app.agreements import models as agreements
from app.compliance import models as compliance
from app.debts import models as debts
from app.debts.portfolio import models as portfolio
from app.history import models as history
from app.identity import models as identity
from app.insights import models as insights
from app.journeys import models as journeys
from app.offers import models as offers
from app.outreach import models as outreach
from app.payments import models as payments
from app.scoring import models as scoring
from tenants import models as tenants
from themes import models as themes

__all__ = [
    "agreements",
    "compliance",
    "debts",
    "history",
    "identity",
    "insights",
    "journeys",
    "offers",
    "outreach",
    "payments",
    "portfolio",
    "scoring",
    "tenants",
    "themes",
]
