"""Sets the stage outside pytest: proofs and benchmarks stand on the same ground as the tests."""

import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import create_engine

from app import config
from app.workbench import postgres
from migrations.run import upgrade
from tenants import actions, files, keys, scope
from tenants.database import APP_ROLE, OWNER_ROLE

ROOT = Path(__file__).resolve().parent.parent
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200")
"""Process kills lose nothing without fsync: only a power cut would."""


@dataclass(frozen=True)
class Database:
    """A migrated database of this run."""

    name: str
    owner_url: str
    app_url: str
    conninfo: str
    """For libpq, as the app role."""


@dataclass(frozen=True)
class Stage:
    """Everything a process of the app needs."""

    cluster: postgres.Cluster
    database: Database
    settings: config.Settings
    environment: dict[str, str]
    """For child processes (gunicorn, `flask worker`): they get the same configuration."""


@contextmanager
def fresh_database(cluster: postgres.Cluster) -> Iterator[Database]:
    """A migrated database, dropped at the end."""
    name = f"traje_test_{os.getpid()}_{secrets.token_hex(3)}"
    postgres.make_database(cluster, name)
    try:
        made = Database(
            name=name,
            owner_url=cluster.url(name, OWNER_ROLE),
            app_url=cluster.url(name, APP_ROLE),
            conninfo=cluster.conninfo(name, APP_ROLE),
        )
        upgrade(made.owner_url)
        yield made
    finally:
        postgres.drop_database(cluster, name)


def environment(database: Database, var_dir: Path, **more: str) -> dict[str, str]:
    """The variables of a process on `database`."""
    return {
        "TRAJE_ENV": "test",
        "DATABASE_URL": database.app_url,
        "DATABASE_OWNER_URL": database.owner_url,
        "TRAJE_VAR_DIR": str(var_dir),
        "TRAJE_KEY_FILE": str(var_dir / "master.key"),
        "SECRET_KEY": "a test's secret key, long enough to be one",
        **more,
    }


def configure(environ: dict[str, str]) -> config.Settings:
    """Make this process stand on `environ`: settings, keys and files."""
    settings = config.Settings.from_environment(environ)
    config.use(settings)
    actions.use(settings.platform_host, is_local=True)
    assert settings.key_file is not None
    keys.use(keys.LocalMasterKey.from_file(settings.key_file, create=True))
    files.use(files.DirectoryStore(settings.var_dir / "files"))
    return settings


@contextmanager
def stage(
    *, cluster_name: str = "test-postgres", options: tuple[str, ...] = FAST, **more: str
) -> Iterator[Stage]:
    """A running database, migrated and bound to both doors; `more` are environment variables."""
    with (
        tempfile.TemporaryDirectory(prefix="traje-stage-") as folder,
        postgres.used(postgres.cluster(ROOT / "var", cluster_name, options)) as cluster,
        fresh_database(cluster) as database,
    ):
        environ = environment(database, Path(folder), **more)
        settings = configure(environ)
        engine = create_engine(database.app_url, pool_size=10, max_overflow=20)
        scope.bind(engine)
        try:
            yield Stage(cluster, database, settings, environ)
        finally:
            engine.dispose()
