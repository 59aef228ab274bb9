"""Sealed files; master keys in a file and in KMS (a loopback peer that checks the contract)."""

import contextlib
import os
from datetime import timedelta

import pytest

from app.debts.jobs import sweep_files, sweep_files_of
from tenants import actions, files, keys
from tenants.clock import now, stopped_at
from tenants.models import TenantState
from tenants.scope import within
from tests.work import drain, forget_waiting


def test_a_file_is_sealed_where_it_lies_and_opens_only_at_home(cast, settings):
    with within(cast.bank) as session:
        stored = files.save(
            session, name="termos.pdf", content_type="application/pdf", content=b"%PDF secret"
        )
    lying = (settings.var_dir / "files" / stored.location).read_bytes()
    assert b"secret" not in lying
    with within(cast.bank) as session:
        row, content = files.read(session, stored.id)
        assert (row.name, content, row.size) == ("termos.pdf", b"%PDF secret", 11)
    with within(cast.shop) as session, pytest.raises(LookupError):
        files.read(session, stored.id)


def lying(settings, tenant):
    """Names of what lies in the store for a tenant."""
    folder = settings.var_dir / "files" / str(tenant.id)
    return {path.name for path in folder.iterdir()} if folder.exists() else set()


def test_bytes_whose_row_never_came_are_swept_after_a_day_and_no_others(cast, settings):
    def store(tenant, *, commits):
        with contextlib.suppress(LookupError), within(tenant) as session:
            made = files.save(session, name="a", content_type="text/plain", content=b"secret")
            if not commits:
                raise LookupError
        return str(made.id)

    kept, orphan = store(cast.bank, commits=True), store(cast.bank, commits=False)
    half = f"{orphan}.partial"
    (settings.var_dir / "files" / str(cast.bank.id) / half).write_bytes(b"sea")
    strangers = store(cast.shop, commits=False)

    sweep_files_of(str(cast.bank.id))
    assert lying(settings, cast.bank) == {kept, orphan, half}
    with stopped_at(now() + files.OLD + timedelta(minutes=1)):
        assert sweep_files_of(str(cast.bank.id)) == 2
        assert sweep_files_of(str(cast.bank.id)) == 0
    assert lying(settings, cast.bank) == {kept}
    assert lying(settings, cast.shop) == {strangers}


def test_every_creditors_files_are_swept_each_night(cast, settings, database):
    with pytest.raises(LookupError), within(cast.shop) as session:
        files.save(session, name="a", content_type="text/plain", content=b"secret")
        raise LookupError
    actions.change_state(cast.shop.id, TenantState.SUSPENDED)
    forget_waiting(database.conninfo)
    sweep_files(0)
    with stopped_at(now() + files.OLD * 2):
        drain(database.conninfo, queues=("upkeep",))
    assert lying(settings, cast.shop) == set()


def test_shredded_files_stay_shut(cast):
    with within(cast.bank) as session:
        stored = files.save(session, name="a", content_type="text/plain", content=b"secret")
    with within(cast.bank) as session:
        keys.shred(session)
    with within(cast.bank) as session, pytest.raises(keys.Unreadable):
        files.read(session, stored.id)


def test_a_key_file_is_made_once_and_is_private(tmp_path):
    path = tmp_path / "keys" / "master.key"
    with pytest.raises(FileNotFoundError):
        keys.LocalMasterKey.from_file(path)
    first = keys.LocalMasterKey.from_file(path, create=True)
    assert path.stat().st_mode & 0o777 == 0o600
    again = keys.LocalMasterKey.from_file(path, create=True)
    wrapped = first.wrap(b"k" * 32, {"tenant": "a", "purpose": "data"})
    assert again.unwrap(wrapped, {"tenant": "a", "purpose": "data"}) == b"k" * 32
    with pytest.raises(keys.Unreadable):
        again.unwrap(wrapped, {"tenant": "b", "purpose": "data"})
    with pytest.raises(keys.Unreadable):
        keys.LocalMasterKey(os.urandom(32)).unwrap(wrapped, {"tenant": "a", "purpose": "data"})


@pytest.mark.parametrize("content", [b"", b"not base64!", b"c2hvcnQ="])
def test_a_bad_key_file_is_refused(tmp_path, content):
    path = tmp_path / "master.key"
    path.write_bytes(content)
    with pytest.raises(ValueError):
        keys.LocalMasterKey.from_file(path)
