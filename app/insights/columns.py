"""A creditor's rows straight into arrays: of half a million decisions no object is made each.

PostgreSQL's own arrays lay values of fixed width one behind the other, each behind its length: such
bytes are a structured array already.
"""

import struct
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from app.journeys.arms import number_from
from tenants.scope import current_tenant_id

TYPES = {"uuid": "S16", "timestamptz": ">i8", "date": ">i4", "int8": ">i8", "int2": ">i2",
         "float8": ">f8"}  # fmt: skip
HEAD = struct.Struct("!iiIii")
"""Before the first value: dimensions, whether any is NULL, type, how many, and from which index."""
EPOCH_DAY = np.datetime64("2000-01-01")
EPOCH_MILLISECONDS = 946_684_800_000
"""What the database's moments and days are counted from."""


def read(
    session: Session, fields: Mapping[str, tuple[str, str]], rest: str, **values: object
) -> Mapping[str, NDArray[Any]]:
    """Columns of `SELECT fields rest`; a field is an expression and its type, one of TYPES.

    `rest` names the tenant of each of its tables as `%(tenant)s`. Identifiers are 16 bytes (S16),
    moments milliseconds since 1970, days datetime64. Raises ValueError where a value is NULL.
    """
    session.flush()
    driver: Any = session.connection().connection.driver_connection
    named = ", ".join(f"array_agg(({expression})::{kind})" for expression, kind in fields.values())
    with driver.cursor() as cursor:
        query = f"SELECT {named} {rest}"
        cursor.execute(query, {"tenant": current_tenant_id(), **values}, binary=True)
        result = cursor.pgresult
        return {
            name: _column(_values(result.get_value(0, at), kind, name), kind)
            for at, (name, (_, kind)) in enumerate(fields.items())
        }


def _values(content: bytes | None, kind: str, name: str) -> NDArray[Any]:
    """The values of an array as the database sends it; without rows there is none."""
    if content is None:
        return np.zeros(0, TYPES[kind])
    _, has_null, _, count, _ = HEAD.unpack_from(content)
    if has_null:
        raise ValueError(f"{name} is not known of every row")
    each = np.dtype([("length", ">i4"), ("value", TYPES[kind])])
    return np.frombuffer(content, each, count, HEAD.size)["value"]


def _column(values: NDArray[Any], kind: str) -> NDArray[Any]:
    if kind == "uuid":
        return np.ascontiguousarray(values)
    if kind == "timestamptz":
        return values.astype(np.int64) // 1000 + EPOCH_MILLISECONDS
    if kind == "date":
        return np.asarray(EPOCH_DAY + values.astype(np.int64))
    return values.astype(values.dtype.newbyteorder("="))


def places(ids: NDArray[np.bytes_], among: NDArray[np.bytes_]) -> NDArray[np.int64]:
    """The position of each id (n,) among sorted ones; −1 of those that are not there."""
    if not len(among):
        return np.full(len(ids), -1, dtype=np.int64)
    found = np.minimum(np.searchsorted(among, ids), len(among) - 1)
    return np.where(among[found] == ids, found, -1)


def numbers(ids: NDArray[np.bytes_]) -> NDArray[np.int64]:
    """The engine's number of each (n,); somebody's is reckoned once."""
    distinct, place = np.unique(ids, return_inverse=True)
    # A column of bytes leaves out zeros at the end.
    known = [number_from(one.ljust(16, b"\0")) for one in distinct.tolist()]
    return np.array(known, dtype=np.int64)[place]
