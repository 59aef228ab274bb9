"""Deadlines that rules set: when something must be done by. Pure."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.compliance.places import after_business_days
from app.compliance.policy import Policy

DISPUTE_TASK = "answer_dispute"


def _end_of(day: date, time_zone: str) -> datetime:
    midnight = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(time_zone))
    return midnight.astimezone(UTC)


def answer_by(at: datetime, time_zone: str, policy: Policy) -> datetime:
    """Until when a dispute opened at `at` must be answered (BR-11; Decreto 11.034/2022)."""
    return _in_days(at, time_zone, int(policy.parameter("BR-11", "answer_days")))


def complaint_by(at: datetime, time_zone: str, policy: Policy) -> datetime:
    """Until when what somebody wrote must be answered (BR-32; Decreto 11.034/2022)."""
    return _in_days(at, time_zone, int(policy.parameter("BR-32", "answer_days")))


def access_by(at: datetime, time_zone: str, policy: Policy) -> datetime:
    """Until when a request about personal data must be answered in full (BR-32; LGPD 19 II)."""
    return _in_days(at, time_zone, int(policy.parameter("BR-32", "access_days")))


def incident_by(at: datetime, time_zone: str, policy: Policy) -> datetime:
    """Until when the authority and the people concerned are told of an incident known at `at`
    (BR-32): hours that pass (GDPR art. 33), else business days (ANPD 15/2024)."""
    parameters = policy.rules["BR-32"].parameters
    if "incident_hours" in parameters:
        return at.astimezone(UTC) + timedelta(hours=parameters["incident_hours"])
    days = int(parameters["incident_business_days"])
    return _in_business_days(at, time_zone, None, days, policy)


def bureau_removal_by(
    paid_at: datetime, time_zone: str, uf: str | None, policy: Policy
) -> datetime:
    """Until when a paid debt is off the bureaus (BR-22; STJ, Súmula 548)."""
    days = int(policy.parameter("BR-22", "business_days"))
    return _in_business_days(paid_at, time_zone, uf, days, policy)


def _in_days(at: datetime, time_zone: str, days: int) -> datetime:
    return _end_of(at.astimezone(ZoneInfo(time_zone)).date() + timedelta(days=days), time_zone)


def _in_business_days(
    at: datetime, time_zone: str, uf: str | None, days: int, policy: Policy
) -> datetime:
    day = at.astimezone(ZoneInfo(time_zone)).date()
    return _end_of(after_business_days(uf, day, days, policy.jurisdiction), time_zone)


def quitacao_by(paid_at: datetime, time_zone: str, uf: str | None, policy: Policy) -> datetime:
    """Until when the quitação of a debt settled at `paid_at` must exist (BR-23; CC 319, 320)."""
    days = int(policy.parameter("BR-23", "business_days"))
    return _in_business_days(paid_at, time_zone, uf, days, policy)


def is_quitacao_late(
    paid_at: datetime, at: datetime, time_zone: str, uf: str | None, policy: Policy
) -> bool:
    """Whether a quitação that still does not exist at `at` is overdue."""
    return at >= quitacao_by(paid_at, time_zone, uf, policy)
