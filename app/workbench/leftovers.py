"""What an earlier demo left: whether it fits, may go, or can be read at all; and starting over."""

import os
import shutil
from pathlib import Path

from app.workbench import postgres

CHECKOUT = Path(__file__).resolve().parent.parent.parent


def told(var_dir: Path, error: Exception, *, is_old: bool) -> str:
    """Why the demo did not start; data of an earlier run may be of another version."""
    if not is_old:
        return str(error)
    cause = str(error).partition("\n")[0]
    advice = f"The data in {var_dir} is of an earlier version: `make demo-reset` starts over."
    return f"{advice}\n\n({cause})"


def is_of_a_demo(var_dir: Path) -> bool:
    """Whether `var_dir` may be emptied: the checkout's own, a demo's, or without any keys yet."""
    is_keyless = not (var_dir / "master.key").exists()
    return var_dir == CHECKOUT / "var" or is_keyless or (var_dir / "demo").is_dir()


def is_unreadable(var_dir: Path, cluster: postgres.Cluster) -> bool:
    """Whether the database outlived its keys: as root it stands outside a folder that somebody
    deleted, and nothing in it can be opened any more."""
    keys_are_here = "TRAJE_KEY_FILE" not in os.environ and "TRAJE_KMS_KEY" not in os.environ
    return keys_are_here and cluster.data.exists() and not (var_dir / "master.key").exists()


def forget(var_dir: Path, cluster: postgres.Cluster) -> None:
    """Delete the demo's data: database, files, outbox, keys, logs."""
    postgres.destroy(cluster)
    for name in ("files", "outbox", "logs", "demo"):
        shutil.rmtree(var_dir / name, ignore_errors=True)
    for name in ("master.key", "stripe-twin.sqlite", "demo.txt", "days-ahead"):
        (var_dir / name).unlink(missing_ok=True)
