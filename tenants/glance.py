"""One look at a tenant's rows in a single round trip, for the pages that are asked for most.

A `within` block costs a round trip to begin, one for each question and one to commit. A glance
sends all of it as one text, which the server runs as one transaction: the tenant is entered
exactly as `within` enters it (so that row-level security holds for this statement too), and a
statement that this connection has prepared is executed. A glance reads and nothing else.

It speaks to libpq through the driver's own wrapper: a cursor would cost more than the question.
"""

import uuid
from functools import cached_property
from typing import Any, cast

from psycopg import Connection
from psycopg.adapt import Transformer
from psycopg.errors import InvalidSqlStatementName, error_from_result
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGresult
from sqlalchemy import Dialect, PoolProxiedConnection, Select
from sqlalchemy.dialects import postgresql

from tenants.scope import bound_engine, permitted

_DIALECT: Dialect = postgresql.dialect(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]  # untyped there


class Glance:
    """A question asked in one round trip.

    `statement` names `tenant_id = bindparam("tenant_id")` in every query of its own, as rule 7
    asks; its other parameters are UUIDs too. A connection prepares it when it is first asked there.
    """

    known: "dict[str, Glance]" = {}
    """Every glance there is, by name: the suite reads their statements."""

    def __init__(self, name: str, statement: Select[Any]) -> None:
        self._name = f"glance_{name}"
        self._statement = statement
        Glance.known[name] = self

    @cached_property
    def _compiled(self) -> tuple[str, tuple[str, ...]]:
        compiled = self._statement.compile(dialect=_DIALECT)
        return str(compiled), tuple(compiled.positiontup or ())

    @property
    def sql(self) -> str:
        """The statement with its numbered parameters, as it is prepared."""
        return self._compiled[0]

    def row(self, tenant: Any, **values: uuid.UUID) -> tuple[Any, ...] | None:
        """The one row there is inside `tenant`, or None.

        Raises ForeignTenant inside another tenant's block, TypeError for a value that is no UUID.
        """
        text = self._text({"tenant_id": permitted(tenant), **values})
        connection = bound_engine().raw_connection()
        try:
            return _first_row(connection, self._ask(_driver(connection), text))
        finally:
            connection.close()

    def _text(self, values: dict[str, uuid.UUID]) -> bytes:
        """The whole transaction. Only UUIDs are written into it: they have nothing to quote."""
        if not all(isinstance(value, uuid.UUID) for value in values.values()):
            raise TypeError("a glance is given UUIDs alone")
        given = ", ".join([f"'{values[name].hex}'" for name in self._compiled[1]])
        return (
            "SET LOCAL transaction_read_only = on;"
            f" SET LOCAL app.tenant_id = '{values['tenant_id']}';"
            f" EXECUTE {self._name} ({given})"
        ).encode()

    def _ask(self, driver: Connection[Any], text: bytes) -> PGresult:
        try:
            return _sent(driver, text)
        except InvalidSqlStatementName:
            # New to this connection, or forgotten: the driver deallocates all after a ROLLBACK.
            driver.execute(f"PREPARE {self._name} AS {self.sql}", prepare=False)
            return _sent(driver, text)


def _driver(connection: PoolProxiedConnection) -> Connection[Any]:
    return cast("Connection[Any]", connection.driver_connection)


def _sent(driver: Connection[Any], text: bytes) -> PGresult:
    """The result of the last statement in `text`; an error leaves no transaction open."""
    result = driver.pgconn.exec_(text)
    if result.status != ExecStatus.TUPLES_OK:
        raise error_from_result(result, encoding=driver.info.encoding)
    return result


def _first_row(connection: PoolProxiedConnection, result: PGresult) -> tuple[Any, ...] | None:
    """Its values as Python's; a connection keeps what it has found out about loading them."""
    if result.ntuples == 0:
        return None
    kept = connection.info
    if (loading := kept.get(_LOADING)) is None:
        loading = kept[_LOADING] = Transformer(_driver(connection))
    loading.set_pgresult(result)
    row: tuple[Any, ...] | None = loading.load_row(0, tuple)
    return row


_LOADING = "glance.loading"
