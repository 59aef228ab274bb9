"""The cast of every test: two creditors who may not see each other, and an outsider.

Real PostgreSQL, migrated by the owner role, used as the app role. Every test gets tenants of
its own, so nothing is cleaned up and tests may run side by side.
"""

import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from app import config as app_config
from app.workbench import postgres
from migrations.run import upgrade
from tenants import files, keys, resolve, scope
from tenants.models import Domain, DomainState, Tenant, TenantState
from tenants.scope import platform, within
from tests import statements

ROOT = Path(__file__).resolve().parent.parent
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200")
"""Process kills lose nothing without fsync: only a power cut would."""


@dataclass(frozen=True)
class Cast:
    """Two live tenants, each on a verified host of its own, and a host nobody owns."""

    bank: resolve.Resolved
    shop: resolve.Resolved
    outsider_host: str


@dataclass(frozen=True)
class Database:
    """A migrated database of this test run."""

    name: str
    owner_url: str
    app_url: str
    conninfo: str
    """For libpq, as the app role."""


@pytest.fixture(scope="session")
def cluster() -> Iterator[postgres.Cluster]:
    with postgres.used(postgres.cluster(ROOT / "var", "test-postgres", FAST)) as running:
        yield running


@pytest.fixture(scope="session")
def database(cluster: postgres.Cluster) -> Iterator[Database]:
    name = f"traje_test_{os.getpid()}_{secrets.token_hex(3)}"
    postgres.make_database(cluster, name)
    made = Database(
        name=name,
        owner_url=cluster.url(name, "traje_owner"),
        app_url=cluster.url(name, "traje_app"),
        conninfo=cluster.conninfo(name, "traje_app"),
    )
    upgrade(made.owner_url)
    engine = create_engine(made.app_url, pool_size=10, max_overflow=20)
    scope.refuse_unsafe_role(engine)
    statements.watch(engine)
    scope.bind(engine)
    yield made
    engine.dispose()
    postgres.drop_database(cluster, name)


@pytest.fixture(scope="session")
def settings(database: Database, tmp_path_factory: pytest.TempPathFactory) -> app_config.Settings:
    """The configuration of a test process; a test that needs another makes its own."""
    var_dir = tmp_path_factory.mktemp("var")
    chosen = app_config.Settings.from_environment(
        {
            "TRAJE_ENV": "test",
            "DATABASE_URL": database.app_url,
            "DATABASE_OWNER_URL": database.owner_url,
            "TRAJE_VAR_DIR": str(var_dir),
            "SECRET_KEY": "a test's secret key, long enough to be one",
        }
    )
    app_config.use(chosen)
    keys.use(keys.LocalMasterKey(os.urandom(32)))
    files.use(files.DirectoryStore(var_dir / "files"))
    return chosen


def make_tenant(slug: str, name: str, **columns: object) -> resolve.Resolved:
    """A live tenant with its keys and a verified host `<slug>.localhost`."""
    host = f"{slug}.localhost"
    with platform() as session:
        tenant = Tenant(slug=slug, name=name, state=TenantState.LIVE, **columns)
        session.add(tenant)
        session.flush()
        session.add(
            Domain(
                tenant_id=tenant.id,
                host=host,
                state=DomainState.VERIFIED,
                is_primary=True,
                proof=secrets.token_urlsafe(16),
            )
        )
    with within(tenant) as session:
        keys.create(session)
    found = resolve.by_host(host)
    assert found is not None
    return found


@pytest.fixture
def cast(settings: app_config.Settings) -> Cast:
    mark = secrets.token_hex(4)
    return Cast(
        bank=make_tenant(
            f"bank-{mark}",
            "Banco Aurora",
            stripe_account=f"acct_bank{mark}",
            fee_basis_points=300,
        ),
        shop=make_tenant(
            f"shop-{mark}",
            "Casa Lume",
            stripe_account=f"acct_shop{mark}",
            fee_basis_points=500,
        ),
        outsider_host=f"nobody-{mark}.localhost",
    )


@pytest.fixture
def owner_connection(database: Database):
    """The owner role, for what only a migration may see."""
    engine = create_engine(database.owner_url)
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        yield connection
    engine.dispose()


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Every statement the suite sent as the app role names its tenant, or the run fails."""
    problems = statements.violations()
    if problems:
        print("\nStatements that do not name their tenant:")
        for problem in problems:
            print(f"  {problem}")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
