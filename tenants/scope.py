"""The two doors to the database.

`within(tenant)` for a tenant's own rows, `platform()` for platform-wide tables. There is no third:
a tenant's table touched through any other session raises `TenantRequired`, and the database's
row-level security shows nothing to whoever finds a way around.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, cast

import orjson
from psycopg.pq import TransactionStatus
from psycopg.types.json import set_json_loads
from sqlalchemy import CursorResult, Engine, Executable, event, text
from sqlalchemy.orm import (
    ORMExecuteState,
    Session,
    SessionTransaction,
    UOWTransaction,
    with_loader_criteria,
)
from sqlalchemy.sql import visitors
from sqlalchemy.sql.schema import Table

from tenants.database import Base, TenantScoped

if TYPE_CHECKING:
    from sqlalchemy.sql.visitors import ExternallyTraversible


class TenantRequired(RuntimeError):
    """A tenant's table was touched outside `within(tenant)`."""


class ForeignTenant(RuntimeError):
    """A row of one tenant was about to be written inside another's scope."""


class UnsafeRole(RuntimeError):
    """The database role could read past row-level security."""


class _PlatformSession(Session):
    pass


class _TenantSession(Session):
    tenant_id: uuid.UUID


POOL = {"pool_reset_on_return": None}
"""For the making of an engine that is bound: idle connections return without a detour."""

_engine: Engine | None = None
_current: ContextVar[uuid.UUID | None] = ContextVar("tenant_id", default=None)


def bind(engine: Engine) -> None:
    """Use `engine` for both doors.

    Its connections live in driver-level autocommit, from their making on: a transaction is opened
    by our own `BEGIN`, which carries the tenant in the same round trip. What an error left open is
    rolled back when a connection returns; `POOL` keeps the pool from doing so whatever it finds.
    """
    global _engine
    if not event.contains(engine, "connect", _prepare):
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "reset", _close)
        engine.dispose()  # what was opened before goes: it would open transactions by itself
    _engine = engine


def _prepare(connection: Any, _record: Any) -> None:
    connection.autocommit = True
    set_json_loads(orjson.loads, connection)


def _close(connection: Any, _record: Any, _how: Any) -> None:
    if connection.info.transaction_status != TransactionStatus.IDLE:
        connection.rollback()


def bound_engine() -> Engine:
    """The engine both doors use. Raises RuntimeError before `bind`."""
    if _engine is None:
        raise RuntimeError("no database is bound: call tenants.scope.bind(engine) first")
    return _engine


def current_tenant_id() -> uuid.UUID:
    """The tenant of the innermost `within` block. Raises TenantRequired outside one."""
    tenant_id = _current.get()
    if tenant_id is None:
        raise TenantRequired("no tenant is entered")
    return tenant_id


@contextmanager
def within(tenant: Any) -> Iterator[Session]:
    """A fresh session inside one tenant; commits at the end of the block, rolls back if it raises.

    `tenant` is a UUID or anything with an `id` that is one. Blocks of the same tenant may nest
    (each has its own transaction); entering a second tenant inside a first raises ForeignTenant.
    """
    with entering(tenant) as tenant_id:
        session = _TenantSession(bound_engine(), expire_on_commit=False)
        session.tenant_id = tenant_id
        with session, session.begin():
            yield session


@contextmanager
def entering(tenant: Any) -> Iterator[uuid.UUID]:
    """The tenant as the current one, without a session: what the doors have in common."""
    tenant_id = permitted(tenant)
    token = _current.set(tenant_id)
    try:
        yield tenant_id
    finally:
        _current.reset(token)


def permitted(tenant: Any) -> uuid.UUID:
    """The id of `tenant`, which may be entered here. Raises ForeignTenant, TypeError."""
    tenant_id = tenant if isinstance(tenant, uuid.UUID) else tenant.id
    if not isinstance(tenant_id, uuid.UUID):
        raise TypeError("a tenant is entered by its UUID")
    if _current.get() not in (None, tenant_id):
        raise ForeignTenant("one tenant at a time: leave the first before entering another")
    return tenant_id


def read(session: Session, statement: Executable, **values: object) -> CursorResult[Any]:
    """Run a module's own reading statement, without the ORM's detours: for the hottest pages.

    Nothing is added to it: it names `tenant_id = bindparam("tenant_id")` in every query itself,
    and gets the entered tenant there. `values` are its other parameters. What is pending in the
    session is written first, as before any query.
    """
    session.flush()
    return session.connection().execute(statement, {"tenant_id": current_tenant_id(), **values})


@contextmanager
def platform() -> Iterator[Session]:
    """A fresh session on the platform-wide tables only."""
    with _PlatformSession(bound_engine(), expire_on_commit=False) as session, session.begin():
        yield session


@event.listens_for(_TenantSession, "after_begin")
def _enter(session: _TenantSession, transaction: SessionTransaction, connection: Any) -> None:
    if transaction.nested:
        return
    driver = connection.connection.driver_connection
    driver.execute(f"BEGIN; SET LOCAL app.tenant_id = '{session.tenant_id}'")


@event.listens_for(_PlatformSession, "after_begin")
def _begin(_session: Session, transaction: SessionTransaction, connection: Any) -> None:
    if transaction.nested:
        return
    connection.connection.driver_connection.execute("BEGIN")


@event.listens_for(_TenantSession, "do_orm_execute")
def _name_the_tenant(state: ORMExecuteState) -> None:
    session = state.session
    assert isinstance(session, _TenantSession)
    tenant_id = session.tenant_id
    state.statement = state.statement.options(
        with_loader_criteria(
            TenantScoped, lambda cls: cls.tenant_id == tenant_id, include_aliases=True
        )
    )


@event.listens_for(_PlatformSession, "do_orm_execute")
def _refuse_tenant_tables(state: ORMExecuteState) -> None:
    for element in visitors.iterate(cast("ExternallyTraversible", state.statement)):
        if isinstance(element, Table) and element in _tenant_tables():
            raise TenantRequired(f"{element.name} belongs to a tenant: enter it first")
    for mapper in state.all_mappers:
        if issubclass(mapper.class_, TenantScoped):
            raise TenantRequired(f"{mapper.class_.__name__} belongs to a tenant: enter it first")


@event.listens_for(_TenantSession, "before_flush")
def _stamp(session: _TenantSession, _context: UOWTransaction, _instances: Any) -> None:
    for row in (*session.new, *session.dirty, *session.deleted):
        if not isinstance(row, TenantScoped):
            continue
        if row.tenant_id is None:
            row.tenant_id = session.tenant_id
        elif row.tenant_id != session.tenant_id:
            raise ForeignTenant(f"{type(row).__name__} belongs to another tenant")


@event.listens_for(_PlatformSession, "before_flush")
def _refuse_tenant_rows(session: Session, _context: UOWTransaction, _instances: Any) -> None:
    for row in (*session.new, *session.dirty, *session.deleted):
        if isinstance(row, TenantScoped):
            raise TenantRequired(f"{type(row).__name__} belongs to a tenant: enter it first")


def _tenant_tables() -> set[Table]:
    return {
        mapper.local_table
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, TenantScoped) and isinstance(mapper.local_table, Table)
    }


def refuse_unsafe_role(engine: Engine) -> None:
    """Raise UnsafeRole when the role is a superuser, bypasses row-level security or owns tables."""
    question = text(
        "SELECT rolsuper OR rolbypassrls OR EXISTS ("
        " SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p')"
        " AND pg_has_role(current_user, c.relowner, 'USAGE'))"
        " FROM pg_roles WHERE rolname = current_user"
    )
    with engine.connect() as connection:
        if connection.execute(question).scalar_one():
            raise UnsafeRole(
                "the database role is a superuser, an owner or bypasses row-level security; "
                "run the app as a role that owns nothing"
            )
