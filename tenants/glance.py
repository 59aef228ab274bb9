"""One look at a tenant's rows in a single round trip, for the pages that are asked for most.

A `within` block costs a round trip to begin, one for each question and one to commit. A glance
sends all of it as one text: the transaction begins, the tenant is entered exactly as `within`
enters it (so that row-level security holds for this statement too), a statement that this
connection has prepared is executed, and the transaction ends. A glance reads and nothing else.
"""

import uuid
from functools import cached_property
from typing import Any, cast

from psycopg import Connection
from psycopg.errors import InvalidSqlStatementName
from sqlalchemy import Dialect, Select
from sqlalchemy.dialects import postgresql

from tenants.scope import bound_engine, current_tenant_id, entering

_DIALECT: Dialect = postgresql.dialect(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]


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
        with entering(tenant):
            text = self._text({"tenant_id": current_tenant_id(), **values})
            connection = bound_engine().raw_connection()
            try:
                return self._ask(cast("Connection[Any]", connection.driver_connection), text)
            finally:
                connection.close()  # rolls back what an error left open

    def _text(self, values: dict[str, uuid.UUID]) -> str:
        """The whole transaction. Only UUIDs are written into it: they have nothing to quote."""
        if not all(isinstance(value, uuid.UUID) for value in values.values()):
            raise TypeError("a glance is given UUIDs alone")
        given = ", ".join(f"'{values[name]}'" for name in self._compiled[1])
        return (
            f"BEGIN READ ONLY; SET LOCAL app.tenant_id = '{values['tenant_id']}';"
            f" EXECUTE {self._name} ({given}); COMMIT"
        )

    def _ask(self, driver: Connection[Any], text: str) -> tuple[Any, ...] | None:
        try:
            cursor = driver.execute(text, prepare=False)
        except InvalidSqlStatementName:
            # New to this connection, or forgotten: the driver deallocates all after a ROLLBACK.
            driver.rollback()
            driver.execute(f"PREPARE {self._name} AS {self.sql}", prepare=False)
            cursor = driver.execute(text, prepare=False)
        cursor.set_result(2)  # after those of BEGIN and SET LOCAL
        return cast("tuple[Any, ...] | None", cursor.fetchone())
