"""The embedded database: runs while somebody uses it, and leaves the machine as it found it."""

import os
import secrets
import shutil
from pathlib import Path

import pytest

from app.workbench import postgres
from tests.stage import FAST, ROOT

OTHERS = ("/", "/var", "/var/lib", "/tmp", str(Path.home()))


@pytest.fixture
def fresh(monkeypatch, tmp_path):
    """A cluster that was never started; as root below a home of its own that does not exist."""
    if os.geteuid() == 0:
        home = Path("/var/lib") / f"traje-test-{secrets.token_hex(4)}"
        monkeypatch.setattr(postgres, "ROOT_HOME", home)
    else:
        home = tmp_path / "home"
    chosen = postgres.cluster(home, "fresh", FAST)
    yield chosen
    postgres.destroy(chosen)
    shutil.rmtree(home, ignore_errors=True)


def modes():
    folders = {*OTHERS, *map(str, (ROOT, *ROOT.parents))}
    return {
        name: (found.st_mode, found.st_uid, found.st_gid)
        for name in sorted(folders)
        if (found := Path(name).stat())
    }


@pytest.mark.parametrize("mask", [0o022, 0o077])
def test_it_starts_under_any_mask_and_nothing_that_existed_changes(fresh, mask):
    before, old = modes(), os.umask(mask)
    try:
        with postgres.used(fresh):
            assert postgres.is_running(fresh)
            with postgres.used(fresh):
                pass
            assert postgres.is_running(fresh), "somebody still uses it"
        assert not postgres.is_running(fresh)
    finally:
        os.umask(old)
    assert modes() == before
