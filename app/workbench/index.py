"""The platform host's first page in development: where everything is."""

from sqlalchemy import select

from app import rehearsal
from app.config import settings
from app.workbench import wording
from app.workbench.blueprint import workbench
from app.workbench.wording import N_
from tenants import resolve
from tenants.clock import now
from tenants.models import Tenant, TenantState
from tenants.scope import platform


@workbench.get("/")
def index() -> str:
    """Every portal, and the workbench's own pages."""
    with platform() as session:
        slugs = session.scalars(
            select(Tenant.slug).where(Tenant.state != TenantState.CLOSED).order_by(Tenant.slug)
        ).all()
    tenants = [resolve.by_slug(slug) for slug in slugs]
    portals = [(tenant, settings().portal_url(tenant)) for tenant in tenants if tenant.primary_host]
    return wording.page(
        "workbench/index.html",
        portals=portals,
        states=STATES,
        twin=settings().stripe_api_base,
        at=now() if rehearsal.days(settings()) else None,
    )


STATES = {
    TenantState.SETUP: N_("being set up"),
    TenantState.LIVE: N_("live"),
    TenantState.SUSPENDED: N_("suspended"),
}
