"""Many rows per statement, the one portable way: `VALUES` lists, prepared once, values in binary.

COPY does not pass row-level security and `INSERT … SELECT` does not pass a distributed table.
Values are packed here into PostgreSQL's binary formats, all with unknown type: the server takes
each one's type from its column, so that a NULL does not make it plan the statement anew.
"""

from tenants.bulk.packing import (
    Packed,
    binaries,
    day,
    flag,
    float8,
    identifiers,
    int2,
    int4,
    int8,
    jsonb,
    moment,
    text,
    texts,
)
from tenants.bulk.wording import Insert, Update
from tenants.bulk.writer import ROWS, Writer, parts

__all__ = [
    "ROWS",
    "Insert",
    "Packed",
    "Update",
    "Writer",
    "binaries",
    "day",
    "flag",
    "float8",
    "identifiers",
    "int2",
    "int4",
    "int8",
    "jsonb",
    "moment",
    "parts",
    "text",
    "texts",
]
