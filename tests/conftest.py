"""The cast of every test: two creditors who may not see each other, and an outsider.

Real PostgreSQL, migrated by the owner role, used as the app role. Every test gets tenants of
its own, so nothing is cleaned up and tests may run side by side.
"""

import os
import secrets
import threading
from collections.abc import Iterator
from dataclasses import dataclass

# Workers side by side on the same cores: threads of linear algebra would only wait for each other.
# Set before anything here loads numpy.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import hypothesis
import pytest
from flask.testing import FlaskClient
from sqlalchemy import create_engine, inspect, select, text
from werkzeug.serving import make_server

from app import config as app_config
from app.workbench import postgres
from app.workbench.aws_peer.server import Peer
from tenants import keys, resolve, scope
from tenants.database import new_id
from tenants.models import Domain, DomainState, Tenant, TenantState
from tenants.scope import platform, within
from tests import statements
from tests.jobs.arguments import strangers
from tests.stage import FAST, ROOT, Database, configure, environment, fresh_database

# A property holds or does not; how long an example took says how busy the machine was.
hypothesis.settings.register_profile(
    "suite",
    hypothesis.settings.default,
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("suite")


@dataclass(frozen=True)
class Cast:
    """Two live tenants, each on a verified host of its own, and a host nobody owns."""

    bank: resolve.Resolved
    shop: resolve.Resolved
    outsider_host: str


@pytest.fixture(scope="session")
def cluster() -> Iterator[postgres.Cluster]:
    with postgres.used(postgres.cluster(ROOT / "var", "test-postgres", FAST)) as running:
        yield running


@pytest.fixture(scope="session")
def database(cluster: postgres.Cluster) -> Iterator[Database]:
    with fresh_database(cluster) as made:
        engine = create_engine(made.app_url, pool_size=10, max_overflow=20)
        scope.refuse_unsafe_role(engine)
        statements.watch(engine)
        statements.watch_bulk()
        scope.bind(engine)
        yield made
        engine.dispose()
        assert strangers(made.conninfo) == [], "the queue's tables hold ids and numbers alone"


@pytest.fixture(scope="session")
def settings(database: Database, tmp_path_factory: pytest.TempPathFactory) -> app_config.Settings:
    """The configuration of a test process; a test that needs another makes its own."""
    return configure(environment(database, tmp_path_factory.mktemp("var")))


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


@pytest.fixture(scope="session")
def app(settings: app_config.Settings):
    """The whole app, as it answers in development."""
    from app.factory import create_app

    made = create_app(settings)
    statements.watch(scope.bound_engine())
    yield made
    scope.bound_engine().dispose()


@pytest.fixture
def browse(app):
    """A browser without JavaScript: `browse(host)` keeps its cookies for that host."""

    def at(host: str):
        app.test_client_class = _at_host(host)
        return app.test_client()

    return at


def _at_host(host: str) -> type[FlaskClient]:
    class AtHost(FlaskClient):
        def open(self, *args, **kwargs):
            kwargs.setdefault("base_url", f"http://{host}")
            return super().open(*args, **kwargs)

    return AtHost


@dataclass(frozen=True)
class LiveServer:
    """The app behind a real HTTP server on loopback."""

    address: str
    port: int

    def url(self, host: str, path: str = "/") -> str:
        """An address under `host`, which browsers resolve to this machine."""
        return f"http://{host}:{self.port}{path}"


@pytest.fixture(scope="session")
def live_server(app) -> Iterator[LiveServer]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield LiveServer(f"http://127.0.0.1:{server.port}", server.port)
    server.shutdown()
    thread.join()


CREDITORS = ROOT / "app" / "workbench" / "creditors"


@pytest.fixture
def peer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Peer]:
    """AWS on loopback, and credentials that it takes."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "sa-east-1")
    with Peer() as running:
        yield running


@pytest.fixture
def dressed(cast: Cast) -> Cast:
    """The cast, each in a published dress of its own."""
    dress(cast.bank, "aurora")
    dress(cast.shop, "lume")
    return cast


_worn: dict[str, list[tuple[type, dict[str, object]]]] = {}


def dress(tenant: resolve.Resolved, creditor: str) -> None:
    """Publish a demo creditor's brand. Its images are drawn once per run, then copied."""
    from themes import brands
    from themes.models import BrandAsset, BrandVersion

    with within(tenant) as session:
        if creditor not in _worn:
            brands.publish(session, brands.apply_toml(session, CREDITORS / creditor / "brand.toml"))
            session.flush()
            rows = [*session.scalars(select(BrandVersion)), *session.scalars(select(BrandAsset))]
            _worn[creditor] = [(type(row), _columns(row)) for row in rows]
            return
        version_id = new_id()
        for model, columns in _worn[creditor]:
            own = {"id": version_id} if model is BrandVersion else {"brand_version_id": version_id}
            session.add(model(**columns | own))
            session.flush()


def _columns(row: object) -> dict[str, object]:
    names = [attribute.key for attribute in inspect(type(row)).column_attrs]
    return {name: getattr(row, name) for name in names if name not in ("tenant_id", "id")}
