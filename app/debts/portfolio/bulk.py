"""Many rows per statement, the one portable way: `VALUES` lists, prepared once, values in binary.

COPY does not pass row-level security and `INSERT … SELECT` does not pass a distributed table.
Values are packed here into PostgreSQL's binary formats, all with unknown type: the server takes
each one's type from its column, so that a NULL does not make it plan the statement anew.
"""

import struct
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from hashlib import blake2b
from typing import Any, cast

import orjson
from psycopg import Connection, RawCursor, sql
from psycopg.abc import Buffer
from psycopg.adapt import Dumper
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus, Format
from psycopg.pq.abc import PGresult

ROWS = 500
"""Rows per statement: a statement takes at most 65,535 values."""
_DAY_ZERO = date(2000, 1, 1).toordinal()
_MOMENT_ZERO = datetime(2000, 1, 1, tzinfo=UTC)

Packed = bytes | None


class _Packed(Dumper):
    """Hands bytes over as they are, in binary, of unknown type."""

    format = Format.BINARY
    oid = 0

    def dump(self, obj: Any) -> Buffer:
        packed: bytes = obj
        return packed


def text(value: str | None) -> Packed:
    """Pack a text."""
    return None if value is None else value.encode()


def int2(value: int | None) -> Packed:
    """Pack a smallint column."""
    return None if value is None else struct.pack("!h", value)


def int4(value: int | None) -> Packed:
    """Pack an integer column."""
    return None if value is None else struct.pack("!i", value)


def int8(value: int | None) -> Packed:
    """Pack a bigint column."""
    return None if value is None else struct.pack("!q", value)


def float8(value: float | None) -> Packed:
    """Pack a double precision column."""
    return None if value is None else struct.pack("!d", value)


def day(value: date | None) -> Packed:
    """Pack a date."""
    return None if value is None else struct.pack("!i", value.toordinal() - _DAY_ZERO)


def moment(value: datetime) -> bytes:
    """Pack a timestamp with time zone."""
    since = value - _MOMENT_ZERO
    micros = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
    return struct.pack("!q", micros)


def flag(value: bool | None) -> Packed:
    """Pack a boolean."""
    return None if value is None else (b"\x01" if value else b"\x00")


def jsonb(value: object) -> bytes:
    """Pack a jsonb value; dataclasses become objects of their fields, dates ISO texts."""
    return b"\x01" + orjson.dumps(value)


def identifiers(values: Sequence[bytes]) -> bytes:
    """Pack a uuid[]."""
    return _array(2950, values)


def texts(values: Sequence[str]) -> bytes:
    """Pack a text[]."""
    return _array(25, [value.encode() for value in values])


def binaries(values: Sequence[bytes]) -> bytes:
    """Pack a bytea[]."""
    return _array(17, values)


def _array(oid: int, values: Sequence[bytes]) -> bytes:
    parts = [struct.pack("!iiIii", 1, 0, oid, len(values), 1)]
    for value in values:
        parts.append(struct.pack("!i", len(value)))
        parts.append(value)
    return b"".join(parts)


@dataclass(frozen=True, slots=True)
class Insert:
    """A bulk insert: columns that every row shares, then those that vary."""

    table: str
    shared: tuple[str, ...]
    varying: tuple[str, ...]
    conflict: tuple[str, ...] = ()
    """Of a unique index; what conflicts is left as it is. Without one, the keys are new: looking
    for conflicts costs the database a second look at every row."""
    condition: str = ""
    """Of a partial unique index, in SQL."""


@dataclass(frozen=True, slots=True)
class Update:
    """A bulk update by id. Columns are (name, SQL type); `shared` ones are equal for all rows."""

    table: str
    shared: tuple[tuple[str, str], ...]
    varying: tuple[tuple[str, str], ...]


class Writer:
    """Sends bulk statements over the connection of one tenant's open transaction."""

    def __init__(self, connection: Connection[Any], tenant_id: uuid.UUID) -> None:
        self._connection = connection
        self._names: dict[bytes, bytes] = {}
        self._cursor = RawCursor(connection)
        self._cursor.adapters.register_dumper(bytes, _Packed)
        self.tenant = tenant_id.bytes

    def insert(
        self, into: Insert, shared: Sequence[Packed], rows: Sequence[Sequence[Packed]]
    ) -> int:
        """Insert rows (varying values each, after tenant_id and the shared ones); how many did not
        conflict."""
        return self._send(_insert, into, shared, rows)

    def update(self, of: Update, shared: Sequence[Packed], rows: Sequence[Sequence[Packed]]) -> int:
        """Update rows: (id, varying values…) each; how many were found."""
        return self._send(_update, of, shared, rows)

    def select(self, query: str, *values: bytes) -> list[tuple[Any, ...]]:
        """Rows of a query whose $1 is the tenant."""
        self._cursor.execute(query.encode(), [self.tenant, *values], prepare=True, binary=True)
        return self._cursor.fetchall()

    def _send(
        self, make: Any, what: Any, shared: Sequence[Packed], rows: Sequence[Sequence[Packed]]
    ) -> int:
        done = 0
        for part in parts(rows):
            values = [self.tenant, *shared]
            for row in part:
                values.extend(row)
            done += self._run(make(what, len(part)), values, prepared=len(part) == ROWS)
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


def parts(rows: Sequence[Any], size: int = ROWS) -> Iterator[Sequence[Any]]:
    """Slices of at most `size`."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


@cache
def _insert(into: Insert, rows: int) -> bytes:
    names = [sql.Identifier(name) for name in ("tenant_id", *into.shared, *into.varying)]
    conflict: sql.Composable = sql.SQL("")
    if into.conflict:
        conflict = sql.SQL(" ON CONFLICT ({columns}){condition} DO NOTHING").format(
            columns=sql.SQL(", ").join(map(sql.Identifier, into.conflict)),
            condition=_raw(f" WHERE {into.condition}" if into.condition else ""),
        )
    statement = sql.SQL("INSERT INTO {table} ({names}) VALUES {rows}{conflict}").format(
        table=sql.Identifier(into.table),
        names=sql.SQL(", ").join(names),
        rows=_rows(len(into.shared), len(into.varying), rows),
        conflict=conflict,
    )
    return statement.as_bytes()


@cache
def _update(of: Update, rows: int) -> bytes:
    fixed = [
        sql.SQL("{} = ${}::{}").format(
            sql.Identifier(name),
            _raw(str(number)),
            _raw(kind),
        )
        for number, (name, kind) in enumerate(of.shared, 2)
    ]
    moving = [sql.SQL("{0} = v.{0}").format(sql.Identifier(name)) for name, _ in of.varying]
    kinds = ("uuid", *(kind for _, kind in of.varying))
    statement = sql.SQL(
        "UPDATE {table} SET {sets} FROM (VALUES {rows}) AS v ({names})"
        " WHERE {table}.tenant_id = $1 AND {table}.id = v.id"
    ).format(
        table=sql.Identifier(of.table),
        sets=sql.SQL(", ").join([*fixed, *moving]),
        rows=_typed_rows(len(of.shared), kinds, rows),
        names=sql.SQL(", ").join(sql.Identifier(n) for n in ("id", *(n for n, _ in of.varying))),
    )
    return statement.as_bytes()


def _rows(shared: int, varying: int, rows: int) -> sql.SQL:
    fixed = [f"${number}" for number in range(1, shared + 2)]
    every = []
    number = shared + 2
    for _ in range(rows):
        every.append("(" + ",".join([*fixed, *(f"${number + i}" for i in range(varying))]) + ")")
        number += varying
    return _raw(",".join(every))


def _typed_rows(shared: int, kinds: tuple[str, ...], rows: int) -> sql.SQL:
    every = []
    number = shared + 2
    for _ in range(rows):
        cells = [f"${number + place}::{kind}" for place, kind in enumerate(kinds)]
        every.append("(" + ",".join(cells) + ")")
        number += len(kinds)
    return _raw(",".join(every))


def _raw(text: str) -> sql.SQL:
    """Numbers and the type names of `statements`: nothing that came from outside."""
    return sql.SQL(text)
