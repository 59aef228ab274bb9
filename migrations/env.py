"""Alembic's environment: migrations run as the owner role, on a coordinator or a single server."""

import os

from alembic import context
from sqlalchemy import create_engine, pool, text

import migrations.all_models  # noqa: F401 - the metadata must be complete
from tenants.database import Base

config = context.config


def url() -> str:
    """The owner's database address."""
    return config.attributes.get("url") or os.environ["DATABASE_OWNER_URL"]


def ours(_object, name, kind, _reflected, _compared):  # type: ignore[no-untyped-def]
    """procrastinate's tables are its own business."""
    return not (kind == "table" and name.startswith("procrastinate_"))


def run() -> None:
    engine = create_engine(url(), poolclass=pool.NullPool)
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            include_object=config.attributes.get("include_object", ours),
            compare_type=True,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            # Citus: schema changes of one transaction go to the shards one by one.
            connection.execute(text("SET LOCAL citus.multi_shard_modify_mode = 'sequential'"))
            context.run_migrations()


run()
