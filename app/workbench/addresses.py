"""Where the demo is: what a command in a second terminal goes by.

The demo tells its own processes by environment. A command that was told of no database works on the
demo's; the links it sends and the payments it asks about must be the demo's too.
"""

import json
from dataclasses import replace
from pathlib import Path

from app.config import Settings


def keep(var_dir: Path, *, port: int, stripe_api_base: str) -> None:
    """Write down where the demo answers: its port, and the twin's address."""
    told = {"port": port, "stripe_api_base": stripe_api_base}
    path = _file(var_dir)
    partial = path.with_name(path.name + ".partial")
    partial.write_text(json.dumps(told))
    partial.replace(path)


def beside(settings: Settings) -> Settings:
    """Settings with the demo's addresses where none were told; as they are without a demo.

    A file that cannot be read, or says something else, is none: no command fails for it.
    """
    try:
        told = json.loads(_file(settings.var_dir).read_text())
        port, base = told["port"], told["stripe_api_base"]
    except (OSError, ValueError, KeyError, TypeError):
        return settings
    return replace(
        settings,
        public_port=settings.public_port or port,
        stripe_api_base=settings.stripe_api_base or base,
    )


def _file(var_dir: Path) -> Path:
    return var_dir / "demo" / "addresses.json"
