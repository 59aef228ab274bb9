"""The settings that the README's tour brings into force."""

from app.journeys import settings
from tests.conftest import CREDITORS


def test_the_demos_settings_are_settings():
    made = settings.parse(
        settings.parse_toml((CREDITORS / "aurora" / "journeys.toml").read_bytes())
    )
    assert made.ladder_steps == 3
    assert made.capacity == {"sms": 1_000}
