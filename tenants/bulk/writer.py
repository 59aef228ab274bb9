"""Sends bulk statements: a few values that all rows share, then row by row what varies."""

import uuid
from collections.abc import Iterator, Sequence
from functools import cache
from hashlib import blake2b
from typing import Any, cast

from psycopg import Connection, RawCursor
from psycopg.abc import Buffer
from psycopg.adapt import Dumper
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus, Format
from psycopg.pq.abc import PGresult
from sqlalchemy.orm import Session

from tenants.bulk.packing import Packed
from tenants.bulk.wording import Insert, Update, insert_into, update_of
from tenants.scope import current_tenant_id

ROWS = 500
"""Rows per statement: a statement takes at most 65,535 values."""
FEW = 100
"""Also prepared: planning so many rows costs the server as much as writing them."""


class _Packed(Dumper):
    """Hands bytes over as they are, in binary, of unknown type."""

    format = Format.BINARY
    oid = 0

    def dump(self, obj: Any) -> Buffer:
        packed: bytes = obj
        return packed


class Writer:
    """Sends bulk statements over the connection of one tenant's open transaction."""

    def __init__(self, connection: Connection[Any], tenant_id: uuid.UUID) -> None:
        self._connection = connection
        self._names: dict[bytes, bytes] = {}
        self._cursor = RawCursor(connection)
        self._cursor.adapters.register_dumper(bytes, _Packed)
        self.tenant = tenant_id.bytes

    @classmethod
    def of(cls, session: Session) -> "Writer":
        """Of a session inside a tenant; what is pending in it is written first."""
        session.flush()
        driver: Any = session.connection().connection.driver_connection
        return cls(driver, current_tenant_id())

    def insert(
        self, into: Insert, shared: Sequence[Packed], rows: Sequence[Sequence[Packed]]
    ) -> int:
        """Insert rows (varying values each, after tenant_id and the shared ones); how many did not
        conflict."""
        return self._send(insert_into, into, shared, rows)

    def update(self, of: Update, shared: Sequence[Packed], rows: Sequence[Sequence[Packed]]) -> int:
        """Update rows: (id, varying values…) each; how many were found."""
        return self._send(update_of, of, shared, rows)

    def select(self, query: str, *values: bytes) -> list[tuple[Any, ...]]:
        """Rows of a query whose $1 is the tenant."""
        self._cursor.execute(query.encode(), [self.tenant, *values], prepare=True, binary=True)
        return self._cursor.fetchall()

    def _send(
        self, make: Any, what: Any, shared: Sequence[Packed], rows: Sequence[Sequence[Packed]]
    ) -> int:
        done = 0
        for part in _statements(rows):
            values = [self.tenant, *shared]
            for row in part:
                values.extend(row)
            is_usual = len(part) in (ROWS, FEW)
            done += self._run(make(what, len(part)), values, prepared=is_usual)
        return done

    def _run(self, statement: bytes, values: list[Packed], *, prepared: bool) -> int:
        """How many rows a statement touched. Values go to libpq as they are: the driver's own
        cursor would look at each of them."""
        libpq, formats = self._connection.pgconn, [Format.BINARY] * len(values)
        if prepared:
            # The driver's own types forget that a prepared statement takes NULLs.
            given = cast("list[bytes]", values)
            result = libpq.exec_prepared(self._prepared(statement), given, formats)
        else:
            result = libpq.exec_params(statement, values, None, formats)
        return int(_checked(result).command_tuples or 0)

    def _prepared(self, statement: bytes) -> bytes:
        """The name of the prepared statement. It is looked for once per writer: the driver drops
        a connection's prepared statements whenever a transaction was rolled back."""
        name = self._names.get(statement)
        if name is None:
            name = self._names[statement] = _name(statement)
            if not self._cursor.execute(_IS_PREPARED, [name]).fetchone():
                _checked(self._connection.pgconn.prepare(name, statement))
        return name


_IS_PREPARED = "SELECT 1 FROM pg_prepared_statements WHERE name = $1"


@cache
def _name(statement: bytes) -> bytes:
    return b"bulk_" + blake2b(statement, digest_size=16).hexdigest().encode()


def _checked(result: PGresult) -> PGresult:
    if result.status != ExecStatus.COMMAND_OK:
        raise error_from_result(result)
    return result


def _statements(rows: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """The rows of each statement: of prepared ones, then what is left."""
    full = len(rows) // ROWS * ROWS
    yield from parts(rows[:full])
    yield from parts(rows[full:], FEW)


def parts(rows: Sequence[Any], size: int = ROWS) -> Iterator[Sequence[Any]]:
    """Slices of at most `size`."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size]
