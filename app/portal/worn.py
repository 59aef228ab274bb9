"""What the creditor of this request wears."""

from flask import g
from flask.globals import app_ctx

from tenants.scope import within
from themes import brands
from themes.brands import Brand


def brand() -> Brand:
    """The published brand of this request's tenant. Raises LookupError before the first one."""
    now = app_ctx.g  # itself: asked through its proxy, each of these costs a detour
    if "brand" not in now:
        now.brand = brands.kept(now.tenant.id) or _published()
    found: Brand = now.brand
    return found


def _published() -> Brand:
    with within(g.tenant) as session:
        return brands.published(session)
