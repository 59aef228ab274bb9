"""Every route × role × another tenant's object, host, cookie, token; and raw SQL past the ORM."""

from typing import Any

from sqlalchemy import text

from tenants.scope import bound_engine
from tests.conftest import CREDITORS, make_tenant
from tests.isolation import portal
from tests.isolation.world import belongings
from tests.portal.people import CPFS
from tests.stage import stage


def run() -> dict[str, Any]:
    """routes, attempts, leaks; the leaks are listed."""
    with stage() as set_stage:
        from app.factory import create_app

        app = create_app(set_stage.settings)
        bank, shop = _dressed("bank", "aurora"), _dressed("shop", "lume")
        mine, neighbour = belongings(bank, CPFS[0]), belongings(bank, CPFS[1])
        foreign = belongings(shop, CPFS[2])
        host = set_stage.settings.platform_host
        tried = list(portal.attempts(app, mine, neighbour, foreign, host))
        leaks = [leak for one in tried for leak in one.leaks((neighbour, foreign))]
        leaks += [f"no row for {route}" for route in portal.routes(app) - set(portal.ROWS)]
        statements, seen = raw_sql(bank.id)
        return {
            "routes": len(portal.ROWS),
            "attempts": len(tried) + statements,
            "leaks": len(leaks) + len(seen),
            "leaked": [*leaks, *seen],
        }


def raw_sql(tenant_id: object) -> tuple[int, list[str]]:
    """Read every tenant's table as the app role, without a tenant and inside another one."""
    seen, tried = [], 0
    with bound_engine().connect() as connection:
        tables = connection.execute(
            text(
                "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                " WHERE n.nspname = 'public' AND c.relkind = 'r' AND c.relrowsecurity"
            )
        ).scalars()
        for table in list(tables):
            for before in ("SELECT 1", f"SET LOCAL app.tenant_id = '{tenant_id}'"):
                connection.execute(text("BEGIN"))
                connection.execute(text(before))
                rows = connection.execute(
                    text(f"SELECT count(*) FROM {table} WHERE tenant_id <> '{tenant_id}'")
                ).scalar_one()
                connection.execute(text("ROLLBACK"))
                tried += 1
                if rows:
                    seen.append(f"{table}: {rows} rows of others")
    return tried, seen


def _dressed(slug: str, creditor: str) -> Any:
    from tenants.scope import within
    from themes import brands

    tenant = make_tenant(slug, slug.title())
    with within(tenant) as session:
        brands.publish(session, brands.apply_toml(session, CREDITORS / creditor / "brand.toml"))
    return tenant
