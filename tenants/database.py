"""Engine, metadata and the base of every table that belongs to a tenant.

The schema keeps the rules of a database distributed by tenant from the first migration on:
`PRIMARY KEY (tenant_id, id)`, UUIDv7 made here, every foreign key and unique constraint with
`tenant_id`, row-level security enabled (never forced), no triggers, no enums.
"""

import os
import struct
import time
import uuid
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

import uuid6
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    LargeBinary,
    MetaData,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

Cents = Annotated[int, mapped_column(BigInteger)]
"""Money in minor units of its currency."""


class Base(DeclarativeBase):
    """Every table. Platform-wide tables derive from this one directly."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {
        datetime: DateTime(timezone=True),
        uuid.UUID: Uuid(),
        str: Text(),
        bytes: LargeBinary(),
        dict[str, Any]: JSONB(),
        list[Any]: JSONB(),
        list[str]: JSONB(),
    }


db = SQLAlchemy(metadata=Base.metadata)
"""Holds the engine of the running app; sessions come from `tenants.scope` alone."""


def new_id() -> uuid.UUID:
    """A UUIDv7: time-ordered, so that indexes grow at one end."""
    return uuid.UUID(int=uuid6.uuid7().int)


def first_id(at: datetime) -> uuid.UUID:
    """Before every id that is made from `at` on, after every one made before (by millisecond)."""
    return uuid.UUID(int=int(at.timestamp() * 1000) << 80)


def new_ids(count: int) -> list[bytes]:
    """UUIDv7s in their order, as bytes, for rows by the thousand (RFC 9562, 6.2: a counter of 24
    bits after the millisecond, 48 random bits). Raises ValueError beyond 2^24.
    """
    if count >> 24:
        raise ValueError("too many ids at once")
    moment = (time.time_ns() // 1_000_000).to_bytes(6)
    random = os.urandom(6 * count)
    return [
        moment
        + struct.pack("!HH", 0x7000 | number >> 12, 0x8000 | (number & 0xFFF) << 2)
        + random[6 * number : 6 * number + 6]
        for number in range(count)
    ]


class TenantScoped(Base):
    """A row of one tenant. `tenant_id` is stamped by the scope, never by the caller."""

    __abstract__ = True

    tenant_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("tenants.id", ondelete="RESTRICT"), primary_key=True, sort_order=-20
    )
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id, sort_order=-19)


def belongs_to(
    table: str, column: str | None = None, *, ondelete: str = "RESTRICT"
) -> ForeignKeyConstraint:
    """A foreign key to another table of the same tenant.

    `column` defaults to the singular of `table` + "_id". RESTRICT or CASCADE only.
    """
    column = column or f"{table.removesuffix('s')}_id"
    return ForeignKeyConstraint(
        ["tenant_id", column], [f"{table}.tenant_id", f"{table}.id"], ondelete=ondelete
    )


def one_of(column: str, choices: type[StrEnum] | Iterable[str]) -> CheckConstraint:
    """Text and CHECK instead of an enum: enum comparison is not leakproof beside a policy."""
    values = ", ".join(f"'{choice}'" for choice in choices)
    return CheckConstraint(f"{column} IN ({values})", name=column)


APP_ROLE = "traje_app"
OWNER_ROLE = "traje_owner"


def protect(table: str, *, append_only: bool = False) -> list[str]:
    """The statements that put the second wall around a tenant's table.

    `append_only` tables get no UPDATE and DELETE grant (there are no triggers to forbid it).
    """
    verbs = "SELECT, INSERT" if append_only else "SELECT, INSERT, UPDATE, DELETE"
    mine = "tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid"
    return [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"CREATE POLICY tenant ON {table} TO {APP_ROLE} USING ({mine}) WITH CHECK ({mine})",
        f"GRANT {verbs} ON {table} TO {APP_ROLE}",
    ]
