"""A browser where there is one: elsewhere the tests are skipped, but never silently under CI."""

import os

import pytest

from app.workbench import camera


@pytest.fixture(scope="session")
def chromium() -> str:
    try:
        return camera.chromium()
    except camera.NoBrowser as absent:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(absent))
