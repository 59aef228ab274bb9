"""The settings that the README's tour brings into force."""

from app.journeys import settings
from tests.conftest import CREDITORS
from themes import tomlfile


def test_the_demos_settings_are_settings():
    made = settings.parse(tomlfile.parse((CREDITORS / "aurora" / "journeys.toml").read_bytes()))
    assert made.ladder_steps == 3
    assert made.capacity == {"sms": 1_000}
