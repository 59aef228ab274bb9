"""Until when something must be done, to the minute."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from app.compliance.deadlines import (
    access_by,
    answer_by,
    bureau_removal_by,
    complaint_by,
    incident_by,
    is_quitacao_late,
    quitacao_by,
)
from app.compliance.policy import standard
from tests.compliance.cases import DAY, POLICY


def test_the_quitacao_is_due_five_business_days_after_the_payment():
    paid = datetime(2026, 4, 16, 15, tzinfo=UTC)  # a Thursday; the 21st is a holiday
    due = quitacao_by(paid, "America/Sao_Paulo", "SP", POLICY)
    assert due == datetime(2026, 4, 25, 3, tzinfo=UTC)
    assert not is_quitacao_late(paid, due - DAY, "America/Sao_Paulo", "SP", POLICY)
    assert is_quitacao_late(paid, due, "America/Sao_Paulo", "SP", POLICY)


def test_every_deadline_is_the_end_of_a_day_where_the_creditor_is():
    at = datetime(2026, 4, 16, 15, tzinfo=UTC)  # a Thursday; the 21st is a holiday
    zone = "America/Sao_Paulo"
    assert bureau_removal_by(at, zone, "SP", POLICY) == datetime(2026, 4, 25, 3, tzinfo=UTC)
    assert complaint_by(at, zone, POLICY) == datetime(2026, 4, 24, 3, tzinfo=UTC)
    assert access_by(at, zone, POLICY) == datetime(2026, 5, 2, 3, tzinfo=UTC)
    assert incident_by(at, zone, POLICY) == datetime(2026, 4, 23, 3, tzinfo=UTC)


def test_what_came_in_the_evening_counts_from_that_day_where_the_creditor_is():
    evening = datetime(2026, 4, 17, 1, 30, tzinfo=UTC)  # half past ten of the 16th
    assert complaint_by(evening, "America/Sao_Paulo", POLICY) == datetime(
        2026, 4, 24, 3, tzinfo=UTC
    )
    assert answer_by(evening, "America/Sao_Paulo", POLICY) == datetime(2026, 4, 24, 3, tzinfo=UTC)


LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    ("jurisdiction", "known", "due"),
    [
        # a Thursday before Easter: neither the weekend nor a holiday gives more time
        ("EU", datetime(2026, 4, 2, 15, 7, tzinfo=UTC), datetime(2026, 4, 5, 15, 7, tzinfo=UTC)),
        ("UK", datetime(2026, 4, 2, 15, 7, tzinfo=UTC), datetime(2026, 4, 5, 15, 7, tzinfo=UTC)),
        ("PT", datetime(2026, 4, 2, 15, 7, tzinfo=UTC), datetime(2026, 4, 5, 15, 7, tzinfo=UTC)),
        # the clocks go forward in between: 72 hours that pass
        ("GB", datetime(2026, 3, 28, 12, tzinfo=LONDON), datetime(2026, 3, 31, 12, tzinfo=UTC)),
        ("BR", datetime(2026, 4, 16, 15, tzinfo=UTC), datetime(2026, 4, 23, 3, tzinfo=UTC)),
    ],
)
def test_an_incident_is_told_by_the_deadline_of_the_jurisdiction(jurisdiction, known, due):
    zone = "America/Sao_Paulo" if jurisdiction == "BR" else "Europe/London"
    policy = standard(jurisdiction)
    assert incident_by(known, zone, policy) == due
    assert ("GDPR art. 33" in str(policy.rules["BR-32"].sources)) == (jurisdiction != "BR")


def test_a_creditor_tells_of_an_incident_sooner_where_it_says_so():
    tight = standard("EU").with_overrides({"BR-32": {"incident_hours": 24}}, refuse_looser=True)
    at = datetime(2026, 4, 2, 15, 7, tzinfo=UTC)
    assert incident_by(at, "Europe/Berlin", tight) == datetime(2026, 4, 3, 15, 7, tzinfo=UTC)
