"""Imports every model, so that the metadata is complete."""

import app.agreements.models
import app.compliance.models
import app.debts.models
import app.history.models
import app.identity.models
import app.offers.models
import app.outreach.models
import app.payments.models
import tenants.models
import themes.models  # noqa: F401
