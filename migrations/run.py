"""Run migrations from Python: the commands, the demo and the tests do it the same way."""

from pathlib import Path

from alembic import command
from alembic.config import Config


def alembic_config(owner_url: str) -> Config:
    """Alembic's configuration for a database, wherever the process stands."""
    root = Path(__file__).resolve().parent
    config = Config()
    config.set_main_option("script_location", str(root))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["url"] = owner_url
    return config


def upgrade(owner_url: str, revision: str = "head") -> None:
    """Bring the schema up to `revision`."""
    command.upgrade(alembic_config(owner_url), revision)


def downgrade(owner_url: str, revision: str) -> None:
    """Take the schema down to `revision`."""
    command.downgrade(alembic_config(owner_url), revision)
