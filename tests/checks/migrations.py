"""The models and the migrations say the same, and every migration goes up and down."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

import migrations.all_models  # noqa: F401 - the metadata must be complete
from app.workbench import postgres
from migrations.run import alembic_config, downgrade, upgrade
from tenants.database import OWNER_ROLE, Base
from tests.stage import FAST, ROOT


@contextmanager
def scratch_database() -> Iterator[str]:
    """The owner's address of an empty database."""
    with postgres.used(postgres.cluster(ROOT / "var", "test-postgres", FAST)) as cluster:
        name = f"traje_check_{secrets.token_hex(4)}"
        postgres.make_database(cluster, name)
        try:
            yield cluster.url(name, OWNER_ROLE)
        finally:
            postgres.drop_database(cluster, name)


def problems() -> list[str]:
    """Drift between models and migrations, branches, migrations that do not go down."""
    found = []
    with scratch_database() as url:
        script = ScriptDirectory.from_config(alembic_config(url))
        if len(script.get_heads()) != 1:
            found.append(f"the history is not linear: heads {script.get_heads()}")
        upgrade(url)
        found += _drift(url)
        downgrade(url, "base")
        upgrade(url)
    return found


def _drift(url: str) -> list[str]:
    engine = create_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "include_object": lambda _object, name, kind, *_: (
                    not (kind == "table" and name.startswith("procrastinate_"))
                ),
            },
        )
        differences = compare_metadata(context, Base.metadata)
    engine.dispose()
    return [str(difference)[:200] for difference in differences]
