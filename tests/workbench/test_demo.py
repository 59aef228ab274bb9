"""Starting the demo over: whose data it may delete, and what it says when old data does not fit."""

from app.workbench.demo import ROOT, is_of_a_demo, told


def test_only_a_demo_s_own_data_is_deleted(tmp_path):
    assert is_of_a_demo(tmp_path / "none")
    assert is_of_a_demo(ROOT / "var")
    (tmp_path / "master.key").write_text("somebody's")
    assert not is_of_a_demo(tmp_path)
    (tmp_path / "demo").mkdir()
    assert is_of_a_demo(tmp_path)


def test_data_of_an_earlier_run_that_does_not_fit_says_how_to_start_over():
    error = LookupError("no such column\nLINE 1: SELECT … FROM …")
    assert told(error, is_old=False) == str(error)
    first, *_, last = told(error, is_old=True).splitlines()
    assert "make demo-reset" in first
    assert last == "(no such column)"
