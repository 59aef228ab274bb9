"""A command in a second terminal sends links that open, and asks the twin."""

import pytest

from app.config import Settings
from app.workbench.addresses import beside, keep


def test_a_command_beside_the_demo_goes_by_its_addresses(tmp_path):
    (tmp_path / "demo").mkdir()
    keep(tmp_path, port=9000, stripe_api_base="http://127.0.0.1:9001")
    untold = Settings.from_environment({"TRAJE_VAR_DIR": str(tmp_path)})
    assert untold.origin("aurora.localhost") == "http://aurora.localhost"
    assert beside(untold).origin("aurora.localhost") == "http://aurora.localhost:9000"
    assert beside(untold).stripe_api_base == "http://127.0.0.1:9001"


def test_what_was_told_stands_and_no_demo_changes_nothing(tmp_path):
    told = Settings.from_environment(
        {
            "TRAJE_VAR_DIR": str(tmp_path),
            "TRAJE_PUBLIC_PORT": "7000",
            "STRIPE_API_BASE": "http://127.0.0.1:7001",
        }
    )
    assert beside(told) == told
    (tmp_path / "demo").mkdir()
    keep(tmp_path, port=9000, stripe_api_base="http://127.0.0.1:9001")
    assert beside(told) == told


@pytest.mark.parametrize("text", ["", '{"port": 90', "[]", '{"port": 9000}'])
def test_addresses_that_cannot_be_read_are_none(tmp_path, text):
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "addresses.json").write_text(text)
    untold = Settings.from_environment({"TRAJE_VAR_DIR": str(tmp_path)})
    assert beside(untold) == untold
    keep(tmp_path, port=9000, stripe_api_base="http://127.0.0.1:9001")
    assert beside(untold).public_port == 9000
    assert [one.name for one in (tmp_path / "demo").iterdir()] == ["addresses.json"]
