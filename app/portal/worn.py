"""What the creditor of this request wears."""

from flask import g

from tenants.scope import within
from themes import brands
from themes.brands import Brand


def brand() -> Brand:
    """The published brand of this request's tenant. Raises LookupError before the first one."""
    if "brand" not in g:
        g.brand = brands.kept(g.tenant.id) or _published()
    found: Brand = g.brand
    return found


def _published() -> Brand:
    with within(g.tenant) as session:
        return brands.published(session)
