"""Values in PostgreSQL's binary formats."""

import struct
from collections.abc import Sequence
from datetime import UTC, date, datetime

import orjson

_DAY_ZERO = date(2000, 1, 1).toordinal()
_MOMENT_ZERO = datetime(2000, 1, 1, tzinfo=UTC)

Packed = bytes | None
"""A value as the server reads it; None is NULL."""


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
    """Pack a uuid[]: many statements ask by ids, which are all of one length."""
    return _head(2950, len(values)) + _SIXTEEN.join((b"", *values))


def texts(values: Sequence[str]) -> bytes:
    """Pack a text[]."""
    return _array(25, [value.encode() for value in values])


def binaries(values: Sequence[bytes]) -> bytes:
    """Pack a bytea[]."""
    return _array(17, values)


def _array(oid: int, values: Sequence[bytes]) -> bytes:
    parts = [_head(oid, len(values))]
    for value in values:
        parts.append(struct.pack("!i", len(value)))
        parts.append(value)
    return b"".join(parts)


def _head(oid: int, length: int) -> bytes:
    """One dimension, no NULL, from 1 on."""
    return struct.pack("!iiIii", 1, 0, oid, length, 1)


_SIXTEEN = struct.pack("!i", 16)
