"""Until when something must be done, to the minute."""

from datetime import UTC, datetime

from app.compliance.deadlines import (
    access_by,
    bureau_removal_by,
    complaint_by,
    incident_by,
    is_quitacao_late,
    quitacao_by,
)
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
