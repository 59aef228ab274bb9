"""Bulk statements, and their SQL."""

from dataclasses import dataclass
from functools import cache

from psycopg import sql


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


@cache
def insert_into(into: Insert, rows: int) -> bytes:
    """The SQL that inserts so many rows."""
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
def update_of(of: Update, rows: int) -> bytes:
    """The SQL that updates so many rows."""
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
