"""Sealed files; master keys in a file and in KMS (a loopback peer that checks the contract)."""

import os

import pytest

from tenants import files, keys
from tenants.scope import within


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
