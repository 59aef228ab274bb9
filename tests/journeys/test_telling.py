"""What a creditor is told of its journey settings."""

import pytest

from app.journeys import telling
from app.journeys.settings import parse


@pytest.mark.parametrize("share", ["holdout", "untouched", "explore"])
def test_a_share_of_nobody_is_said_to_measure_nothing(share):
    assert list(telling.unmeasured(parse({}), "pt_BR")) == []
    [told] = telling.unmeasured(parse({share: 0}), "pt_BR")
    assert told.startswith(f"{share} é 0: ")
    [english] = telling.unmeasured(parse({share: 0}), "en")
    assert english.startswith(f"{share} is 0: ")
