"""Starting the demo over: whose data it may delete, and what it says when old data does not fit."""

import pytest

from app.workbench import postgres
from app.workbench.leftovers import CHECKOUT, is_of_a_demo, is_unreadable, told


def test_only_a_demo_s_own_data_is_deleted(tmp_path):
    assert is_of_a_demo(tmp_path / "none")
    assert is_of_a_demo(CHECKOUT / "var")
    (tmp_path / "master.key").write_text("somebody's")
    assert not is_of_a_demo(tmp_path)
    (tmp_path / "demo").mkdir()
    assert is_of_a_demo(tmp_path)


@pytest.mark.parametrize("variable", ["TRAJE_KEY_FILE", "TRAJE_KMS_KEY"])
def test_a_database_whose_keys_were_deleted_is_unreadable(tmp_path, monkeypatch, variable):
    for name in ("TRAJE_KEY_FILE", "TRAJE_KMS_KEY"):
        monkeypatch.delenv(name, raising=False)
    cluster = postgres.Cluster(tmp_path / "cluster")
    assert not is_unreadable(tmp_path, cluster), "there is none yet"
    cluster.data.mkdir(parents=True)
    assert is_unreadable(tmp_path, cluster)
    monkeypatch.setenv(variable, "elsewhere")
    assert not is_unreadable(tmp_path, cluster), "its keys are elsewhere"
    monkeypatch.delenv(variable)
    (tmp_path / "master.key").write_text("here")
    assert not is_unreadable(tmp_path, cluster)


def test_data_of_an_earlier_run_that_does_not_fit_says_how_to_start_over(tmp_path):
    error = LookupError("no such column\nLINE 1: SELECT … FROM …")
    assert told(tmp_path, error, is_old=False) == str(error)
    first, *_, last = told(tmp_path, error, is_old=True).splitlines()
    assert "make demo-reset" in first
    assert last == "(no such column)"
